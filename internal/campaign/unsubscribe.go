package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// An Unsubscriber takes opt-outs.
type Unsubscriber struct {
	Store  Store
	Tokens Tokens
}

// Unsubscribe opts the bearer of token out of all mail, via [ViaOneClick] or
// [ViaLink], and returns the events that tell ingest so. Done again it changes
// nothing and returns the same events, until the customer opts in again.
//
// The address is blocked before the events are returned, so that mail stops
// even if they are never applied. A token that is not genuine has no effect: the
// error wraps [customer.ErrInvalid]. For a customer who is gone there is nothing
// to do, and no error.
func (u Unsubscriber) Unsubscribe(ctx context.Context, token, via string, now time.Time) ([]customer.Event, error) {
	t, err := u.Tokens.Verify(token, ForUnsubscribe)
	if err != nil {
		return nil, err
	}
	id := t.Key.Customer
	p, err := u.Store.Profile(ctx, id)
	switch {
	case errors.Is(err, customer.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read profile %s: %w", id, err)
	}
	at := now.UTC()
	if p.Email != "" {
		in := p.Mail.Since
		if p.Mail.State != customer.Subscribed {
			in = time.Time{}
		}
		link, err := updateBlock(ctx, u.Store, p.Email, func(b *customer.Block) bool {
			if b.OptOut.After(in) || b.OptOut.Equal(in) && !in.IsZero() {
				return false
			}
			b.OptOut = at
			return true
		})
		if err != nil {
			return nil, err
		}
		at = link.Block.OptOut
	}
	return eventsOf(p, []customer.Fact{optOut(at, via)}), nil
}
