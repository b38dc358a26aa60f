package analysis

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/model"
	"holdfast/internal/orders"
	"holdfast/internal/recommend"
)

// Options say what a report is about. Everything may be left zero.
type Options struct {
	AsOf     int32 // the day at whose end the numbers are taken; the last order's if 0
	Window   int   // days within which an active customer has ordered; from the data if 0
	Holdout  int   // weeks the back-test holds out; from the data if 0
	Terms    model.Terms
	Families []model.Family // of which the back-test chooses
	// Step, if not nil, is told what comes next.
	Step func(what string)
}

// Year is how far the predicted value looks ahead if nothing else is asked for,
// at 10 % a year and all of the revenue.
var Year = model.Terms{Weeks: 365.0 / 7, AnnualRate: 0.10, Margin: 1}

// Compared are the families that a report chooses from.
var Compared = []model.Family{model.MBGNBD, model.BGNBD, model.ParetoNBD}

// A Report is everything that an export tells. Amounts are minor units.
type Report struct {
	Reading  orders.Reading    `json:"reading"`
	Currency customer.Currency `json:"currency"`
	From     string            `json:"from"` // days of the first and last order
	To       string            `json:"to"`
	AsOf     string            `json:"as_of"`
	Window   Window            `json:"window"`
	Numbers  metric.Numbers    `json:"numbers"`
	CLV      int64             `json:"historic_clv"` // mean net revenue of a customer
	Gap      Gap               `json:"gap"`
	SameDay  *SameDay          `json:"without_order_ids,omitempty"` // nil where nothing is to be said
	Guests   orders.Guests     `json:"guests"`
	// Month has the periods in which active is who ordered; Active those in
	// which it is who had ordered within the window.
	Months      []Period    `json:"months"`
	Active      []Period    `json:"months_by_window"`
	Cohorts     []Cohort    `json:"cohorts"`
	Survival    []Survival  `json:"survival"`
	RFM         RFM         `json:"rfm"`
	Prediction  *Prediction `json:"prediction,omitempty"`
	Unpredicted string      `json:"unpredicted,omitempty"` // why there is none
	Pairs       []Pair      `json:"pairs,omitempty"`
}

// A Window is the active window.
type Window struct {
	Days    int  `json:"days"`
	Derived bool `json:"derived"` // it is the 90th percentile of the gaps between orders
	Given   bool `json:"given"`
}

// A Gap is the days between a customer's order days.
type Gap struct {
	Known  int64   `json:"gaps"`
	Mean   float64 `json:"mean_days"`
	Median int64   `json:"median_days"`
}

// A Pair is two products that go together.
type Pair struct {
	A      string  `json:"a"`
	B      string  `json:"b"`
	NameA  string  `json:"a_name"` // what people call A: A itself unless the file has codes with descriptions
	NameB  string  `json:"b_name"`
	Both   int64   `json:"orders_with_both"`
	OfA    int64   `json:"orders_with_a"`
	OfB    int64   `json:"orders_with_b"`
	Orders int64   `json:"orders"`
	LLR    float64 `json:"log_likelihood_ratio"`
	Lift   float64 `json:"lift"`
}

// topPairs is how many pairs a report shows.
const topPairs = 20

// Of makes the report. What the data do not allow is left out, with the reason.
func Of(l *orders.Ledger, o Options) (*Report, error) {
	step := o.Step
	if step == nil {
		step = func(string) {}
	}
	asOf := cmp.Or(o.AsOf, l.Last)
	r := &Report{Reading: l.Reading, Currency: l.Currency, From: DateOf(l.First), To: DateOf(min(l.Last, asOf)), AsOf: DateOf(asOf), Guests: l.Guests}
	step("counting customers and periods")
	h, totals := l.Histories(asOf), l.Totals(asOf)
	gaps := r.gaps(l, h)
	r.Window = WindowOf(gaps, o.Window)
	r.Numbers = numbersOf(l, h, totals, asOf, r.Window.Days)
	if r.Numbers.Buyers == 0 {
		return nil, errors.New("there is no order until " + r.AsOf)
	}
	r.SameDay = SameDayOf(l, h)
	r.CLV = int64(math.Round(float64(r.Numbers.Revenue) / float64(r.Numbers.Buyers)))
	both(func() {
		r.Months, r.Survival = Periods(l, h, asOf, ByMonth, 0), Survivals(l, totals, asOf, r.Window.Days)
	}, func() {
		r.Active, r.Cohorts = Periods(l, h, asOf, ByMonth, r.Window.Days), Cohorts(l, h, asOf)
	})
	r.RFM = Score(totals, asOf)
	step("fitting and testing models")
	clv, err := r.predict(l, h, asOf, o)
	if err != nil {
		return nil, err
	}
	r.RFM.Count(totals, clv)
	step("looking for products that go together")
	r.Pairs = PairsOf(l, asOf, topPairs)
	return r, nil
}

// predict fills in the prediction, or why there is none, and returns the
// expected value of each customer, nil without one.
func (r *Report) predict(l *orders.Ledger, h *orders.Histories, asOf int32, o Options) ([]float64, error) {
	terms := o.Terms
	if terms == (model.Terms{}) {
		terms = Year
	}
	families := o.Families
	if len(families) == 0 {
		families = Compared
	}
	p, all, known, err := Predict(l, h, asOf, cmp.Or(o.Holdout, Holdout(l, asOf)), terms, families...)
	var short *model.TooLittle
	switch {
	case errors.As(err, &short):
		r.Unpredicted = short.Error()
		return nil, nil
	case err != nil:
		return nil, err
	}
	r.Prediction = p
	clv := make([]float64, len(all))
	for i := range all {
		if known[i] {
			clv[i] = all[i].CLV
		}
	}
	return clv, nil
}

// Holdout returns how many weeks a back-test holds out: a quarter of the data,
// between 4 and 26 weeks.
func Holdout(l *orders.Ledger, asOf int32) int {
	return max(4, min(26, int(asOf-l.First+1)/7/4))
}

// gaps counts the days between order days.
func (r *Report) gaps(l *orders.Ledger, h *orders.Histories) metric.Counts {
	gaps := Gaps(l, h)
	sum := 0.0
	for days, n := range gaps {
		sum += float64(days) * float64(n)
	}
	if r.Gap.Known = gaps.Total(); r.Gap.Known > 0 {
		r.Gap.Mean, r.Gap.Median = sum/float64(r.Gap.Known), gaps.Quantile(0.5)
	}
	return gaps
}

// Gaps counts the days between a customer's consecutive order days.
func Gaps(l *orders.Ledger, h *orders.Histories) metric.Counts {
	seen := make([]int64, l.Last-l.First+1)
	for i := range h.Len() {
		before := int32(-1 << 31)
		occasions(l, h.Of(i), func(day, _ int32) {
			if before >= l.First {
				seen[day-before]++
			}
			before = day
		})
	}
	out := metric.Counts{}
	for days, n := range seen {
		if n > 0 {
			out[int64(days)] = n
		}
	}
	return out
}

// WindowOf returns the active window: the given one, or the 90th percentile of
// the gaps, or a usual one where too few are known.
func WindowOf(gaps metric.Counts, given int) Window {
	if given > 0 {
		return Window{Days: given, Given: true}
	}
	days, derived := (&metric.Census{Gaps: gaps}).Window()
	return Window{Days: days, Derived: derived}
}

// numbersOf adds up everybody.
func numbersOf(l *orders.Ledger, h *orders.Histories, totals []orders.Total, asOf int32, window int) metric.Numbers {
	var t metric.Tally
	w := int32(window)
	for i, total := range totals {
		t.Revenue = customer.AddMinor(t.Revenue, total.Cents)
		if total.Orders == 0 {
			continue
		}
		t.Customers++
		t.Buyers++
		t.Orders += int64(total.Orders)
		if total.Orders > 1 {
			t.Repeaters++
		}
		var now, then, before bool
		inWindow := int64(0)
		for _, e := range h.Of(i) {
			age := asOf - e.Day
			if age < w {
				t.WindowRevenue = customer.AddMinor(t.WindowRevenue, e.Cents)
			}
			if !l.Order(e) {
				continue
			}
			switch {
			case age < w:
				now = true
				inWindow++
			case age < 2*w:
				then = true
			default:
				before = true
			}
		}
		t.WindowOrders += inWindow
		t.WindowRepeat += one(inWindow > 1)
		t.Start += one(then)
		t.End += one(now)
		t.Retained += one(then && now)
		t.Churned += one(then && !now)
		t.Reactivated += one(now && !then && before)
		t.New += one(now && !then && !before)
	}
	return t.Numbers()
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// LinesUntil returns what was in the orders until a day.
func LinesUntil(l *orders.Ledger, until int32) []orders.Line {
	if until >= l.Last {
		return l.Lines
	}
	return slices.DeleteFunc(slices.Clone(l.Lines), func(x orders.Line) bool { return x.Day > until })
}

// PairsOf returns the strongest pairs of products until a day, at most n, all if
// n is 0.
func PairsOf(l *orders.Ledger, until int32, n int) []Pair {
	pairs := recommend.Pairs(LinesUntil(l, until), l.Products.Len())
	if n > 0 && len(pairs) > n {
		pairs = pairs[:n]
	}
	var out []Pair
	for _, p := range pairs {
		out = append(out, Pair{l.Products.Name(int(p.A)), l.Products.Name(int(p.B)), l.Title(p.A), l.Title(p.B), p.Both, p.OfA, p.OfB, p.Orders, p.LLR, p.Lift()})
	}
	return slices.Clip(out)
}
