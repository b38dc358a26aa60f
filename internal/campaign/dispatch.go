package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// A Dispatcher queues the sends that are due.
type Dispatcher struct {
	Ledger    Ledger
	Transport Transport
	Queue     Queue
	Interval  time.Duration // until the next run; 0: DefaultRetry
}

// Dispatched tells what one run did.
type Dispatched struct {
	Queued int
	Full   bool // more may be due than the quota allows
}

// dispatchPage is how many sends are listed and queued at a time.
const dispatchPage = 500

// Run queues the sends that are due at now, at most as many as the mail service
// takes until the next run.
//
// Invariant: a send is queued at least once while it is planned and due. A run
// changes nothing in the ledger: if it dies half way, or the mailer falls
// behind, the next one queues the same sends again, and the mailer's claim
// makes the second message a message without effect.
func (d Dispatcher) Run(ctx context.Context, now time.Time) (Dispatched, error) {
	interval := d.Interval
	if interval <= 0 {
		interval = DefaultRetry
	}
	quota, err := d.Transport.Quota(ctx)
	if err != nil {
		return Dispatched{}, fmt.Errorf("read the sending quota: %w", err)
	}
	var done Dispatched
	for left, cursor := quota.Allow(interval), ""; ; {
		if left <= 0 {
			done.Full = true
			return done, nil
		}
		keys, next, err := d.Ledger.DueSends(ctx, now, cursor, min(left, dispatchPage))
		if err != nil {
			return done, fmt.Errorf("list due sends: %w", err)
		}
		if err := d.queue(ctx, keys); err != nil {
			return done, err
		}
		done.Queued += len(keys)
		left -= len(keys)
		if cursor = next; cursor == "" {
			return done, nil
		}
	}
}

func (d Dispatcher) queue(ctx context.Context, keys []customer.SendKey) error {
	if len(keys) == 0 {
		return nil
	}
	bodies := make([][]byte, len(keys))
	for i, k := range keys {
		body, err := json.Marshal(k)
		if err != nil {
			return fmt.Errorf("encode send %s/%s: %w", k.Customer, k, err)
		}
		bodies[i] = body
	}
	if err := d.Queue.SendBatch(ctx, bodies, ""); err != nil {
		return fmt.Errorf("queue due sends: %w", err)
	}
	return nil
}
