package night

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/model"
)

// shopper returns a customer with one order of 10.00 on each of these days, of
// whom the profile keeps the latest.
func shopper(keep int, days ...int) customer.Profile {
	b := customer.Book{Currency: "EUR", Orders: len(days), Spend: 1000 * int64(len(days)),
		First: customer.StartOf(days[0], time.UTC).Add(time.Hour), Last: customer.StartOf(days[len(days)-1], time.UTC).Add(time.Hour)}
	for _, d := range days[len(days)-keep:] {
		b.Days = append(b.Days, customer.Day{Day: d, Orders: 1, Net: 1000})
	}
	return customer.Profile{Folded: customer.Folded{Contact: customer.Contact{Email: "a@example.com"}, Books: []customer.Book{b}}}
}

func TestHistoriesAsTheModelsWantThem(t *testing.T) {
	for _, c := range []struct {
		name  string
		of    customer.Profile
		today int
		want  model.History
		known bool
	}{
		{"one order", shopper(1, 20000), 20070, model.Days(0, 0, 70), true},
		{"three days with orders", shopper(3, 20000, 20010, 20030), 20100, model.Days(2, 30, 100), true},
		{"as it was before the last of them", shopper(3, 20000, 20010, 20030), 20029, model.Days(1, 10, 29), true},
		{"on the day of the first", shopper(3, 20000, 20010, 20030), 20000, model.Days(0, 0, 0), true},
		{"before the first", shopper(3, 20000, 20010, 20030), 19999, model.History{}, false},
		{"two of five days are kept", shopper(2, 20000, 20001, 20002, 20010, 20030), 20100, model.Days(4, 30, 100), true},
		{"before the days that are kept", shopper(2, 20000, 20001, 20002, 20010, 20030), 20009, model.History{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, ok := accountOf(c.of.Folded, "EUR", time.UTC)
			if !ok {
				t.Fatal("no account")
			}
			got, known := a.at(c.today)
			if known != c.known || got != c.want {
				t.Errorf("got %+v, %v, want %+v, %v", got, known, c.want, c.known)
			}
		})
	}
	if _, ok := accountOf(shopper(1, 20000).Folded, "USD", time.UTC); ok {
		t.Error("an account in a currency without orders")
	}
	if _, ok := accountOf(customer.Folded{Books: shopper(1, 20000).Books}, "EUR", time.UTC); ok {
		t.Error("an account of nobody")
	}
}

func TestRepeatOrdersAndWhatTheyCameTo(t *testing.T) {
	a, _ := accountOf(shopper(4, 20000, 20010, 20030, 20090).Folded, "EUR", time.UTC)
	if n, total := a.repeats(20050); n != 2 || total != 2000 {
		t.Errorf("%d repeats came to %v", n, total)
	}
	if n := a.later(20010, 20090); n != 2 {
		t.Errorf("%d later orders", n)
	}
}

func TestPreferredNumbersAreNearAndFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := math.Exp(rapid.Float64Range(math.Log(20), math.Log(1e14)).Draw(t, "ln v"))
		w := v * rapid.Float64Range(1, 3).Draw(t, "times")
		got := preferred(v, e12)
		if ratio := float64(got) / v; ratio < 0.89 || ratio > 1.12 {
			t.Errorf("%v becomes %d", v, got)
		}
		if got != preferred(float64(got), e12) {
			t.Errorf("%d becomes another", got)
		}
		if preferred(w, e12) < got {
			t.Errorf("%v becomes less than %v", w, v)
		}
	})
	for v, want := range map[float64]int64{0: 0, 0.4: 0, -3: 0, 0.9: 1, 1: 1, 8: 8, 9.4: 10, 1300: 1200, 99_000: 100_000, math.Inf(1): 100_000_000_000_000_000} {
		if got := preferred(v, e12); got != want {
			t.Errorf("%v becomes %d, want %d", v, got, want)
		}
	}
	if preferred(math.NaN(), e12) != 0 {
		t.Error("no number becomes one")
	}
}

func TestSegmentsAreComparedWithEverybodyElse(t *testing.T) {
	overall := metric.Tally{Buyers: 150, Repeaters: 104, Start: 100, Retained: 50}
	got := compare(overall, map[string]*Group{
		"a": {Tally: metric.Tally{Buyers: 70, Repeaters: 56, Start: 100, Retained: 50}},
		"b": {},
	})
	if got.Tests != 1 || len(got.Segments["a"]) != 1 || len(got.Segments["b"]) != 0 {
		t.Fatalf("%+v", got)
	}
	// Newcombe's own example: 56 of 70 against 48 of 80.
	want := Comparison{Measure: RepeatRate, Segment: metric.NewRate(56, 70), Others: metric.NewRate(48, 80), Difference: 0.2, Low: 0.0524, High: 0.3339, Differs: true}
	if diff := cmp.Diff(want, got.Segments["a"][0], cmpopts.EquateApprox(0, 5e-5)); diff != "" {
		t.Error(diff)
	}
	many := map[string]*Group{}
	for _, name := range "abcdefghijkl" {
		many[string(name)] = &Group{Tally: metric.Tally{Buyers: 70, Repeaters: 56}}
	}
	if c := compare(overall, many).Segments["a"][0]; c.Differs || c.Low >= 0.0524 || c.High <= 0.3339 {
		t.Errorf("twelve comparisons are as sure as one: %+v", c)
	}
}

func TestGoalsThatCanBeMeasured(t *testing.T) {
	for text, want := range map[string]int{
		"A second order within 60 days.":                 60,
		"order within 21d":                               21,
		"An order within three weeks, before he is gone": 21,
		"An order within a month":                        30,
		"Order within 2 months":                          60,
		"The first order.":                               0,
		"Reorder within reason":                          0,
		"":                                               0,
	} {
		if got := goalDays(text); got != want {
			t.Errorf("%q gives %d days, want %d", text, got, want)
		}
	}
}

func TestCustomersAsTheyWereByTheirOrders(t *testing.T) {
	end := func(day int) time.Time { return customer.StartOf(day+1, time.UTC).Add(-time.Nanosecond) }
	now := shopper(3, 20000, 20010, 20030, 20090)
	then, ok := rewound(now, end(20030), time.UTC)
	want := shopper(2, 20000, 20010, 20030)
	want.Books[0].Last = customer.StartOf(20030, time.UTC)
	if diff := cmp.Diff(want, then); !ok || diff != "" {
		t.Errorf("%v %s", ok, diff)
	}
	if same, ok := rewound(now, end(20090), time.UTC); !ok || !cmp.Equal(now, same) {
		t.Errorf("nothing had happened since: %+v", same)
	}
	if _, ok := rewound(now, end(19999), time.UTC); ok {
		t.Error("known before the first order")
	}
	if _, ok := rewound(now, end(20005), time.UTC); ok {
		t.Error("known in days that are not kept")
	}
	now.Created = end(19000)
	if early, ok := rewound(now, end(19999), time.UTC); !ok || len(early.Books) != 0 {
		t.Errorf("a customer known by name without orders: %v, %+v", ok, early.Books)
	}
}
