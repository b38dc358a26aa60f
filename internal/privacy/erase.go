package privacy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// erase forgets one customer but for the links that lead to them. Whoever
// stores something of them meanwhile finds either the link gone, and takes it
// back, or is found here at the end.
//
// Tombstones come first. What was left with others goes before the links that
// name these, and the links before the facts that name those.
func (d Desk) erase(ctx context.Context, id customer.ID, leading []customer.Identity, now time.Time) error {
	for range 20 {
		t, err := d.track(ctx, id, leading)
		if err != nil {
			return err
		}
		names, err := d.unshared(ctx, t.names)
		if err != nil {
			return err
		}
		for _, i := range names {
			if err := d.Tombstones.put(ctx, i, now); err != nil {
				return err
			}
		}
		for _, other := range t.others {
			if err := d.clear(ctx, other, names); err != nil {
				return err
			}
		}
		for _, i := range names {
			if slices.Contains(leading, i) {
				continue
			}
			if err := d.Store.DeleteLink(ctx, i); err != nil {
				return fmt.Errorf("drop link: %w", err)
			}
		}
		for _, f := range t.facts {
			if err := d.Store.DeleteFact(ctx, id, f.ID()); err != nil {
				return fmt.Errorf("drop fact: %w", err)
			}
		}
		left, err := d.Store.Facts(ctx, id)
		if err != nil {
			return fmt.Errorf("read facts: %w", err)
		}
		if len(left) == 0 {
			return d.refold(ctx, id)
		}
	}
	return fmt.Errorf("erase customer: %w", customer.ErrConflict)
}

// clear takes away what an id has of these records, marks of their moving
// elsewhere too, and the id itself if nothing else is there.
func (d Desk) clear(ctx context.Context, id customer.ID, records []customer.Identity) error {
	facts, err := d.Store.Facts(ctx, id)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	for _, f := range facts {
		if !slices.Contains(records, f.Record) {
			continue
		}
		if err := d.Store.DeleteFact(ctx, id, f.ID()); err != nil {
			return fmt.Errorf("drop fact: %w", err)
		}
	}
	return d.refold(ctx, id)
}

// drop takes away a customer's sends and alias.
func (d Desk) drop(ctx context.Context, id customer.ID) error {
	sends, err := d.Store.Sends(ctx, id)
	if err != nil {
		return fmt.Errorf("read sends: %w", err)
	}
	for _, s := range sends {
		if err := d.Store.DeleteSend(ctx, s.SendKey); err != nil {
			return fmt.Errorf("drop send: %w", err)
		}
	}
	if err := d.Store.DeleteLink(ctx, customer.AliasIdentity(id)); err != nil {
		return fmt.Errorf("drop alias: %w", err)
	}
	return nil
}
