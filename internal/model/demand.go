package model

import "math"

// A Band is an expectation with what encloses the outcome in 95 of 100 cases.
type Band struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// bandOf returns the band of a count or an amount, none of which is negative.
func bandOf(mean, variance float64) Band {
	half := 1.959963984540054 * math.Sqrt(max(variance, 0))
	return Band{Value: mean, Low: max(0, mean-half), High: mean + half}
}

// A Demand is what is to be expected of the next days: of customers who are
// known, of those yet to come, and together. Revenue is in minor units, 0
// without a model of spending.
//
// The bands allow for chance, for the uncertainty of the parameters (delta
// method), and for an error as great as the back-test's, which counts as one
// standard deviation. Newcomers are forecast by [Arrivals] and order like the
// model's; their band is that of their number and of chance.
type Demand struct {
	Days    int        `json:"days"`
	Orders  Band       `json:"orders"` // days with an order, of known customers
	Revenue Band       `json:"revenue"`
	New     *Newcomers `json:"new,omitempty"` // nil: too little history
	// All is known customers and newcomers together, known ones alone if New is
	// nil.
	AllOrders  Band `json:"all_orders"`
	AllRevenue Band `json:"all_revenue"`
	// Missing says what there is too little of to forecast newcomers.
	Missing []Shortage `json:"missing,omitempty"`
}

// Newcomers are the customers who will order for the first time.
type Newcomers struct {
	Customers Band `json:"customers"`
	Orders    Band `json:"orders"` // the first ones too
	Revenue   Band `json:"revenue"`
}

// Demand returns the demand over the forecaster's horizon, given the sum of the
// shares of known customers, the relative error of the back-test, and what is
// known of arrivals, from how many days of data.
func (f *Forecaster) Demand(known Sum, miss float64, arrivals Arrivals, days int) Demand {
	orders, ordersVariance := f.orders(known, miss)
	revenue, revenueVariance := f.revenue(known, miss)
	d := Demand{
		Days:   int(math.Round(f.terms.Weeks * daysPerWeek)),
		Orders: bandOf(orders, ordersVariance), Revenue: bandOf(revenue, revenueVariance),
	}
	d.AllOrders, d.AllRevenue = d.Orders, d.Revenue
	coming, comingVariance, err := arrivals.next(d.Days, days)
	if short, ok := err.(*TooLittle); ok {
		d.Missing = short.Missing
		return d
	}
	each := f.newcomer()
	newOrders, newOrdersVariance := coming*each.Orders, comingVariance*each.Orders*each.Orders+coming*each.OrdersVariance
	each.Revenue += first(arrivals)
	newRevenue, newRevenueVariance := coming*each.Revenue, comingVariance*each.Revenue*each.Revenue+coming*each.RevenueVariance
	if f.spending == nil {
		newRevenue, newRevenueVariance = 0, 0
	}
	d.New = &Newcomers{bandOf(coming, comingVariance), bandOf(newOrders, newOrdersVariance), bandOf(newRevenue, newRevenueVariance)}
	d.AllOrders = bandOf(orders+newOrders, ordersVariance+newOrdersVariance)
	d.AllRevenue = bandOf(revenue+newRevenue, revenueVariance+newRevenueVariance)
	return d
}

// Known returns the bands of known customers alone: orders and revenue.
func (f *Forecaster) Known(s Sum, miss float64) (orders, revenue Band) {
	mean, variance := f.orders(s, miss)
	value, valueVariance := f.revenue(s, miss)
	return bandOf(mean, variance), bandOf(value, valueVariance)
}

func (f *Forecaster) orders(s Sum, miss float64) (mean, variance float64) {
	var slope [4]float64
	for i, v := range s.OrdersSlope {
		slope[i] = float64(v) / 1000
	}
	mean = float64(s.Orders) / 1000
	return mean, float64(s.OrdersVariance)/1000 + quadratic(slope[:], f.fit.Covariance) + miss*miss*mean*mean
}

func (f *Forecaster) revenue(s Sum, miss float64) (mean, variance float64) {
	if f.spending == nil {
		return 0, 0
	}
	var slope [7]float64
	for i, v := range s.RevenueSlope {
		slope[i] = float64(v)
	}
	mean = float64(s.Revenue)
	return mean, float64(s.RevenueVariance) + quadratic(slope[:4], f.fit.Covariance) + quadratic(slope[4:], f.spending.Covariance) + miss*miss*mean*mean
}

// newcomer is the share of one who comes at any time within the horizon: the
// first order, and those after it in the time that is left. Revenue is without
// the first order's.
func (f *Forecaster) newcomer() Share {
	rule, weeks, repeats := fine(), f.terms.Weeks, 0.0
	for i, x := range rule.at {
		repeats += rule.weight[i] * f.model.Expected(History{}, x*weeks)
	}
	s := Share{Orders: 1 + repeats, OrdersVariance: repeats + repeats*repeats*(1+2/f.shape)}
	if f.spending == nil {
		return s
	}
	value := f.spending.Expected(0, 0)
	of, within := f.spending.spread(0)
	s.Revenue = value * repeats
	s.RevenueVariance = value * value * of * (within*s.Orders + s.OrdersVariance)
	return s
}

// first returns what an arrival spent on the first day, on average.
func first(a Arrivals) float64 {
	n := a.within(0, ArrivalDays)
	return float64(a.Spent) / max(n, 1)
}
