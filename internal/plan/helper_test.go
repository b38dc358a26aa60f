package plan_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
	starter "holdfast/playbook"
)

var update = flag.Bool("update", false, "write the golden files again")

// at is the instant of a night: three in the morning in Berlin.
var at = time.Date(2026, 6, 15, 1, 0, 0, 0, time.UTC)

// files returns the starter playbook with texts of its files replaced: file,
// old, new, and so on.
func files(t testing.TB, changes ...string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(starter.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source, err := fs.ReadFile(starter.FS, name)
		all[name] = &fstest.MapFile{Data: source}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+2 < len(changes); i += 3 {
		source := string(all[changes[i]].Data)
		if !strings.Contains(source, changes[i+1]) {
			t.Fatalf("%s has no %q", changes[i], changes[i+1])
		}
		all[changes[i]] = &fstest.MapFile{Data: []byte(strings.Replace(source, changes[i+1], changes[i+2], 1))}
	}
	return all
}

func load(t testing.TB, changes ...string) *playbook.Playbook {
	t.Helper()
	b, err := playbook.Load(files(t, changes...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// invented returns n customers as a shop has them; the same every time.
func invented(n int) []customer.Profile {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]customer.Profile, n)
	for i := range all {
		all[i] = one(r, i)
	}
	return all
}

func one(r *rand.Rand, i int) customer.Profile {
	record := customer.Account("shopify/test").Record(fmt.Sprint(i))
	p := customer.Profile{ID: record.ID()}
	p.Records = []customer.Identity{record}
	p.Email = customer.Email(fmt.Sprintf("customer%d@example.com", i))
	p.FirstName, p.Country, p.City = "Mia", []string{"DE", "AT", "FR", "GB"}[r.IntN(4)], "Graz"
	p.Created = at.AddDate(0, 0, -r.IntN(700)-1)
	p.Mail = customer.Permission{State: customer.Subscribed, Since: p.Created}
	if r.IntN(5) == 0 {
		p.Mail.State = customer.Unsubscribed
	}
	orders := min(r.IntN(6), r.IntN(9))
	if orders > 0 {
		b, scale := customer.Book{Currency: "EUR", Orders: orders}, int64(1)
		if i%7 == 0 {
			b.Currency, scale = "CHF", 20
		}
		for range orders {
			placed := at.AddDate(0, 0, -r.IntN(600)).Add(-time.Duration(r.IntN(86400)) * time.Second)
			net := scale * int64(r.IntN(9000)+500)
			b.Days = append(b.Days, customer.Day{Day: customer.DayOf(placed, time.UTC), Orders: 1, Net: net})
			b.Spend += net
			if b.First.IsZero() || placed.Before(b.First) {
				b.First = placed
			}
			if placed.After(b.Last) {
				b.Last = placed
			}
		}
		slices.SortFunc(b.Days, func(x, y customer.Day) int { return x.Day - y.Day })
		p.Books = []customer.Book{b}
	}
	if r.IntN(20) == 0 {
		p.Carts = customer.CartState{Open: 1, Last: at.Add(-time.Duration(r.IntN(100)) * time.Hour), Total: customer.Money{Minor: 4780, Currency: "EUR"}, URL: "https://shop.example/cart"}
	}
	today := customer.DayOf(at, time.UTC)
	for _, name := range []string{"mail_clicked", "product_viewed"} {
		if r.IntN(6) == 0 {
			p.Activity = append(p.Activity, customer.Series{Name: name, Counts: []customer.Count{{Day: today - 30 - r.IntN(40), N: 2}, {Day: today - r.IntN(20), N: 1 + r.IntN(5)}}})
		}
	}
	return p
}

// memory holds profiles and sends, and takes no writes.
type memory struct {
	profiles []customer.Profile
	sends    map[customer.ID][]customer.Send
}

func (m memory) ScanProfiles(_ context.Context, shard, shards int, _ string) ([]customer.Profile, string, error) {
	from, to := shard*len(m.profiles)/shards, (shard+1)*len(m.profiles)/shards
	return m.profiles[from:to], "", nil
}

func (m memory) Facts(context.Context, customer.ID) ([]customer.Fact, error) { return nil, nil }
func (m memory) Link(context.Context, customer.Identity) (customer.Link, error) {
	return customer.Link{}, customer.ErrNotFound
}
func (m memory) Sends(_ context.Context, id customer.ID) ([]customer.Send, error) {
	return m.sends[id], nil
}
func (m memory) DueSends(context.Context, time.Time, string, int) ([]customer.SendKey, string, error) {
	var keys []customer.SendKey
	for _, sends := range m.sends {
		for _, s := range sends {
			if s.Status == customer.Planned {
				keys = append(keys, s.SendKey)
			}
		}
	}
	return keys, "", nil
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
