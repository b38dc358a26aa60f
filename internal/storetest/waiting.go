package storetest

import (
	"fmt"
	"testing"
	"time"

	"holdfast/internal/customer"
)

func waitingSends(t *testing.T, s Store) {
	ctx := t.Context()
	noon := at(2026, 11, 3, 12)
	due := func(t *testing.T, before time.Time, limit int) []customer.SendKey {
		t.Helper()
		keys, _ := pages(t, func(cursor string) ([]customer.SendKey, string, error) {
			page, next, err := s.DueSends(ctx, before, cursor, limit)
			if len(page) > limit {
				t.Errorf("a page has %d keys, want at most %d", len(page), limit)
			}
			return page, next, err
		})
		return keys
	}
	claimed := func(t *testing.T, before time.Time) []customer.SendKey {
		t.Helper()
		keys, _ := pages(t, func(cursor string) ([]customer.SendKey, string, error) {
			return s.ClaimedSends(ctx, before, cursor, 10)
		})
		return keys
	}
	put := func(t *testing.T, m *customer.Send) {
		t.Helper()
		ok(t, s.PutSend(ctx, *m))
		m.Version++
	}
	t.Run("a send is due from its instant on, while it is planned", func(t *testing.T) {
		m := send("cdue", "winback", 1)
		m.Due = noon
		put(t, &m)
		equal(t, len(due(t, noon.Add(-time.Nanosecond), 10)), 0)
		equal(t, due(t, noon, 10), []customer.SendKey{m.SendKey})
		m.Due = noon.Add(time.Hour)
		put(t, &m)
		equal(t, len(due(t, noon, 10)), 0)
		equal(t, due(t, noon.Add(time.Hour), 10), []customer.SendKey{m.SendKey})

		m.Status, m.Claimed = customer.Claimed, noon.Add(2*time.Hour)
		put(t, &m)
		equal(t, len(due(t, noon.Add(9*time.Hour), 10)), 0)
		equal(t, len(claimed(t, noon.Add(time.Hour))), 0)
		equal(t, claimed(t, noon.Add(2*time.Hour)), []customer.SendKey{m.SendKey})

		m.Status = customer.Planned // taken back
		put(t, &m)
		equal(t, len(claimed(t, noon.Add(9*time.Hour))), 0)
		equal(t, due(t, noon.Add(9*time.Hour), 10), []customer.SendKey{m.SendKey})
	})
	t.Run("in every other status it waits for nobody", func(t *testing.T) {
		m := send("cdue", "winback", 1)
		m.Version, m.Due, m.Claimed = 4, noon, noon
		for _, status := range []customer.SendStatus{
			customer.Sent, customer.Delivered, customer.Bounced, customer.Complained, customer.Skipped, customer.HeldOut, customer.Failed, customer.Unknown,
		} {
			m.Status = status
			put(t, &m)
			equal(t, len(due(t, noon.Add(9*time.Hour), 10))+len(claimed(t, noon.Add(9*time.Hour))), 0)
		}
	})
	t.Run("a deleted send waits for nobody", func(t *testing.T) {
		m := send("cgone", "winback", 1)
		put(t, &m)
		ok(t, s.DeleteSend(ctx, m.SendKey))
		equal(t, len(due(t, noon, 10)), 0)
	})
	t.Run("a limit below one is refused", func(t *testing.T) {
		_, _, err := s.DueSends(ctx, noon, "", 0)
		refused(t, err, customer.ErrInvalid)
	})
	t.Run("of one customer the oldest come first", func(t *testing.T) {
		var want []customer.SendKey
		for i, step := range []int{3, 1, 2} {
			m := send("coldest", "winback", step)
			m.Due = noon.Add(time.Duration(i-9) * time.Millisecond)
			put(t, &m)
			want = append(want, m.SendKey)
		}
		equal(t, due(t, noon, 2), want)
		for _, k := range want {
			ok(t, s.DeleteSend(ctx, k))
		}
	})
	t.Run("whatever the limit, every one comes once", func(t *testing.T) {
		want := map[customer.SendKey]int{}
		for i := range 50 {
			m := send(customer.Identity(fmt.Sprint(i)).ID(), "winback", 1)
			m.Due = noon.Add(time.Duration(i%3) * time.Second)
			put(t, &m)
			want[m.SendKey] = 1
		}
		for _, limit := range []int{1, 7, 50, 1000} {
			got := map[customer.SendKey]int{}
			for _, k := range due(t, noon.Add(time.Minute), limit) {
				got[k]++
			}
			equal(t, got, want)
		}
	})
}
