package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/identity"
)

// The keys of what is kept of a record's moves. A mark, at each customer that
// the record was with, says whether it is there; the latest by the record's
// link stays. A trail, at the customer that it is with, names those it was
// with before, and the addresses it had, for erasure.
const (
	markKey    = "moved"
	trailKey   = "came/"
	addressKey = "had/"
)

// markLife is how long a mark that a record is here is kept: longer than any
// process that may still think otherwise lives. trailLife is for ever; what
// expires says nothing of a person.
const (
	markLife  = 30 * 24 * time.Hour
	trailLife = 100 * 365 * 24 * time.Hour
)

// move brings the facts of a record from the customers it was with to the one
// it belongs to, and after it whatever else is with them and belongs elsewhere
// by now: its orders, say. It returns [customer.ErrConflict] if the record
// belongs elsewhere again.
//
// The facts are stored at their new place before a mark at the old one says
// that they do not count there. They are not deleted: a process that moves
// them back meanwhile must find them. A fact that somebody else stores late at
// the old place does not count there either. Every step can be repeated; the
// link keeps the old place until all are done.
//
// within are the records because of which this one moves; they are on their
// way already.
func (b *batch) move(ctx context.Context, to identity.Place, within ...customer.Identity) error {
	within = append(slices.Clone(within), to.Record)
	for _, from := range to.From {
		if from == to.Customer {
			continue
		}
		others, err := b.carry(ctx, to, from)
		if err != nil {
			return err
		}
		others = slices.DeleteFunc(others, func(r customer.Identity) bool { return slices.Contains(within, r) })
		places, err := b.Registry.Follow(ctx, others, b.now)
		if err != nil {
			return err
		}
		for _, p := range places {
			if !slices.Contains(p.From, from) {
				p.From = append(slices.Clone(p.From), from)
			}
			if err := b.settle(ctx, []identity.Place{p}, within...); err != nil {
				return err
			}
		}
		if err := b.retire(ctx, from, to.Customer); err != nil {
			return err
		}
	}
	return nil
}

// carry moves the facts of one record and returns the other records that have,
// or had, facts at the old place.
func (b *batch) carry(ctx context.Context, to identity.Place, from customer.ID) ([]customer.Identity, error) {
	facts, err := b.facts(ctx, from)
	if err != nil {
		return nil, err
	}
	mine := []customer.Fact{b.trail(to.Record, trailKey+string(from))}
	for _, f := range facts {
		if f.Record == to.Record && f.Key != markKey {
			mine = append(mine, f)
		}
	}
	if err := b.mark(ctx, to.Customer, to, false); err != nil {
		return nil, err
	}
	if _, err := b.apply(ctx, to.Customer, mine); err != nil {
		return nil, err
	}
	p, err := b.profile(ctx, from)
	if err != nil {
		return nil, err
	}
	if err := b.mark(ctx, from, to, true); err != nil {
		return nil, err
	}
	if p, err = b.fence(ctx, p); err != nil {
		return nil, err
	}
	left, err := b.refold(ctx, p, false)
	if err != nil {
		return nil, err
	}
	var others []customer.Identity
	for _, f := range left { // those that moved too: they may not have arrived
		if f.Record != to.Record {
			others = append(others, f.Record)
		}
	}
	slices.Sort(others)
	return slices.Compact(others), nil
}

// fence stores an empty profile where there is none yet although the facts
// would make one but for the marks: whoever read them before the marks stood is
// about to write it, and may die before they learn that the facts have moved.
// Now they are refused, as they are where there is a profile.
func (b *batch) fence(ctx context.Context, p customer.Profile) (customer.Profile, error) {
	if p.Version > 0 {
		return p, nil
	}
	facts, err := b.facts(ctx, p.ID)
	if err != nil {
		return p, err
	}
	facts = slices.DeleteFunc(facts, func(f customer.Fact) bool { return f.Body.Moved != nil })
	if b.fold(p, facts).Empty() {
		return p, nil
	}
	if err := b.Store.PutProfile(ctx, p); err != nil && !errors.Is(err, customer.ErrConflict) {
		return p, fmt.Errorf("write profile: %w", err)
	}
	return b.profile(ctx, p.ID)
}

func (b *batch) trail(record customer.Identity, key string) customer.Fact {
	return customer.Fact{Record: record, Key: key, At: b.now.UTC(), Expires: b.now.UTC().Add(trailLife)}
}

// remember notes the addresses that a record had, so that they can be erased
// with it.
func (b *batch) remember(ctx context.Context, p identity.Place) error {
	for _, address := range p.Had {
		_, err := b.Store.PutFact(ctx, p.Customer, b.trail(p.Record, addressKey+string(address)))
		if err != nil && !errors.Is(err, customer.ErrStale) {
			return fmt.Errorf("note address: %w", err)
		}
	}
	return nil
}

// mark says at a customer, as of the record's place, that the record is here,
// or has moved.
func (b *batch) mark(ctx context.Context, at customer.ID, place identity.Place, moved bool) error {
	m := customer.Fact{Record: place.Record, Key: markKey, Version: place.Since, At: b.now.UTC()}
	if moved {
		m.Body.Moved = &customer.Moved{To: place.Customer}
	} else {
		m.Expires = b.now.UTC().Add(markLife)
	}
	_, err := b.Store.PutFact(ctx, at, m)
	if !errors.Is(err, customer.ErrStale) {
		if err != nil {
			return fmt.Errorf("leave mark: %w", err)
		}
		return nil
	}
	facts, err := b.facts(ctx, at)
	if err != nil {
		return err
	}
	for _, f := range facts {
		if f.ID() == m.ID() && f.Version > m.Version {
			return fmt.Errorf("leave mark: %w", customer.ErrConflict)
		}
	}
	return nil
}

// here returns the facts of records that have not moved elsewhere.
func here(facts []customer.Fact) []customer.Fact {
	moved := map[customer.Identity]bool{}
	for _, f := range facts {
		moved[f.Record] = moved[f.Record] || f.Body.Moved != nil
	}
	return slices.DeleteFunc(slices.Clone(facts), func(f customer.Fact) bool { return moved[f.Record] || f.Body == (customer.Body{}) })
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
	if err != nil || len(here(facts)) == 0 {
		return false, err
	}
	if err := b.Store.DeleteLink(ctx, customer.AliasIdentity(id)); err != nil {
		return false, fmt.Errorf("drop alias: %w", err)
	}
	return true, nil
}
