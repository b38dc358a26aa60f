package segment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// maxRule is how long a rule may be, in bytes.
const maxRule = 8192

// grammar makes the parser read all names as ours, the built-in functions of
// the expression language too.
func grammar() *conf.Config {
	functions := map[string]*builtin.Function{}
	for name := range builtin.Index {
		functions[name] = &builtin.Function{Name: name}
	}
	for _, name := range []string{"all", "none", "any", "one", "filter", "map", "count", "sum", "find", "findIndex",
		"findLast", "findLastIndex", "groupBy", "sortBy", "reduce"} {
		functions[name] = &builtin.Function{Name: name}
	}
	return &conf.Config{Functions: functions, MaxNodes: 1000, DisableIfOperator: true}
}

// A compiler turns one rule's tree into functions.
type compiler struct {
	set      *Set
	rule     *rule
	source   []rune
	problems Problems
	used     []Value // what the current part looks at; without values
	shows    []show  // how to print each of used
}

func compileRule(r *rule, set *Set) Problems {
	c := &compiler{set: set, rule: r, source: []rune(r.When)}
	r.condition, r.root = func(*env) bool { return false }, &part{}
	switch {
	case strings.TrimSpace(r.When) == "":
		c.reportAt(0, 0, "the rule is empty", "write a condition such as `orders >= 3`")
		return c.problems
	case len(r.When) > maxRule:
		c.reportAt(0, 0, fmt.Sprintf("the rule is longer than %d bytes", maxRule), "split it with in_segment(\"…\")")
		return c.problems
	}
	tree, err := parser.ParseWithConfig(r.When, grammar())
	if err != nil {
		c.syntax(err)
		return c.problems
	}
	if t, ok := c.boolean(tree.Node); ok {
		r.condition, r.root = t.flag, t.part
	}
	return c.problems
}

// syntax reports what the parser found.
func (c *compiler) syntax(err error) {
	var at *file.Error
	if !errors.As(err, &at) {
		c.reportAt(0, len(c.source), err.Error(), "")
		return
	}
	message, suggestion := at.Message, ""
	from := min(max(0, at.From), len(c.source))
	to := min(max(from, at.To), len(c.source))
	switch {
	case strings.Contains(message, `Operator("=")`):
		message, suggestion = "a single `=` compares nothing", "write `==`"
	case strings.Contains(message, "unexpected token EOF"):
		message = "the rule ends too early"
	case strings.Contains(message, "maximum allowed nodes"):
		message, suggestion = "the rule has too many parts", "split it with in_segment(\"…\")"
	case strings.HasPrefix(message, "unexpected token"):
		message = "unexpected `" + string(c.source[from:to]) + "`"
	}
	c.reportAt(from, to, message, suggestion)
}

func (c *compiler) report(n ast.Node, message, suggestion string) (typed, bool) {
	from, to := span(n, c.source)
	c.reportAt(from, to, message, suggestion)
	return typed{}, false
}

func (c *compiler) reportAt(from, to int, message, suggestion string) {
	c.problems = append(c.problems, Problem{
		Segment: c.rule.Name, From: from, To: to, Text: string(c.source[from:to]), Message: message, Suggestion: suggestion,
	})
}

// value compiles any expression.
func (c *compiler) value(n ast.Node) (typed, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constantNumber(float64(n.Value)), true
	case *ast.FloatNode:
		return constantNumber(n.Value), true
	case *ast.StringNode:
		return constantText(n.Value), true
	case *ast.BoolNode:
		return constantFlag(n.Value), true
	case *ast.IdentifierNode:
		return c.name(n, n.Value)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.CallNode:
		return c.call(n)
	case *ast.ArrayNode:
		return c.array(n)
	case *ast.ConditionalNode:
		return c.report(n, "a rule is one condition, without `? :`", "join conditions with `and`, `or`, `not`")
	}
	return c.report(n, "this is not part of the language of rules", "")
}

// boolean compiles an expression that must be true or false.
func (c *compiler) boolean(n ast.Node) (typed, bool) {
	t, ok := c.value(n)
	if !ok {
		return t, false
	}
	if t = t.as(Boolean); t.Type != Boolean {
		return c.report(n, fmt.Sprintf("this is a %s, not a condition", t.Type), t.comparison(c.written(n)))
	}
	if t.part == nil {
		t = c.leaf(n, t)
	}
	return t, true
}

// comparison suggests how to make a condition of t, written text.
func (t typed) comparison(text string) string {
	switch {
	case t.numeric():
		return "compare it, as in `" + text + " >= 1`"
	case t.Type == Date:
		return "compare it, as in `days_since(" + text + ") <= 30`"
	case t.Type == List:
		return "look into it, as in `\"vip\" in " + text + "`"
	case t.field != nil:
		return "compare it, as in `" + text + " == \"" + t.field.Example + "\"`"
	}
	return ""
}

func (c *compiler) name(n ast.Node, name string) (typed, bool) {
	if i, ok := byName[name]; ok {
		f := &catalogue[i]
		c.uses(f.Name, f.show())
		return f.typed(), true
	}
	known := make([]string, 0, len(catalogue))
	for _, f := range catalogue {
		known = append(known, f.Name)
	}
	if _, ok := functions[name]; ok {
		return c.report(n, fmt.Sprintf("`%s` is a function", name), "write it as `"+functions[name].Signature+"`")
	}
	return c.report(n, "unknown field `"+name+"`", DidYouMean(name, known))
}

// member compiles rfm.f and custom.plan.
func (c *compiler) member(n *ast.MemberNode) (typed, bool) {
	of, ok := n.Node.(*ast.IdentifierNode)
	property, ok2 := n.Property.(*ast.StringNode)
	if !ok || !ok2 {
		return c.report(n, "this is not part of the language of rules", "")
	}
	if of.Value != "custom" {
		return c.name(n, of.Value+"."+property.Value)
	}
	name := property.Value
	c.uses("custom."+name, func(e *env) (string, bool) { s := e.p.Attributes[name]; return s, s != "" })
	return typed{Type: Adaptive, custom: name}, true
}

func (c *compiler) array(n *ast.ArrayNode) (typed, bool) {
	if len(n.Nodes) == 0 {
		return c.report(n, "the list is empty", "")
	}
	var texts []string
	var numbers []float64
	for _, of := range n.Nodes {
		t, ok := c.value(of)
		if !ok {
			return t, false
		}
		switch v := t.constant.(type) {
		case string:
			texts = append(texts, v)
		case float64:
			numbers = append(numbers, v)
		default:
			return c.report(of, "a list holds texts or numbers as they are", "")
		}
	}
	if len(texts) > 0 && len(numbers) > 0 {
		return c.report(n, "the list mixes texts and numbers", "")
	}
	if len(numbers) > 0 {
		return typed{Type: List, constant: slices.Clone(numbers)}, true
	}
	return constantTexts(texts), true
}

// written returns n as the rule's author wrote it.
func (c *compiler) written(n ast.Node) string {
	from, to := span(n, c.source)
	return string(c.source[from:to])
}
