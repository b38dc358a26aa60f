package ingest

import (
	"context"
	"errors"
	"fmt"

	"holdfast/internal/customer"
)

// hand gives a send to the customer into whom its own merged. What is still
// planned is taken back; what may have been mailed is copied, and stays under
// its old id as well, since the mail service knows it by that.
//
// First the send says who has it now, then the copy is written, then the send
// is read again: whoever learns of its fate before that last look is found by
// it, and whoever learns of it later finds the heir, and the copy. A process
// that dies in between does all of it again.
func (b *batch) hand(ctx context.Context, s customer.Send, to customer.ID) error {
	for range attempts {
		have, err := b.send(ctx, to, s.SendKey)
		if err != nil {
			return err
		}
		if s.TakenBack() && s.Heir != to { // another has it, who was one with this one once
			return b.keep(ctx, s, to)
		}
		if s.Heir != to {
			if have.Version > 0 && !s.Open() && !have.Inherits(s) {
				return nil // two mails
			}
			s = s.HandedTo(to, b.now)
			if err = b.Store.PutSend(ctx, s); err == nil {
				s.Version++
			}
		}
		if next := s.Inherit(have); err == nil && next != have {
			err = b.Store.PutSend(ctx, next)
		}
		if err != nil && !errors.Is(err, customer.ErrConflict) {
			return fmt.Errorf("hand on send: %w", err)
		}
		now, reading := b.send(ctx, s.Customer, s.SendKey)
		if reading != nil || err == nil && now.Version == s.Version || now.Version == 0 {
			return reading
		}
		s = now
	}
	return fmt.Errorf("hand on send: %w", customer.ErrConflict)
}

// keep copies a send as it is, unless there is one like it already.
func (b *batch) keep(ctx context.Context, s customer.Send, to customer.ID) error {
	s.Customer, s.Version, s.Heir = to, 0, ""
	if err := b.Store.PutSend(ctx, s); err != nil && !errors.Is(err, customer.ErrConflict) {
		return fmt.Errorf("copy send: %w", err)
	}
	return nil
}

// send returns a customer's send with the same key but for the customer, of
// version 0 if there is none.
func (b *batch) send(ctx context.Context, id customer.ID, key customer.SendKey) (customer.Send, error) {
	sends, err := b.Store.Sends(ctx, id)
	if err != nil {
		return customer.Send{}, fmt.Errorf("read sends: %w", err)
	}
	for _, s := range sends {
		if s.String() == key.String() {
			return s, nil
		}
	}
	return customer.Send{}, nil
}
