package sim_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/internal/bolt"
	"holdfast/internal/customer"
	"holdfast/internal/identity"
	"holdfast/internal/ingest"
	"holdfast/internal/privacy"
	"holdfast/internal/sim"
)

var (
	start  = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	zone   = time.FixedZone("merchant", 3600)
	secret = [][]byte{[]byte("the key of the erased")}
)

// A message is what one delivery says.
type message []customer.Event

// A scenario is a history and how it reaches us: messages by their index, in
// batches, one after the other to whichever worker is free, with what befalls
// the workers meanwhile.
type scenario struct {
	history []message
	batches [][]int
	workers int
	slow    bool // hours pass between deliveries, else minutes
	plan    []sim.Turn
}

// once is the scenario's history in order, once, undisturbed.
func (s scenario) once() scenario {
	quiet := scenario{history: s.history, workers: 1}
	for i := range s.history {
		quiet.batches = append(quiet.batches, []int{i})
	}
	return quiet
}

// A world is a store, and all that ever happened to it.
type world struct {
	store   *bolt.Store
	ctx     context.Context
	stage   *sim.Stage
	touched map[customer.ID]bool // customers with whom a fact was ever stored
}

// most is how often a batch is delivered before it counts as one that never
// will be done.
const most = 25

// play runs s on an empty store until every delivery is acknowledged.
func play(t *testing.T, store *bolt.Store, s scenario) (*world, error) {
	w := &world{store: store, stage: sim.NewStage(s.plan), touched: map[customer.ID]bool{}}
	type job struct {
		messages []int
		times    int
	}
	var queue []job
	for _, b := range s.batches {
		queue = append(queue, job{b, 1})
	}
	var failed error
	clock, step := 0, time.Minute
	if s.slow {
		step = 2 * time.Hour
	}
	synctest.Test(t, func(t *testing.T) {
		w.ctx = context.Background()
		var workers []func(int)
		for range s.workers {
			workers = append(workers, func(number int) {
				for {
					var next job
					var now time.Time
					if err := w.stage.Process(number).Call("receive", func() error {
						if len(queue) == 0 {
							return customer.ErrNotFound
						}
						next, queue = queue[0], queue[1:]
						clock++
						now = start.Add(time.Duration(clock)*step).AddDate(0, 0, 30)
						return nil
					}); errors.Is(err, customer.ErrNotFound) {
						return
					} else if err != nil {
						if next.messages != nil { // taken by who died with it
							queue = append(queue, next)
						}
						continue
					}
					left, err := w.process(number, s.history, next.messages, now)
					if len(left) == 0 {
						continue
					}
					if next.times == most {
						failed = fmt.Errorf("messages %v are never done: %w", left, err)
						continue
					}
					queue = append(queue, job{left, next.times + 1})
				}
			})
		}
		w.stage.Run(workers...)
	})
	w.ctx = t.Context()
	return w, failed
}

// process hands a batch to an ingester of its own and returns the messages
// that are to come again.
func (w *world) process(number int, history []message, batch []int, now time.Time) ([]int, error) {
	p := w.stage.Process(number)
	store := sim.Tapped{Process: p, Store: w.store, Put: func(id customer.ID) { w.touched[id] = true }}
	var deliveries []ingest.Delivery
	for _, m := range batch {
		deliveries = append(deliveries, ingest.Delivery{Source: "sim", Body: []byte(strconv.Itoa(m)), Received: now})
	}
	r := ingester(store, history).Handle(w.ctx, deliveries, now)
	if p.Dead() {
		return batch, sim.ErrDied
	}
	var left []int
	for i, err := range r.Errors {
		if err != nil {
			left = append(left, batch[i])
		}
	}
	return left, errors.Join(r.Errors...)
}

func ingester(store sim.Store, history []message) *ingest.Ingester {
	tombstones := privacy.Tombstones{Store: store, Keys: secret}
	desk := privacy.Desk{Store: store, Tombstones: tombstones, Zone: zone}
	return &ingest.Ingester{
		Store:    store,
		Registry: identity.Registry{Store: store, Erased: tombstones.Erased},
		Zone:     zone,
		Sources: map[string]ingest.Source{"sim": func(_ context.Context, d ingest.Delivery) ([]customer.Event, error) {
			i, err := strconv.Atoi(string(d.Body))
			if err != nil {
				return nil, err
			}
			return slices.Clone(history[i]), nil
		}},
		Derive: func(p customer.Profile, now time.Time) customer.Derived {
			d := customer.Derived{Segments: []customer.Membership{{Segment: "known", Since: now}}}
			if len(p.Derived.Segments) > 0 {
				d = p.Derived
			}
			return d
		},
		Plan: func(ctx context.Context, p customer.Profile, now time.Time) error {
			key := customer.SendKey{Customer: p.ID, Campaign: "welcome", Occurrence: "once", Step: 1}
			err := store.PutSend(ctx, customer.Send{SendKey: key, Status: customer.Planned, Segment: "known", Planned: now, Due: now})
			if errors.Is(err, customer.ErrConflict) {
				return nil
			}
			return err
		},
		Obey: desk.Obey,
	}
}
