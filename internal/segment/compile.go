package segment

import (
	"fmt"
	"strings"
)

// maxRule is how long a rule may be, in bytes.
const maxRule = 8192

// A compiler turns one rule's tree into functions.
type compiler struct {
	set      *Set
	rule     *rule
	source   []rune
	problems Problems
	used     []Value // what the current part looks at; without values
	shows    []show  // how to print each of used
	filter   bool    // the source is a filter, whose names are properties of activities
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
	tree, wrong := parse(c.source)
	if wrong != nil {
		c.reportAt(wrong.from, wrong.to, wrong.message, wrong.suggestion)
		return c.problems
	}
	if t, ok := c.boolean(tree); ok {
		r.condition, r.root = t.flag, t.part
		c.possible(tree, t.part)
	}
	return c.problems
}

func (c *compiler) report(n *node, message, suggestion string) (typed, bool) {
	c.reportAt(n.from, n.to, message, suggestion)
	return typed{}, false
}

func (c *compiler) reportAt(from, to int, message, suggestion string) {
	c.problems = append(c.problems, Problem{
		Segment: c.rule.Name, From: from, To: to, Text: string(c.source[from:to]), Message: message, Suggestion: suggestion,
	})
}

// value compiles any expression.
func (c *compiler) value(n *node) (typed, bool) {
	switch n.kind {
	case numberNode:
		return constantNumber(n.number), true
	case textNode:
		return constantText(n.text), true
	case nameNode:
		return c.named(n)
	case unaryNode:
		return c.unary(n)
	case binaryNode:
		return c.binary(n)
	case callNode:
		return c.call(n)
	}
	return c.list(n)
}

// boolean compiles an expression that must be true or false.
func (c *compiler) boolean(n *node) (typed, bool) {
	t, ok := c.value(n)
	if !ok {
		return t, false
	}
	if t = t.as(Boolean); t.Type != Boolean {
		return c.report(n, fmt.Sprintf("this is %s, not a condition", t.words()), t.comparison(c.written(n)))
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

// named compiles a field: orders, rfm.f, custom.plan.
func (c *compiler) named(n *node) (typed, bool) {
	name := n.text
	for _, p := range n.parts {
		name += "." + p.text
	}
	switch {
	case name == "true" || name == "false":
		return constantFlag(name == "true"), true
	case c.filter:
		return c.property(n, name)
	case n.text == "custom" && len(n.parts) == 1:
		attribute := n.parts[0].text
		c.uses("custom."+attribute, func(e *env) (string, bool) { s := e.p.Attributes[attribute]; return s, s != "" })
		return typed{Type: Adaptive, raw: func(e *env) string { return e.p.Attributes[attribute] }}, true
	}
	if i, ok := byName[name]; ok {
		f := &catalogue[i]
		c.uses(f.Name, f.show())
		return f.typed(), true
	}
	if name == "custom" {
		return c.report(n, "`custom` needs the name of an attribute", "as in `custom.plan`")
	}
	known := make([]string, 0, len(catalogue))
	for _, f := range catalogue {
		known = append(known, f.Name)
	}
	suggestion := DidYouMean(name, known)
	if suggestion == "" {
		suggestion = "the fields are in docs/playbook.md; one of your own is written `custom." + n.text + "`"
	}
	return c.report(n, "unknown field `"+name+"`", suggestion)
}

// list compiles a list of texts or of numbers.
func (c *compiler) list(n *node) (typed, bool) {
	if len(n.parts) == 0 {
		return c.report(n, "the list is empty", "")
	}
	var texts []string
	var numbers []float64
	for _, of := range n.parts {
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
			return c.report(of, "a list holds texts or numbers as they are", "put texts in quotes, as in [\"DE\", \"AT\"]")
		}
	}
	if len(texts) > 0 && len(numbers) > 0 {
		return c.report(n, "the list mixes texts and numbers", "")
	}
	if len(numbers) > 0 {
		return typed{Type: List, constant: numbers}, true
	}
	return constantTexts(texts), true
}

// written returns n as the rule's author wrote it.
func (c *compiler) written(n *node) string { return string(c.source[n.from:n.to]) }
