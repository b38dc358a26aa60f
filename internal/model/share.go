package model

import (
	"math"

	"holdfast/internal/customer"
)

// A Share is what one customer adds to an expectation of all: orders and
// revenue within the horizon, neither discounted nor times a margin, how far
// chance may move them, and how they hang on the parameters.
type Share struct {
	Orders, OrdersVariance   float64
	OrdersSlope              [4]float64 // by the logarithms of the parameters of buying
	Revenue, RevenueVariance float64    // 0 without a [SpendingFit]
	RevenueSlope             [7]float64 // by those of buying, and of spending
}

// Share returns the share of c.
//
// A customer who is alive is taken to order like the NBD's, with the variance
// μ + μ²/(r+x); one who may have left adds that of a coin.
func (f *Forecaster) Share(c Customer) Share {
	alive, slope := f.model.aliveGradient(c.History)
	ahead := f.shares.get(c.Repeats, c.Age, f.lookOut)
	return f.share(c, alive, slope, &ahead)
}

func (f *Forecaster) share(c Customer, alive float64, slope [4]float64, ahead *outlook) Share {
	mean := ahead.orders
	s := Share{Orders: alive * mean}
	s.OrdersVariance = alive * (mean + mean*mean/(f.shape+float64(c.Repeats)) + (1-alive)*mean*mean)
	for i := range slope {
		s.OrdersSlope[i] = s.Orders * (slope[i] + ahead.slope[i])
	}
	if f.spending == nil {
		return s
	}
	value, valueSlope := f.spending.expected(c.Orders, c.Mean)
	s.Revenue = value * s.Orders
	of, within := f.spending.spread(c.Orders)
	s.RevenueVariance = value * value * (s.Orders*(of*within-of) + (s.OrdersVariance+s.Orders*s.Orders)*of - s.Orders*s.Orders)
	for i, v := range s.OrdersSlope {
		s.RevenueSlope[i] = value * v
	}
	for i, v := range valueSlope {
		s.RevenueSlope[4+i] = s.Revenue * v
	}
	return s
}

// spread returns E[M²]/E[M]² of a customer's unknown mean M after so many orders,
// and E[Z²|M]/M² of one order. Where few orders leave no variance of M (px+q ≤ 2)
// it is taken to be three times the square.
func (f SpendingFit) spread(orders int) (mean, order float64) {
	p, q := f.Parameters[0].Value, f.Parameters[1].Value
	k := max(p*float64(orders)+q-2, 0.5)
	return (k + 1) / k, (p + 1) / p
}

// A Sum adds up shares. It is whole numbers, so that it does not matter in which
// order, and any number of parts gives the same.
type Sum struct {
	Customers      int64    `json:"customers"`
	Orders         int64    `json:"orders"`          // thousandths
	OrdersVariance int64    `json:"orders_variance"` // thousandths
	OrdersSlope    [4]int64 `json:"orders_slope"`    // thousandths
	// Of minor units, the variance of their squares.
	Revenue         int64    `json:"revenue"`
	RevenueVariance int64    `json:"revenue_variance"`
	RevenueSlope    [7]int64 `json:"revenue_slope"`
}

// Add adds one customer's share.
func (s *Sum) Add(o Share) {
	s.Customers++
	addWhole(&s.Orders, 1000*o.Orders)
	addWhole(&s.OrdersVariance, 1000*o.OrdersVariance)
	for i, v := range o.OrdersSlope {
		addWhole(&s.OrdersSlope[i], 1000*v)
	}
	addWhole(&s.Revenue, o.Revenue)
	addWhole(&s.RevenueVariance, o.RevenueVariance)
	for i, v := range o.RevenueSlope {
		addWhole(&s.RevenueSlope[i], v)
	}
}

// Merge adds what other added up.
func (s *Sum) Merge(other Sum) {
	s.Customers += other.Customers
	s.Orders = customer.AddMinor(s.Orders, other.Orders)
	s.OrdersVariance = customer.AddMinor(s.OrdersVariance, other.OrdersVariance)
	for i, v := range other.OrdersSlope {
		s.OrdersSlope[i] = customer.AddMinor(s.OrdersSlope[i], v)
	}
	s.Revenue = customer.AddMinor(s.Revenue, other.Revenue)
	s.RevenueVariance = customer.AddMinor(s.RevenueVariance, other.RevenueVariance)
	for i, v := range other.RevenueSlope {
		s.RevenueSlope[i] = customer.AddMinor(s.RevenueSlope[i], v)
	}
}

// Sums adds up the shares of those of customers who are known, on all
// processors, for forecasters of one fit and different horizons.
func Sums(customers []Customer, known []bool, forecasters ...*Forecaster) []Sum {
	parts := make([][]Sum, (len(customers)+chunkRows-1)/chunkRows)
	var shared cache[[]outlook]
	lookOut := func(repeats int, age float64) []outlook {
		out := make([]outlook, len(forecasters))
		for j, f := range forecasters {
			out[j] = f.lookOut(repeats, age)
		}
		return out
	}
	eachChunk(len(customers), func(chunk, from, to int) {
		part := make([]Sum, len(forecasters))
		for i := from; i < to; i++ {
			if !known[i] {
				continue
			}
			alive, slope := forecasters[0].model.aliveGradient(customers[i].History)
			ahead := shared.get(customers[i].Repeats, customers[i].Age, lookOut)
			for j, f := range forecasters {
				part[j].Add(f.share(customers[i], alive, slope, &ahead[j]))
			}
		}
		parts[chunk] = part
	})
	out := make([]Sum, len(forecasters))
	for _, part := range parts {
		for j := range part {
			out[j].Merge(part[j])
		}
	}
	return out
}

// addWhole takes what is beyond 1e18 for that: it is wrong already.
func addWhole(sum *int64, v float64) {
	if !math.IsNaN(v) {
		*sum = customer.AddMinor(*sum, int64(math.Round(max(-1e18, min(v, 1e18)))))
	}
}
