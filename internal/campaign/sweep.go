package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// ClaimLife is how long a claim waits for the mail service's events.
const ClaimLife = 30 * time.Minute

// A Sweeper gives up claims whose outcome nobody told.
type Sweeper struct{ Store Store }

// Run turns sends claimed more than [ClaimLife] before now to unknown and
// returns how many; any is worth an alarm. An event that comes later still
// settles the send. Run twice, it changes nothing the second time.
func (w Sweeper) Run(ctx context.Context, now time.Time) (int, error) {
	before, unknown := now.Add(-ClaimLife), 0
	for cursor := ""; ; {
		keys, next, err := w.Store.ClaimedSends(ctx, before, cursor, dispatchPage)
		if err != nil {
			return unknown, fmt.Errorf("list claimed sends: %w", err)
		}
		for _, k := range keys {
			swept := false
			s, err := updateSend(ctx, w.Store, k, func(s *customer.Send) bool {
				swept = s.Status == customer.Claimed && !s.Claimed.After(before)
				if swept {
					s.Status, s.Settled = customer.Unknown, now.UTC()
				}
				return swept
			})
			if err != nil && !errors.Is(err, customer.ErrNotFound) {
				return unknown, err
			}
			if err == nil && swept && s.Heir == "" { // else the heir's is counted
				unknown++
			}
		}
		if cursor = next; cursor == "" {
			return unknown, nil
		}
	}
}
