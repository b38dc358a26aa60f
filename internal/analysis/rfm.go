package analysis

import (
	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/orders"
)

// A Scored is one buyer's RFM. Frequency is 0 for a customer without an order,
// of whom nothing else means anything.
type Scored struct {
	Monetary  int64 // net, minor units
	Recency   int32 // days since the last order
	Frequency int32 // orders
	R, F, M   int8  // 1 to 5
	f, m      int8  // by thirds
}

// Group returns which of the ten kinds of buyers it is, "" without an order.
func (s *Scored) Group() metric.Kind {
	return metric.KindOf(int(s.R), int(s.F), int(s.M), int(s.Frequency))
}

// Klaviyo returns the group of Klaviyo's, "" without an order.
func (s *Scored) Klaviyo() customer.Group {
	return metric.KlaviyoGroupOf(int64(s.Recency), int(s.f), int(s.m))
}

// RFM are the scales of all buyers.
type RFM struct {
	Scales    metric.RFM    `json:"scales"` // quintiles
	Frequency metric.Scale  `json:"klaviyo_frequency"`
	Monetary  metric.Scale  `json:"klaviyo_monetary"`
	Groups    []GroupNumber `json:"groups"`
	Klaviyo   []GroupNumber `json:"klaviyo_groups"`
	// Grid counts buyers by recency (row) and frequency score (column), both from
	// 1.
	Grid [5][5]Cell `json:"grid"`

	asOf int32
}

// A Cell is a field of the grid.
type Cell struct {
	Customers int64 `json:"customers"`
	Revenue   int64 `json:"revenue"`
}

// Score returns the scales of all customers with an order, as of a day.
func Score(totals []orders.Total, asOf int32) RFM {
	var monetary []int64
	recency, frequency := metric.Counts{}, metric.Counts{}
	both(func() {
		monetary = worths(totals)
		sortInts(monetary)
	}, func() {
		var days, times tally
		for i := range totals {
			if t := &totals[i]; t.Orders > 0 {
				days.add(asOf - t.Last)
				times.add(t.Orders)
			}
		}
		recency, frequency = days.counts(), times.counts()
	})
	return RFM{
		Scales:    metric.RFM{Recency: metric.NewScale(recency, true, 5), Frequency: metric.NewScale(frequency, false, 5), Monetary: metric.CutScale(monetary, false, 5)},
		Frequency: metric.NewScale(frequency, false, 3),
		Monetary:  metric.CutScale(monetary, false, 3),
		asOf:      asOf,
	}
}

// worths returns the net value of each customer with an order.
func worths(totals []orders.Total) []int64 {
	out := make([]int64, 0, len(totals))
	for i := range totals {
		if t := &totals[i]; t.Orders > 0 {
			out = append(out, t.Cents)
		}
	}
	return out
}

func both(a, b func()) {
	done := make(chan struct{})
	go func() { defer close(done); a() }()
	b()
	<-done
}

// Of returns the scores of a customer, none without an order.
func (m *RFM) Of(t orders.Total) Scored {
	if t.Orders == 0 {
		return Scored{}
	}
	s := Scored{Recency: m.asOf - t.Last, Frequency: t.Orders, Monetary: t.Cents}
	s.R, s.F, s.M = int8(m.Scales.Recency.Score(int64(s.Recency))), int8(m.Scales.Frequency.Score(int64(t.Orders))), int8(m.Scales.Monetary.Score(t.Cents))
	s.f, s.m = int8(m.Frequency.Score(int64(t.Orders))), int8(m.Monetary.Score(t.Cents))
	return s
}

// Count adds up the groups. clv is the predicted value of each customer, or nil.
func (m *RFM) Count(totals []orders.Total, clv []float64) {
	var s, more sums
	half := len(totals) / 2
	both(func() { s.add(m, totals[:half], clv) }, func() {
		rest := clv
		if clv != nil {
			rest = clv[half:]
		}
		more.add(m, totals[half:], rest)
	})
	s.merge(&more)
	m.Grid = s.grid()
	var all GroupNumber
	groups, klaviyo := map[string]*GroupNumber{}, map[string]*GroupNumber{}
	for k := range s.kinds {
		all.merge(&s.kinds[k])
		into(groups, string(kindAt(k)), &s.kinds[k])
	}
	for k := range s.klaviyo {
		into(klaviyo, string(klaviyoAt(k)), &s.klaviyo[k])
	}
	m.Groups, m.Klaviyo = nil, nil
	for _, g := range metric.Kinds() {
		m.Groups = append(m.Groups, groups[string(g)].finish(&all, len(groups)))
	}
	for _, g := range metric.KlaviyoGroups() {
		m.Klaviyo = append(m.Klaviyo, klaviyo[string(g)].finish(&all, len(klaviyo)))
	}
}
