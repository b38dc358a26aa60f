// Package ingest brings profiles up to date with what sources deliver.
//
// For each customer it keeps the order of steps that makes every event applied
// exactly once without transactions: read the profile and its version; store
// the facts, each on condition that it is newer than what is there; fold all
// facts; write the profile on condition that its version is still the one
// read. A process that dies anywhere leaves at worst a fact that the profile
// lacks; the message comes back, and the profile is folded again.
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

// ErrUnwanted is what a [Source] returns for a valid delivery that nobody
// needs. It is counted and acknowledged.
var ErrUnwanted = errors.New("not wanted")

// A Source understands the deliveries of one kind of sender. Events may return
// events and an error together: then the events count, and the delivery is
// kept aside as well. An error that wraps [customer.ErrInvalid] will not go
// away by trying again; any other may.
type Source func(ctx context.Context, d Delivery) ([]customer.Event, error)

// A Store keeps what ingestion works on. Versions are as in [customer]; reads
// see every write that was acknowledged before they began.
type Store interface {
	identity.Store
	DeleteLink(ctx context.Context, id customer.Identity) error
	Profile(ctx context.Context, id customer.ID) (customer.Profile, error)
	PutProfile(ctx context.Context, p customer.Profile) error
	PutFact(ctx context.Context, id customer.ID, f customer.Fact) (replaced bool, err error)
	Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error)
	DeleteFact(ctx context.Context, id customer.ID, fact string) error
	Sends(ctx context.Context, id customer.ID) ([]customer.Send, error)
	PutSend(ctx context.Context, s customer.Send) error
	PutInsight(ctx context.Context, i customer.Insight) error
}

// An Ingester applies deliveries. Its zero value but for Store, Registry, Zone
// and Sources keeps profiles and does nothing further.
type Ingester struct {
	Store    Store
	Registry identity.Registry
	Zone     *time.Location // the merchant's
	Sources  map[string]Source
	// Known reports whether an account is one of ours; nil: all are.
	Known func(customer.Account) bool
	// Derive returns the derived part of a profile whose folded part changed.
	Derive func(p customer.Profile, now time.Time) customer.Derived
	// Plan plans the sends that the present segments of p start. It is called
	// after the profile is written, and again when the message comes back.
	Plan func(ctx context.Context, p customer.Profile, now time.Time) error
	// Obey carries out the commands that concern more than one profile, and
	// [Forget].
	Obey func(ctx context.Context, record customer.Identity, c customer.Command, now time.Time) error
}

// A Result says what became of a batch. Errors has one element a delivery, nil
// for those that are done; the others are to be delivered again.
type Result struct {
	Errors      []error
	Events      int // applied
	Unwanted    int // valid, and nobody needs them
	Quarantined int // not understood, and kept aside
	Erased      int // about people who were erased, and dropped
}

// Handle applies deliveries. One that fails does not keep the others from
// being applied.
//
// Invariant: a delivery without error is contained in the profiles, for good.
func (in *Ingester) Handle(ctx context.Context, deliveries []Delivery, now time.Time) Result {
	r := Result{Errors: make([]error, len(deliveries))}
	var events []sourced
	for i, d := range deliveries {
		found, err := in.understand(ctx, d, now, &r)
		if err != nil {
			r.Errors[i] = err
			continue
		}
		for _, e := range found {
			events = append(events, sourced{e, i})
		}
	}
	r.apply(ctx, in, events, now)
	return r
}

// Apply applies events that come from within, such as what SES reports.
func (in *Ingester) Apply(ctx context.Context, events []customer.Event, now time.Time) error {
	r := Result{Errors: make([]error, 1)}
	var all []sourced
	for _, e := range events {
		all = append(all, sourced{e, 0})
	}
	r.apply(ctx, in, all, now)
	return r.Errors[0]
}

type sourced struct {
	customer.Event
	delivery int
}

// understand turns a delivery into events. It returns an error only if trying
// again may help.
func (in *Ingester) understand(ctx context.Context, d Delivery, now time.Time, r *Result) ([]customer.Event, error) {
	source, ok := in.Sources[d.Source]
	if !ok {
		r.Unwanted++
		return nil, nil
	}
	events, err := read(ctx, source, d)
	switch {
	case errors.Is(err, ErrUnwanted):
		r.Unwanted++
	case errors.Is(err, customer.ErrInvalid):
		r.Quarantined++
		if err := in.quarantine(ctx, d, err, now); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("read %s delivery: %w", d.Source, err)
	}
	if in.Known != nil {
		all := len(events)
		events = slices.DeleteFunc(events, func(e customer.Event) bool {
			return !e.Record.IsAddress() && !in.Known(e.Record.Account())
		})
		if len(events) < all {
			r.Unwanted++
		}
	}
	return events, nil
}

// read calls the source; a panic in it fails this delivery alone.
func read(ctx context.Context, source Source, d Delivery) (events []customer.Event, err error) {
	defer func() {
		if r := recover(); r != nil {
			events, err = nil, fmt.Errorf("panic of type %T", r)
		}
	}()
	return source(ctx, d)
}

func (r *Result) apply(ctx context.Context, in *Ingester, events []sourced, now time.Time) {
	events, dropped, err := in.outlive(ctx, events, now)
	if err != nil {
		for i := range r.Errors {
			r.Errors[i] = errors.Join(r.Errors[i], err)
		}
		return
	}
	r.Erased += dropped
	b := newBatch(in, events, now)
	b.run(ctx)
	for _, w := range b.works {
		switch {
		case errors.Is(w.err, customer.ErrErased):
			r.Erased += w.events
		case w.err != nil:
			for _, d := range w.deliveries {
				r.Errors[d] = errors.Join(r.Errors[d], w.err)
			}
		default:
			r.Events += w.events
		}
	}
}
