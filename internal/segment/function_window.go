package segment

import (
	"fmt"
	"strconv"
	"time"

	"github.com/expr-lang/expr/ast"

	"holdfast/internal/customer"
)

// activity reads an argument that names an activity.
func (c *compiler) activity(n ast.Node) (string, bool) {
	s, ok := n.(*ast.StringNode)
	if !ok || s.Value == "" {
		c.report(n, "this must be an activity's name in quotes", `write it as "product_viewed"`)
		return "", false
	}
	return s.Value, true
}

// days reads an argument that is a window: whole days, at most longest.
func (c *compiler) days(n ast.Node, longest int) (int, bool) {
	i, ok := n.(*ast.IntegerNode)
	if !ok || i.Value < 1 || i.Value > longest {
		c.report(n, fmt.Sprintf("this must be a whole number of days from 1 to %d", longest), "")
		return 0, false
	}
	return i.Value, true
}

func (c *compiler) count(n *ast.CallNode) (typed, bool) {
	name, okName := c.activity(n.Arguments[0])
	days, okDays := c.days(n.Arguments[1], customer.ActivityWindow)
	if !okName || !okDays {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		return countBetween(e.series(name), e.today-days, e.today), true
	}), true
}

func (c *compiler) trend(n *ast.CallNode) (typed, bool) {
	name, okName := c.activity(n.Arguments[0])
	days, okDays := c.days(n.Arguments[1], customer.ActivityWindow/2)
	if !okName || !okDays {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		counts := e.series(name)
		before := countBetween(counts, e.today-2*days, e.today-days)
		return countBetween(counts, e.today-days, e.today) / before, before > 0
	}), true
}

func (c *compiler) last(n *ast.CallNode) (typed, bool) {
	name, ok := c.activity(n.Arguments[0])
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

func (c *compiler) never(n *ast.CallNode) (typed, bool) {
	name, ok := c.activity(n.Arguments[0])
	if !ok {
		return typed{}, false
	}
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool { return len(e.series(name)) == 0 }}), true
}

// longestWindow is how many days a window over orders may have.
const longestWindow = 3650

func (c *compiler) ordersWithin(n *ast.CallNode) (typed, bool) {
	days, ok := c.days(n.Arguments[0], longestWindow)
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

func (c *compiler) spendWithin(n *ast.CallNode) (typed, bool) {
	days, ok := c.days(n.Arguments[0], longestWindow)
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
func (c *compiler) counted(n ast.Node, number func(*env) (float64, bool)) typed {
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
