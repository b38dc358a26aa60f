// Package analysis turns the orders of an export into the numbers of a report:
// who buys, who comes back, who is worth what, and what is to be expected. It
// reads no files and prints nothing.
//
// An order day is a day by the merchant's calendar; a customer's orders of one
// day are one occasion for retention and the models, and as many orders as they
// are for RFM, revenue and the average order value. Definitions are those of
// docs/metrics.md.
package analysis

import (
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/orders"
)

// DateOf writes a day as 2006-01-02.
func DateOf(day int32) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

// ParseDay reads 2006-01-02.
func ParseDay(s string) (int32, error) {
	t, err := time.Parse(time.DateOnly, s)
	return int32(customer.DayOf(t, time.UTC)), err
}

// occasions calls f for each day on which the customer ordered, in order, with
// the orders of that day and what they came to, and returns the net value of
// everything, refunds too.
func occasions(l *orders.Ledger, entries []orders.Entry, f func(day int32, n int32)) int64 {
	var net int64
	day, n := int32(0), int32(0)
	for _, e := range entries {
		net = customer.AddMinor(net, e.Cents)
		if !l.Order(e) {
			continue
		}
		if n > 0 && e.Day != day {
			f(day, n)
			n = 0
		}
		day = e.Day
		n++
	}
	if n > 0 {
		f(day, n)
	}
	return net
}
