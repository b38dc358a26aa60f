package analysis

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/metric"
	"holdfast/internal/model"
	"holdfast/internal/orders"
)

type tester interface {
	Helper()
	Fatal(args ...any)
}

var ctx = context.Background()

// ledger reads rows of customer, date and amount.
func ledger(t tester, rows ...string) *orders.Ledger {
	t.Helper()
	file := "customer,date,amount\n" + strings.Join(rows, "\n")
	l, err := orders.Read(ctx, strings.NewReader(file), orders.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestReactivatedCustomersAreNotRetained(t *testing.T) {
	l := ledger(t,
		"stays,2025-01-05,1", "stays,2025-02-05,1", "stays,2025-03-05,1",
		"returns,2025-01-31,1", "returns,2025-03-01,2",
		"leaves,2025-01-10,1", "leaves,2025-01-11,1",
		"late,2025-03-20,5", "late,2025-03-25,-2")
	rate := metric.NewRate
	one, two := 1.0/3, 2.0
	want := []Period{
		{Label: "2025-01", From: "2025-01-05", To: "2025-01-31", Orders: 4, Revenue: 400, Active: 3, New: 3, Retention: rate(0, 0), Churn: rate(0, 0), Returning: rate(0, 3)},
		{Label: "2025-02", From: "2025-02-01", To: "2025-02-28", Complete: true, Orders: 1, Revenue: 100, Before: 3, Active: 1, Retained: 1, Churned: 2,
			Retention: rate(1, 3), Churn: rate(2, 3), Textbook: &one, Returning: rate(1, 1)},
		// The textbook's formula would have 200 % of February's one customer.
		{Label: "2025-03", From: "2025-03-01", To: "2025-03-31", Complete: true, Orders: 3, Revenue: 600, Before: 1, Active: 3, Retained: 1, New: 1, Reactivated: 1,
			Retention: rate(1, 1), Churn: rate(0, 1), Textbook: &two, Returning: rate(2, 3)},
	}
	until := day(t, "2025-03-31")
	if diff := cmp.Diff(want, Periods(l, l.Histories(until), until, ByMonth, 0)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func day(t tester, s string) int32 {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWithAWindowCustomersAreActiveUntilItIsOver(t *testing.T) {
	l := ledger(t, "a,2025-01-20,1", "b,2025-01-01,1", "b,2025-04-01,1")
	until := day(t, "2025-04-30")
	var got []string
	for _, p := range Periods(l, l.Histories(until), until, ByMonth, 45) {
		got = append(got, fmt.Sprintf("%s before %d, active %d: retained %d new %d back %d, churned %d", p.Label, p.Before, p.Active, p.Retained, p.New, p.Reactivated, p.Churned))
	}
	want := []string{
		"2025-01 before 0, active 2: retained 0 new 2 back 0, churned 0",
		"2025-02 before 2, active 1: retained 1 new 0 back 0, churned 1", // a until 5 March, b until 14 February
		"2025-03 before 1, active 0: retained 0 new 0 back 0, churned 1",
		"2025-04 before 0, active 1: retained 0 new 0 back 1, churned 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// drawn is a ledger of a few customers over some months.
func drawn(t *rapid.T) *orders.Ledger {
	var rows []string
	for range rapid.IntRange(1, 80).Draw(t, "rows") {
		d := rapid.IntRange(20_000, 20_150).Draw(t, "day")
		rows = append(rows, fmt.Sprintf("%d,%s,%d", rapid.IntRange(1, 12).Draw(t, "who"), DateOf(int32(d)), rapid.IntRange(1, 50).Draw(t, "amount")))
	}
	return ledger(t, rows...)
}

func TestBooksBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawn(t)
		span := rapid.SampledFrom([]Span{ByDay, ByWeek, ByMonth}).Draw(t, "span")
		window := rapid.SampledFrom([]int{0, 1, 40}).Draw(t, "window")
		h := l.Histories(l.Last)
		before := int64(0)
		for i, p := range Periods(l, h, l.Last, span, window) {
			if p.Active != p.Retained+p.New+p.Reactivated || p.Before != p.Retained+p.Churned || i > 0 && p.Before != before {
				t.Fatalf("%+v after %d", p, before)
			}
			before = p.Active
		}
		n := numbersOf(l, h, l.Totals(l.Last), l.Last, max(1, window))
		if !n.Balanced() {
			t.Fatalf("%+v", n)
		}
	})
}

func TestCohortsHoldEveryCustomerAndCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawn(t)
		var customers, revenue, want int64
		for _, c := range Cohorts(l, l.Histories(l.Last), l.Last) {
			customers += c.Customers
			if c.Months[0].Active.Hits != c.Customers {
				t.Fatalf("%+v: everybody orders in the first month", c)
			}
			for _, m := range c.Months {
				revenue += m.Revenue
			}
		}
		for _, x := range l.Totals(l.Last) {
			want += x.Cents
		}
		if customers != int64(l.Customers.Len()) || revenue != want {
			t.Fatalf("%d customers of %d, %d cents of %d", customers, l.Customers.Len(), revenue, want)
		}
	})
}

func TestHistoriesAreThoseOfTheModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawn(t)
		h := l.Histories(l.Last)
		now := l.First + int32(rapid.IntRange(0, 150).Draw(t, "now"))
		until := now + int32(rapid.IntRange(0, 90).Draw(t, "held out"))
		var want model.Counts
		customers, known := Customers(l, h, now)
		for i := range h.Len() {
			var days []int
			for _, e := range h.Of(i) {
				days = append(days, int(e.Day))
			}
			history, ok := model.Observe(days, int(now))
			if ok != known[i] || ok && history != customers[i].History {
				t.Fatalf("customer %d: got %+v, want %+v", i, customers[i].History, history)
			}
			if ok {
				_ = want.AddOutcome(history, model.Later(days, int(now), int(until)), 1)
			}
		}
		got, err := Observed(l, h, now, until)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(&want)
		if !bytes.Equal(a, b) {
			t.Fatalf("got %s, want %s", a, b)
		}
	})
}

func TestScoresAreThoseOfExactCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawn(t)
		totals := l.Totals(l.Last)
		asOf := l.Last + int32(rapid.IntRange(0, 400).Draw(t, "days after"))
		c := metric.NewCensus()
		for _, x := range totals {
			c.Recency.Add(int64(asOf - x.Last))
			c.Frequency.Add(int64(x.Orders))
			c.Monetary.Add(x.Cents)
		}
		scales, thirds := c.RFM(), c.Klaviyo()
		rfm := Score(totals, asOf)
		rfm.Count(totals, nil)
		counted := map[string]int64{}
		for _, x := range totals {
			s := rfm.Of(x)
			r, f, m := scales.Recency.Score(int64(asOf-x.Last)), scales.Frequency.Score(int64(x.Orders)), scales.Monetary.Score(x.Cents)
			want := Scored{x.Cents, asOf - x.Last, x.Orders, int8(r), int8(f), int8(m), int8(thirds.Frequency.Score(int64(x.Orders))), int8(thirds.Monetary.Score(x.Cents))}
			if s != want || s.Group() != metric.KindOf(r, f, m, int(x.Orders)) {
				t.Fatalf("got %+v, want %+v", s, want)
			}
			counted[string(s.Group())]++
			counted["klaviyo "+string(s.Klaviyo())]++
		}
		for i := range rfm.Klaviyo {
			rfm.Klaviyo[i].Group = "klaviyo " + rfm.Klaviyo[i].Group
		}
		for _, g := range append(rfm.Groups, rfm.Klaviyo...) {
			if g.Customers != counted[g.Group] {
				t.Fatalf("got %+v, want %d customers", g, counted[g.Group])
			}
		}
	})
}

func TestOrdersWithoutIDsAreExplained(t *testing.T) {
	twice := []string{"a,2025-01-02,1", "a,2025-01-02,2", "b,2025-01-02,1", "b,2025-01-03,1", "c,2025-01-02,1", "c,2025-01-02,-1", "d,2025-01-02,9"}
	l := ledger(t, twice...)
	got := SameDayOf(l, l.Histories(l.Last))
	if got == nil {
		t.Fatal("nothing is said of a's two orders on one day")
	}
	if got.Orders != 6 || got.Days != 5 || got.Customers.Hits != 1 || got.Customers.Of != 4 || got.Repeat.Hits != 1 {
		t.Errorf("%+v", got)
	}
	want := "there are no order ids, so each row is an order (6), and 25.0 % of the customers have several on one day; the models take these as one (5). " +
		"By rows 50.0 % of the customers ordered twice or more, by days 25.0 %. If rows are parts of orders, name the column of the ids with --order."
	if got.Note != want {
		t.Errorf("got  %s\nwant %s", got.Note, want)
	}
	before := day(t, "2025-01-01")
	if got := SameDayOf(l, l.Histories(before)); got != nil {
		t.Errorf("before any order: %+v", got)
	}
	for i := range 97 {
		twice = append(twice, fmt.Sprintf("e%d,2025-01-02,1", i))
	}
	if l = ledger(t, twice...); SameDayOf(l, l.Histories(l.Last)) != nil {
		t.Error("one customer of 101 is not worth a word")
	}
	for name, data := range map[string]string{"ids": "order,customer,date,amount\n1,a,2025-01-02,1\n2,a,2025-01-02,1\n", "products": "customer,date,amount,product\na,2025-01-02,1,mug\na,2025-01-02,1,pot\n"} {
		l, err := orders.Read(t.Context(), strings.NewReader(data), orders.Options{})
		if err != nil || SameDayOf(l, l.Histories(l.Last)) != nil {
			t.Errorf("%s: %v: with these nothing is to be said", name, err)
		}
	}
}

func TestSortingByDigitsSorts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Int64(), 1, 40).Draw(t, "values")
		var v []int64
		for i := range 5000 {
			v = append(v, seed[i%len(seed)]>>(i%60))
		}
		sortInts(v)
		for i := 1; i < len(v); i++ {
			if v[i] < v[i-1] {
				t.Fatalf("%d after %d", v[i], v[i-1])
			}
		}
	})
}

func TestSurvivalIsKaplanAndMeiers(t *testing.T) {
	lost, gone := []int64{10, 0, 20, 0}, []int64{0, 10, 0, 60}
	got := survival("all", lost, gone)
	shares := []float64{1, 0.9, 0.9, 0.9 * 60 / 80}
	if len(got.Points) != 4 || got.Customers != 100 {
		t.Fatalf("%+v", got)
	}
	for i, p := range got.Points {
		if math.Abs(p.Share-shares[i]) > 1e-12 || p.Low > p.Share || p.High < p.Share {
			t.Errorf("month %d: %+v, want %v", i, p, shares[i])
		}
	}
	// Greenwood: var ln S = 10/(100·90) + 20/(80·60); the interval is S^exp(±1.96 sd/ln S).
	s := math.Sqrt(10.0/9000+20.0/4800) * 1.959963984540054 / math.Log(0.675)
	if want := math.Pow(0.675, math.Exp(-s)); math.Abs(got.Points[3].Low-want) > 1e-12 {
		t.Errorf("low %v, want %v", got.Points[3].Low, want)
	}
}

func TestLostIsWhoWasSilentForTheWindow(t *testing.T) {
	var rows []string
	for i := range 40 {
		rows = append(rows, fmt.Sprintf("lost%d,2025-01-01,1", i), fmt.Sprintf("kept%d,2025-01-01,1", i), fmt.Sprintf("kept%d,2025-05-30,1", i))
	}
	l := ledger(t, rows...)
	until := day(t, "2025-05-31")
	got := Survivals(l, l.Totals(until), until, 60)
	if len(got) != 2 || got[0].Label != "all" || got[1].Label != "2025-01" || got[0].Customers != 80 {
		t.Fatalf("%+v", got)
	}
	for i, p := range got[0].Points {
		if want := []float64{1, 0.5, 0.5, 0.5, 0.5}[i]; p.Share != want {
			t.Errorf("month %d: %v, want %v", i, p.Share, want)
		}
	}
}

func TestNumbersAreOfTheWindowAndTheOneBefore(t *testing.T) {
	l := ledger(t, // windows of ten days: 22 to 31 January, 12 to 21 January
		"stays,2025-01-12,1", "stays,2025-01-22,1", "stays,2025-01-31,2",
		"gone,2025-01-21,5", "back,2025-01-11,1", "back,2025-01-30,1", "new,2025-01-29,7", "new,2025-01-30,-2", "old,2025-01-01,9")
	n := numbersOf(l, l.Histories(l.Last), l.Totals(l.Last), l.Last, 10)
	want := metric.Tally{Customers: 5, Buyers: 5, Repeaters: 2, Orders: 8, Revenue: 2500, WindowOrders: 4, WindowRevenue: 900, WindowRepeat: 1,
		Start: 2, End: 3, Retained: 1, New: 1, Reactivated: 1, Churned: 1}
	if diff := cmp.Diff(want, n.Tally); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPeriodsAreThoseOfTheCalendar(t *testing.T) {
	for _, c := range []struct {
		span             Span
		day              string
		label, from, end string
	}{
		{ByDay, "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29"},
		{ByWeek, "2025-01-01", "2025-W01", "2024-12-30", "2025-01-05"}, // a Wednesday
		{ByWeek, "2025-01-05", "2025-W01", "2024-12-30", "2025-01-05"}, // a Sunday
		{ByWeek, "2025-01-06", "2025-W02", "2025-01-06", "2025-01-12"},
		{ByMonth, "2024-02-10", "2024-02", "2024-02-01", "2024-02-29"},
		{ByMonth, "2025-01-31", "2025-01", "2025-01-01", "2025-01-31"},
	} {
		label, from, end := periodOf(c.span, day(t, c.day))
		if label != c.label || DateOf(from) != c.from || DateOf(end) != c.end {
			t.Errorf("%s of %s: got %s from %s to %s", c.span, c.day, label, DateOf(from), DateOf(end))
		}
	}
}

func TestTooLittleDataAreSaid(t *testing.T) {
	r, err := Of(ledger(t, "a,2025-01-05,1"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Prediction != nil || !strings.Contains(r.Unpredicted, "1 of the 100 customers") {
		t.Errorf("%q", r.Unpredicted)
	}
	if r.Window != (Window{Days: metric.DefaultWindow}) {
		t.Errorf("%+v", r.Window)
	}
}

func TestAReportIsCompleteAndTheSameEveryTime(t *testing.T) {
	l := shop(t, 2000)
	var first []byte
	for range 2 {
		r, err := Of(l, Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := r.Prediction
		if p == nil || p.Test() == nil || p.CLV.Mean <= 0 || p.CLV.Low >= p.CLV.Mean || p.CLV.High <= p.CLV.Mean || len(p.Ahead) != 3 || len(r.Survival) < 2 {
			t.Fatalf("%+v", p)
		}
		var people int64
		for _, b := range p.CLV.Bins {
			people += b.Customers
		}
		if people != r.Numbers.Buyers {
			t.Errorf("%d customers of %d are in a bin", people, r.Numbers.Buyers)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = text
		}
		if !bytes.Equal(first, text) {
			t.Error("another report the second time")
		}
	}
}

func TestSummariesAreRead(t *testing.T) {
	got, err := ReadSummary(strings.NewReader("ID, x, t_x, T, m\nann,2,30.43,38.86,12.5\nbob,0,0,10,0\n"), "s.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := []Summary{{"ann", model.History{Repeats: 2, Last: 30.43, Age: 38.86}, 12.5}, {"bob", model.History{Age: 10}, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, data := range []string{"x;t_x;T;m\n2;1;3;\n", "x\tt_x\tT\tm\n2\t1\t3\tNA\n", "x t_x T m\n2 1 3 nan\n"} {
		got, err := ReadSummary(strings.NewReader(data), "s.csv")
		if diff := cmp.Diff([]Summary{{"1", model.History{Repeats: 2, Last: 1, Age: 3}, 0}}, got); diff != "" || err != nil {
			t.Errorf("%q: %v: -want +got\n%s", data, err, diff)
		}
	}
	for data, want := range map[string]string{
		"":                         "s.csv: no table of histories: there is no header",
		"x,y\n":                    "s.csv:1: no table of histories: the columns are [id,]x,t_x,T[,m], not x,y",
		"x,t_x,T\n1,5,4\n":         "s.csv:2: no table of histories: 0 ≤ t_x ≤ T, and t_x = 0 only without repeats: x = 1, t_x = 5, T = 4",
		"x,t_x,T\n0,0,1\n1.5,5,9":  `s.csv:3: no table of histories: x is a whole number, not "1.5"`,
		"x,t_x,T\n1,soon,4\n":      `s.csv:2: no table of histories: t_x is a number, not "soon"`,
		"x,t_x,T,m\n1,2,3,-4\n":    "s.csv:2: no table of histories: m is an amount of at least 0, not -4",
		"x,t_x,T,m\n1,2,3,Inf\n":   "s.csv:2: no table of histories: m is an amount of at least 0, not +Inf",
		"x,t_x,T\n0\"0\n":          "s.csv: no table of histories: parse error on line 2, column 2: bare \" in non-quoted-field",
		"x,t_x,T\n1,2\n":           "s.csv: no table of histories: record on line 2: wrong number of fields",
		"id,x,t_x,T\na,-1,0,\"2\"": "s.csv:2: no table of histories: 0 ≤ t_x ≤ T, and t_x = 0 only without repeats: x = -1, t_x = 0, T = 2",
	} {
		if _, err := ReadSummary(strings.NewReader(data), "s.csv"); !errors.Is(err, ErrSummary) || err.Error() != want {
			t.Errorf("%q: got %v, want %s", data, err, want)
		}
	}
}

func FuzzReadSummary(f *testing.F) {
	f.Add("id,x,t_x,T,m\na,1,2,3,4\n")
	f.Add("x,t_x,T\n1e9,NaN,Inf\n")
	f.Fuzz(func(t *testing.T, data string) {
		rows, err := ReadSummary(strings.NewReader(data), "s.csv")
		for _, r := range rows {
			if err == nil && (r.Repeats < 0 || !(r.Last <= r.Age)) {
				t.Errorf("%+v", r)
			}
		}
	})
}
