package segment

import "time"

// compare returns the comparison of a with b, nil if the two have types that
// the operator cannot compare.
func compare(operator string, a, b typed) condition {
	switch {
	case a.numeric() && b.numeric():
		return compareNumbers(operator, a, b)
	case a.Type == Text && b.Type == Text:
		return compareTexts(operator, a, b)
	case a.Type == Date && b.Type == Date:
		return compareDates(operator, a.date, b.date)
	case a.Type == Boolean && b.Type == Boolean:
		return compareFlags(operator, a, b)
	}
	return nil
}

func compareNumbers(operator string, a, b typed) condition {
	x := a.number
	if n, ok := b.constant.(float64); ok { // the usual case, by the shortest way
		switch operator {
		case "==":
			return func(e *env) bool { v, ok := x(e); return ok && v == n }
		case "!=":
			return func(e *env) bool { v, ok := x(e); return ok && v != n }
		case "<":
			return func(e *env) bool { v, ok := x(e); return ok && v < n }
		case "<=":
			return func(e *env) bool { v, ok := x(e); return ok && v <= n }
		case ">":
			return func(e *env) bool { v, ok := x(e); return ok && v > n }
		case ">=":
			return func(e *env) bool { v, ok := x(e); return ok && v >= n }
		}
		return nil
	}
	holds := map[string]func(v, w float64) bool{
		"==": func(v, w float64) bool { return v == w },
		"!=": func(v, w float64) bool { return v != w },
		"<":  func(v, w float64) bool { return v < w },
		"<=": func(v, w float64) bool { return v <= w },
		">":  func(v, w float64) bool { return v > w },
		">=": func(v, w float64) bool { return v >= w },
	}[operator]
	y := b.number
	return func(e *env) bool {
		v, ok := x(e)
		if !ok {
			return false
		}
		w, ok := y(e)
		return ok && holds(v, w)
	}
}

func compareTexts(operator string, a, b typed) condition {
	switch operator {
	case "==":
		return texts(a, b, func(v, w string) bool { return v == w })
	case "!=":
		return texts(a, b, func(v, w string) bool { return v != w })
	}
	return nil
}

func compareDates(operator string, x, y func(*env) (time.Time, bool)) condition {
	holds := map[string]func(v, w time.Time) bool{
		"<":  func(v, w time.Time) bool { return v.Before(w) },
		"<=": func(v, w time.Time) bool { return !v.After(w) },
		">":  func(v, w time.Time) bool { return v.After(w) },
		">=": func(v, w time.Time) bool { return !v.Before(w) },
	}[operator]
	if holds == nil {
		return nil
	}
	return func(e *env) bool {
		v, ok := x(e)
		if !ok {
			return false
		}
		w, ok := y(e)
		return ok && holds(v, w)
	}
}

func compareFlags(operator string, a, b typed) condition {
	if operator != "==" && operator != "!=" {
		return nil
	}
	x, y, knowX, knowY, want := a.flag, b.flag, a.isKnown(), b.isKnown(), operator == "=="
	return func(e *env) bool { return knowX(e) && knowY(e) && (x(e) == y(e)) == want }
}
