package segment

import (
	"time"

	"holdfast/internal/customer"
)

const (
	fromNight = "the latest night"
	fromModel = "the latest night's model of buying"
)

var scoreFields = []Field{
	number("rfm.r", "score", "recency among all buyers: 5 is the most recent fifth", fromNight, "4", score(func(d *customer.Derived) int { return d.R })),
	number("rfm.f", "score", "frequency among all buyers: 5 is the fifth with the most orders", fromNight, "5", score(func(d *customer.Derived) int { return d.F })),
	number("rfm.m", "score", "money among all buyers: 5 is the fifth with the greatest spend", fromNight, "3", score(func(d *customer.Derived) int { return d.M })),
	text("rfm.group", "Klaviyo's group: champions, loyal, recent, needs_attention, at_risk, inactive", fromNight, "loyal", func(e *env) string { return string(e.p.Derived.Group) }),
	number("churn_risk", "share", "probability of no order within the playbook's horizon, in steps of 0.05", fromModel, "0.35", func(e *env) (float64, bool) {
		return float64(e.p.Derived.Outlook.NoOrder) / 100, e.p.Derived.Outlook.Horizon > 0
	}),
	number("p_alive", "share", "probability of still being a customer, in steps of 0.05", fromModel, "0.8", func(e *env) (float64, bool) {
		return float64(e.p.Derived.Outlook.Alive) / 100, e.p.Derived.Outlook.Horizon > 0
	}),
	number("predicted_orders", "orders", "orders to expect within the playbook's horizon, those of one day being one, in steps of about a tenth", fromModel, "1.8", func(e *env) (float64, bool) {
		return float64(e.p.Derived.Outlook.Orders) / 100, e.p.Derived.Outlook.Horizon > 0
	}),
	money("predicted_clv", "value of the next 365 days to expect, discounted, times the margin if the playbook gives one, in steps of about a tenth", fromModel, "130", value(func(o customer.Outlook) int64 { return o.CLV })),
	money("clv_low", "lower end of the 95 % interval of that expectation", fromModel, "104", value(customer.Outlook.Low)),
	money("clv_high", "upper end of that interval", fromModel, "163", value(customer.Outlook.High)),
	date("next_order_from", "day by which the next order has come with 25 % probability; unknown if none is expected", fromModel, "2026-06-14T00:00:00Z", ahead(func(o customer.Outlook) int { return o.NextFrom })),
	date("next_order", "day by which it has come with 50 %", fromModel, "2026-07-09T00:00:00Z", ahead(func(o customer.Outlook) int { return o.Next })),
	date("next_order_to", "day by which it has come with 75 %; unknown if that is never reached", fromModel, "2026-09-01T00:00:00Z", ahead(func(o customer.Outlook) int { return o.NextTo })),
}

// value reads an amount of the outlook, which is known with its interval only.
func value(get func(customer.Outlook) int64) func(*env) (float64, bool) {
	return func(e *env) (float64, bool) {
		o := e.p.Derived.Outlook
		return e.major(get(o)), o.Band > 0
	}
}

// ahead reads a number of days from now as the day it leads to.
func ahead(get func(customer.Outlook) int) func(*env) time.Time {
	return func(e *env) time.Time {
		o := e.p.Derived.Outlook
		if days := get(o); days > 0 && o.Next > 0 {
			return customer.StartOf(e.today+days, e.zone)
		}
		return time.Time{}
	}
}

// score reads a score from 1 to 5; 0 is for customers without one.
func score(get func(*customer.Derived) int) func(*env) (float64, bool) {
	return func(e *env) (float64, bool) {
		n := get(&e.p.Derived)
		return float64(n), n != 0
	}
}
