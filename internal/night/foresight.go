package night

import (
	"math"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/model"
)

// Foresight is what scoring needs to forecast: fitted models and what they are
// asked.
type Foresight struct {
	Buying   model.Fit          `json:"buying"`
	Spending *model.SpendingFit `json:"spending,omitempty"` // nil: no forecast of value
	Horizon  int                `json:"horizon"`            // days
	Margin   float64            `json:"margin"`             // of a customer's value; 1 is revenue
	Discount float64            `json:"discount"`           // of a customer's value, a year
}

const (
	yearDays    = 365 // of a customer's value
	quarterDays = 90  // of the revenue to come
	discount    = 0.1 // a year
)

// foresight returns what to forecast with, nil if nothing can be forecast.
func (n *Night) foresight(r Report) (*Foresight, error) {
	if r.Buying == nil {
		return nil, nil
	}
	f := &Foresight{Buying: *r.Buying, Spending: r.Spending, Horizon: n.Horizon, Margin: n.Margin, Discount: discount}
	if f.Margin == 0 {
		f.Margin = 1
	}
	_, err := newOracle(f)
	return f, err
}

// A Forecast is what is expected of one customer, not rounded.
type Forecast struct {
	Horizon model.Forecast // over the horizon, without value
	// Quarter is over 90 days; its revenue is zero unless Valued.
	Quarter model.Share
	// Year is over 365 days, discounted and times the margin; zero unless Valued.
	Year   model.Forecast
	Valued bool
}

// An oracle forecasts. It remembers what customers of equal histories share,
// most of all the many with one order; have one a worker.
type oracle struct {
	horizon, year, quarter *model.Forecaster
	days                   int
	known                  map[model.History]Forecast // of values as if nothing was spent
}

// mostKnown bounds an oracle's memory to some tens of megabytes.
const mostKnown = 1 << 16

// newOracle returns the oracle of f. The error wraps [model.ErrInvalid].
func newOracle(f *Foresight) (*oracle, error) {
	o := &oracle{days: f.Horizon, known: map[model.History]Forecast{}}
	var err error
	if o.horizon, err = model.NewForecaster(f.Buying, nil, model.Terms{Weeks: float64(f.Horizon) / 7, Margin: 1}); err != nil {
		return nil, err
	}
	spending := f.Spending
	if spending != nil && spending.Covariance == nil {
		spending = nil
	}
	if o.quarter, err = model.NewForecaster(f.Buying, spending, model.Terms{Weeks: quarterDays / 7.0, Margin: 1}); err != nil || spending == nil {
		return o, err
	}
	o.year, err = model.NewForecaster(f.Buying, spending, model.Terms{Weeks: yearDays / 7.0, AnnualRate: f.Discount, Margin: f.Margin})
	return o, err
}

// of returns the forecast for an account as of the end of day today. It reports
// false where nothing can be forecast: o is nil, or the first order is to come.
func (o *oracle) of(a account, today int) (Forecast, bool) {
	if o == nil {
		return Forecast{}, false
	}
	h, ok := a.at(today)
	if !ok {
		return Forecast{}, false
	}
	f, ok := o.known[h]
	if !ok {
		f = o.value(Forecast{Horizon: o.horizon.Of(model.Customer{History: h})}, model.Customer{History: h})
		if len(o.known) >= mostKnown {
			clear(o.known)
		}
		o.known[h] = f
	}
	if n, total := a.repeats(today); n > 0 && total > 0 && f.Valued {
		f = o.value(f, model.Customer{History: h, Orders: n, Mean: total / float64(n)})
	}
	return f, finite(f.Horizon.Orders, f.Horizon.Alive, f.Horizon.NoOrder)
}

// value returns f with the forecasts of value for c.
func (o *oracle) value(f Forecast, c model.Customer) Forecast {
	f.Quarter = o.quarter.Share(c)
	if o.year == nil {
		return f
	}
	f.Year = o.year.Brief(c)
	f.Valued = f.Year.High > 0 && finite(f.Year.CLV, f.Year.High, f.Quarter.Revenue, f.Quarter.RevenueVariance)
	return f
}

func finite(all ...float64) bool {
	for _, v := range all {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// foresee returns the forecast for p as of an instant.
func (s *Scorer) foresee(p customer.Folded, at time.Time) (Forecast, bool) {
	if s.oracle == nil {
		return Forecast{}, false
	}
	a, ok := accountOf(p, s.Currency, s.Zone)
	if !ok {
		return Forecast{}, false
	}
	return s.oracle.of(a, customer.DayOf(at, s.Zone))
}
