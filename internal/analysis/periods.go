package analysis

import (
	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/orders"
)

// A Period is what happened in a day, a week or a month. Active are those who
// ordered in it; or, with a window, those who at its end had ordered within the
// window.
//
//	Active = Retained + New + Reactivated; Before = Retained + Churned
type Period struct {
	Label    string `json:"period"`
	From     string `json:"from"`
	To       string `json:"to"`
	Complete bool   `json:"complete"` // the data have all of it
	Orders   int64  `json:"orders"`
	Revenue  int64  `json:"revenue"` // net, minor units
	Before   int64  `json:"active_before"`
	Active   int64  `json:"active"`
	Retained int64  `json:"retained"`
	New      int64  `json:"new"`
	// Reactivated were active once, but not in the period before.
	Reactivated int64 `json:"reactivated"`
	Churned     int64 `json:"churned"`
	// Retention is Retained of Before, Churn the rest.
	Retention metric.Rate `json:"retention_rate"`
	Churn     metric.Rate `json:"churn_rate"`
	// Textbook is (Active − New)/Before, which counts the reactivated as
	// retained; nil without anyone before.
	Textbook *float64 `json:"e_minus_n_over_s"`
	// Returning is, of the active, the share who had ordered before the period.
	Returning metric.Rate `json:"returning_customer_rate"`
}

// Periods returns the periods from the first order until a day. With window > 0,
// active is who ordered within that many days.
func Periods(l *orders.Ledger, h *orders.Histories, until int32, span Span, window int) []Period {
	c := newCalendar(span, l.First, max(l.First, until))
	out := make([]Period, c.len())
	for i := range h.Len() {
		entries := h.Of(i)
		for _, e := range entries {
			if e.Day < l.First {
				continue // a refund of what was ordered before the data begin
			}
			p := &out[c.of(e.Day)]
			p.Revenue = customer.AddMinor(p.Revenue, e.Cents)
			if l.Order(e) {
				p.Orders++
			}
		}
		t := track{out: out, last: -1}
		occasions(l, entries, func(day int32, _ int32) {
			from := c.of(day)
			if window == 0 {
				t.active(from)
				return
			}
			for k := from; int(k) < len(out) && c.ends[k] < day+int32(window); k++ {
				t.active(k)
			}
		})
		t.churn()
	}
	for i := range out {
		out[i].finish(c, i, until)
	}
	return out
}

// A track follows one customer through the periods.
type track struct {
	out  []Period
	last int32 // period of the latest activity; −1 for none yet
}

func (t *track) active(k int32) {
	if k <= t.last {
		return
	}
	p := &t.out[k]
	p.Active++
	switch {
	case t.last < 0:
		p.New++
	case k == t.last+1:
		p.Retained++
	default:
		t.churn()
		p.Reactivated++
	}
	t.last = k
}

// churn counts the customer as churned in the period after the latest activity.
func (t *track) churn() {
	if t.last >= 0 && int(t.last)+1 < len(t.out) {
		t.out[t.last+1].Churned++
	}
}

func (p *Period) finish(c *calendar, i int, until int32) {
	p.Label, p.From, p.To, p.Complete = c.labels[i], DateOf(c.begins[i]), DateOf(min(c.ends[i], until)), c.complete(i)
	p.Before = p.Retained + p.Churned
	p.Retention, p.Churn = metric.NewRate(p.Retained, p.Before), metric.NewRate(p.Churned, p.Before)
	p.Returning = metric.NewRate(p.Retained+p.Reactivated, p.Active)
	if p.Before > 0 {
		v := float64(p.Active-p.New) / float64(p.Before)
		p.Textbook = &v
	}
}
