package segment

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

func (c *compiler) unary(n *ast.UnaryNode) (typed, bool) {
	switch n.Operator {
	case "not", "!":
		if in, ok := n.Node.(*ast.BinaryNode); ok && n.Location().From > in.Left.Location().From {
			return c.notOperator(n, in)
		}
		t, ok := c.boolean(n.Node)
		if !ok {
			return t, false
		}
		flag := t.flag
		return typed{Type: Boolean, flag: func(e *env) bool { return !flag(e) }, part: c.joined(n, "not", t.part)}, true
	case "-", "+":
		t, ok := c.numeric(n.Node)
		if !ok || n.Operator == "+" {
			return t, ok
		}
		if v, ok := t.constant.(float64); ok {
			return constantNumber(-v), true
		}
		number := t.number
		return typed{Type: t.Type, number: func(e *env) (float64, bool) { v, ok := number(e); return -v, ok }}, true
	}
	return c.report(n, "the operator `"+n.Operator+"` is not part of the language of rules", "")
}

// notOperator compiles `a not in b` and its like: comparisons of their own,
// false where a or b is unknown.
func (c *compiler) notOperator(n *ast.UnaryNode, in *ast.BinaryNode) (typed, bool) {
	t, left, right, ok := c.relation(in)
	if !ok {
		return t, false
	}
	flag, a, b := t.flag, left.isKnown(), right.isKnown()
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool { return a(e) && b(e) && !flag(e) }}), true
}

func (c *compiler) binary(n *ast.BinaryNode) (typed, bool) {
	switch n.Operator {
	case "and", "&&", "or", "||":
		return c.logic(n)
	case "+", "-", "*", "/", "%":
		return c.arithmetic(n)
	case "??":
		return c.otherwise(n)
	case "==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith", "matches":
		t, _, _, ok := c.relation(n)
		if !ok {
			return t, false
		}
		return c.leaf(n, t), true
	case "..":
		return c.report(n, "ranges are not part of the language of rules", "write `between(x, low, high)`")
	}
	return c.report(n, "the operator `"+n.Operator+"` is not part of the language of rules", "")
}

func (c *compiler) logic(n *ast.BinaryNode) (typed, bool) {
	a, okA := c.boolean(n.Left)
	b, okB := c.boolean(n.Right)
	if !okA || !okB {
		return typed{}, false
	}
	x, y := a.flag, b.flag
	if n.Operator == "and" || n.Operator == "&&" {
		return typed{Type: Boolean, flag: func(e *env) bool { return x(e) && y(e) }, part: c.joined(n, "and", a.part, b.part)}, true
	}
	return typed{Type: Boolean, flag: func(e *env) bool { return x(e) || y(e) }, part: c.joined(n, "or", a.part, b.part)}, true
}

func (c *compiler) numeric(n ast.Node) (typed, bool) {
	t, ok := c.value(n)
	if !ok {
		return t, false
	}
	if t = t.as(Number); !t.numeric() {
		return c.report(n, fmt.Sprintf("this is a %s where a number belongs", t.Type), t.inNumbers(c.written(n)))
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

func (c *compiler) arithmetic(n *ast.BinaryNode) (typed, bool) {
	a, okA := c.numeric(n.Left)
	b, okB := c.numeric(n.Right)
	if !okA || !okB {
		return typed{}, false
	}
	operate := map[string]func(x, y float64) float64{
		"+": func(x, y float64) float64 { return x + y },
		"-": func(x, y float64) float64 { return x - y },
		"*": func(x, y float64) float64 { return x * y },
		"/": func(x, y float64) float64 { return x / y },
		"%": math.Mod,
	}[n.Operator]
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
func (c *compiler) otherwise(n *ast.BinaryNode) (typed, bool) {
	a, okA := c.value(n.Left)
	b, okB := c.value(n.Right)
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
	return c.report(n, fmt.Sprintf("`??` needs two numbers or two texts, not a %s and a %s", a.Type, b.Type), "")
}

// relation compiles a comparison: false where either side is unknown.
func (c *compiler) relation(n *ast.BinaryNode) (t, a, b typed, ok bool) {
	a, okA := c.value(n.Left)
	b, okB := c.value(n.Right)
	if !okA || !okB {
		return typed{}, a, b, false
	}
	a, b = adapt(n.Operator, a, b)
	var flag condition
	switch n.Operator {
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
		flag = compare(n.Operator, a, b)
	}
	if flag == nil {
		t, ok = c.mismatch(n, a, b)
		return t, a, b, ok
	}
	if !c.plausible(n, a, b) {
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

func (c *compiler) mismatch(n *ast.BinaryNode, a, b typed) (typed, bool) {
	suggestion := ""
	switch {
	case n.Operator == "in" && b.Type == Text:
		suggestion = "write `" + c.written(n.Left) + " == " + c.written(n.Right) + "`"
	case a.Type == List && b.Type == Text && (n.Operator == "==" || n.Operator == "!="):
		suggestion = "write `" + c.written(n.Right) + " in " + c.written(n.Left) + "`"
	case a.Type == Date && b.numeric():
		suggestion = "write `days_since(" + c.written(n.Left) + ") " + n.Operator + " " + c.written(n.Right) + "`"
	case a.Type == Date && b.Type == Text:
		suggestion = "write `" + c.written(n.Left) + " " + n.Operator + " date(" + c.written(n.Right) + ")`"
	case a.Type == Date && b.Type == Date:
		suggestion = "use `<`, `<=`, `>` or `>=`"
	}
	if s, ok := b.constant.(string); ok && a.numeric() {
		if _, isNumber := parseNumber(s); isNumber {
			suggestion = "write the number without quotes"
		}
	}
	return c.report(n, fmt.Sprintf("`%s` cannot compare a %s with a %s", n.Operator, a.Type, b.Type), suggestion)
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

func (c *compiler) matches(n *ast.BinaryNode, a, b typed) (t, x, y typed, ok bool) {
	pattern, isConstant := b.constant.(string)
	if a.Type != Text || !isConstant {
		t, ok = c.report(n, "`matches` needs a text and a pattern in quotes", "")
		return t, a, b, ok
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		t, ok = c.report(n.Right, "this pattern is not a regular expression", "")
		return t, a, b, ok
	}
	text := a.text
	return typed{Type: Boolean, flag: func(e *env) bool { v, ok := text(e); return ok && re.MatchString(v) }}, a, b, true
}
