package segment

import (
	"slices"

	"holdfast/internal/customer"
)

// A tally is what the numbers in a property of an activity come to.
type tally struct{ sum, n float64 }

// tallied compiles the arguments activity, property, days and filter.
func (c *compiler) tallied(n *node) (func(*env) tally, bool) {
	of, okOf := c.activity(n.parts[0])
	property, okProperty := c.propertyName(n.parts[1])
	days, okDays := c.days(n.parts[2], customer.ActivityWindow)
	filter, okFilter := c.optional(n, 3)
	if !okOf || !okProperty || !okDays || !okFilter {
		return nil, false
	}
	switch property {
	case "seconds":
		return func(e *env) tally { return e.lasted(of, filter, e.today-days, 1) }, true
	case "minutes":
		return func(e *env) tally { return e.lasted(of, filter, e.today-days, 60) }, true
	}
	return func(e *env) tally {
		var t tally
		e.matching(of, filter, e.today-days, e.today, func(d *customer.Detail) {
			if v, ok := parseNumber(d.Property(property)); ok {
				t.sum, t.n = t.sum+v*float64(d.N), t.n+float64(d.N)
			}
		})
		return t
	}, true
}

// lasted returns how long an activity took, in units of so many seconds, on
// the days after from.
func (e *env) lasted(of acting, filter condition, from int, unit float64) tally {
	var t tally
	add := func(c customer.Count) {
		if c.Day > from && c.Day <= e.today && c.Seconds > 0 {
			t.sum, t.n = t.sum+float64(c.Seconds)/unit, t.n+float64(c.N)
		}
	}
	if filter != nil {
		e.matching(of, filter, from, e.today, func(d *customer.Detail) { add(d.Count) })
		return t
	}
	e.series(of, func(s *customer.Series) {
		for _, c := range s.Counts {
			add(c)
		}
	})
	return t
}

func (c *compiler) propertyName(n *node) (string, bool) {
	if n.kind != textNode || n.text == "" {
		c.report(n, "this must be a property's name in quotes", `write it as "price"`)
		return "", false
	}
	return n.text, true
}

func (c *compiler) sum(n *node) (typed, bool) {
	tallied, ok := c.tallied(n)
	if !ok {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) { return tallied(e).sum, true }), true
}

func (c *compiler) avg(n *node) (typed, bool) {
	tallied, ok := c.tallied(n)
	if !ok {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		t := tallied(e)
		return t.sum / t.n, t.n > 0
	}), true
}

func (c *compiler) distinct(n *node) (typed, bool) {
	of, okOf := c.activity(n.parts[0])
	property, okProperty := c.propertyName(n.parts[1])
	days, okDays := c.days(n.parts[2], customer.ActivityWindow)
	filter, okFilter := c.optional(n, 3)
	if !okOf || !okProperty || !okDays || !okFilter {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		var seen []string
		e.matching(of, filter, e.today-days, e.today, func(d *customer.Detail) {
			if v := d.Property(property); v != "" && !slices.Contains(seen, v) {
				seen = append(seen, v)
			}
		})
		return float64(len(seen)), true
	}).always(), true
}
