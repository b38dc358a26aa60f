package customer_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func TestWhatAnHeirHasOfASend(t *testing.T) {
	noon := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	one := time.Date(2026, 6, 15, 13, 0, 0, 0, time.UTC)
	send := func(status customer.SendStatus, claimed time.Time) customer.Send {
		s := customer.Send{SendKey: customer.SendKey{Customer: "old", Campaign: "offer", Occurrence: "once", Step: 1}, Version: 3, Status: status, Claimed: claimed, Due: noon}
		if status == customer.Delivered {
			s.Accepted, s.Settled, s.MessageID, s.Address = claimed, one, "m", "hash"
		}
		return s
	}
	heirs := func(s customer.Send) customer.Send {
		s.Customer = "heir"
		return s
	}
	gone := send(customer.Skipped, time.Time{})
	gone.Reason = customer.ReasonGone
	for name, tt := range map[string]struct {
		old, have customer.Send
		want      customer.SendStatus
		claimed   time.Time
	}{
		"what is planned is planned for the heir":                         {send(customer.Planned, time.Time{}), customer.Send{}, customer.Planned, time.Time{}},
		"what was skipped since the customer was gone is planned":         {gone, customer.Send{}, customer.Planned, time.Time{}},
		"what was held out stays so":                                      {send(customer.HeldOut, time.Time{}), customer.Send{}, customer.HeldOut, time.Time{}},
		"what a mailer has is claimed for the heir too":                   {send(customer.Claimed, noon), customer.Send{}, customer.Claimed, noon},
		"what was mailed is not mailed again to an heir who waits for it": {send(customer.Delivered, noon), heirs(send(customer.Planned, time.Time{})), customer.Delivered, noon},
		"a copy learns what became of the mail":                           {send(customer.Delivered, noon), heirs(send(customer.Claimed, noon)), customer.Delivered, noon},
		"a copy that knows more keeps it":                                 {send(customer.Claimed, noon), heirs(send(customer.Delivered, noon)), customer.Delivered, noon},
		"a mail of the heir's own is none of the other's":                 {send(customer.Delivered, noon), heirs(send(customer.Claimed, one)), customer.Claimed, one},
		"a mail that was refused leaves the heir's to be sent":            {send(customer.Failed, noon), heirs(send(customer.Planned, time.Time{})), customer.Planned, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := tt.old.HandedTo("heir", one)
			got := s.Inherit(tt.have)
			if got.Status != tt.want || !got.Claimed.Equal(tt.claimed) || got.Customer != "heir" || got.Heir != "" || got.Version != tt.have.Version {
				t.Errorf("got %s claimed %v of %s, heir %q, version %d", got.Status, got.Claimed, got.Customer, got.Heir, got.Version)
			}
			got.Version = 1
			if diff := cmp.Diff(got, s.Inherit(got)); diff != "" {
				t.Errorf("again: %s", diff)
			}
		})
	}
}
