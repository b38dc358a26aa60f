package segment

import "time"

const fromOrders = "orders and refunds"

var orderFields = []Field{
	number("orders", "orders", "paid orders in the merchant's currency, without tests, cancelled, voided and fully refunded ones", fromOrders, "7", func(e *env) (float64, bool) {
		return float64(e.book.Orders), true
	}).always(),
	money("spend", "what those orders came to, refunds taken off", fromOrders, "612.40", func(e *env) (float64, bool) {
		return e.major(e.book.Spend), true
	}).always(),
	money("aov", "average order value: spend / orders", fromOrders, "87.49", func(e *env) (float64, bool) {
		return e.major(e.book.Spend) / float64(e.book.Orders), e.book.Orders > 0
	}),
	number("refunds", "refunds", "refunds on all orders", fromOrders, "1", func(e *env) (float64, bool) {
		return float64(e.book.Refunds), true
	}).always(),
	money("refunded", "money that went back, on all orders", fromOrders, "39.90", func(e *env) (float64, bool) {
		return e.major(e.book.Refunded), true
	}).always(),
	date("first_order", "when the first order was placed", fromOrders, "2025-01-14T19:02:00Z", func(e *env) time.Time { return e.book.First }),
	date("last_order", "when the latest order was placed", fromOrders, "2026-05-02T08:30:00Z", func(e *env) time.Time { return e.book.Last }),
	number("recency_days", "days", "days since the latest order; 0 on its day", fromOrders, "31", func(e *env) (float64, bool) {
		return e.daysSince(e.book.Last), !e.book.Last.IsZero()
	}),
	number("days_since_first", "days", "days since the first order", fromOrders, "503", func(e *env) (float64, bool) {
		return e.daysSince(e.book.First), !e.book.First.IsZero()
	}),
	number("avg_gap_days", "days", "average time between orders: from the first to the latest / (orders - 1)", fromOrders, "78.8", avgGapDays),
	number("open_carts", "carts", "carts and checkouts of the last 30 days not bought", "carts and checkouts", "1", func(e *env) (float64, bool) {
		return float64(e.p.Carts.Open), true
	}).always(),
	money("cart_total", "value of the latest open cart", "carts and checkouts", "129.00", func(e *env) (float64, bool) {
		if e.p.Carts.Open == 0 {
			return 0, false
		}
		return e.money(e.p.Carts.Total)
	}),
	date("cart_changed", "latest change of the latest open cart", "carts and checkouts", "2026-06-01T20:11:00Z", func(e *env) time.Time { return e.p.Carts.Last }),
}

func avgGapDays(e *env) (float64, bool) {
	if e.book.Orders < 2 {
		return 0, false
	}
	return e.book.Last.Sub(e.book.First).Hours() / 24 / float64(e.book.Orders-1), true
}
