package analysis

import (
	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/orders"
)

// A Cohort are the customers whose first order was in one month.
type Cohort struct {
	Month     string `json:"cohort"`
	Customers int64  `json:"customers"`
	// Older warns that the data begin in this month: who seems new may have
	// bought before.
	Older  bool          `json:"may_hold_older_customers,omitempty"`
	Months []CohortMonth `json:"months"`
}

// A CohortMonth is a cohort so many months after its first.
type CohortMonth struct {
	Offset   int         `json:"offset"`
	Active   metric.Rate `json:"active"`   // the share who ordered in it
	Revenue  int64       `json:"revenue"`  // net, minor units
	Complete bool        `json:"complete"` // the data have all of it
}

// Cohorts returns the cohorts by month of first order, until a day.
func Cohorts(l *orders.Ledger, h *orders.Histories, until int32) []Cohort {
	c := newCalendar(ByMonth, l.First, max(l.First, until))
	n := c.len()
	active, revenue, sizes := make([]int64, n*n), make([]int64, n*n), make([]int64, n)
	for i := range h.Len() {
		entries := h.Of(i)
		cohort, last := int32(-1), int32(-1)
		occasions(l, entries, func(day, _ int32) {
			k := c.of(day)
			if cohort < 0 {
				cohort = k
				sizes[k]++
			}
			if k != last {
				active[int(cohort)*n+int(k-cohort)]++
				last = k
			}
		})
		if cohort < 0 {
			continue
		}
		for _, e := range entries {
			// What came back before the first order belongs to no month of the cohort.
			if e.Day >= l.First && c.of(e.Day) >= cohort {
				at := int(cohort)*n + int(c.of(e.Day)-cohort)
				revenue[at] = customer.AddMinor(revenue[at], e.Cents)
			}
		}
	}
	var out []Cohort
	for k := range n {
		if sizes[k] == 0 {
			continue
		}
		co := Cohort{Month: c.labels[k], Customers: sizes[k], Older: k == 0}
		for o := 0; k+o < n; o++ {
			co.Months = append(co.Months, CohortMonth{o, metric.NewRate(active[k*n+o], sizes[k]), revenue[k*n+o], c.ends[k+o] <= until})
		}
		out = append(out, co)
	}
	return out
}
