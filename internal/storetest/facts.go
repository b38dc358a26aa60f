package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/internal/customer"
)

func facts(t *testing.T, s Store) {
	ctx := t.Context()
	const id = customer.ID("cfactsaaaaaaaaaaa")
	read := func(t *testing.T, id customer.ID) []customer.Fact {
		t.Helper()
		got, err := s.Facts(ctx, id)
		ok(t, err)
		return got
	}
	t.Run("an unknown customer has none", func(t *testing.T) {
		if got := read(t, "cunknownaaaaaaaaa"); len(got) != 0 {
			t.Errorf("got %d facts", len(got))
		}
	})
	t.Run("a fact is new, then stale, then replaced by a newer version", func(t *testing.T) {
		f := ReferenceFact()
		replaced, err := s.PutFact(ctx, id, f)
		ok(t, err)
		if replaced {
			t.Error("a new fact replaced another")
		}
		_, err = s.PutFact(ctx, id, f)
		refused(t, err, customer.ErrStale)

		older := ReferenceFact()
		older.Version, older.Body.Order.Payment = customer.NewVersion(older.At.Add(-time.Nanosecond), "9"), "pending"
		_, err = s.PutFact(ctx, id, older)
		refused(t, err, customer.ErrStale)
		equal(t, read(t, id), []customer.Fact{f})

		newer := ReferenceFact()
		newer.Version, newer.Body.Order.Payment = customer.NewVersion(newer.At.Add(time.Nanosecond), "0"), "refunded"
		replaced, err = s.PutFact(ctx, id, newer)
		ok(t, err)
		if !replaced {
			t.Error("a newer fact replaced none")
		}
		equal(t, read(t, id), []customer.Fact{newer})
	})
	t.Run("facts of one customer are not another's, also where one id begins with the other", func(t *testing.T) {
		ok1, err := s.PutFact(ctx, id+"a", ReferenceFact())
		ok(t, err)
		if ok1 {
			t.Error("replaced another customer's fact")
		}
		if got := read(t, id); len(got) != 1 {
			t.Errorf("got %d facts, want one", len(got))
		}
	})
	t.Run("of writers of one state one wins", func(t *testing.T) {
		oneWins(t, customer.ErrStale, func() error { _, err := s.PutFact(ctx, "cracefaaaaaaaaaaa", ReferenceFact()); return err })
	})
	t.Run("record and key come back, whatever # they hold", func(t *testing.T) {
		const id = customer.ID("chashaaaaaaaaaaaa")
		want := []customer.Fact{
			{Record: "a", Key: "b#c", Version: "1", At: at(2026, 1, 1, 1)},
			{Record: "a#d", Key: "e", Version: "1", At: at(2026, 1, 1, 1)},
		}
		for _, f := range want {
			_, err := s.PutFact(ctx, id, f)
			ok(t, err)
		}
		equal(t, read(t, id), want)
	})
	t.Run("they come sorted by id over several pages", func(t *testing.T) {
		const id = customer.ID("cmanyaaaaaaaaaaaa")
		var want []customer.Fact
		for i := range 60 {
			f := customer.Fact{
				Record: customer.Identity(fmt.Sprintf("shopify/ä.example/%d", (i*37)%60)), Key: "tags", Version: "1", At: at(2026, 1, 1, 1),
				Body: customer.Body{Tags: &customer.Tags{Tags: []string{strings.Repeat("é", 20_000)}}},
			}
			_, err := s.PutFact(ctx, id, f)
			ok(t, err)
			want = append(want, f)
		}
		slices.SortFunc(want, func(a, b customer.Fact) int { return strings.Compare(a.ID(), b.ID()) })
		equal(t, read(t, id), want)
	})
	t.Run("what was returned is the caller's", func(t *testing.T) {
		const id = customer.ID("cownfaaaaaaaaaaaa")
		f := ReferenceFact()
		_, err := s.PutFact(ctx, id, f)
		ok(t, err)
		f.Body.Order.Items[0].Title, f.Body.Order.Total = "changed", 0
		got := read(t, id)[0]
		got.Body.Order.Items[0].Title, got.Body.Order.Total = "changed", 0
		equal(t, read(t, id), []customer.Fact{ReferenceFact()})
	})
	t.Run("a deleted fact is gone, and deleting it again is fine", func(t *testing.T) {
		f := ReferenceFact()
		ok(t, s.DeleteFact(ctx, id, f.ID()))
		ok(t, s.DeleteFact(ctx, id, f.ID()))
		if got := read(t, id); len(got) != 0 {
			t.Errorf("got %d facts", len(got))
		}
		replaced, err := s.PutFact(ctx, id, f)
		ok(t, err)
		if replaced {
			t.Error("a fact replaced a deleted one")
		}
	})
}
