package segment

import (
	"fmt"
	"math"
	"strings"
	"time"

	"holdfast/internal/customer"
)

const ofProperties = `the filter, as in "category == 'help'", asks of its properties`

func activityFunctions() []Function {
	window := fmt.Sprintf("at most %d days", customer.ActivityWindow)
	return []Function{
		{Name: "count", Signature: "count(activity, days, filter)", Type: Number, arguments: 2, optional: 1, compile: (*compiler).count,
			Meaning: "how often an activity happened in the latest days, today included; " + window + "; " + ofProperties, Example: `count("page_view", 30, "category == 'help'") >= 3`},
		{Name: "sum", Signature: `sum(activity, property, days, filter)`, Type: Number, arguments: 3, optional: 1, compile: (*compiler).sum,
			Meaning: `what the numbers in a property come to, "seconds" and "minutes" being how long it took`, Example: `sum("help_viewed", "minutes", 1) > 20`},
		{Name: "avg", Signature: `avg(activity, property, days, filter)`, Type: Number, arguments: 3, optional: 1, compile: (*compiler).avg,
			Meaning: "their average; unknown if there is none", Example: `avg("product_viewed", "price", 60) >= 100`},
		{Name: "distinct", Signature: `distinct(activity, property, days, filter)`, Type: Number, arguments: 3, optional: 1, compile: (*compiler).distinct,
			Meaning: "how many different values a property had", Example: `distinct("product_viewed", "category", 30) >= 3`},
		{Name: "trend", Signature: "trend(activity, days, filter)", Type: Number, arguments: 2, optional: 1, compile: (*compiler).trend,
			Meaning: fmt.Sprintf("how often in the latest days, divided by how often in as many days before; unknown if it did not happen then; at most %d days", customer.ActivityWindow/2), Example: `trend("page_view", 30) < 0.5`},
		{Name: "first", Signature: "first(activity, filter)", Type: Date, arguments: 1, optional: 1, compile: (*compiler).first,
			Meaning: "the earliest day on record on which an activity happened; the record reaches back " + window[len("at most "):] + " from its latest day", Example: `days_since(first("app_opened")) >= 14`},
		{Name: "last", Signature: "last(activity, filter)", Type: Date, arguments: 1, optional: 1, compile: (*compiler).last,
			Meaning: "the latest day on which an activity happened", Example: `days_since(last("mail_clicked")) <= 30`},
		{Name: "never", Signature: "never(activity, filter)", Type: Boolean, arguments: 1, optional: 1, compile: (*compiler).never,
			Meaning: "whether no such activity is on record", Example: `never("mail_opened")`},
	}
}

// activity reads an argument that names an activity, or a touchpoint.
func (c *compiler) activity(n *node) (acting, bool) {
	if n.kind != textNode || n.text == "" {
		c.report(n, "this must be an activity's name in quotes", `write it as "product_viewed"`)
		return acting{}, false
	}
	if at, ok := strings.CutPrefix(n.text, "touchpoint:"); ok {
		return c.touchpoint(n, customer.Touchpoint(at))
	}
	switch n.text {
	case "order", "orders", "purchase", "order_completed":
		c.report(n, "orders are no activity", "use `orders`, `orders_within(days)` or `bought(what)`")
		return acting{}, false
	}
	return acting{name: n.text}, true
}

func (c *compiler) touchpoint(n *node, at customer.Touchpoint) (acting, bool) {
	var names []string
	for _, t := range customer.Touchpoints() {
		if t == at {
			return acting{at: at}, true
		}
		names = append(names, string(t))
	}
	suggestion := DidYouMean(string(at), names)
	if suggestion == "" {
		suggestion = "it is one of " + strings.Join(names, ", ")
	}
	c.report(n, "there is no touchpoint `"+string(at)+"`", suggestion)
	return acting{}, false
}

// days reads an argument that is a window: whole days, at most longest.
func (c *compiler) days(n *node, longest int) (int, bool) {
	days := int(n.number)
	if n.kind != numberNode || float64(days) != n.number || days < 1 || days > longest {
		c.report(n, fmt.Sprintf("this must be a whole number of days from 1 to %d", longest), "")
		return 0, false
	}
	return days, true
}

// optional reads the argument at i as a filter, nil if it is not there.
func (c *compiler) optional(n *node, i int) (condition, bool) {
	if len(n.parts) <= i {
		return nil, true
	}
	return c.filtered(n.parts[i])
}

// happened returns how often activities happened on the days after from up to
// and with to.
func (e *env) happened(of acting, filter condition, from, to int) float64 {
	n := 0
	if filter != nil {
		e.matching(of, filter, from, to, func(d *customer.Detail) { n += d.N })
		return float64(n)
	}
	e.series(of, func(s *customer.Series) {
		for i := len(s.Counts) - 1; i >= 0 && s.Counts[i].Day > from; i-- {
			if s.Counts[i].Day <= to {
				n += s.Counts[i].N
			}
		}
	})
	return float64(n)
}

func (c *compiler) count(n *node) (typed, bool) {
	of, okOf := c.activity(n.parts[0])
	days, okDays := c.days(n.parts[1], customer.ActivityWindow)
	filter, okFilter := c.optional(n, 2)
	if !okOf || !okDays || !okFilter {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) { return e.happened(of, filter, e.today-days, e.today), true }).always(), true
}

func (c *compiler) trend(n *node) (typed, bool) {
	of, okOf := c.activity(n.parts[0])
	days, okDays := c.days(n.parts[1], customer.ActivityWindow/2)
	filter, okFilter := c.optional(n, 2)
	if !okOf || !okDays || !okFilter {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		before := e.happened(of, filter, e.today-2*days, e.today-days)
		return e.happened(of, filter, e.today-days, e.today) / before, before > 0
	}).between(0, math.Inf(1)), true
}

// span returns the first and the last day on which activities happened; ok is
// false if none is on record.
func (e *env) span(of acting, filter condition) (first, last int, ok bool) {
	note := func(day int) {
		if !ok || day < first {
			first = day
		}
		if !ok || day > last {
			last = day
		}
		ok = true
	}
	if filter != nil {
		e.matching(of, filter, math.MinInt, math.MaxInt, func(d *customer.Detail) { note(d.Day) })
		return first, last, ok
	}
	e.series(of, func(s *customer.Series) {
		if n := len(s.Counts); n > 0 {
			note(s.Counts[0].Day)
			note(s.Counts[n-1].Day)
		}
	})
	return first, last, ok
}

func (c *compiler) first(n *node) (typed, bool) {
	return c.day(n, func(first, _ int) int { return first })
}

func (c *compiler) last(n *node) (typed, bool) {
	return c.day(n, func(_, last int) int { return last })
}

func (c *compiler) day(n *node, which func(first, last int) int) (typed, bool) {
	of, okOf := c.activity(n.parts[0])
	filter, okFilter := c.optional(n, 1)
	if !okOf || !okFilter {
		return typed{}, false
	}
	date := func(e *env) (time.Time, bool) {
		first, last, ok := e.span(of, filter)
		if !ok {
			return time.Time{}, false
		}
		return customer.StartOf(which(first, last), e.zone), true
	}
	c.uses(c.written(n), showDate(date))
	return typed{Type: Date, date: date}, true
}

func (c *compiler) never(n *node) (typed, bool) {
	of, okOf := c.activity(n.parts[0])
	filter, okFilter := c.optional(n, 1)
	if !okOf || !okFilter {
		return typed{}, false
	}
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool {
		_, _, ok := e.span(of, filter)
		return !ok
	}}), true
}
