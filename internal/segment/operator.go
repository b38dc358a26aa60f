package segment

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

func (c *compiler) unary(n *node) (typed, bool) {
	if n.text == "not" {
		t, ok := c.denied(n.parts[0])
		if !ok {
			return t, false
		}
		flag := t.flag
		return typed{Type: Boolean, flag: func(e *env) bool { return !flag(e) }, part: c.joined(n, "not", t.part)}, true
	}
	t, ok := c.numeric(n.parts[0])
	if !ok || n.text == "+" {
		return t, ok
	}
	if v, ok := t.constant.(float64); ok {
		return constantNumber(-v), true
	}
	number := t.number
	return typed{Type: t.Type, number: func(e *env) (float64, bool) { v, ok := number(e); return -v, ok }}, true
}

// denied compiles what follows `not`, which binds more tightly than `>=` does.
func (c *compiler) denied(n *node) (typed, bool) {
	if n.kind == nameNode {
		if t, ok := c.value(n); ok && t.as(Boolean).Type != Boolean {
			return c.report(n, "`not` takes "+t.words()+" here, not a condition", "put the comparison in brackets, as in `not (orders > 3)`")
		}
	}
	return c.boolean(n)
}

func (c *compiler) binary(n *node) (typed, bool) {
	switch n.text {
	case "and", "&&", "or", "||":
		return c.logic(n)
	case "+", "-", "*", "/", "%":
		return c.arithmetic(n)
	case "??":
		return c.otherwise(n)
	}
	operator, negated := strings.CutPrefix(n.text, "not ")
	t, a, b, ok := c.relation(n, operator)
	if !ok {
		return t, false
	}
	if negated { // a comparison of its own: false where a or b is unknown
		flag, knowA, knowB := t.flag, a.isKnown(), b.isKnown()
		t.flag = func(e *env) bool { return knowA(e) && knowB(e) && !flag(e) }
	}
	t.about, t.claims = a.subject(), claimed(operator, negated, a, b)
	return c.leaf(n, t), true
}

func (c *compiler) numeric(n *node) (typed, bool) {
	t, ok := c.value(n)
	if !ok {
		return t, false
	}
	if t = t.as(Number); !t.numeric() {
		return c.report(n, fmt.Sprintf("this is %s where a number belongs", t.words()), t.inNumbers(c.written(n)))
	}
	return t, true
}

// inNumbers suggests how to get a number from t, written text.
func (t typed) inNumbers(text string) string {
	if t.Type == Date {
		return "write `days_since(" + text + ")`"
	}
	return ""
}

func (c *compiler) arithmetic(n *node) (typed, bool) {
	a, okA := c.numeric(n.parts[0])
	b, okB := c.numeric(n.parts[1])
	if !okA || !okB {
		return typed{}, false
	}
	operate := map[string]func(x, y float64) float64{
		"+": func(x, y float64) float64 { return x + y },
		"-": func(x, y float64) float64 { return x - y },
		"*": func(x, y float64) float64 { return x * y },
		"/": func(x, y float64) float64 { return x / y },
		"%": math.Mod,
	}[n.text]
	if x, ok := a.constant.(float64); ok {
		if y, ok := b.constant.(float64); ok {
			v := operate(x, y)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return c.report(n, "this has no value", "")
			}
			return constantNumber(v), true
		}
	}
	x, y := a.number, b.number
	return typed{Type: Number, number: func(e *env) (float64, bool) {
		l, ok := x(e)
		if !ok {
			return 0, false
		}
		r, ok := y(e)
		if !ok {
			return 0, false
		}
		v := operate(l, r)
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}}, true
}

// otherwise compiles a ?? b: a where it is known, else b.
func (c *compiler) otherwise(n *node) (typed, bool) {
	a, okA := c.value(n.parts[0])
	b, okB := c.value(n.parts[1])
	if !okA || !okB {
		return typed{}, false
	}
	a, b = a.as(b.Type), b.as(a.Type)
	switch {
	case a.numeric() && b.numeric():
		x, y := a.number, b.number
		return typed{Type: a.Type, number: func(e *env) (float64, bool) {
			if v, ok := x(e); ok {
				return v, true
			}
			return y(e)
		}}, true
	case a.Type == Text && b.Type == Text:
		x, y := a.text, b.text
		return typed{Type: Text, text: func(e *env) (string, bool) {
			if v, ok := x(e); ok {
				return v, true
			}
			return y(e)
		}}, true
	}
	return c.report(n, fmt.Sprintf("`??` needs two numbers or two texts, not %s and %s", a.words(), b.words()), "")
}

// relation compiles a comparison by operator, which n may negate. It is false
// where either side is unknown.
func (c *compiler) relation(n *node, operator string) (t, a, b typed, ok bool) {
	a, okA := c.value(n.parts[0])
	b, okB := c.value(n.parts[1])
	if !okA || !okB {
		return typed{}, a, b, false
	}
	a, b = adapt(operator, a, b)
	var flag condition
	switch operator {
	case "in":
		flag = contains(b, a)
	case "contains":
		if a.Type == List {
			flag = contains(a, b)
			break
		}
		flag = texts(a, b, strings.Contains)
	case "startsWith":
		flag = texts(a, b, strings.HasPrefix)
	case "endsWith":
		flag = texts(a, b, strings.HasSuffix)
	case "matches":
		return c.matches(n, a, b)
	default:
		flag = compare(operator, a, b)
	}
	if flag == nil {
		t, ok = c.mismatch(n, a, b)
		return t, a, b, ok
	}
	if !c.plausible(n, operator, a, b) {
		return typed{}, a, b, false
	}
	return typed{Type: Boolean, flag: flag}, a, b, true
}

// adapt gives a custom attribute the type that the other side asks for.
func adapt(operator string, a, b typed) (typed, typed) {
	switch operator {
	case "in":
		switch b.constant.(type) {
		case []float64:
			return a.as(Number), b
		}
		return a.as(Text), b.as(List)
	case "contains", "startsWith", "endsWith", "matches":
		return a.as(Text), b.as(Text)
	case "<", "<=", ">", ">=":
		if a.Type == Adaptive && b.Type == Adaptive {
			return a.as(Number), b.as(Number)
		}
	case "==", "!=":
		if a.Type == Adaptive && b.Type == Adaptive {
			return a.as(Text), b.as(Text)
		}
	}
	return a.as(b.Type), b.as(a.Type)
}

func (c *compiler) mismatch(n *node, a, b typed) (typed, bool) {
	suggestion := ""
	switch {
	case n.text == "in" && b.Type == Text:
		suggestion = "write `" + c.written(n.parts[0]) + " == " + c.written(n.parts[1]) + "`"
	case a.Type == List && b.Type == Text && (n.text == "==" || n.text == "!="):
		suggestion = "write `" + c.written(n.parts[1]) + " in " + c.written(n.parts[0]) + "`"
	case a.Type == Date && b.numeric():
		suggestion = "write `days_since(" + c.written(n.parts[0]) + ") " + n.text + " " + c.written(n.parts[1]) + "`"
	case a.Type == Date && b.Type == Text:
		suggestion = "write `" + c.written(n.parts[0]) + " " + n.text + " date(" + c.written(n.parts[1]) + ")`"
	case a.Type == Date && b.Type == Date:
		suggestion = "use `<`, `<=`, `>` or `>=`"
	}
	if s, ok := b.constant.(string); ok && a.numeric() {
		if _, isNumber := parseNumber(s); isNumber {
			suggestion = "write the number without quotes"
		}
	}
	return c.report(n, fmt.Sprintf("`%s` cannot compare %s with %s", n.text, a.words(), b.words()), suggestion)
}

// contains is whether the list of a holds the value of x, nil if that makes no sense.
func contains(a, x typed) condition {
	if numbers, ok := a.constant.([]float64); ok && x.numeric() {
		number := x.number
		return func(e *env) bool { v, ok := number(e); return ok && slices.Contains(numbers, v) }
	}
	if a.Type != List || a.list == nil || x.Type != Text {
		return nil
	}
	text, list := x.text, a.list
	if fixed, ok := a.constant.([]string); ok {
		return func(e *env) bool { v, ok := text(e); return ok && slices.Contains(fixed, v) }
	}
	return func(e *env) bool {
		v, ok := text(e)
		if !ok {
			return false
		}
		all, ok := list(e)
		return ok && slices.Contains(all, v)
	}
}

func texts(a, b typed, holds func(s, part string) bool) condition {
	if a.Type != Text || b.Type != Text {
		return nil
	}
	x, y := a.text, b.text
	return func(e *env) bool {
		v, ok := x(e)
		if !ok {
			return false
		}
		w, ok := y(e)
		return ok && holds(v, w)
	}
}

func (c *compiler) matches(n *node, a, b typed) (t, x, y typed, ok bool) {
	pattern, isConstant := b.constant.(string)
	if a.Type != Text || !isConstant {
		t, ok = c.report(n, "`matches` needs a text and a pattern in quotes", "")
		return t, a, b, ok
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		t, ok = c.report(n.parts[1], "this pattern is not a regular expression", "")
		return t, a, b, ok
	}
	text := a.text
	return typed{Type: Boolean, flag: func(e *env) bool { v, ok := text(e); return ok && re.MatchString(v) }}, a, b, true
}
