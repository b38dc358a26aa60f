package night

import (
	"math"

	"holdfast/internal/model"
)

// A Prospect is what is expected of a group of customers together.
type Prospect struct {
	Customers int64   `json:"customers"` // of whom something can be expected: buyers
	Alive     float64 `json:"alive"`     // of them, still customers
	Orders    float64 `json:"orders"`    // within the horizon
	// Valued is of how many of them values are expected; 0: no amounts.
	Valued int64 `json:"valued"`
	// Ahead and Revenue are order days and revenue of the next 90 days, with bands
	// as a [model.Demand] has them.
	Ahead   model.Band `json:"orders_90"`
	Revenue Amount     `json:"revenue"`
	// CLV is the customers' value of the next 365 days. Its band is what the
	// uncertain parameters give it: the sums of the customers' own 95 % intervals,
	// as all of them hang on the same parameters. What chance adds is not in it,
	// and neither is that a model may be wrong: see the back-test.
	CLV Amount `json:"clv"`
}

// An Amount is an expectation in minor units with its band.
type Amount struct {
	Value int64 `json:"value"`
	Low   int64 `json:"low"`
	High  int64 `json:"high"`
}

// prospect needs the oracle that forecast, and the back-test's relative error.
func (e Expected) prospect(o *oracle, miss float64) Prospect {
	whole := func(v int64) int64 { return int64(math.Round(float64(v) / 1000)) }
	orders, revenue := o.quarter.Known(e.Quarter, miss)
	return Prospect{
		Customers: e.Customers,
		Alive:     float64(e.Alive) / 1000,
		Orders:    float64(e.Orders) / 1000,
		Valued:    e.Valued,
		Ahead:     orders,
		Revenue:   Amount{int64(math.Round(revenue.Value)), int64(math.Round(revenue.Low)), int64(math.Round(revenue.High))},
		CLV:       Amount{whole(e.CLV), whole(e.CLVLow), whole(e.CLVHigh)},
	}
}

// A ModelUsed is the model behind the forecasts and how well it did on what has
// happened since.
type ModelUsed struct {
	Family     model.Family      `json:"family"`
	Parameters []model.Parameter `json:"parameters"`
	// Identified: that customers leave can be seen in the data. If not, the
	// forecasts are those of a model in which nobody does.
	Identified bool    `json:"identified"`
	Customers  int64   `json:"n"`
	Horizon    int     `json:"horizon"`  // of predicted orders and churn risk, days
	Margin     float64 `json:"margin"`   // of values; 1 is revenue
	Discount   float64 `json:"discount"` // of values, a year
	// Test is nil if there was too little data for one.
	Test *Tested `json:"back_test,omitempty"`
	// Correlated warns that those who order often spend otherwise than the
	// rest: values are then biased.
	Correlated bool `json:"correlated,omitempty"`
}

// Tested is how a forecast for the latest Days, made of what was known before
// them, compares with what happened.
type Tested struct {
	Days   int            `json:"days"`
	Actual float64        `json:"actual"` // orders
	Model  model.Accuracy `json:"model"`
	Naive  model.Accuracy `json:"naive"` // everybody goes on as before
}

// used returns nil if nothing was forecast.
func used(r Report, f *Foresight) *ModelUsed {
	if f == nil || r.Buying == nil {
		return nil
	}
	m := &ModelUsed{
		Family: r.Buying.Family, Parameters: r.Buying.Parameters, Identified: r.Buying.Identified, Customers: r.Buying.Customers,
		Horizon: f.Horizon, Margin: f.Margin, Discount: f.Discount, Correlated: r.Spending != nil && r.Spending.Correlated,
	}
	if !r.Buying.Identified && r.Buying.Fallback != nil {
		m.Family, m.Parameters = r.Buying.Fallback.Family, r.Buying.Fallback.Parameters
	}
	if t, ok := r.Test(); ok {
		m.Test = &Tested{Days: r.HeldOut, Actual: t.Actual, Model: t.Model, Naive: t.Naive}
	}
	return m
}
