package model

import (
	"fmt"
	"math"
)

// Terms say what a forecast is about.
type Terms struct {
	Weeks      float64 `json:"weeks"`       // the horizon H, > 0
	AnnualRate float64 `json:"annual_rate"` // of discounting, such as 0.1; ≥ 0
	Margin     float64 `json:"margin"`      // share of the value that stays; in (0, 1]
}

// A Customer is what a forecast needs of one customer.
type Customer struct {
	History
	Orders int     // how many orders Mean is the mean of; 0 for none
	Mean   float64 // value of an order, in the unit of the [SpendingFit]
}

// A Forecast is what is to be expected of one customer within the horizon.
type Forecast struct {
	Orders  float64 `json:"orders"`     // expected number
	Alive   float64 `json:"p_alive"`    // probability of not having left for good
	NoOrder float64 `json:"p_no_order"` // probability of none: the churn risk over the horizon
	Next    Window  `json:"next_order"`
	// OrderValue is the expected value of an order, CLV the expected discounted
	// margin of all. Both are 0 without a [SpendingFit].
	OrderValue float64 `json:"order_value"`
	CLV        float64 `json:"clv"`
	// Low and High enclose CLV in 95 of 100 cases, as far as the parameters are
	// uncertain: it is the expectation that lies between them, not what one
	// customer will spend. By the delta method on ln CLV, with buying and
	// spending independent. Both are 0 if the fit has no covariance.
	Low  float64 `json:"clv_low"`
	High float64 `json:"clv_high"`
}

// A Window says when the next order is to be expected, in weeks from now: by
// From with probability 25 %, by Median 50 %, by To 75 %. Expected is false
// where an order is no likelier than none; the rest is then 0. To is 0 where 75 %
// are never reached.
type Window struct {
	Expected bool    `json:"expected"`
	From     float64 `json:"from,omitempty"`
	Median   float64 `json:"median,omitempty"`
	To       float64 `json:"to,omitempty"`
}

// A Forecaster forecasts for one fit and one horizon. It is safe for concurrent
// use; it remembers what customers of the same repeats and age share.
type Forecaster struct {
	terms    Terms
	delta    float64 // continuous discount rate per week
	fit      Fit
	model    Model
	shape    float64 // of the rates of buying, r
	spending *SpendingFit
	shared   cache[ahead]
	shares   cache[outlook]
}

// NewForecaster returns the forecaster for fit, with the value of orders if
// spending is not nil. The error wraps [ErrInvalid] if the terms or the
// parameters cannot be.
func NewForecaster(fit Fit, spending *SpendingFit, terms Terms) (*Forecaster, error) {
	m, err := fit.Model()
	if err != nil {
		return nil, err
	}
	if !(terms.Weeks > 0 && terms.Weeks < 1e5 && terms.AnnualRate >= 0 && terms.AnnualRate < 1e3 && terms.Margin > 0 && terms.Margin <= 1) {
		return nil, fmt.Errorf("%w terms: weeks > 0, annual rate ≥ 0, margin in (0, 1]", ErrInvalid)
	}
	return &Forecaster{
		terms:    terms,
		delta:    math.Log1p(terms.AnnualRate) / 52,
		fit:      fit.used(),
		model:    m,
		shape:    m.Parameters()[0],
		spending: spending,
	}, nil
}

// Of returns the forecast of one customer. The history must be possible (see
// [Counts.Add]).
func (f *Forecaster) Of(c Customer) Forecast {
	out := f.Brief(c)
	out.Next = f.next(c.History, out.Alive)
	return out
}

// Brief is [Forecaster.Of] without Next, which costs more than all the rest.
func (f *Forecaster) Brief(c Customer) Forecast {
	ahead := f.shared.get(c.Repeats, c.Age, f.lookAhead)
	alive, slope := f.model.aliveGradient(c.History)
	out := Forecast{
		Orders:  alive * ahead.orders,
		Alive:   alive,
		NoOrder: 1 - alive*ahead.within,
	}
	if f.spending == nil {
		return out
	}
	value, valueSlope := f.spending.expected(c.Orders, c.Mean)
	out.OrderValue = value
	out.CLV = value * alive * ahead.discounted * f.terms.Margin
	if f.fit.Covariance == nil || f.spending.Covariance == nil {
		return out
	}
	for i, v := range ahead.slope {
		slope[i] += v
	}
	variance := quadratic(slope[:], f.fit.Covariance) + quadratic(valueSlope[:], f.spending.Covariance)
	factor := math.Exp(1.959963984540054 * math.Sqrt(variance))
	out.Low, out.High = out.CLV/factor, out.CLV*factor
	return out
}

// All writes the forecast of each of customers to out, which is as long, on all
// processors.
func (f *Forecaster) All(customers []Customer, out []Forecast) {
	f.each(customers, out, f.Of)
}

// AllBrief is All by [Forecaster.Brief].
func (f *Forecaster) AllBrief(customers []Customer, out []Forecast) {
	f.each(customers, out, f.Brief)
}

func (f *Forecaster) each(customers []Customer, out []Forecast, of func(Customer) Forecast) {
	eachChunk(len(customers), func(_, from, to int) {
		for i := from; i < to; i++ {
			out[i] = of(customers[i])
		}
	})
}

func (f *Forecaster) next(h History, alive float64) Window {
	if alive <= 0.5 {
		return Window{}
	}
	median, ok := f.model.nextOrder(h, 0.5/alive)
	if !ok {
		return Window{}
	}
	from, _ := f.model.nextOrder(h, 0.25/alive)
	to, _ := f.model.nextOrder(h, 0.75/alive)
	return Window{Expected: true, From: from, Median: median, To: to}
}

// quadratic returns gᵀ C g.
func quadratic(g []float64, c [][]float64) float64 {
	sum := 0.0
	for i := range c {
		for j := range c {
			sum += g[i] * c[i][j] * g[j]
		}
	}
	return max(sum, 0)
}
