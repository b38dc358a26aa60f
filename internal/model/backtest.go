package model

import (
	"fmt"
	"math"
	"slices"
)

// A Backtest compares what a model, fitted to the time before, forecast for a
// period with what customers then did.
type Backtest struct {
	Fit       Fit      `json:"fit"`
	Weeks     float64  `json:"weeks"` // the period held out
	Customers int64    `json:"customers"`
	Actual    float64  `json:"actual"` // orders in the period
	Model     Accuracy `json:"model"`
	// Naive is the forecast that everybody goes on at their own past rate, x/T.
	Naive   Accuracy   `json:"naive"`
	Deciles [10]Decile `json:"deciles"` // of expected orders, ascending
}

// Accuracy says how good a forecast was.
type Accuracy struct {
	Predicted float64 `json:"predicted"` // orders in the period
	// Error is Predicted/Actual − 1; 0 if there were no orders.
	Error float64 `json:"error"`
	MAE   float64 `json:"mae"`  // orders per customer
	RMSE  float64 `json:"rmse"` // orders per customer
	// AUC is the probability that of two customers, one of whom ordered again,
	// that one was given the higher probability; ties count half. It is 0.5 if
	// all or none did.
	AUC float64 `json:"auc"`
}

// A Decile is a tenth of the customers by expected orders. Customers of equal
// forecasts stay together, so that a decile may be empty.
type Decile struct {
	Customers int64   `json:"customers"`
	Predicted float64 `json:"predicted"` // mean orders per customer; 0 if empty
	Actual    float64 `json:"actual"`    // mean orders per customer; 0 if empty
}

// Test fits family f to the histories in c, as they were when the period of
// weeks began, and compares with the later orders in c. The error is that of
// [FitCounts], or wraps [ErrInvalid] if weeks is not positive.
func Test(f Family, c *Counts, weeks float64) (Backtest, error) {
	choice, err := Choose(c, weeks, f)
	if err != nil {
		return Backtest{}, err
	}
	return choice.Tests[0], nil
}

// A Choice is the family that forecast best, and the back-tests that say so, in
// the order in which families were tried.
type Choice struct {
	Family Family     `json:"family"`
	Tests  []Backtest `json:"tests"`
}

// Choose back-tests families, all of [Families] if none is given, and takes the
// first whose mean squared error per customer is not above the least by more
// than a standard error of the difference (Breiman et al. 1984): what may be
// chance must not change the model from one night to the next. Fit it to all the
// data then. The error is that of [Test].
func Choose(c *Counts, weeks float64, families ...Family) (Choice, error) {
	if !(weeks > 0) || math.IsInf(weeks, 0) {
		return Choice{}, fmt.Errorf("%w period: a back-test needs weeks > 0", ErrInvalid)
	}
	if len(families) == 0 {
		families = Families()
	}
	var out Choice
	var all [][]guess
	past := pastOf(c, weeks)
	sample := sampleOfSorted(c, past.all)
	for _, f := range families {
		fit, err := fitSample(f, sample)
		if err != nil {
			return Choice{}, err
		}
		guesses, err := past.guesses(fit)
		if err != nil {
			return Choice{}, err
		}
		out.Tests = append(out.Tests, past.test(fit, guesses))
		all = append(all, guesses)
	}
	least := slices.IndexFunc(out.Tests, func(b Backtest) bool {
		return !slices.ContainsFunc(out.Tests, func(o Backtest) bool { return o.Model.RMSE < b.Model.RMSE })
	})
	first := slices.IndexFunc(all, func(g []guess) bool { return !clearlyWorse(g, all[max(least, 0)]) })
	out.Family = families[first]
	return out, nil
}

// clearlyWorse reports whether the mean squared error of a is above that of b by
// more than a standard error of the difference.
func clearlyWorse(a, b []guess) bool {
	var n, sum, square float64
	for i := range a {
		missA, missB := a[i].orders-a[i].actual, b[i].orders-b[i].actual
		d := missA*missA - missB*missB
		n += a[i].n
		sum += a[i].n * d
		square += a[i].n * d * d
	}
	mean := sum / n
	return mean > math.Sqrt(max(square/n-mean*mean, 0)/n)
}

// A guess is what was forecast for customers of one history, and what some of
// them did.
type guess struct {
	n              float64
	orders, chance float64
	actual         float64
}

// A past is what a back-test compares with: the distinct histories with their
// outcomes, and the naive forecast, which no model changes.
type past struct {
	weeks  float64
	all    []triple
	n      []float64
	people int64
	actual float64
	naive  Accuracy
}

func pastOf(c *Counts, weeks float64) *past {
	p := &past{weeks: weeks, all: c.sorted(), people: c.Customers()}
	p.n = make([]float64, len(p.all))
	naive := make([]guess, len(p.all))
	for i, t := range p.all {
		p.n[i] = float64(c.n[t])
		p.actual += p.n[i] * float64(t.later)
		rate := 0.0
		if t.age > 0 {
			rate = float64(t.repeats) / (t.age / daysPerWeek)
		}
		naive[i] = guess{p.n[i], rate * weeks, rate, float64(t.later)}
	}
	p.naive = accuracy(naive)
	return p
}

func (p *past) guesses(fit Fit) ([]guess, error) {
	m, err := fit.Model()
	if err != nil {
		return nil, err
	}
	out := make([]guess, len(p.all))
	eachChunk(len(p.all), func(_, from, to int) {
		var known ahead
		for i := from; i < to; i++ {
			t := p.all[i]
			h := t.history()
			if i == from || t.repeats != p.all[i-1].repeats || t.age != p.all[i-1].age {
				known.orders = m.perAlive(h.Repeats, h.Age, p.weeks)
				known.within = m.ordersWithin(h.Repeats, h.Age, p.weeks)
			}
			alive := m.Alive(h)
			out[i] = guess{p.n[i], alive * known.orders, alive * known.within, float64(t.later)}
		}
	})
	return out, nil
}

func (p *past) test(fit Fit, guesses []guess) Backtest {
	return Backtest{
		Fit: fit, Weeks: p.weeks, Customers: p.people, Actual: p.actual,
		Model: accuracy(guesses), Naive: p.naive, Deciles: deciles(guesses),
	}
}
