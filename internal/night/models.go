package night

import (
	"errors"
	"fmt"
	"time"

	"holdfast/internal/model"
)

// A Report says which models a night fitted, how well they forecast what has
// happened since, and what was missing.
type Report struct {
	At time.Time `json:"at"`
	// Buying is the model of when customers order, nil if there is too little
	// data.
	Buying *model.Fit `json:"buying,omitempty"`
	// HeldOut is the period of the back-test in days, 0 if none could be made.
	HeldOut int `json:"held_out,omitempty"`
	// Tests are the back-tests of the families that were tried, Buying's family
	// being the one that forecast best.
	Tests []model.Backtest `json:"tests,omitempty"`
	// Spending is the model of what an order is worth.
	Spending *model.SpendingFit `json:"spending,omitempty"`
	// Arrivals say when customers first ordered.
	Arrivals model.Arrivals `json:"arrivals"`
	// Missing says what there was too little of, and for what.
	Missing []Missing `json:"missing,omitempty"`
}

// Missing is what could not be computed, for lack of which data.
type Missing struct {
	For      string           `json:"for"` // Forecasts, BackTests or Values
	Shortage []model.Shortage `json:"shortage"`
}

// What can be missing.
const (
	Forecasts = "forecasts"  // nothing is forecast
	BackTests = "back-tests" // the default model is used, and its error is not known
	Values    = "values"     // orders are forecast, but not what they are worth
)

// tried are the families of a night, the default first.
var tried = []model.Family{model.MBGNBD, model.BGNBD, model.ParetoNBD}

// winsorised is the quantile of mean order values above which they are capped.
const winsorised = 0.99

// models fits what the census allows. Whatever the data, it is an answer: what
// cannot be fitted is in [Report.Missing].
func (c *census) models() (Report, error) {
	r := Report{Arrivals: c.Arrivals}
	if len(c.HoldOuts) == 0 {
		return r, nil
	}
	family, err := c.choose(&r)
	if err != nil {
		return r, err
	}
	fit, err := model.FitCounts(family, c.Buying)
	if short, err := r.lacks(Forecasts, err); short || err != nil {
		return r, err
	}
	r.Buying = &fit
	spending, err := model.FitSpending(c.Spending, winsorised)
	if short, err := r.lacks(Values, err); short || err != nil {
		return r, err
	}
	r.Spending = &spending
	return r, nil
}

// choose back-tests over the horizon, or over a shorter period if the data from
// before it are too few.
func (c *census) choose(r *Report) (model.Family, error) {
	var lack error
	for _, out := range c.HoldOuts {
		choice, err := model.Choose(out.Counts, float64(out.Days)/7, tried...)
		if err == nil {
			r.HeldOut, r.Tests = out.Days, choice.Tests
			return choice.Family, nil
		}
		lack = err
	}
	_, err := r.lacks(BackTests, lack)
	return tried[0], err
}

// lacks notes the shortage that err tells of, and reports whether it does.
func (r *Report) lacks(what string, err error) (bool, error) {
	var short *model.TooLittle
	switch {
	case err == nil:
		return false, nil
	case errors.As(err, &short):
		r.Missing = append(r.Missing, Missing{For: what, Shortage: short.Missing})
		return true, nil
	}
	return false, fmt.Errorf("fit %s: %w", what, err)
}

// Test returns the back-test of the family in use, and whether there is one.
func (r Report) Test() (model.Backtest, bool) {
	if r.Buying != nil {
		for _, t := range r.Tests {
			if t.Fit.Family == r.Buying.Family {
				return t, true
			}
		}
	}
	return model.Backtest{}, false
}
