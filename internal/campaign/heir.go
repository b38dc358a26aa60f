package campaign

import (
	"context"
	"errors"
	"time"

	"holdfast/internal/customer"
)

// settle merges what is known of the fate of a send into it, and the hash of
// the address it went to, "" if that is not known.
func settle(ctx context.Context, store Store, k customer.SendKey, news customer.Fate, address string) (customer.Send, error) {
	return updateSend(ctx, store, k, func(s *customer.Send) bool {
		changed := news.Apply(s)
		if s.Address == "" && address != "" {
			s.Address, changed = address, true
		}
		return changed
	})
}

// inherit tells the heirs of a send what became of it, and returns the last of
// them. It can be repeated, and must be until it succeeds.
func inherit(ctx context.Context, store Store, s customer.Send) (customer.ID, error) {
	for range attempts {
		if s.Heir == "" {
			break
		}
		k := s.SendKey
		k.Customer = s.Heir
		heirs, err := updateSend(ctx, store, k, func(have *customer.Send) bool {
			before := *have
			*have = s.Inherit(*have)
			return *have != before
		})
		if errors.Is(err, customer.ErrNotFound) { // not copied yet, which will find this, or erased
			return k.Customer, nil
		}
		if err != nil {
			return "", err
		}
		if !heirs.Inherits(s) {
			break
		}
		s = heirs
	}
	return s.Customer, nil
}

// giveBack plans a send again, for due, that was handed to an heir while its
// mailer had it and that the mailer did not send: the heir's, for whom it is
// checked afresh. One that nobody inherited stays as it is.
func giveBack(ctx context.Context, store Store, claimed customer.Send, due, now time.Time) error {
	s, err := updateSend(ctx, store, claimed.SendKey, func(s *customer.Send) bool {
		if s.Heir == "" || s.Status != customer.Claimed || !s.Claimed.Equal(claimed.Claimed) {
			return false
		}
		s.Status, s.Reason, s.Settled, s.Due = customer.Skipped, customer.ReasonMerged, later(now, s.Claimed).UTC(), due.UTC()
		return true
	})
	if err == nil && s.Heir != "" && s.TakenBack() {
		_, err = inherit(ctx, store, s)
	}
	if errors.Is(err, customer.ErrNotFound) { // erased since
		return nil
	}
	return err
}
