package analysis

import (
	"math"

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
}

// A Cell is a field of the grid.
type Cell struct {
	Customers int64 `json:"customers"`
	Revenue   int64 `json:"revenue"`
}

// A GroupNumber is what a group comes to.
type GroupNumber struct {
	Group     string      `json:"group"`
	Customers int64       `json:"customers"`
	Share     metric.Rate `json:"share"` // of all buyers
	Orders    int64       `json:"orders"`
	Revenue   int64       `json:"revenue"`
	AOV       int64       `json:"aov"`
	Recency   float64     `json:"mean_recency_days"`
	// Repeat is the share that ordered at least twice; Difference is that less
	// the share among all others, with an interval that allows for comparing
	// all groups (Newcombe, Bonferroni): the group really differs if it excludes 0.
	Repeat     metric.Rate `json:"repeat_purchase_rate"`
	Difference *Difference `json:"repeat_difference,omitempty"`
	// CLV is the mean predicted value; 0 without a prediction.
	CLV float64 `json:"mean_clv,omitempty"`

	recency, repeaters int64
	clv                float64
}

// Score scores every customer with an order as of a day.
func Score(totals []orders.Total, asOf int32) ([]Scored, RFM) {
	n := 0
	for i := range totals {
		if totals[i].Orders > 0 {
			n++
		}
	}
	recency, frequency, monetary := make([]int64, 0, n), make([]int64, 0, n), make([]int64, 0, n)
	for i := range totals {
		if t := &totals[i]; t.Orders > 0 {
			recency, frequency, monetary = append(recency, int64(asOf-t.Last)), append(frequency, int64(t.Orders)), append(monetary, t.Cents)
		}
	}
	both(func() { sortInts(monetary) }, func() { sortInts(recency); sortInts(frequency) })
	rfm := RFM{
		Scales:    metric.RFM{Recency: metric.CutScale(recency, true, 5), Frequency: metric.CutScale(frequency, false, 5), Monetary: metric.CutScale(monetary, false, 5)},
		Frequency: metric.CutScale(frequency, false, 3),
		Monetary:  metric.CutScale(monetary, false, 3),
	}
	out := make([]Scored, len(totals))
	half := len(totals) / 2
	both(func() { rfm.score(totals[:half], out[:half], asOf) }, func() { rfm.score(totals[half:], out[half:], asOf) })
	return out, rfm
}

func both(a, b func()) {
	done := make(chan struct{})
	go func() { defer close(done); a() }()
	b()
	<-done
}

func (m *RFM) score(totals []orders.Total, out []Scored, asOf int32) {
	for i, t := range totals {
		if t.Orders == 0 {
			continue
		}
		s := &out[i]
		s.Recency, s.Frequency, s.Monetary = asOf-t.Last, t.Orders, t.Cents
		s.R, s.F, s.M = int8(m.Scales.Recency.Score(int64(s.Recency))), int8(m.Scales.Frequency.Score(int64(t.Orders))), int8(m.Scales.Monetary.Score(t.Cents))
		s.f, s.m = int8(m.Frequency.Score(int64(t.Orders))), int8(m.Monetary.Score(t.Cents))
	}
}

// Count adds up the groups. clv is the predicted value of each customer, or nil.
func (m *RFM) Count(scored []Scored, clv []float64) {
	groups, klaviyo := map[metric.Kind]*GroupNumber{}, map[customer.Group]*GroupNumber{}
	for _, g := range metric.Kinds() {
		groups[g] = &GroupNumber{Group: string(g)}
	}
	for _, g := range metric.KlaviyoGroups() {
		klaviyo[g] = &GroupNumber{Group: string(g)}
	}
	m.Grid = [5][5]Cell{}
	var all GroupNumber
	for i := range scored {
		s := &scored[i]
		if s.Frequency == 0 {
			continue
		}
		value := 0.0
		if clv != nil {
			value = clv[i]
		}
		for _, g := range []*GroupNumber{&all, groups[s.Group()], klaviyo[s.Klaviyo()]} {
			g.add(s, value)
		}
		c := &m.Grid[s.R-1][s.F-1]
		c.Customers++
		c.Revenue = customer.AddMinor(c.Revenue, s.Monetary)
	}
	m.Groups, m.Klaviyo = nil, nil
	for _, g := range metric.Kinds() {
		m.Groups = append(m.Groups, groups[g].finish(&all, len(groups)))
	}
	for _, g := range metric.KlaviyoGroups() {
		m.Klaviyo = append(m.Klaviyo, klaviyo[g].finish(&all, len(klaviyo)))
	}
}

func (g *GroupNumber) add(s *Scored, clv float64) {
	g.Customers++
	g.Orders += int64(s.Frequency)
	g.Revenue = customer.AddMinor(g.Revenue, s.Monetary)
	g.recency += int64(s.Recency)
	g.clv += clv
	if s.Frequency > 1 {
		g.repeaters++
	}
}

func (g *GroupNumber) finish(all *GroupNumber, groups int) GroupNumber {
	out := *g
	out.Share = metric.NewRate(g.Customers, all.Customers)
	out.Repeat = metric.NewRate(g.repeaters, g.Customers)
	if g.Customers == 0 {
		return out
	}
	out.AOV = int64(math.Round(float64(g.Revenue) / float64(g.Orders)))
	out.Recency = float64(g.recency) / float64(g.Customers)
	out.CLV = g.clv / float64(g.Customers)
	if others := all.Customers - g.Customers; others > 0 {
		out.Difference = difference(g.repeaters, g.Customers, all.repeaters-g.repeaters, others, groups)
	}
	return out
}
