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
// one of least RMSE per customer; of those within a thousandth of the least, the
// first. Fit it to all the data then. The error is that of [Test].
func Choose(c *Counts, weeks float64, families ...Family) (Choice, error) {
	if !(weeks > 0) || math.IsInf(weeks, 0) {
		return Choice{}, fmt.Errorf("%w period: a back-test needs weeks > 0", ErrInvalid)
	}
	if len(families) == 0 {
		families = Families()
	}
	var out Choice
	sample, least := sampleOf(c), math.Inf(1)
	for _, f := range families {
		fit, err := fitSample(f, sample)
		if err != nil {
			return Choice{}, err
		}
		test, err := compare(fit, c, weeks)
		if err != nil {
			return Choice{}, err
		}
		out.Tests = append(out.Tests, test)
		least = min(least, test.Model.RMSE)
	}
	best := slices.IndexFunc(out.Tests, func(b Backtest) bool { return b.Model.RMSE <= 1.001*least })
	out.Family = families[best]
	return out, nil
}

// A guess is what was forecast for customers of one history, and what some of
// them did.
type guess struct {
	n              float64
	orders, chance float64
	actual         float64
}

func compare(fit Fit, c *Counts, weeks float64) (Backtest, error) {
	m, err := fit.Model()
	if err != nil {
		return Backtest{}, err
	}
	all := c.sorted()
	guesses, naive := make([]guess, len(all)), make([]guess, len(all))
	eachChunk(len(all), func(_, from, to int) {
		var known ahead
		for i := from; i < to; i++ {
			h := all[i].history()
			if i == from || all[i].repeats != all[i-1].repeats || all[i].age != all[i-1].age {
				known.orders = m.perAlive(h.Repeats, h.Age, weeks)
				known.within = m.ordersWithin(h.Repeats, h.Age, weeks)
			}
			n, actual, alive := float64(c.n[all[i]]), float64(all[i].later), m.Alive(h)
			guesses[i] = guess{n, alive * known.orders, alive * known.within, actual}
			rate := 0.0
			if h.Age > 0 {
				rate = float64(h.Repeats) / h.Age
			}
			naive[i] = guess{n, rate * weeks, rate, actual}
		}
	})
	out := Backtest{Fit: fit, Weeks: weeks, Customers: c.Customers()}
	for _, g := range guesses {
		out.Actual += g.n * g.actual
	}
	out.Model, out.Naive = accuracy(guesses), accuracy(naive)
	out.Deciles = deciles(guesses)
	return out, nil
}
