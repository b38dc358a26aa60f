package analysis

import (
	"errors"
	"math"

	"holdfast/internal/customer"
	"holdfast/internal/model"
	"holdfast/internal/orders"
)

// Prediction are the models of repeat buying, how well they forecast what has
// happened since, and what they expect now.
type Prediction struct {
	Family   model.Family       `json:"family"`
	Fit      model.Fit          `json:"fit"`
	Spending *model.SpendingFit `json:"spending,omitempty"`
	Tests    []model.Backtest   `json:"backtests"` // in the order in which families were tried
	Terms    model.Terms        `json:"terms"`
	CLV      CLV                `json:"clv"`
	Ahead    []model.Demand     `json:"ahead"`
	// Missing says what there is too little of to predict the value of orders.
	Missing string `json:"missing,omitempty"`
}

// Test returns the back-test of the family that was chosen, nil without one.
func (p *Prediction) Test() *model.Backtest {
	for i := range p.Tests {
		if p.Tests[i].Fit.Family == p.Family {
			return &p.Tests[i]
		}
	}
	return nil
}

// CLV is how the predicted value is spread over customers, in minor units.
type CLV struct {
	Total  float64 `json:"total"`
	Mean   float64 `json:"mean"`
	Low    float64 `json:"mean_low"` // 95 %, as far as parameters are uncertain
	High   float64 `json:"mean_high"`
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
	TopTen float64 `json:"share_of_top_tenth"` // of the total
	// Bins count customers by value; the last holds all above.
	Bins []Bin `json:"bins"`
}

// A Bin counts customers whose value is at least From and below To.
type Bin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Customers int64   `json:"customers"`
}

// winsor is the quantile above which mean order values count as that quantile.
const winsor = 0.99

// fine is how many steps an octave of mean order values has where there are
// more customers than exactly: two values within a step, half a percent, then
// count as one, and the cost of a fit no longer grows with the customers.
const (
	fine    = 128
	exactly = 20_000
)

// Spend fits what orders are worth.
func Spend(customers []model.Customer) (model.SpendingFit, error) {
	var s model.Spending
	for _, c := range customers {
		if c.Orders > 0 && c.Mean > 0 {
			total := math.Round(c.Mean * float64(c.Orders))
			if len(customers) > exactly {
				total = float64(c.Orders) * math.Exp2(math.Round(math.Log2(c.Mean)*fine)/fine)
			}
			if err := s.Add(c.Orders, total, 1); err != nil {
				return model.SpendingFit{}, err
			}
		}
	}
	return model.FitSpending(&s, winsor)
}

// Predict chooses and fits the models as of a day, back-tests them on the last
// holdout weeks, and forecasts. The error is *model.TooLittle where the data do
// not allow it.
func Predict(l *orders.Ledger, h *orders.Histories, now int32, holdout int, terms model.Terms, families ...model.Family) (*Prediction, []model.Forecast, []bool, error) {
	p := &Prediction{Terms: terms}
	now7 := int32(7 * holdout)
	if c, err := Observed(l, h, now-now7, now); err != nil {
		return nil, nil, nil, err
	} else if choice, err := model.Choose(c, float64(holdout), families...); err == nil {
		p.Family, p.Tests = choice.Family, choice.Tests
	} else if short := (*model.TooLittle)(nil); errors.As(err, &short) {
		p.Family = families[0]
	} else {
		return nil, nil, nil, err
	}
	c, err := Observed(l, h, now, now)
	if err != nil {
		return nil, nil, nil, err
	}
	if p.Fit, err = model.FitCounts(p.Family, c); err != nil {
		return nil, nil, nil, err
	}
	customers, known := Customers(l, h, now)
	if s, err := Spend(customers); err == nil {
		p.Spending = &s
	} else {
		p.Missing = err.Error()
	}
	f, err := model.NewForecaster(p.Fit, p.Spending, terms)
	if err != nil {
		return nil, nil, nil, err
	}
	all := make([]model.Forecast, len(customers))
	f.AllBrief(customers, all)
	for i := range all {
		if !known[i] {
			all[i] = model.Forecast{}
		}
	}
	p.CLV = clvOf(all, known)
	return p, all, known, p.ahead(l, h, now, customers, known)
}

// horizons are the days ahead that are forecast.
var horizons = []int{30, 60, 90}

// ahead forecasts what all customers together will do.
func (p *Prediction) ahead(l *orders.Ledger, h *orders.Histories, now int32, customers []model.Customer, known []bool) error {
	miss := 0.0
	if t := p.Test(); t != nil {
		miss = t.Model.Error
	}
	var forecasters []*model.Forecaster
	for _, days := range horizons {
		f, err := model.NewForecaster(p.Fit, p.Spending, model.Terms{Weeks: float64(days) / 7, Margin: 1})
		if err != nil {
			return err
		}
		forecasters = append(forecasters, f)
	}
	arrivals := arrivalsOf(l, h, now)
	for i, sum := range model.Sums(customers, known, forecasters...) {
		p.Ahead = append(p.Ahead, forecasters[i].Demand(sum, miss, arrivals, int(now-l.First)+1))
	}
	return nil
}

// arrivalsOf counts first orders until the end of a day.
func arrivalsOf(l *orders.Ledger, h *orders.Histories, now int32) model.Arrivals {
	var out model.Arrivals
	for i := range h.Len() {
		first, spent := int32(-1), int64(0)
		for _, e := range h.Of(i) {
			if first < 0 && l.Order(e) {
				first = e.Day
			}
			if first >= 0 && e.Day == first {
				spent = customer.AddMinor(spent, e.Cents)
			} else if first >= 0 {
				break
			}
		}
		if first >= 0 {
			out.Add(int(now-first), spent)
		}
	}
	return out
}
