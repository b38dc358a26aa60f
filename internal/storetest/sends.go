package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/internal/customer"
)

func send(id customer.ID, campaign string, step int) customer.Send {
	return customer.Send{
		SendKey: customer.SendKey{Customer: id, Campaign: campaign, Occurrence: "20261101T080000Z", Step: step},
		Status:  customer.Planned, Segment: "lapsing", Template: "we-miss-you", Variant: "b",
		Planned: at(2026, 11, 1, 8), Due: at(2026, 11, 3, 8), Expires: at(2027, 11, 3, 8),
	}
}

func sends(t *testing.T, s Store) {
	ctx := t.Context()
	t.Run("a key nobody stored is not found", func(t *testing.T) {
		_, err := s.Send(ctx, send("cnobody", "winback", 1).SendKey)
		refused(t, err, customer.ErrNotFound)
	})
	t.Run("a send is read as it was put, one version later", func(t *testing.T) {
		m := send("cone", "winback", 1)
		m.Reason, m.Address, m.MessageID = "größer", "h", "<1@x>"
		ok(t, s.PutSend(ctx, m))
		got, err := s.Send(ctx, m.SendKey)
		ok(t, err)
		m.Version = 1
		equal(t, got, m)
	})
	t.Run("a put on another version is a conflict and changes nothing", func(t *testing.T) {
		m := send("cver", "winback", 1)
		m.Version = 1
		refused(t, s.PutSend(ctx, m), customer.ErrConflict)
		m.Version = 0
		ok(t, s.PutSend(ctx, m))
		m.Status = customer.Claimed
		refused(t, s.PutSend(ctx, m), customer.ErrConflict)
		m.Version = 1
		oneWins(t, customer.ErrConflict, func() error { return s.PutSend(ctx, m) })
		got, err := s.Send(ctx, m.SendKey)
		ok(t, err)
		m.Version = 2
		equal(t, got, m)
	})
	t.Run("of writers of a new one one wins", func(t *testing.T) {
		oneWins(t, customer.ErrConflict, func() error { return s.PutSend(ctx, send("crace", "winback", 1)) })
	})
	t.Run("a key that cannot be read back is refused", func(t *testing.T) {
		for _, m := range []customer.Send{send("", "winback", 1), send("cbad", "", 1), send("cbad", "win#back", 1)} {
			refused(t, s.PutSend(ctx, m), customer.ErrInvalid)
		}
	})
	t.Run("a customer's come sorted by key, and a deleted one is gone", func(t *testing.T) {
		var want []customer.Send
		for _, key := range []struct {
			campaign string
			step     int
		}{{"welcome", 2}, {"cart", 1}, {"welcome", 10}, {"welcome", 1}} {
			ok(t, s.PutSend(ctx, send("clist", key.campaign, key.step)))
		}
		ok(t, s.PutSend(ctx, send("clista", "cart", 1)))
		for _, m := range []customer.Send{send("clist", "cart", 1), send("clist", "welcome", 1), send("clist", "welcome", 2), send("clist", "welcome", 10)} {
			m.Version = 1
			want = append(want, m)
		}
		got, err := s.Sends(ctx, "clist")
		ok(t, err)
		equal(t, got, want)
		ok(t, s.DeleteSend(ctx, want[0].SendKey))
		ok(t, s.DeleteSend(ctx, want[0].SendKey))
		got, err = s.Sends(ctx, "clist")
		ok(t, err)
		equal(t, got, want[1:])
	})
	t.Run("a customer's come whole, also where they need several pages", func(t *testing.T) {
		var want []customer.Send
		for i := range 40 {
			m := send("clarge", "welcome", i+1)
			m.Reason = strings.Repeat("r", 30_000)
			ok(t, s.PutSend(ctx, m))
			m.Version = 1
			want = append(want, m)
		}
		got, err := s.Sends(ctx, "clarge")
		ok(t, err)
		equal(t, got, want)
	})
	t.Run("a campaign's are found once each over several pages, in their present status", func(t *testing.T) {
		for i := range 40 {
			m := send(customer.ID(fmt.Sprintf("ccampaign%d", i)), "spring", 1)
			m.Reason = strings.Repeat("r", 30_000)
			ok(t, s.PutSend(ctx, m))
			if i%2 == 0 {
				m.Version, m.Status, m.Settled = 1, customer.Delivered, at(2026, 11, 3, 9).Add(time.Duration(i)*time.Minute)
				ok(t, s.PutSend(ctx, m))
			}
		}
		all, n := pages(t, func(cursor string) ([]customer.Send, string, error) { return s.CampaignSends(ctx, "spring", cursor) })
		seen := map[customer.ID]customer.SendStatus{}
		for _, m := range all {
			seen[m.Customer] = m.Status
		}
		want := map[customer.ID]customer.SendStatus{}
		for i := range 40 {
			want[customer.ID(fmt.Sprintf("ccampaign%d", i))] = []customer.SendStatus{customer.Delivered, customer.Planned}[i%2]
		}
		equal(t, seen, want)
		if len(all) != len(want) || n < 2 {
			t.Errorf("got %d sends in %d pages, want %d in at least 2", len(all), n, len(want))
		}
		none, _, err := s.CampaignSends(ctx, "sprin", "")
		ok(t, err)
		if len(none) != 0 {
			t.Errorf("a campaign without sends has %d", len(none))
		}
	})
}
