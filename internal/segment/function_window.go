package segment

import (
	"fmt"
	"strconv"
	"time"

	"holdfast/internal/customer"
)

// activity reads an argument that names an activity.
func (c *compiler) activity(n *node) (string, bool) {
	if n.kind != textNode || n.text == "" {
		c.report(n, "this must be an activity's name in quotes", `write it as "product_viewed"`)
		return "", false
	}
	return n.text, true
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

func (c *compiler) count(n *node) (typed, bool) {
	name, okName := c.activity(n.parts[0])
	days, okDays := c.days(n.parts[1], customer.ActivityWindow)
	if !okName || !okDays {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		return countBetween(e.series(name), e.today-days, e.today), true
	}), true
}

func (c *compiler) trend(n *node) (typed, bool) {
	name, okName := c.activity(n.parts[0])
	days, okDays := c.days(n.parts[1], customer.ActivityWindow/2)
	if !okName || !okDays {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		counts := e.series(name)
		before := countBetween(counts, e.today-2*days, e.today-days)
		return countBetween(counts, e.today-days, e.today) / before, before > 0
	}), true
}

func (c *compiler) last(n *node) (typed, bool) {
	name, ok := c.activity(n.parts[0])
	if !ok {
		return typed{}, false
	}
	date := func(e *env) (time.Time, bool) {
		counts := e.series(name)
		if len(counts) == 0 {
			return time.Time{}, false
		}
		return customer.StartOf(counts[len(counts)-1].Day, e.zone), true
	}
	c.uses(c.written(n), showDate(date))
	return typed{Type: Date, date: date}, true
}

func (c *compiler) never(n *node) (typed, bool) {
	name, ok := c.activity(n.parts[0])
	if !ok {
		return typed{}, false
	}
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool { return len(e.series(name)) == 0 }}), true
}

// longestWindow is how many days a window over orders may have.
const longestWindow = 3650

func (c *compiler) ordersWithin(n *node) (typed, bool) {
	days, ok := c.days(n.parts[0], longestWindow)
	if !ok {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		orders := 0
		for i := len(e.book.Days) - 1; i >= 0 && e.book.Days[i].Day > e.today-days; i-- {
			if e.book.Days[i].Day <= e.today {
				orders += e.book.Days[i].Orders
			}
		}
		return float64(orders), true
	}), true
}

func (c *compiler) spendWithin(n *node) (typed, bool) {
	days, ok := c.days(n.parts[0], longestWindow)
	if !ok {
		return typed{}, false
	}
	t := c.counted(n, func(e *env) (float64, bool) {
		var spend int64
		for i := len(e.book.Days) - 1; i >= 0 && e.book.Days[i].Day > e.today-days; i-- {
			if e.book.Days[i].Day <= e.today {
				spend = customer.AddMinor(spend, e.book.Days[i].Net)
			}
		}
		return major(spend, e.currency), true
	})
	t.Type = Money
	return t, true
}

// counted notes a call that yields a number among what the part looks at.
func (c *compiler) counted(n *node, number func(*env) (float64, bool)) typed {
	c.uses(c.written(n), showNumber(number))
	return typed{Type: Number, number: number}
}

func showNumber(number func(*env) (float64, bool)) show {
	return func(e *env) (string, bool) {
		v, ok := number(e)
		return strconv.FormatFloat(v, 'f', -1, 64), ok
	}
}

func showDate(date func(*env) (time.Time, bool)) show {
	return func(e *env) (string, bool) {
		t, ok := date(e)
		return t.UTC().Format(time.RFC3339), ok
	}
}
