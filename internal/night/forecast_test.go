package night_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/model"
	"holdfast/internal/night"
)

var update = flag.Bool("update", false, "write the golden files again")

func TestAnyNumberOfShardsGivesTheSameNight(t *testing.T) {
	shop := simulated(400, 1)
	var want map[string]string
	var profiles []customer.Profile
	for _, shards := range []int{1, 2, 7, 64} {
		s := stored(t, shop)
		_, run := pass(t, t.Context(), newNight(t, s), tonight, shards)
		if run.Seen != int64(len(shop)) || run.Changed == 0 || run.Failed != 0 {
			t.Errorf("%d shards: the run was %+v", shards, run)
		}
		if want == nil {
			want, profiles = kept(t, s), everybody(t, s)
			continue
		}
		if diff := cmp.Diff(want, kept(t, s)); diff != "" {
			t.Errorf("%d shards are not one (-1 +%[1]d)\n%s", shards, diff)
		}
		if diff := cmp.Diff(profiles, everybody(t, s)); diff != "" {
			t.Errorf("%d shards score otherwise than one\n%s", shards, diff)
		}
	}
}

func TestAShardCutIntoManyInvocationsGivesTheSameNight(t *testing.T) {
	shop := simulated(4000, 2) // several pages
	whole, cut := stored(t, shop), stored(t, shop)
	pass(t, t.Context(), newNight(t, whole), tonight, 1)
	n := newNight(t, cut)
	n.Spare = 2 * time.Hour // stop after each page
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	pass(t, ctx, n, tonight, 1)
	parts, err := cut.Insights(t.Context(), night.Scores, "", "")
	if err != nil || len(parts) < 2 {
		t.Fatalf("the shard was not cut: %d parts, %v", len(parts), err)
	}
	if diff := cmp.Diff(kept(t, whole), kept(t, cut)); diff != "" {
		t.Error(diff)
	}
}

func TestANightRunTwiceWritesNothing(t *testing.T) {
	s := stored(t, simulated(300, 3))
	n := newNight(t, s)
	pass(t, t.Context(), n, tonight, 2)
	if s.profiles.Load() == 0 || s.insights.Load() == 0 {
		t.Fatal("the first run wrote nothing")
	}
	s.profiles.Store(0)
	s.insights.Store(0)
	pass(t, t.Context(), n, tonight, 2)
	if p, i := s.profiles.Load(), s.insights.Load(); p+i != 0 {
		t.Errorf("the second run wrote %d profiles and %d insights", p, i)
	}
}

func TestALaterNightExpectsLessOfWhoStaysAway(t *testing.T) {
	s := stored(t, simulated(1000, 4))
	n := newNight(t, s)
	pass(t, t.Context(), n, tonight, 1)
	before := everybody(t, s)
	s.profiles.Store(0)
	later := tonight.AddDate(0, 0, 20)
	_, run := pass(t, t.Context(), n, later, 1)
	fit, err := n.FitOf(t.Context(), later)
	if err != nil {
		t.Fatal(err)
	}
	fresh := n.Rules(fit)
	if run.Changed == 0 || run.Changed != s.profiles.Load() {
		t.Errorf("%d profiles changed, %d were written", run.Changed, s.profiles.Load())
	}
	for i, p := range everybody(t, s) {
		if p.Derived.Outlook.Alive > before[i].Derived.Outlook.Alive {
			t.Errorf("alive with %d %%, was %d %%", p.Derived.Outlook.Alive, before[i].Derived.Outlook.Alive)
		}
		if want := fresh.Derive(p, later).Outlook; p.Derived.Outlook != want {
			t.Errorf("kept %+v, want %+v", p.Derived.Outlook, want)
		}
	}
}

func TestForecastsReachProfilesRulesAndSnapshot(t *testing.T) {
	s := stored(t, simulated(1000, 4))
	snapshot, _ := pass(t, t.Context(), newNight(t, s), tonight, 2)
	if snapshot.Model == nil || snapshot.Model.Test == nil || !snapshot.Model.Identified {
		t.Fatalf("the model is %+v, missing %+v", snapshot.Model, snapshot.Missing)
	}
	if e := snapshot.Model.Test.Model.Error; math.Abs(e) > 0.25 {
		t.Errorf("the back-test is off by %.0f %%", 100*e)
	}
	all := snapshot.Prospects[""]
	if all.Customers != 1000 || all.Valued != 1000 || !(all.Revenue.Low < all.Revenue.Value && all.Revenue.Value < all.Revenue.High) {
		t.Errorf("together they are expected to give %+v", all)
	}
	ahead := snapshot.Ahead
	if ahead == nil || ahead.Days != 90 || ahead.Orders != all.Ahead || ahead.New == nil || !(ahead.New.Orders.Value >= ahead.New.Customers.Value && ahead.New.Customers.Value > 0) {
		t.Fatalf("the next 90 days are %+v", ahead)
	}
	if sum := ahead.Orders.Value + ahead.New.Orders.Value; math.Abs(ahead.AllOrders.Value/sum-1) > 1e-12 || ahead.AllOrders.High >= ahead.Orders.High+ahead.New.Orders.High {
		t.Errorf("all together, %+v of %+v", ahead.AllOrders, ahead)
	}
	if math.Abs(ahead.Revenue.Value-float64(all.Revenue.Value)) > 1 || ahead.Revenue.Low <= 0 {
		t.Errorf("revenue of %+v, of everybody %+v", ahead.Revenue, all.Revenue)
	}
	if all != snapshot.Prospects["everybody"] || snapshot.Prospects["nobody"] != (night.Prospect{}) {
		t.Errorf("a segment of everybody is not everybody: %+v", snapshot.Prospects)
	}
	for _, name := range []string{"at_risk", "due", "valuable", "well_known"} {
		if n := snapshot.Segments[name].Customers; n == 0 || n == 1000 {
			t.Errorf("the rule of %s holds for %d of 1000", name, n)
		}
	}
	for _, p := range everybody(t, s) {
		o := p.Derived.Outlook
		if o.Horizon != 180 || o.Alive < 0 || o.Alive > 100 || o.NoOrder < 100-o.Alive-5 || o.NoOrder > 100 ||
			o.Low() > o.CLV || o.CLV > o.High() || o.Next > 0 && o.Alive < 50 || o.NextFrom > o.Next || o.NextTo > 0 && o.Next > o.NextTo {
			t.Fatalf("%+v", o)
		}
	}
}

func TestTooLittleDataSaysWhatIsMissing(t *testing.T) {
	young := simulated(2500, 5)
	for i := range young {
		if b := young[i].Books[0]; customer.DayOf(b.First, vienna) < customer.DayOf(tonight, vienna)-40 {
			young[i] = buyer(i)
		}
	}
	recent := simulated(1500, 6)
	for i := range recent {
		if b := recent[i].Books[0]; customer.DayOf(b.First, vienna) < customer.DayOf(tonight, vienna)-100 {
			recent[i] = buyer(i)
		}
	}
	shortest := func(m night.Missing) []string {
		var what []string
		for _, s := range m.Shortage {
			what = append(what, s.What)
		}
		return what
	}
	for _, c := range []struct {
		name     string
		shop     []customer.Profile
		want     map[string][]string
		forecast bool
	}{
		{"nobody", nil, map[string][]string{
			night.BackTests: {"customers with an order", "days of history", "customers with a second order"},
			night.Forecasts: {"customers with an order", "days of history", "customers with a second order"}}, false},
		{"one customer", []customer.Profile{buyer(1, order{tonight.AddDate(-1, 0, 0), 100})}, map[string][]string{
			night.BackTests: {"customers with an order", "customers with a second order"},
			night.Forecasts: {"customers with an order", "customers with a second order"}}, false},
		{"forty days", young, map[string][]string{
			night.BackTests: {"customers with an order", "days of history", "customers with a second order"},
			night.Forecasts: {"days of history"}}, false},
		{"a hundred days are too few for a back-test", recent, map[string][]string{night.BackTests: {"days of history"}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stored(t, c.shop)
			snapshot, _ := pass(t, t.Context(), newNight(t, s), tonight, 2)
			got := map[string][]string{}
			for _, m := range snapshot.Missing {
				got[m.For] = shortest(m)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if (snapshot.Model != nil) != c.forecast {
				t.Errorf("the model is %+v", snapshot.Model)
			}
			for _, p := range everybody(t, s) {
				if !c.forecast && p.Derived.Outlook != (customer.Outlook{}) {
					t.Fatalf("a guess: %+v", p.Derived.Outlook)
				}
			}
			if r, err := newNight(t, s).ReportOf(t.Context(), tonight); c.forecast && (err != nil || r.Buying.Family != model.MBGNBD || r.HeldOut != 0) {
				t.Errorf("there is nothing to choose by, and yet it is not the default: %+v, %v", r, err)
			}
			if n := snapshot.Segments["at_risk"].Customers + snapshot.Segments["due"].Customers + snapshot.Segments["safe"].Customers; !c.forecast && n > 0 {
				t.Errorf("rules hold for %d of whom nothing is known", n)
			}
		})
	}
}

func TestDegenerateShopsGetThroughTheNight(t *testing.T) {
	every := func(n int, orders func(i int) []order) []customer.Profile {
		var out []customer.Profile
		for i := range n {
			out = append(out, buyer(i, orders(i)...))
		}
		return out
	}
	ago := func(days int, net int64) order { return order{tonight.AddDate(0, 0, -days), net} }
	weekly := func(i int) []order {
		var out []order
		for d := 420 + i%7; d >= 0; d -= 14 {
			out = append(out, ago(d, 2000+int64(i)))
		}
		return out
	}
	for _, c := range []struct {
		name string
		shop []customer.Profile
	}{
		{"all on one day", every(300, func(int) []order { return []order{ago(200, 100)} })},
		{"one order each", every(300, func(i int) []order { return []order{ago(i, 100)} })},
		{"two orders each, the same", every(300, func(int) []order { return []order{ago(300, 100), ago(250, 100)} })},
		{"nobody leaves", every(200, weekly)},
		{"all orders to come", every(200, func(i int) []order { return []order{ago(-1-i, 100), ago(-2-i, 100)} })},
		{"one whale", append(every(200, weekly), buyer(999, ago(400, 100), ago(3, math.MaxInt64/4)))},
		{"more orders than profiles keep", every(120, func(i int) []order {
			var out []order
			for d := 500; d >= i%30; d -= 3 {
				out = append(out, ago(d, 900+int64(d*i%70)))
			}
			return out
		})},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stored(t, c.shop)
			snapshot, run := pass(t, t.Context(), newNight(t, s), tonight, 3)
			if run.Seen != int64(len(c.shop)) {
				t.Errorf("saw %d", run.Seen)
			}
			if snapshot.Model == nil && len(snapshot.Missing) == 0 {
				t.Error("no forecast, and nothing said to be missing")
			}
			if snapshot.Model != nil && !snapshot.Model.Identified && snapshot.Model.Family != model.NBD {
				t.Errorf("no leaving was seen, and yet %s is used", snapshot.Model.Family)
			}
		})
	}
}

func TestGoalsAreMeasuredOnThoseWhoWereInTheSegmentThen(t *testing.T) {
	s := stored(t, simulated(600, 7))
	snapshot, _ := pass(t, t.Context(), newNight(t, s), tonight, 3)
	today := customer.DayOf(tonight, vienna)
	var reached, of int64
	for _, orders := range simulatedOrders(600, 7) {
		var before, since int
		for _, o := range orders {
			if customer.DayOf(o.at, vienna) <= today-60 {
				before++
			} else {
				since++
			}
		}
		if before == 1 && today-60-customer.DayOf(orders[0].at, vienna) <= 30 {
			of++
			reached += int64(min(since, 1))
		}
	}
	want := map[string]night.Goal{
		"new":      {Text: "A second order within 60 days.", Within: 60, Reached: metric.NewRate(reached, of)},
		"valuable": {Text: "Keep them."},
	}
	if diff := cmp.Diff(want, snapshot.Goals); diff != "" || of < 20 || reached == 0 {
		t.Errorf("%d of %d (-want +got)\n%s", reached, of, diff)
	}
}

// The night of a shop of 400, its floats to four digits so that every processor
// gives the same.
func TestTheNightOfASmallShop(t *testing.T) {
	shop := simulated(400, 8)
	shop[3].Created = opened.AddDate(-1, 0, 0) // had ordered before the data begin
	shop[3].Reported.Orders = 99
	s := stored(t, shop)
	pass(t, t.Context(), newNight(t, s), tonight, 2)
	got := map[string]any{}
	for _, kind := range []string{night.Fits, night.Models, night.Snapshots, night.Cohorted, night.PeriodsOf("")} {
		i, err := s.LatestInsight(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		if len(i.Body) > 300_000 {
			t.Errorf("%s takes %d bytes", kind, len(i.Body))
		}
		var v any
		if err := json.Unmarshal(i.Body, &v); err != nil {
			t.Fatal(err)
		}
		if p, ok := v.(map[string]any); ok && kind == night.PeriodsOf("") {
			delete(p, "days") // the months tell as much
			delete(p, "weeks")
		}
		got[kind] = rounded(v)
	}
	var first []customer.Derived
	for _, p := range everybody(t, s)[:8] {
		first = append(first, p.Derived)
	}
	got["the first customers"] = first
	text, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "small_shop.golden")
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, text) {
		t.Errorf("the night changed; if it should, run with -update (-want +got)\n%s", cmp.Diff(string(want), string(text)))
	}
}

// rounded returns v with its fractions to four digits, without covariances.
func rounded(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) || v == 0 {
			return v
		}
		unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-3)
		return math.Round(v/unit) * unit
	case []any:
		for i := range v {
			v[i] = rounded(v[i])
		}
	case map[string]any:
		delete(v, "covariance")
		for k := range v {
			v[k] = rounded(v[k])
		}
	}
	return v
}
