package segment

import (
	"strconv"
	"time"
)

// counted notes a call that yields a number among what the part looks at.
func (c *compiler) counted(n *node, number func(*env) (float64, bool)) typed {
	c.uses(c.written(n), showNumber(number))
	return typed{Type: Number, number: number, counts: &Field{Name: c.written(n), Type: Number}}
}

// always marks t as what is known of everybody, and 0 or more.
func (t typed) always() typed {
	t.counts.Always = true
	return t
}

// between marks t as what is never less than low nor more than high.
func (t typed) between(low, high float64) typed {
	t.counts.within = &[2]float64{low, high}
	return t
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
