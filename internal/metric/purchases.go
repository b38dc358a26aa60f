package metric

import (
	"time"

	"holdfast/internal/customer"
)

// Purchases are one customer's days with orders.
type Purchases struct {
	Days  []customer.Day // oldest first
	First int            // day of the first order that is known
	// Earlier: there were orders before the first one that is known.
	Earlier bool
}

// PurchasesOf returns the purchases of p in a currency, and whether there are
// any. Since is the first day of which any orders are known: a customer whom a
// source knew before, and of whom it counts more orders than are known, ordered
// before.
func PurchasesOf(p customer.Folded, c customer.Currency, since int, zone *time.Location) (Purchases, bool) {
	b, ok := BookOf(p, c)
	if !ok {
		return Purchases{}, false
	}
	orders := 0
	for _, b := range p.Books {
		orders += b.Orders
	}
	return Purchases{
		Days:    b.Days,
		First:   customer.DayOf(b.First, zone),
		Earlier: p.Reported.Orders > orders && !p.Created.IsZero() && customer.DayOf(p.Created, zone) < since,
	}, true
}

// Cut reports whether the days do not go back to the first order.
func (p Purchases) Cut() bool { return len(p.Days) > 0 && p.Days[0].Day > p.First }
