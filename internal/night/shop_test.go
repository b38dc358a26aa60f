package night_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"holdfast/internal/bolt"
	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/segment"
)

var (
	vienna  = zoneNamed("Europe/Vienna")
	opened  = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	tonight = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
)

func zoneNamed(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// simulated returns customers who buy and leave as MBG/NBD says: rates are
// gamma distributed, and after each order some leave for good.
func simulated(customers int, seed uint64) []customer.Profile {
	var out []customer.Profile
	for i, orders := range simulatedOrders(customers, seed) {
		out = append(out, buyer(i, orders...))
	}
	return out
}

// simulatedOrders returns the orders of each, oldest first, until tonight.
func simulatedOrders(customers int, seed uint64) [][]order {
	rng := rand.New(rand.NewPCG(seed, 7))
	var out [][]order
	for range customers {
		rate := distuv.Gamma{Alpha: 0.8, Beta: 60, Src: rng}.Rand() // orders a day
		leaves := distuv.Beta{Alpha: 0.9, Beta: 1.8, Src: rng}.Rand()
		worth := distuv.Gamma{Alpha: 4, Beta: 4.0 / 5000, Src: rng}.Rand()
		var orders []order
		at := opened.Add(time.Duration(rng.Float64() * float64(tonight.Sub(opened))))
		for at.Before(tonight) {
			orders = append(orders, order{at, int64(math.Round(worth * (0.6 + 0.8*rng.Float64())))})
			if rng.Float64() < leaves {
				break
			}
			at = at.Add(time.Duration(min(rng.ExpFloat64()/rate, 5000) * 24 * float64(time.Hour)))
		}
		out = append(out, orders)
	}
	return out
}

type order struct {
	at  time.Time
	net int64
}

// buyer returns a customer with these orders, oldest first.
func buyer(i int, orders ...order) customer.Profile {
	record := customer.Account("shopify/test.myshopify.com").Record(fmt.Sprint(1000 + i))
	p := customer.Profile{ID: record.ID()}
	p.Records = []customer.Identity{record}
	p.Email = customer.Email(fmt.Sprintf("c%d@example.com", i))
	b := customer.Book{Currency: "EUR", Orders: len(orders)}
	for _, o := range orders {
		day := customer.DayOf(o.at, vienna)
		if n := len(b.Days); n > 0 && b.Days[n-1].Day == day {
			b.Days[n-1].Orders++
			b.Days[n-1].Net += o.net
		} else {
			b.Days = append(b.Days, customer.Day{Day: day, Orders: 1, Net: o.net})
		}
		b.Spend += o.net
		b.Last = o.at.UTC()
	}
	if len(orders) > 0 {
		b.First = orders[0].at.UTC()
		b.Days = b.Days[max(0, len(b.Days)-customer.MaxDays):]
		p.Books = []customer.Book{b}
	}
	return p
}

// counting counts what is written.
type counting struct {
	*bolt.Store
	profiles, insights atomic.Int64
}

func (c *counting) PutProfile(ctx context.Context, p customer.Profile) error {
	c.profiles.Add(1)
	return c.Store.PutProfile(ctx, p)
}

func (c *counting) PutInsight(ctx context.Context, i customer.Insight) error {
	c.insights.Add(1)
	return c.Store.PutInsight(ctx, i)
}

func stored(t testing.TB, profiles []customer.Profile) *counting {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Bulk(true); err != nil {
		t.Fatal(err)
	}
	for _, p := range profiles {
		if err := s.PutProfile(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	return &counting{Store: s}
}

var rules = []segment.Definition{
	{Name: "at_risk", When: "churn_risk >= 0.8 and p_alive < 0.4"},
	{Name: "due", When: "known(next_order) and days_since(next_order_from) >= -30"},
	{Name: "everybody", When: "true"},
	{Name: "new", When: "orders == 1 and days_since_first <= 30", Goal: "A second order within 60 days."},
	{Name: "nobody", When: `city == "Atlantis"`},
	{Name: "safe", When: "churn_risk <= 0.3"},
	{Name: "valuable", When: "predicted_clv >= 30 and clv_low > 20 and predicted_orders > 0.5", Goal: "Keep them."},
	{Name: "top_tenth", When: "percentile(spend) >= 90 and percentile(avg_gap_days) < 50"},
	{Name: "well_known", When: `rfm.group in ["champions", "loyal"]`},
}

func newNight(t testing.TB, s night.Store) *night.Night {
	t.Helper()
	set, err := segment.Compile(rules, segment.Settings{Zone: vienna, Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	n := &night.Night{
		Store: s, Zone: vienna, Currency: "EUR", Horizon: 180, Margin: 0.4,
		Goals: map[string]string{},
		Set:   set,
		Rules: func(f night.Fit) night.Deriver { return night.NewScorer(set, f, vienna, "EUR") },
	}
	for _, r := range rules {
		n.Segments = append(n.Segments, r.Name)
		n.Goals[r.Name] = r.Goal
	}
	return n
}

// pass runs the night of an instant on shards, one after the other.
func pass(t testing.TB, ctx context.Context, n *night.Night, at time.Time, shards int) (night.Snapshot, night.Run) {
	t.Helper()
	each := func(do func(night.Shard) (night.Shard, error)) {
		for i := range shards {
			s := night.Shard{At: at, Shard: i, Shards: shards}
			for !s.Done {
				var err error
				if s, err = do(s); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	each(func(s night.Shard) (night.Shard, error) { return n.Survey(ctx, s) })
	if _, err := n.Fit(ctx, at, shards); err != nil {
		t.Fatal(err)
	}
	each(func(s night.Shard) (night.Shard, error) {
		s, _, err := n.Score(ctx, s)
		return s, err
	})
	snapshot, run, err := n.Summarize(ctx, at, shards)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot, run
}

// kept returns the results of a night, by kind.
func kept(t testing.TB, s night.Store) map[string]string {
	t.Helper()
	kinds := []string{night.Fits, night.Models, night.Snapshots, night.Cohorted, night.PeriodsOf("")}
	for _, r := range rules {
		kinds = append(kinds, night.PeriodsOf(r.Name))
	}
	out := map[string]string{}
	for _, kind := range kinds {
		all, err := s.Insights(t.Context(), kind, "", "")
		if err != nil || len(all) == 0 {
			t.Fatalf("no %s: %v", kind, err)
		}
		for _, i := range all {
			out[kind+" "+i.Date] = string(i.Body)
		}
	}
	return out
}

func everybody(t testing.TB, s night.Store) []customer.Profile {
	t.Helper()
	var all []customer.Profile
	for cursor, more := "", true; more; {
		page, next, err := s.ScanProfiles(t.Context(), 0, 1, cursor)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
		cursor, more = next, next != ""
	}
	slices.SortFunc(all, func(a, b customer.Profile) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}
