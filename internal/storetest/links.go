package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/customer"
)

func link(i customer.Identity) customer.Link {
	return customer.Link{
		Identity: i, Customer: i.ID(), Seen: at(2026, 11, 1, 8),
		From:    []customer.ID{"caaaaaaaaaaaaaaaa"},
		Holders: []customer.Identity{"shopify/a.example/1", "shopify/a.example/9007199254740993"},
		Block:   customer.Block{Reason: "bounce", At: at(2026, 11, 2, 8), Soft: 2},
	}
}

func links(t *testing.T, s Store) {
	ctx := t.Context()
	t.Run("an identity nobody stored is not found", func(t *testing.T) {
		_, err := s.Link(ctx, "email/nobody@example.com")
		refused(t, err, customer.ErrNotFound)
	})
	t.Run("a link is read as it was put, one version later", func(t *testing.T) {
		l := link("email/jörg+ß@example.com")
		ok(t, s.PutLink(ctx, l))
		got, err := s.Link(ctx, l.Identity)
		ok(t, err)
		l.Version = 1
		equal(t, got, l)
	})
	t.Run("what was returned is the caller's", func(t *testing.T) {
		l := link("email/own@example.com")
		ok(t, s.PutLink(ctx, l))
		l.Holders[0], l.From[0] = "changed", "changed"
		got, err := s.Link(ctx, l.Identity)
		ok(t, err)
		got.Holders[0], got.From[0] = "changed", "changed"
		again, err := s.Link(ctx, l.Identity)
		ok(t, err)
		want := link("email/own@example.com")
		want.Version = 1
		equal(t, again, want)
	})
	t.Run("a put on another version is a conflict and changes nothing", func(t *testing.T) {
		l := link("shopify/a.example/7")
		l.Version = 3
		refused(t, s.PutLink(ctx, l), customer.ErrConflict)
		l.Version = 0
		ok(t, s.PutLink(ctx, l))
		for _, version := range []int64{0, 2} {
			l.Version, l.Merged = version, "shopify/a.example/8"
			refused(t, s.PutLink(ctx, l), customer.ErrConflict)
		}
		l.Version = 1
		ok(t, s.PutLink(ctx, l))
		got, err := s.Link(ctx, l.Identity)
		ok(t, err)
		l.Version = 2
		equal(t, got, l)
	})
	t.Run("of writers at the same version one wins", func(t *testing.T) {
		l := link("phone/+4930901820")
		oneWins(t, customer.ErrConflict, func() error { return s.PutLink(ctx, l) })
		l.Version = 1
		oneWins(t, customer.ErrConflict, func() error { return s.PutLink(ctx, l) })
	})
	t.Run("a deleted link is not found, and deleting it again is fine", func(t *testing.T) {
		l := link("phone/+4930901821")
		ok(t, s.PutLink(ctx, l))
		ok(t, s.DeleteLink(ctx, l.Identity))
		ok(t, s.DeleteLink(ctx, l.Identity))
		_, err := s.Link(ctx, l.Identity)
		refused(t, err, customer.ErrNotFound)
		ok(t, s.PutLink(ctx, l))
	})
	t.Run("many are read in the order asked, each once, without those that are not there", func(t *testing.T) {
		var asked []customer.Identity
		var want []customer.Link
		for i := range 230 {
			l := customer.Link{Identity: customer.Identity(fmt.Sprintf("hubspot/1/%03d", (i*97)%230)), Customer: "c"}
			asked = append(asked, l.Identity, l.Identity+"/missing", l.Identity)
			ok(t, s.PutLink(ctx, l))
			l.Version = 1
			want = append(want, l)
		}
		got, err := s.Links(ctx, asked)
		ok(t, err)
		equal(t, got, want)
		got, err = s.Links(ctx, nil)
		ok(t, err)
		equal(t, got, []customer.Link{}, cmpopts.EquateEmpty())
	})
	t.Run("a scan finds each once over several pages", func(t *testing.T) {
		long := customer.Identity("shopify/" + strings.Repeat("a", 40_000))
		for i := range 40 {
			ok(t, s.PutLink(ctx, customer.Link{Identity: customer.Identity(fmt.Sprintf("scan/%d", i)), Merged: long}))
		}
		all, n := pages(t, func(cursor string) ([]customer.Link, string, error) { return s.ScanLinks(ctx, cursor) })
		seen := map[customer.Identity]int{}
		for _, l := range all {
			seen[l.Identity]++
		}
		for i := range 40 {
			if k := customer.Identity(fmt.Sprintf("scan/%d", i)); seen[k] != 1 {
				t.Errorf("%s was found %d times", k, seen[k])
			}
		}
		if n < 2 {
			t.Errorf("1.6 MB came in %d page", n)
		}
	})
}
