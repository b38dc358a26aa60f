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

// said returns when the event's source said it, zero where it does not tell.
func (e sourced) said() time.Time {
	switch {
	case e.Fact != nil:
		return e.Fact.Version.Time()
	case e.Claim != nil:
		return e.Claim.Version.Time()
	}
	return time.Time{}
}

// outlive leaves out what accounts said before all that they had told was
// erased: such an event may come after newer ones of a shop that is back.
// Commands stay. Hardly any account was ever erased, so that one look at each
// is all it takes.
func (in *Ingester) outlive(ctx context.Context, events []sourced, now time.Time) (left []sourced, dropped int, err error) {
	if in.Registry.Erased == nil {
		return events, 0, nil
	}
	erased := map[customer.Account]bool{}
	for _, e := range events {
		a := e.Record.Account()
		if e.Fact == nil && e.Claim == nil || a == "" {
			left = append(left, e)
			continue
		}
		if _, ok := erased[a]; !ok {
			if erased[a], err = in.Registry.Erased(ctx, a.Record(""), time.Time{}); err != nil {
				return nil, 0, fmt.Errorf("look for tombstone of the account: %w", err)
			}
		}
		gone := erased[a]
		if gone {
			if gone, err = in.Registry.Erased(ctx, a.Record(""), e.said()); err != nil {
				return nil, 0, fmt.Errorf("look for tombstone of the account: %w", err)
			}
		}
		if gone {
			dropped++
			if err := in.forget(ctx, e, now); err != nil {
				return nil, 0, err
			}
			continue
		}
		left = append(left, e)
	}
	return left, dropped, nil
}

// Forget is the command that ingestion gives itself when it meets what is left
// of somebody who was erased: take it away as well. It may be left by this
// process or by one that died, which stored it while they were being erased.
// Into, Email and Phone are whom the record was claimed for, Reference is the
// customer with whom something may be left, "" for none.
const Forget customer.CommandKind = "forget"

// forget has what is left of a dropped event's record taken away.
func (in *Ingester) forget(ctx context.Context, e sourced, now time.Time) error {
	w := &work{record: e.Record}
	w.add(e)
	b := &batch{Ingester: in, now: now}
	if err := b.erased(ctx, w, customer.ErrErased); !errors.Is(err, customer.ErrErased) {
		return err
	}
	return nil
}

// erased has what is left of a work's person taken away, and returns why the
// work is dropped, or what kept it from being so.
func (b *batch) erased(ctx context.Context, w *work, why error) error {
	if b.Obey == nil {
		return why
	}
	if err := b.eraseMerged(ctx, w); err != nil {
		return fmt.Errorf("erase with whom it was merged into: %w", err)
	}
	for _, claim := range w.claims {
		c := customer.Command{Kind: Forget, At: b.now, Into: claim.Parent, Email: claim.Email, Phone: claim.Phone, Reference: string(w.place.Customer)}
		if err := b.Obey(ctx, w.record, c, b.now); err != nil {
			return fmt.Errorf("forget what is left: %w", err)
		}
	}
	for _, address := range w.late(nil) {
		if err := b.resettle(ctx, address); err != nil {
			return fmt.Errorf("settle who shared an address: %w", err)
		}
	}
	return why
}

// resettle moves whoever has an address where they belong by now. A record that
// was erased may have drawn them to itself, and never settled them.
func (b *batch) resettle(ctx context.Context, address customer.Identity) error {
	places, err := b.Registry.Resettle(ctx, address, b.now)
	if err != nil {
		return err
	}
	return b.settle(ctx, places)
}

// eraseMerged forgets both sides of a merge of which one was erased: they are
// one person, its source says, and had the merge come first, both would have
// gone.
func (b *batch) eraseMerged(ctx context.Context, w *work) error {
	if w.merged == "" {
		return nil
	}
	sides := []customer.Identity{w.record, w.merged}
	for i, side := range sides {
		gone, err := b.Registry.Erased(ctx, side, b.now) // what accounts told by now does not count
		if err != nil {
			return err
		}
		if !gone {
			continue
		}
		if err := b.Obey(ctx, sides[1-i], customer.Command{Kind: customer.Erase, At: b.now}, b.now); err != nil {
			return err
		}
	}
	return nil
}

// overtaken takes away again what was moved while its person, or its account,
// was being erased. Their tombstones come first: whoever erases after this look
// finds everything that the move has written.
func (b *batch) overtaken(ctx context.Context, p identity.Place) error {
	if len(p.From) == 0 || b.Obey == nil {
		return nil
	}
	gone, err := b.Registry.Forgotten(ctx, p.Record)
	if err != nil || !gone {
		return err
	}
	for _, id := range append(slices.Clone(p.From), p.Customer) {
		c := customer.Command{Kind: Forget, At: b.now, Reference: string(id)}
		if err := b.Obey(ctx, p.Record, c, b.now); err != nil {
			return fmt.Errorf("forget what was moved: %w", err)
		}
	}
	return nil
}
