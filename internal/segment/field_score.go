package segment

import "holdfast/internal/customer"

const fromNight = "the latest night"

var scoreFields = []Field{
	number("rfm.r", "score", "recency among all buyers: 5 is the most recent fifth", fromNight, "4", score(func(d *customer.Derived) int { return d.R })),
	number("rfm.f", "score", "frequency among all buyers: 5 is the fifth with the most orders", fromNight, "5", score(func(d *customer.Derived) int { return d.F })),
	number("rfm.m", "score", "money among all buyers: 5 is the fifth with the greatest spend", fromNight, "3", score(func(d *customer.Derived) int { return d.M })),
}

// score reads a score from 1 to 5; 0 is for customers without one.
func score(get func(*customer.Derived) int) func(*env) (float64, bool) {
	return func(e *env) (float64, bool) {
		n := get(&e.p.Derived)
		return float64(n), n != 0
	}
}
