package analysis

import (
	"math"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/orders"
)

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

func (g *GroupNumber) merge(o *GroupNumber) {
	g.Customers += o.Customers
	g.Orders += o.Orders
	g.Revenue = customer.AddMinor(g.Revenue, o.Revenue)
	g.recency += o.recency
	g.clv += o.clv
	g.repeaters += o.repeaters
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

// sums are customers added up by their scores, of which there are few. Who is of
// which group is then asked once for each scores, and not for each customer.
type sums struct {
	kinds   [5 * 5 * 5 * 2]GroupNumber // by R, F, M and whether there was one order only
	klaviyo [3 * 3 * 3]GroupNumber     // by the thirds
}

// kindAt returns the kind that sums.kinds[k] is of.
func kindAt(k int) metric.Kind { return metric.KindOf(1+k/50, 1+k/10%5, 1+k/2%5, 1+k%2) }

// klaviyoAt returns the group of Klaviyo's that sums.klaviyo[k] is of.
func klaviyoAt(k int) customer.Group {
	return metric.KlaviyoGroupOf(klaviyoDays[k/9], 1+k/3%3, 1+k%3)
}

// klaviyoDays are days since the last order that score 1, 2 and 3 at Klaviyo.
var klaviyoDays = [3]int64{366, 365, 180}

func (s *sums) add(m *RFM, totals []orders.Total, clv []float64) {
	for i, t := range totals {
		if t.Orders == 0 {
			continue
		}
		x, value, repeats, r := m.Of(t), 0.0, 0, 0
		if clv != nil {
			value = clv[i]
		}
		if t.Orders > 1 {
			repeats = 1
		}
		for r < 2 && int64(x.Recency) <= klaviyoDays[r+1] {
			r++
		}
		s.kinds[50*(int(x.R)-1)+10*(int(x.F)-1)+2*(int(x.M)-1)+repeats].add(&x, value)
		s.klaviyo[9*r+3*(int(x.f)-1)+int(x.m)-1].add(&x, value)
	}
}

func (s *sums) merge(o *sums) {
	for k := range s.kinds {
		s.kinds[k].merge(&o.kinds[k])
	}
	for k := range s.klaviyo {
		s.klaviyo[k].merge(&o.klaviyo[k])
	}
}

func (s *sums) grid() (out [5][5]Cell) {
	for k := range s.kinds {
		c := &out[k/50][k/10%5]
		c.Customers += s.kinds[k].Customers
		c.Revenue = customer.AddMinor(c.Revenue, s.kinds[k].Revenue)
	}
	return out
}

// into adds g to the group of that name.
func into(groups map[string]*GroupNumber, name string, g *GroupNumber) {
	if groups[name] == nil {
		groups[name] = &GroupNumber{Group: name}
	}
	groups[name].merge(g)
}

// A tally counts small numbers in a slice, and the others in a map.
type tally struct {
	small []int64
	great metric.Counts
}

const small = 1 << 16

func (t *tally) add(v int32) {
	switch {
	case v < 0 || v >= small:
		if t.great == nil {
			t.great = metric.Counts{}
		}
		t.great.Add(int64(v))
		return
	case int(v) >= len(t.small):
		t.small = append(t.small, make([]int64, int(v)+1-len(t.small))...)
	}
	t.small[v]++
}

func (t *tally) counts() metric.Counts {
	out := metric.Counts{}
	out.Merge(t.great)
	for v, n := range t.small {
		if n > 0 {
			out[int64(v)] = n
		}
	}
	return out
}
