package storetest

import (
	"fmt"
	"strings"
	"testing"

	"holdfast/internal/customer"
)

func profiles(t *testing.T, s Store) {
	ctx := t.Context()
	read := func(t *testing.T, id customer.ID) customer.Profile {
		t.Helper()
		p, err := s.Profile(ctx, id)
		ok(t, err)
		return p
	}
	// fresh returns the reference profile under another name, as a new one.
	fresh := func(id customer.ID) customer.Profile {
		p := ReferenceProfile()
		p.ID, p.Version = id, 0
		return p
	}
	stored := func(p customer.Profile, version int64) customer.Profile {
		p.Version = version
		return p
	}
	t.Run("an unknown customer is not found", func(t *testing.T) {
		_, err := s.Profile(ctx, "cunknownaaaaaaaaa")
		refused(t, err, customer.ErrNotFound)
	})
	t.Run("a profile is read as it was put, one version later", func(t *testing.T) {
		ok(t, s.PutProfile(ctx, fresh("cone")))
		equal(t, read(t, "cone"), stored(fresh("cone"), 1))
	})
	t.Run("an empty profile stays empty", func(t *testing.T) {
		ok(t, s.PutProfile(ctx, customer.Profile{ID: "cempty"}))
		equal(t, read(t, "cempty"), customer.Profile{ID: "cempty", Version: 1})
	})
	t.Run("empty lists and maps come back nil", func(t *testing.T) {
		p := customer.Profile{ID: "clists"}
		p.Records, p.Tags, p.Attributes = []customer.Identity{}, []string{}, map[string]string{}
		p.Books = []customer.Book{{Currency: "EUR", Days: []customer.Day{}}}
		p.Activity = []customer.Series{{Name: "page_view", Counts: []customer.Count{}}}
		p.Derived = customer.Derived{R: 1, Segments: []customer.Membership{}}
		ok(t, s.PutProfile(ctx, p))
		want := customer.Profile{ID: "clists", Version: 1}
		want.Books = []customer.Book{{Currency: "EUR"}}
		want.Activity = []customer.Series{{Name: "page_view"}}
		want.Derived = customer.Derived{R: 1}
		equal(t, read(t, "clists"), want)
	})
	t.Run("amounts beyond 2^53 and texts with separators stay exact", func(t *testing.T) {
		p := customer.Profile{ID: "clarge"}
		p.Books = []customer.Book{{Currency: "EUR", Orders: 1, Spend: 1<<63 - 1, Refunded: -1 << 63, Days: []customer.Day{{Day: -5, Orders: 1, Net: 1<<53 + 1}}}}
		p.Goods = []customer.Good{{SKU: "a;b c", Title: "= %", Category: "=", Units: 1, First: -4, Last: -3}, {Title: "x", Category: "=", Last: -9, First: -9}}
		p.Activity = []customer.Series{{Name: "a;b", Counts: []customer.Count{{Day: 1, N: 2, Seconds: 3}}}, {Name: "b c", Counts: []customer.Count{{Day: 1, N: 2}},
			Details: []customer.Detail{{Count: customer.Count{Day: 1, N: 2}, Of: []customer.Property{{Name: "query", Value: "tea; 100 % = pure"}, {Name: "sku", Value: "7"}}}}}}
		p.Mail = customer.Permission{State: "sub; scribed %20", Via: " 雪;\n"}
		p.Derived.Segments = []customer.Membership{{Segment: "a;b c", Since: at(1969, 1, 1, 1)}, {}}
		ok(t, s.PutProfile(ctx, p))
		equal(t, read(t, "clarge"), stored(p, 1))
	})
	t.Run("a put on another version is a conflict and changes nothing", func(t *testing.T) {
		p := fresh("cver")
		refused(t, s.PutProfile(ctx, stored(p, 1)), customer.ErrConflict)
		ok(t, s.PutProfile(ctx, p))
		other := fresh("cver")
		other.City = "Kiel"
		refused(t, s.PutProfile(ctx, other), customer.ErrConflict)
		refused(t, s.PutProfile(ctx, stored(other, 2)), customer.ErrConflict)
		equal(t, read(t, "cver"), stored(p, 1))
		ok(t, s.PutProfile(ctx, stored(other, 1)))
		equal(t, read(t, "cver"), stored(other, 2))
	})
	t.Run("of writers at the same version one wins", func(t *testing.T) {
		oneWins(t, customer.ErrConflict, func() error { return s.PutProfile(ctx, fresh("crace")) })
		oneWins(t, customer.ErrConflict, func() error { return s.PutProfile(ctx, stored(fresh("crace"), 1)) })
	})
	t.Run("what was returned is the caller's", func(t *testing.T) {
		change := func(p customer.Profile) {
			p.Records[0], p.Tags[0], p.Attributes["company"] = "changed", "changed", "changed"
			p.Books[0].Days[0].Net, p.Activity[0].Counts[0].N, p.Derived.Segments[0].Segment = 0, 0, "changed"
		}
		p := fresh("cown")
		ok(t, s.PutProfile(ctx, p))
		change(p)
		change(read(t, "cown"))
		equal(t, read(t, "cown"), stored(fresh("cown"), 1))
	})
	t.Run("a delete names the version that is stored", func(t *testing.T) {
		ok(t, s.DeleteProfile(ctx, "cgone", 0))
		refused(t, s.DeleteProfile(ctx, "cgone", 1), customer.ErrConflict)
		ok(t, s.PutProfile(ctx, fresh("cgone")))
		refused(t, s.DeleteProfile(ctx, "cgone", 0), customer.ErrConflict)
		refused(t, s.DeleteProfile(ctx, "cgone", 2), customer.ErrConflict)
		equal(t, read(t, "cgone"), stored(fresh("cgone"), 1))
		ok(t, s.DeleteProfile(ctx, "cgone", 1))
		_, err := s.Profile(ctx, "cgone")
		refused(t, err, customer.ErrNotFound)
	})
}

func shards(t *testing.T, s Store) {
	ctx := t.Context()
	// Enough that one shard alone has several pages.
	want := map[customer.ID]customer.Profile{}
	for i := range 120 {
		p := customer.Profile{ID: customer.Identity(fmt.Sprint(i)).ID()}
		p.Tags = []string{strings.Repeat("t", 20_000)}
		ok(t, s.PutProfile(ctx, p))
		p.Version = 1
		want[p.ID] = p
	}
	for _, n := range []int{1, 2, 7, 64} {
		t.Run(fmt.Sprintf("%d cover every profile once", n), func(t *testing.T) {
			got := map[customer.ID]customer.Profile{}
			read, most := 0, 0
			for shard := range n {
				part, count := pages(t, func(cursor string) ([]customer.Profile, string, error) {
					return s.ScanProfiles(ctx, shard, n, cursor)
				})
				read += len(part)
				most = max(most, count)
				for _, p := range part {
					got[p.ID] = p
				}
			}
			equal(t, got, want)
			if read != len(want) {
				t.Errorf("read %d profiles, want %d", read, len(want))
			}
			if n == 1 && most < 2 {
				t.Errorf("2.4 MB came in %d page", most)
			}
		})
	}
	t.Run("a shard that is none is refused", func(t *testing.T) {
		for _, bad := range [][2]int{{0, 0}, {-1, 2}, {2, 2}} {
			_, _, err := s.ScanProfiles(ctx, bad[0], bad[1], "")
			refused(t, err, customer.ErrInvalid)
		}
	})
}
