package metric

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

var frame = Frame{Now: time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC), Zone: time.UTC, Currency: "EUR", Window: 30}

// bought returns a customer who ordered so many days ago.
func bought(ages ...int) customer.Folded {
	p := customer.Folded{Records: []customer.Identity{"shopify/a/1"}}
	if len(ages) == 0 {
		return p
	}
	today := customer.DayOf(frame.Now, frame.Zone)
	b := customer.Book{Currency: "EUR", Orders: len(ages), Spend: int64(100 * len(ages))}
	for _, age := range ages { // oldest first
		b.Days = append(b.Days, customer.Day{Day: today - age, Orders: 1, Net: 100})
	}
	b.First = customer.StartOf(b.Days[0].Day, frame.Zone)
	b.Last = customer.StartOf(b.Days[len(b.Days)-1].Day, frame.Zone)
	p.Books = []customer.Book{b}
	return p
}

// Retention by its definition: the sets of who ordered in each window, and
// before them, and what they have in common. Invariant 10: the books balance.
func TestRetentionIsTheIntersectionOfWhoOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got Tally
		now, then, ever := map[int]bool{}, map[int]bool{}, map[int]bool{}
		n := rapid.IntRange(0, 12).Draw(t, "customers")
		for i := range n {
			var ages []int
			for age := 120; age >= 0; age-- {
				if rapid.IntRange(0, 40).Draw(t, "ordered") == 0 || rapid.IntRange(0, 60).Draw(t, "too") == 1 && age%30 < 2 {
					ages = append(ages, age)
				}
			}
			for _, age := range ages {
				now[i] = now[i] || age < 30
				then[i] = then[i] || age >= 30 && age < 60
				ever[i] = ever[i] || age >= 60
			}
			got.Add(bought(ages...), frame)
		}
		var want Tally
		for i := range n {
			want.End += one(now[i])
			want.Start += one(then[i])
			want.Retained += one(now[i] && then[i])
			want.Churned += one(then[i] && !now[i])
			want.Reactivated += one(now[i] && !then[i] && ever[i])
			want.New += one(now[i] && !then[i] && !ever[i])
		}
		have := Tally{Start: got.Start, End: got.End, Retained: got.Retained, New: got.New, Reactivated: got.Reactivated, Churned: got.Churned}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Fatal(diff)
		}
		if !got.Balanced() {
			t.Fatalf("invariant 10: %+v does not balance", got)
		}
	})
}

func TestWhatATallyCounts(t *testing.T) {
	mail := func(change func(*customer.Folded)) customer.Folded {
		p := customer.Folded{Records: []customer.Identity{"shopify/a/1"}, Contact: customer.Contact{Email: "a@example.com"}, Mail: customer.Permission{State: customer.Subscribed}}
		change(&p)
		return p
	}
	old := bought(10)
	old.Books[0].First = frame.Now.AddDate(-2, 0, 0)
	dollars := bought(1)
	dollars.Books[0].Currency = "USD"
	guest := bought(1, 0)
	guest.Records = nil
	for _, tt := range []struct {
		name string
		of   customer.Folded
		want Tally
	}{
		{"somebody who never ordered", bought(), Tally{Customers: 1}},
		{"who ordered today", bought(0), Tally{Customers: 1, Buyers: 1, Orders: 1, Revenue: 100, WindowOrders: 1, WindowRevenue: 100, End: 1, New: 1}},
		{"who ordered on the window's first day", bought(29), Tally{Customers: 1, Buyers: 1, Orders: 1, Revenue: 100, WindowOrders: 1, WindowRevenue: 100, End: 1, New: 1}},
		{"who ordered on the day before it", bought(30), Tally{Customers: 1, Buyers: 1, Orders: 1, Revenue: 100, Start: 1, Churned: 1}},
		{"who ordered on the first day of the window before", bought(59), Tally{Customers: 1, Buyers: 1, Orders: 1, Revenue: 100, Start: 1, Churned: 1}},
		{"who ordered before both", bought(60), Tally{Customers: 1, Buyers: 1, Orders: 1, Revenue: 100}},
		{"who came back after a gap is not retained", bought(61, 1), Tally{Customers: 1, Buyers: 1, Repeaters: 1, Orders: 2, Revenue: 200, WindowOrders: 1, WindowRevenue: 100, End: 1, Reactivated: 1}},
		{"who ordered in both is", bought(31, 1), Tally{Customers: 1, Buyers: 1, Repeaters: 1, Orders: 2, Revenue: 200, WindowOrders: 1, WindowRevenue: 100, Start: 1, End: 1, Retained: 1}},
		{"whose days no longer go back to the first order", old, Tally{Customers: 1, Buyers: 1, Orders: 1, Revenue: 100, WindowOrders: 1, WindowRevenue: 100, End: 1, Reactivated: 1}},
		{"two orders in the window", bought(2, 1), Tally{Customers: 1, Buyers: 1, Repeaters: 1, Orders: 2, Revenue: 200, WindowOrders: 2, WindowRevenue: 200, WindowRepeat: 1, End: 1, New: 1}},
		{"another currency", dollars, Tally{Customers: 1}},
		{"nobody's orders are orders", guest, Tally{Orders: 2, Revenue: 200}},
		{"who may be mailed", mail(func(*customer.Folded) {}), Tally{Customers: 1, Mailable: 1}},
		{"who did not agree", mail(func(p *customer.Folded) { p.Mail = customer.Permission{} }), Tally{Customers: 1}},
		{"whose address bounces", mail(func(p *customer.Folded) { p.Blocked = "bounce" }), Tally{Customers: 1}},
		{"who was put away", mail(func(p *customer.Folded) { p.Deleted = true }), Tally{Customers: 1}},
		{"who has no address", mail(func(p *customer.Folded) { p.Email = "" }), Tally{Customers: 1}},
		{"a promoter, satisfied", customer.Folded{Records: []customer.Identity{"a/b/c"}, Surveys: customer.SurveyState{NPS: 9, NPSAt: frame.Now, CSAT: 0.8, CSATAt: frame.Now}},
			Tally{Customers: 1, NPSAnswers: 1, Promoters: 1, CSATAnswer: 1, Satisfied: 1}},
		{"a detractor, not satisfied", customer.Folded{Records: []customer.Identity{"a/b/c"}, Surveys: customer.SurveyState{NPS: 6, NPSAt: frame.Now, CSAT: 0.79, CSATAt: frame.Now}},
			Tally{Customers: 1, NPSAnswers: 1, Detractors: 1, CSATAnswer: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got Tally
			got.Add(tt.of, frame)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTalliesMergeByAdding(t *testing.T) {
	var a, b, whole Tally
	for i, p := range []customer.Folded{bought(1), bought(40, 2), bought(70, 1), bought(35), bought()} {
		part := &a
		if i%2 == 0 {
			part = &b
		}
		part.Add(p, frame)
		whole.Add(p, frame)
	}
	a.Merge(b)
	if diff := cmp.Diff(whole, a); diff != "" {
		t.Error(diff)
	}
}

func TestBooksThatDoNotBalance(t *testing.T) {
	for name, tally := range map[string]Tally{
		"an active one of no kind":       {End: 1},
		"a churned one who never was":    {Churned: 1},
		"more repeaters than buyers":     {Customers: 2, Buyers: 1, Repeaters: 2},
		"more buyers than customers are": {Customers: 1, Buyers: 2},
	} {
		if tally.Balanced() {
			t.Errorf("%s: balances", name)
		}
	}
}

// The intervals are those of Newcombe, Statistics in Medicine 17 (1998), table
// I, method 3.
func TestWilsonIntervals(t *testing.T) {
	for _, tt := range []struct {
		hits, of  int64
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{20, 20, 1 - 0.1611, 1},
	} {
		r := NewRate(tt.hits, tt.of)
		if !r.Known || math.Abs(r.Low-tt.low) > 5e-5 || math.Abs(r.High-tt.high) > 5e-5 || r.Value != float64(tt.hits)/float64(tt.of) {
			t.Errorf("%d of %d is %+v, want from %v to %v", tt.hits, tt.of, r, tt.low, tt.high)
		}
	}
	if diff := cmp.Diff(Rate{}, NewRate(0, 0)); diff != "" {
		t.Errorf("none of none: %s", diff)
	}
}

func TestNumbersOfATally(t *testing.T) {
	n := Tally{Customers: 50, Buyers: 40, Repeaters: 10, Orders: 3, Revenue: 1000, Start: 20, End: 16, Retained: 12, New: 3, Reactivated: 1, Churned: 8,
		NPSAnswers: 30, Promoters: 15, Detractors: 6, CSATAnswer: 29, Satisfied: 29}.Numbers()
	for name, r := range map[string]struct {
		got  Rate
		want float64
	}{"repeat": {n.Repeat, 0.25}, "returning": {n.Returning, 13.0 / 16}, "retention": {n.Retention, 0.6}, "churn": {n.Churn, 0.4}} {
		if !r.got.Known || r.got.Value != r.want {
			t.Errorf("%s is %+v, want %v", name, r.got, r.want)
		}
	}
	if n.AOV != 333 {
		t.Errorf("AOV is %d, want 333", n.AOV)
	}
	if n.CSAT.Known {
		t.Error("satisfaction is known of 29 answers")
	}
	half := 100 * 1.959963984540054 * math.Sqrt((0.7-0.09)/30)
	if !n.NPS.Known || math.Abs(n.NPS.Value-30) > 1e-9 || math.Abs(n.NPS.High-(30+half)) > 1e-9 || math.Abs(n.NPS.Low-(30-half)) > 1e-9 {
		t.Errorf("NPS is %+v, want 30 ± %v", n.NPS, half)
	}
	if diff := cmp.Diff(Numbers{}, Tally{}.Numbers()); diff != "" {
		t.Errorf("nothing has numbers: %s", diff)
	}
}
