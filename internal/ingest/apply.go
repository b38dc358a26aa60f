package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// attempts is how often a profile may change under a write before the message
// goes back to the queue.
const attempts = 20

// apply stores facts with a customer and folds the profile again. It returns
// all facts of the customer as the profile now has them.
//
// The profile is read before anything is stored, and so are the facts, to
// store only what is not there in that state or a newer one already. Whoever
// else stores facts meanwhile has read the same version: one of the two is
// refused the write, and folds again from what both have stored. Without a
// profile that does not hold, since what makes no customer is not written: then
// the facts are read once more after they are stored. A process that dies in
// between leaves facts that the profile lacks; the message comes back, finds
// them stored, and folds.
func (b *batch) apply(ctx context.Context, id customer.ID, facts []customer.Fact) ([]customer.Fact, error) {
	p, err := b.profile(ctx, id)
	if err != nil {
		return nil, err
	}
	stored, err := b.facts(ctx, id)
	if err != nil {
		return nil, err
	}
	have := make(map[string]customer.Version, len(stored))
	for _, f := range stored {
		have[f.ID()] = f.Version
	}
	again, overtaken := false, false
	for _, f := range newest(facts) {
		if v, ok := have[f.ID()]; ok && v >= f.Version {
			again = true
			continue
		}
		_, err := b.Store.PutFact(ctx, id, f)
		if err != nil && !errors.Is(err, customer.ErrStale) {
			return nil, fmt.Errorf("store fact: %w", err)
		}
		overtaken = overtaken || err != nil
		stored = append(stored, f)
	}
	if overtaken || p.Version == 0 {
		return b.refold(ctx, p, again || overtaken)
	}
	if err := b.write(ctx, p, b.fold(p, stored), again); err == nil {
		return stored, nil
	} else if !errors.Is(err, customer.ErrConflict) {
		return nil, err
	}
	if p, err = b.profile(ctx, id); err != nil {
		return nil, err
	}
	return b.refold(ctx, p, again)
}

// newest keeps of each fact its greatest version, in the order of first mention.
func newest(facts []customer.Fact) []customer.Fact {
	kept := make([]customer.Fact, 0, len(facts))
	at := make(map[string]int, len(facts))
	for _, f := range facts {
		i, ok := at[f.ID()]
		switch {
		case !ok:
			at[f.ID()] = len(kept)
			kept = append(kept, f)
		case kept[i].Version < f.Version:
			kept[i] = f
		}
	}
	return kept
}

func (b *batch) fold(p customer.Profile, facts []customer.Fact) customer.Profile {
	p.Folded = customer.Fold(facts, b.Zone)
	return p
}

// refold folds the facts of p and writes the profile, reading it again as
// often as somebody else was faster. again says that the message may have been
// here before, and died between the profile and its sends.
func (b *batch) refold(ctx context.Context, p customer.Profile, again bool) ([]customer.Fact, error) {
	for range attempts {
		facts, err := b.facts(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		next := b.fold(p, facts)
		err = b.write(ctx, p, next, again)
		if err == nil && p.Version == 0 && next.Empty() {
			if p, err = b.profile(ctx, p.ID); err == nil && p.Version > 0 {
				continue // it came, and was emptied again, since it was read
			}
		}
		if err == nil {
			return facts, nil
		}
		if !errors.Is(err, customer.ErrConflict) {
			return nil, err
		}
		if p, err = b.profile(ctx, p.ID); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("write profile: %w", customer.ErrConflict)
}

// write stores next in place of p. Whoever left nothing that counts gets no
// profile: an unknown visitor's cart is not a customer. A profile that lost
// everything stays, empty, so that its versions go on.
func (b *batch) write(ctx context.Context, p, next customer.Profile, again bool) error {
	if p.Version == 0 && next.Empty() {
		return nil
	}
	if p.Empty() && !next.Empty() {
		if err := b.dropAlias(ctx, p.ID); err != nil {
			return err
		}
	}
	if b.Derive != nil && !next.Empty() {
		next.Derived = b.Derive(next, b.now)
	}
	if err := b.Store.PutProfile(ctx, next); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	entered := !slices.Equal(p.Derived.Segments, next.Derived.Segments)
	if b.Plan != nil && (again || entered) {
		if err := b.Plan(ctx, next, b.now); err != nil {
			return fmt.Errorf("plan sends: %w", err)
		}
	}
	return nil
}

// dropAlias makes an id stand for itself again. Looking first is cheaper than
// deleting what is hardly ever there.
func (b *batch) dropAlias(ctx context.Context, id customer.ID) error {
	alias := customer.AliasIdentity(id)
	stored, err := b.Store.Links(ctx, []customer.Identity{alias})
	if err != nil {
		return fmt.Errorf("read alias: %w", err)
	}
	if len(stored) == 0 {
		return nil
	}
	if err := b.Store.DeleteLink(ctx, alias); err != nil {
		return fmt.Errorf("drop alias: %w", err)
	}
	return nil
}

// profile returns the stored profile, or a new one.
func (b *batch) profile(ctx context.Context, id customer.ID) (customer.Profile, error) {
	p, err := b.Store.Profile(ctx, id)
	if errors.Is(err, customer.ErrNotFound) {
		return customer.Profile{ID: id}, nil
	}
	if err != nil {
		return p, fmt.Errorf("read profile: %w", err)
	}
	return p, nil
}

// facts returns the facts of a customer that have not expired.
func (b *batch) facts(ctx context.Context, id customer.ID) ([]customer.Fact, error) {
	facts, err := b.Store.Facts(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	return Living(facts, b.now), nil
}

// Living returns the facts that have not expired by now. A store may keep an
// expired one for days.
func Living(facts []customer.Fact, now time.Time) []customer.Fact {
	return slices.DeleteFunc(facts, func(f customer.Fact) bool { return !f.Expires.IsZero() && !f.Expires.After(now) })
}
