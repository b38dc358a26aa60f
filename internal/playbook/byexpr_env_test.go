package playbook

import (
	"math"
	"strconv"
	"strings"
)

// fill says in the environment what is known of somebody. A number that is not
// known is NaN, which is neither less nor more than another.
func (x *exprlang) fill() {
	p, b, env := x.Profile, x.book, x.env
	env["orders"], env["spend"], env["refunds"], env["refunded"] = b.Orders, float64(b.Spend)/100, b.Refunds, float64(b.Refunded)/100
	env["recency_days"], env["days_since_first"], env["discounted_orders"] = x.recency, x.first, b.Discounted
	env["aov"], env["discount_share"], env["avg_gap_days"] = math.NaN(), math.NaN(), math.NaN()
	if b.Orders > 0 {
		env["aov"], env["discount_share"] = float64(b.Spend)/100/float64(b.Orders), float64(b.Discounted)/float64(b.Orders)
	}
	if b.Orders > 1 {
		env["avg_gap_days"] = b.Last.Sub(b.First).Hours() / 24 / float64(b.Orders-1)
	}
	env["open_carts"], env["cart_changed"], env["open_tickets"] = p.Carts.Open, p.Carts.Last, p.Service.Open
	env["nps"], env["nps_at"], env["csat"], env["csat_at"] = p.Surveys.NPS, p.Surveys.NPSAt, p.Surveys.CSAT, p.Surveys.CSATAt
	env["created"], env["country"], env["visit_days"] = p.Created, p.Country, x.visits()
	env["rfm"] = map[string]int{"f": p.Derived.F, "m": p.Derived.M}
	env["favorite_category"], env["favorite_category_share"] = x.favorite()
	env["replenish_in_days"] = math.NaN()
	if days, ok := x.dueIn(); ok {
		env["replenish_in_days"] = float64(days)
	}
	for _, name := range []string{"company", "industry", "lifecycle_stage"} {
		env[name] = p.Attributes[name]
	}
	env["employees"], env["values"] = number(p.Attributes["employees"]), strings.Split(strings.ReplaceAll(p.Attributes["values"], "; ", ";"), ";")
}

func number(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

// favorite returns the category of which the most pieces were bought, and its
// share of all.
func (s *somebody) favorite() (name string, share float64) {
	pieces := map[string]int{}
	for _, g := range s.Goods {
		if c := kindOf(g).category; c != "" {
			pieces[c] += g.Units
		}
	}
	for c, n := range pieces {
		if n > pieces[name] || n == pieces[name] && c < name {
			name = c
		}
	}
	return name, float64(pieces[name]) / float64(s.had.pieces)
}
