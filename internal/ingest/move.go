package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"holdfast/internal/customer"
	"holdfast/internal/identity"
)

// move brings the facts of a record from the customers it was with to the one
// it belongs to, and after it whatever else is with them and belongs elsewhere
// by now: its orders, say.
//
// The facts are stored at their new place before they are taken from the old
// one, and a mark is left there, so that a fact which somebody else stores
// there late counts nowhere twice. Every step can be repeated; the link keeps
// the old place until all are done.
func (b *batch) move(ctx context.Context, to identity.Place) error {
	for _, from := range to.From {
		if from == to.Customer {
			continue
		}
		others, err := b.carry(ctx, to.Record, from, to.Customer)
		if err != nil {
			return err
		}
		places, err := b.Registry.Follow(ctx, others, b.now)
		if err != nil {
			return err
		}
		for _, p := range places {
			if !slices.Contains(p.From, from) {
				p.From = append(p.From, from)
			}
			if err := b.settle(ctx, []identity.Place{p}); err != nil {
				return err
			}
		}
		if err := b.retire(ctx, from, to.Customer); err != nil {
			return err
		}
	}
	return nil
}

// carry moves the facts of one record and returns the other records that have
// facts at the old place.
func (b *batch) carry(ctx context.Context, record customer.Identity, from, to customer.ID) ([]customer.Identity, error) {
	facts, err := b.facts(ctx, from)
	if err != nil {
		return nil, err
	}
	var mine []customer.Fact
	var others []customer.Identity
	for _, f := range facts {
		switch {
		case f.Body.Moved != nil:
		case f.Record == record:
			mine = append(mine, f)
		default:
			others = append(others, f.Record)
		}
	}
	slices.Sort(others)
	others = slices.Compact(others)
	mark := customer.Fact{Record: record, Key: "moved", At: b.now.UTC(), Body: customer.Body{Moved: &customer.Moved{To: to}}}
	if err := b.Store.DeleteFact(ctx, to, mark.ID()); err != nil {
		return nil, fmt.Errorf("drop mark: %w", err)
	}
	if _, err := b.apply(ctx, to, mine); err != nil {
		return nil, err
	}
	p, err := b.profile(ctx, from)
	if err != nil {
		return nil, err
	}
	if _, err := b.Store.PutFact(ctx, from, mark); err != nil && !errors.Is(err, customer.ErrStale) {
		return nil, fmt.Errorf("leave mark: %w", err)
	}
	for _, f := range mine {
		if err := b.Store.DeleteFact(ctx, from, f.ID()); err != nil {
			return nil, fmt.Errorf("drop moved fact: %w", err)
		}
	}
	_, err = b.refold(ctx, p, false)
	return others, err
}

// retire makes an id that has nothing left an alias of the customer its facts
// went to, and gives that customer its sends, so that nobody who was mailed as
// the one is mailed again as the other.
//
// Somebody may store a fact with the old customer meanwhile. They drop the
// alias after that; whoever leaves one looks again after that.
func (b *batch) retire(ctx context.Context, from, to customer.ID) error {
	if lives, err := b.lives(ctx, from); err != nil || lives {
		return err
	}
	sends, err := b.Store.Sends(ctx, from)
	if err != nil {
		return fmt.Errorf("read sends: %w", err)
	}
	for _, s := range sends {
		if err := b.hand(ctx, s, to); err != nil {
			return err
		}
	}
	alias := customer.AliasIdentity(from)
	stored, err := b.Store.Links(ctx, []customer.Identity{alias})
	if err != nil {
		return fmt.Errorf("read alias: %w", err)
	}
	l := customer.Link{Identity: alias}
	if len(stored) > 0 {
		l = stored[0]
	}
	if l.Customer != to {
		l.Customer = to
		if err := b.Store.PutLink(ctx, l); err != nil {
			return fmt.Errorf("leave alias: %w", err)
		}
	}
	_, err = b.lives(ctx, from)
	return err
}

// lives reports whether a customer has facts still. One who has is no alias.
func (b *batch) lives(ctx context.Context, id customer.ID) (bool, error) {
	facts, err := b.facts(ctx, id)
	if err != nil || !slices.ContainsFunc(facts, func(f customer.Fact) bool { return f.Body.Moved == nil }) {
		return false, err
	}
	if err := b.Store.DeleteLink(ctx, customer.AliasIdentity(id)); err != nil {
		return false, fmt.Errorf("drop alias: %w", err)
	}
	return true, nil
}

// hand copies a send to another customer's ledger, unless there is one like it
// already, and takes back what was still planned for the old one.
func (b *batch) hand(ctx context.Context, s customer.Send, to customer.ID) error {
	copied := s
	copied.Customer, copied.Version = to, 0
	if err := b.Store.PutSend(ctx, copied); err != nil && !errors.Is(err, customer.ErrConflict) {
		return fmt.Errorf("hand on send: %w", err)
	}
	if s.Status != customer.Planned {
		return nil
	}
	s.Status, s.Reason, s.Settled = customer.Skipped, "merged", b.now.UTC()
	if err := b.Store.PutSend(ctx, s); err != nil {
		return fmt.Errorf("take back send: %w", err)
	}
	return nil
}

// forget takes away what was stored of a record whose person was erased
// meanwhile.
func (b *batch) forget(ctx context.Context, id customer.ID, record customer.Identity) error {
	p, err := b.profile(ctx, id)
	if err != nil {
		return err
	}
	facts, err := b.facts(ctx, id)
	if err != nil {
		return err
	}
	for _, f := range facts {
		if f.Record != record {
			continue
		}
		if err := b.Store.DeleteFact(ctx, id, f.ID()); err != nil {
			return fmt.Errorf("forget fact: %w", err)
		}
	}
	_, err = b.refold(ctx, p, false)
	return err
}
