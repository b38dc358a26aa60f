package privacy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// erase forgets one customer but for the links that lead to them. Whoever stores something of them meanwhile finds
// either the link gone, and takes it back, or is found here at the end.
func (d Desk) erase(ctx context.Context, id customer.ID, leading []customer.Identity, now time.Time) error {
	for range 20 {
		facts, err := d.Store.Facts(ctx, id)
		if err != nil {
			return fmt.Errorf("read facts: %w", err)
		}
		names, err := d.names(ctx, facts)
		if err != nil {
			return err
		}
		for _, i := range names {
			if err := d.Tombstones.put(ctx, i, now); err != nil {
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
		if err := d.empty(ctx, id, names); err != nil {
			return err
		}
		if facts, err = d.Store.Facts(ctx, id); err != nil {
			return fmt.Errorf("read facts: %w", err)
		}
		if len(facts) == 0 {
			return d.refold(ctx, id)
		}
	}
	return fmt.Errorf("erase customer: %w", customer.ErrConflict)
}

// What ingest leaves begins with these: the key of a fact that names a customer
// with whom a record's facts were before, or an address that it had.
const (
	trailKey   = "came/"
	addressKey = "had/"
)

// befores returns where the records of facts were before.
func befores(facts []customer.Fact) []customer.ID {
	var ids []customer.ID
	for _, f := range facts {
		if id, ok := strings.CutPrefix(f.Key, trailKey); ok {
			ids = append(ids, customer.ID(id))
		}
	}
	return ids
}

// empty takes away all facts of a customer, and what is left of these people
// with the customers they were before.
func (d Desk) empty(ctx context.Context, id customer.ID, names []customer.Identity) error {
	facts, err := d.Store.Facts(ctx, id)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	others := befores(facts)
	for _, i := range names {
		if !i.IsAddress() {
			others = append(others, i.ID())
		}
	}
	slices.Sort(others)
	for _, other := range slices.Compact(others) {
		if other == id {
			continue
		}
		if err := d.clear(ctx, other, names); err != nil {
			return err
		}
	}
	for _, f := range facts {
		if err := d.Store.DeleteFact(ctx, id, f.ID()); err != nil {
			return fmt.Errorf("drop fact: %w", err)
		}
	}
	return d.refold(ctx, id)
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
