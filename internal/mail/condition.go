package mail

import (
	"slices"
	"strings"
	"time"
)

// A condition is what an if asks. What is missing makes comparisons false, but
// for those with blank and those by !=.
type condition interface{ holds(scope) bool }

type always struct{}

func (always) holds(scope) bool { return true }

type negation struct{ of condition }

func (n negation) holds(s scope) bool { return !n.of.holds(s) }

type anyOf []condition

func (all anyOf) holds(s scope) bool {
	return slices.ContainsFunc(all, func(c condition) bool { return c.holds(s) })
}

type allOf []condition

func (all allOf) holds(s scope) bool {
	return !slices.ContainsFunc(all, func(c condition) bool { return !c.holds(s) })
}

// truth holds for everything but what is missing or false. Unlike in other
// Liquid engines an empty text is missing: so `if` and `default` agree.
type truth struct{ of operand }

func (t truth) holds(s scope) bool {
	v := t.of.value(s)
	return !missing(v) && v != false
}

type comparison struct {
	operator string
	a, b     operand
}

func (c comparison) holds(s scope) bool {
	a, b := c.a.value(s), c.b.value(s)
	switch c.operator {
	case "==":
		return equal(a, b)
	case "!=", "<>":
		return !equal(a, b)
	case "contains":
		return contains(a, b)
	}
	order, ok := ordered(a, b)
	if !ok {
		return false
	}
	switch c.operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

func equal(a, b any) bool {
	if _, ok := b.(blank); ok {
		return missing(a) || a == false
	}
	if _, ok := a.(blank); ok {
		return missing(b) || b == false
	}
	if order, ok := ordered(a, b); ok {
		return order == 0
	}
	x, okX := a.(bool)
	y, okY := b.(bool)
	return okX && okY && x == y || a == nil && b == nil
}

// ordered compares two values of one sort.
func ordered(a, b any) (order int, ok bool) {
	switch x := a.(type) {
	case float64:
		if y, ok := b.(float64); ok {
			switch {
			case x < y:
				return -1, true
			case x > y:
				return 1, true
			}
			return 0, x == y
		}
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), true
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y), true
		}
	}
	return 0, false
}

func contains(a, b any) bool {
	part, ok := b.(string)
	if !ok {
		return false
	}
	if s, ok := a.(string); ok {
		return strings.Contains(s, part)
	}
	return slices.ContainsFunc(listed(a), func(v any) bool { return v == part })
}
