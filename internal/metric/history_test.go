package metric

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

// somePurchases draws a customer with orders over some three months.
func somePurchases(t *rapid.T, today int) Purchases {
	ages := rapid.SliceOfNDistinct(rapid.IntRange(-2, 100), 1, 12, rapid.ID[int]).Draw(t, "ages")
	slices.Sort(ages)
	slices.Reverse(ages)
	var p Purchases
	for _, age := range ages {
		p.Days = append(p.Days, customer.Day{Day: today - age, Orders: rapid.IntRange(1, 2).Draw(t, "orders"), Net: rapid.Int64Range(1, 900).Draw(t, "net")})
	}
	p.First = p.Days[0].Day
	p.Earlier = rapid.Bool().Draw(t, "ordered before the data")
	return p
}

func someDay() *rapid.Generator[int] { return rapid.IntRange(20000, 21000) }

// activeIn says whether p ordered in a period: the definition, day by day.
func activeIn(p Purchases, from, to int) bool {
	return slices.ContainsFunc(p.Days, func(d customer.Day) bool { return d.Day >= from && d.Day < to })
}

func TestMovementsAreThoseOfIntersectingWhoOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := someDay().Draw(t, "today")
		unit := rapid.SampledFrom([]Unit{Daily, Weekly, Monthly}).Draw(t, "unit")
		n := rapid.IntRange(1, 5).Draw(t, "periods")
		c := NewCalendar(unit, today, n)
		longer := NewCalendar(unit, today, n+1)
		got, want := make(Movements, n), make(Movements, n)
		for range rapid.IntRange(0, 6).Draw(t, "customers") {
			p := somePurchases(t, today)
			for _, s := range p.Steps([]Calendar{c}, nil) {
				got.Add(s)
			}
			for i := range n {
				from, to := c.Begin(i), c.Begin(i+1)
				before, now := activeIn(p, longer.Begin(i), from), activeIn(p, from, to)
				first := !p.Earlier && p.First >= from && p.First < to
				w := &want[i]
				w.Active += one(now)
				w.Retained += one(now && before)
				w.New += one(now && !before && first)
				w.Reactivated += one(now && !before && !first)
				w.Churned += one(before && !now)
				for _, d := range p.Days {
					if d.Day >= from && d.Day < to {
						w.Orders += int64(d.Orders)
						w.Revenue += d.Net
					}
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s periods (-want +got)\n%s", unit, diff)
		}
	})
}

func TestCohortsAreThoseOfEveryMonthCountedOnItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := someDay().Draw(t, "today")
		const n = 3
		months := NewCalendar(Monthly, today, n)
		got, want := NewCohorts(n), NewCohorts(n)
		for range rapid.IntRange(0, 6).Draw(t, "customers") {
			p := somePurchases(t, today)
			got.Add(p, months)
			switch {
			case p.Earlier:
				want.Before++
				continue
			case p.First < months.Begin(0):
				want.Older++
				continue
			}
			for cohort := range n {
				if p.First < months.Begin(cohort) || p.First >= months.Begin(cohort+1) {
					continue
				}
				for m := cohort; m < n; m++ {
					cell := &want.Cells[cohortCell(cohort, m)]
					cell.Customers += one(activeIn(p, months.Begin(m), months.Begin(m+1)))
					for _, d := range p.Days {
						if months.Index(d.Day) == m {
							cell.Orders += int64(d.Orders)
							cell.Revenue += d.Net
						}
					}
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("cohorts (-want +got)\n%s", diff)
		}
	})
}

func TestPartsOfPeriodsAndCohortsMergeToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := someDay().Draw(t, "today")
		months := NewCalendar(Monthly, today, 4)
		shards := rapid.IntRange(1, 4).Draw(t, "shards")
		whole, parts := NewCohorts(4), make([]Cohorts, shards)
		moved, movedParts := make(Movements, 4), make([]Movements, shards)
		for i := range parts {
			parts[i], movedParts[i] = NewCohorts(4), make(Movements, 4)
		}
		for range rapid.IntRange(0, 8).Draw(t, "customers") {
			p := somePurchases(t, today)
			shard := rapid.IntRange(0, shards-1).Draw(t, "shard")
			whole.Add(p, months)
			parts[shard].Add(p, months)
			for _, s := range p.Steps([]Calendar{months}, nil) {
				moved.Add(s)
				movedParts[shard].Add(s)
			}
		}
		merged, movedMerged := NewCohorts(4), make(Movements, 4)
		for i := range parts {
			merged.Merge(travelled(t, parts[i]))
			movedMerged.Merge(travelled(t, movedParts[i]))
		}
		if diff := cmp.Diff(whole, merged); diff != "" {
			t.Errorf("cohorts (-whole +merged)\n%s", diff)
		}
		if diff := cmp.Diff(moved, movedMerged); diff != "" {
			t.Errorf("movements (-whole +merged)\n%s", diff)
		}
	})
}

// travelled returns v as it comes out of JSON.
func travelled[T any](t *rapid.T, v T) T {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out T
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCalendarsFollowTheMerchantsMonthsAndMondays(t *testing.T) {
	day := func(s string) int {
		at, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return dayNumber(at)
	}
	for _, c := range []struct {
		name  string
		unit  Unit
		today string
		want  []string
	}{
		{"months of different lengths", Monthly, "2026-03-31", []string{"2026-01", "2026-02", "2026-03"}},
		{"months over a new year", Monthly, "2026-01-01", []string{"2025-11", "2025-12", "2026-01"}},
		{"a leap year's February", Monthly, "2024-02-29", []string{"2023-12", "2024-01", "2024-02"}},
		{"weeks from Mondays, on a Sunday", Weekly, "2026-11-22", []string{"2026-11-02", "2026-11-09", "2026-11-16"}},
		{"weeks from Mondays, on a Monday", Weekly, "2026-11-23", []string{"2026-11-09", "2026-11-16", "2026-11-23"}},
		{"days", Daily, "2026-03-01", []string{"2026-02-27", "2026-02-28", "2026-03-01"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			calendar := NewCalendar(c.unit, day(c.today), 3)
			var got []string
			for i := range calendar.Len() {
				got = append(got, calendar.Name(i))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			for i := range calendar.Len() {
				if calendar.Index(calendar.Begin(i)) != i || calendar.Index(calendar.Begin(i+1)-1) != i {
					t.Errorf("the ends of period %d are not in it", i)
				}
			}
			if calendar.Index(calendar.Begin(0)-1) != -1 || calendar.Index(calendar.Begin(3)) != 3 {
				t.Error("days around the calendar are in it")
			}
		})
	}
}

func TestWhoOrderedBeforeTheDataBegin(t *testing.T) {
	placed := time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	since := customer.DayOf(placed.AddDate(0, -1, 0), time.UTC)
	of := func(created time.Time, reported int) customer.Folded {
		return customer.Folded{
			Contact:  customer.Contact{Created: created},
			Reported: customer.Summary{Orders: reported},
			Books:    []customer.Book{{Currency: "EUR", Orders: 1, First: placed, Last: placed, Days: []customer.Day{{Day: customer.DayOf(placed, time.UTC), Orders: 1, Net: 5}}}},
		}
	}
	for _, c := range []struct {
		name string
		of   customer.Folded
		want bool
	}{
		{"known before, with more orders than we have", of(placed.AddDate(-2, 0, 0), 3), true},
		{"known before, with the orders that we have", of(placed.AddDate(-2, 0, 0), 1), false},
		{"known since, with an order that did not count", of(placed, 2), false},
		{"nothing reported", of(time.Time{}, 0), false},
	} {
		if got, ok := PurchasesOf(c.of, "EUR", since, time.UTC); !ok || got.Earlier != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if _, ok := PurchasesOf(of(placed, 1), "USD", since, time.UTC); ok {
		t.Error("purchases in a currency without any")
	}
}

func FuzzMovementsOfBrokenText(f *testing.F) {
	good, err := Movements{{Active: 3, New: 3, Revenue: -5}}.MarshalText()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(good))
	f.Add("H4sIAAAAAAAA/w==")
	f.Fuzz(func(t *testing.T, text string) {
		var m Movements
		var c CohortCells
		_ = m.UnmarshalText([]byte(text))
		_ = c.UnmarshalText([]byte(text))
	})
}
