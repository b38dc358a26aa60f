package analysis

import (
	"fmt"

	"holdfast/internal/metric"
	"holdfast/internal/orders"
)

// A SameDay says what is counted as an order where a file has no order ids: each
// row, while the models take one customer's rows of a day as one occasion.
type SameDay struct {
	// Customers is the share with several orders on one day.
	Customers metric.Rate `json:"customers_with_several_a_day"`
	Orders    int64       `json:"orders"`     // rows that are orders
	Days      int64       `json:"order_days"` // these by customer and day
	// Repeat is the share that ordered on at least two days; the repeat purchase
	// rate is that which has at least two orders.
	Repeat metric.Rate `json:"repeat_purchase_rate_by_days"`
	Note   string      `json:"note"`
}

// seldom is up to which share of customers with several orders on one day
// nothing is said of it: such customers are rare in every shop.
const seldom = 0.01

// SameDayOf returns nil where there is nothing to say: the file has order ids, or
// more than one order a day is rare, as it is of rows of products, which are
// orders by day.
func SameDayOf(l *orders.Ledger, h *orders.Histories) *SameDay {
	if l.Reading.Columns["order"] != "" {
		return nil
	}
	var s SameDay
	var buyers, several, repeaters, byOrders int64
	for i := range h.Len() {
		days, rows := int64(0), int64(0)
		occasions(l, h.Of(i), func(_, n int32) {
			days++
			rows += int64(n)
		})
		s.Days += days
		s.Orders += rows
		buyers += one(days > 0)
		several += one(rows > days)
		repeaters += one(days > 1)
		byOrders += one(rows > 1)
	}
	s.Customers, s.Repeat = metric.NewRate(several, buyers), metric.NewRate(repeaters, buyers)
	if s.Customers.Value < seldom {
		return nil
	}
	s.Note = fmt.Sprintf("there are no order ids, so each row is an order (%d), and %.1f %% of the customers have several on one day; the models take these as one (%d). "+
		"By rows %.1f %% of the customers ordered twice or more, by days %.1f %%. If rows are parts of orders, name the column of the ids with --order.",
		s.Orders, 100*s.Customers.Value, s.Days, 100*metric.NewRate(byOrders, buyers).Value, 100*s.Repeat.Value)
	return &s
}
