package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/internal/customer"
	"holdfast/internal/identity"
)

// rounds is how often a batch may find that records moved meanwhile before it
// leaves them to the next delivery of its messages.
const rounds = 10

// A work is all that a batch says of one record.
type work struct {
	record     customer.Identity
	claims     []customer.Claim
	merged     customer.Identity
	facts      []customer.Fact
	commands   []customer.Command
	deliveries []int
	events     int

	place identity.Place
	done  bool
	err   error
}

type batch struct {
	*Ingester
	now   time.Time
	works []*work
}

// newBatch gathers events by record, so that one write serves all of them.
func newBatch(in *Ingester, events []sourced, now time.Time) *batch {
	b := &batch{Ingester: in, now: now}
	index := map[customer.Identity]*work{}
	for _, e := range events {
		w := index[e.Record]
		if w == nil {
			w = &work{record: e.Record}
			index[e.Record] = w
			b.works = append(b.works, w)
		}
		w.add(e)
	}
	return b
}

func (w *work) add(e sourced) {
	w.events++
	if !slices.Contains(w.deliveries, e.delivery) {
		w.deliveries = append(w.deliveries, e.delivery)
	}
	switch {
	case e.Claim != nil:
		w.claims = append(w.claims, *e.Claim)
	case e.Fact != nil: // it claims nothing, but when it was said
		w.claims = append(w.claims, customer.Claim{Version: e.Fact.Version})
	}
	if e.Fact != nil {
		f := *e.Fact
		f.Record, f.Claim = e.Record, e.Claim
		w.facts = append(w.facts, f)
	}
	if e.Command != nil {
		if e.Command.Kind == customer.Merge {
			w.merged = e.Command.Into
		} else {
			w.commands = append(w.commands, *e.Command)
		}
	}
	w.done = len(w.claims) == 0 && w.merged == "" // a command alone has no place
}

// run applies all works. Each round finds the records' places, stores the
// facts there, and looks again whether they are still there.
func (b *batch) run(ctx context.Context) {
	for range rounds {
		var open []*work
		left := false
		for _, w := range b.works {
			if w.err == nil && !w.done {
				left = true
				func() {
					defer survive([]*work{w})
					if b.locate(ctx, w) {
						open = append(open, w)
					}
				}()
			}
		}
		if !left {
			break
		}
		b.each(open, func(id customer.ID, works []*work) { b.applyTo(ctx, id, works) })
	}
	for _, w := range b.works {
		if w.err == nil && !w.done {
			w.err = fmt.Errorf("place facts: %w", customer.ErrConflict)
		}
		if w.err == nil || errors.Is(w.err, customer.ErrErased) {
			func() {
				defer survive([]*work{w})
				b.obey(ctx, w)
			}()
		}
	}
}

// each calls do for each customer of works, several at a time: nearly all the
// time goes into waiting for the store.
func (b *batch) each(works []*work, do func(customer.ID, []*work)) {
	var ids []customer.ID
	of := map[customer.ID][]*work{}
	for _, w := range works {
		if of[w.place.Customer] == nil {
			ids = append(ids, w.place.Customer)
		}
		of[w.place.Customer] = append(of[w.place.Customer], w)
	}
	var group errgroup.Group
	group.SetLimit(8)
	for _, id := range ids {
		group.Go(func() error {
			defer survive(of[id])
			do(id, of[id])
			return nil
		})
	}
	_ = group.Wait() // do keeps its errors with its works
}

// survive makes a panic the failure of the works that were under way. Its
// value stays out of the error: it may hold anything.
func survive(works []*work) {
	if r := recover(); r != nil {
		for _, w := range works {
			w.err = fmt.Errorf("apply events: panic of type %T", r)
		}
	}
}

// locate finds out where the record's facts belong, and moves whoever has to
// move in consequence. It reports whether the place is known.
func (b *batch) locate(ctx context.Context, w *work) bool {
	places, err := b.Registry.Resolve(ctx, w.record, w.claims, w.merged, b.now)
	if errors.Is(err, customer.ErrErased) {
		err = b.erased(ctx, w, err)
	}
	if err != nil {
		w.err = err
		return false
	}
	places[0].Had = append(places[0].Had, w.late(places[0].Has)...)
	w.place = places[0]
	return b.settled(ctx, w, places)
}

// late returns the addresses that the work claims and that the record does not
// have, since it claimed others later. It may be listed among their holders all
// the same, so an erasure must know of them.
func (w *work) late(has []customer.Identity) []customer.Identity {
	var all []customer.Identity
	for _, c := range w.claims {
		for _, a := range []customer.Identity{customer.EmailIdentity(c.Email), customer.PhoneIdentity(c.Phone)} {
			if a != "" && !slices.Contains(has, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// settled moves the facts of places, and reports whether they are there. If
// somebody else moved them meanwhile, the next round looks again.
func (b *batch) settled(ctx context.Context, w *work, places []identity.Place) bool {
	err := b.settle(ctx, places)
	if err != nil && !errors.Is(err, customer.ErrConflict) {
		w.err = fmt.Errorf("move facts: %w", err)
	}
	return err == nil
}

// settle moves the facts of places and reports them arrived, the first, whose
// claim was the cause, last: so a process that dies leaves it to do again.
func (b *batch) settle(ctx context.Context, places []identity.Place, within ...customer.Identity) error {
	for i := len(places) - 1; i >= 0; i-- {
		if err := b.move(ctx, places[i], within...); err != nil {
			return err
		}
		if err := b.remember(ctx, places[i]); err != nil {
			return err
		}
		if len(places[i].From) == 0 && !places[i].Unsettled {
			continue
		}
		if err := b.Registry.Arrived(ctx, places[i]); err != nil {
			return err
		}
		if err := b.overtaken(ctx, places[i]); err != nil {
			return err
		}
	}
	return nil
}

// applyTo stores the works' facts with one customer, and looks whether the
// records are still that customer's.
func (b *batch) applyTo(ctx context.Context, id customer.ID, works []*work) {
	var facts []customer.Fact
	for _, w := range works {
		facts = append(facts, w.facts...)
	}
	stored, err := b.apply(ctx, id, facts)
	for _, w := range works {
		if w.err = err; err == nil {
			b.verify(ctx, id, w, stored)
		}
	}
}

// verify resolves the record once more, with the claims of all facts that are
// stored. If it belongs elsewhere by now, what was just stored moves on.
func (b *batch) verify(ctx context.Context, id customer.ID, w *work, stored []customer.Fact) {
	claims := slices.Clone(w.claims)
	for _, f := range stored {
		if f.Record == w.record && f.Claim != nil {
			claims = append(claims, *f.Claim)
		}
	}
	places, err := b.Registry.Resolve(ctx, w.record, claims, w.merged, b.now)
	switch {
	case err == nil:
		err = b.refuse(ctx, w)
	case errors.Is(err, customer.ErrErased):
		err = cmp.Or(b.Registry.Bind(ctx, w.record, claims, b.now), err)
	}
	if errors.Is(err, customer.ErrErased) {
		err = b.erased(ctx, w, err)
	}
	if err != nil {
		w.err = err
		return
	}
	there := places[0].Customer == id
	if !there && !slices.Contains(places[0].From, id) {
		places[0].From = append(slices.Clone(places[0].From), id)
	}
	w.place = places[0]
	w.done = b.settled(ctx, w, places) && there
	if w.done && slices.ContainsFunc(stored, func(f customer.Fact) bool { return f.Record == w.record && f.Body.Moved != nil }) {
		b.welcome(ctx, w)
	}
}

// refuse looks whether the record's person or account was erased while its
// facts were being stored. Of an account, what it told since stays.
func (b *batch) refuse(ctx context.Context, w *work) error {
	byVersion := func(x, y customer.Claim) int { return cmp.Compare(x.Version, y.Version) }
	oldest, newest := slices.MinFunc(w.claims, byVersion), slices.MaxFunc(w.claims, byVersion)
	err := b.Registry.Refuse(ctx, w.record, w.claims, oldest.Version.Time(), b.now)
	if !errors.Is(err, customer.ErrErased) {
		return err
	}
	if err := b.erased(ctx, w, err); !errors.Is(err, customer.ErrErased) {
		return err
	}
	return b.Registry.Refuse(ctx, w.record, w.claims, newest.Version.Time(), b.now)
}

// welcome lets a record count that came back to where it once left from by a
// link that did not know of that, since its account was erased in between.
func (b *batch) welcome(ctx context.Context, w *work) {
	p, err := b.profile(ctx, w.place.Customer)
	if err == nil {
		err = b.mark(ctx, w.place.Customer, w.place, false)
	}
	if err == nil {
		_, err = b.refold(ctx, p, false)
	}
	if err != nil {
		w.err, w.done = fmt.Errorf("take back facts: %w", err), false
	}
}

// obey carries out the commands of a work, after its facts are stored.
func (b *batch) obey(ctx context.Context, w *work) {
	for _, c := range w.commands {
		if b.Obey == nil {
			continue
		}
		if err := b.Obey(ctx, w.record, c, b.now); err != nil {
			w.err = fmt.Errorf("%s: %w", c.Kind, err)
			return
		}
	}
}
