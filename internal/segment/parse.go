package segment

import "fmt"

// A node is a part of a rule as written.
type node struct {
	kind     nodeKind
	text     string  // the name, the text, or the operator
	number   float64 // of a number
	parts    []*node // operands, arguments or items
	from, to int     // in runes
}

type nodeKind int

const (
	nameNode nodeKind = iota // a field, dotted if it has parts: rfm.f, custom["x"]
	numberNode
	textNode
	unaryNode
	binaryNode // the negated operators are "not in" and so on
	callNode
	listNode
)

// binding tells how tightly operators bind, as in expr-lang.
var binding = map[string]int{
	"or": 10, "||": 10, "and": 15, "&&": 15,
	"==": 20, "!=": 20, "<": 20, ">": 20, ">=": 20, "<=": 20,
	"in": 20, "matches": 20, "contains": 20, "startsWith": 20, "endsWith": 20,
	"+": 30, "-": 30, "*": 60, "/": 60, "%": 60, "??": 500,
}

var unaryBinding = map[string]int{"not": 50, "!": 50, "-": 90, "+": 90}

// negatable are the operators that may follow `not`.
var negatable = map[string]bool{"in": true, "matches": true, "contains": true, "startsWith": true, "endsWith": true}

// unsupported are operators of expr-lang that rules do without, with what to
// write instead.
var unsupported = map[string]string{
	"..": "write `between(x, low, high)`", "?": "join conditions with `and`, `or`, `not`", "|": "write the function before its arguments",
	"**": "", "^": "", "{": "", ":": "", "}": "",
}

// maxDepth is how deep brackets and operators may nest.
const maxDepth = 64

type parser struct {
	lexer
	current, after token
	depth          int
}

// parse reads a rule. The result is nil if there is a fault. The language is a
// part of expr-lang's, whose own parser would keep the linker from leaving out
// unused methods, and make every function that reads rules a quarter larger.
func parse(source []rune) (*node, *fault) {
	p := parser{lexer: lexer{source: source}}
	p.after = p.lexer.next()
	p.advance()
	n := p.expression(0)
	if p.fault == nil && p.current.kind != endToken {
		p.unexpected()
	}
	if p.fault != nil {
		return nil, p.fault
	}
	return n, nil
}

func (p *parser) advance() { p.current, p.after = p.after, p.lexer.next() }

func (p *parser) is(sign string) bool {
	return p.current.kind == signToken && p.current.text == sign
}

// failed reports a fault at t and makes every further token the end.
func (p *parser) failed(t token, message, suggestion string) *node {
	p.fail(t.from, max(t.to, t.from+1), message, suggestion)
	p.current = token{from: len(p.source), to: len(p.source)}
	p.after = p.current
	return &node{kind: listNode}
}

func (p *parser) unexpected() *node {
	if p.current.kind == endToken {
		return p.failed(p.current, "the rule ends too early", "")
	}
	if suggestion, known := unsupported[p.current.text]; known && p.current.kind == signToken {
		return p.failed(p.current, "`"+p.current.text+"` is not part of the language of rules", suggestion)
	}
	return p.failed(p.current, "unexpected `"+string(p.source[p.current.from:p.current.to])+"`", joinHint(p.current))
}

// joinHint guesses what is missing before t.
func joinHint(t token) string {
	switch t.kind {
	case nameToken:
		switch t.text {
		case "AND", "OR", "NOT", "IN", "And", "Or", "Not", "In":
			return "write it in small letters"
		}
		return "join conditions with `and` or `or`"
	case numberToken, textToken:
		return "an operator such as `>=` or `==` is missing before it"
	}
	return ""
}

func (p *parser) expect(sign string) token {
	t := p.current
	if !p.is(sign) {
		if t.kind == endToken {
			p.failed(t, "`"+sign+"` is missing at the end", "")
			return t
		}
		p.unexpected()
		return t
	}
	p.advance()
	return t
}

// expression reads what binds at least as tightly as least.
func (p *parser) expression(least int) *node {
	if p.depth++; p.depth > maxDepth {
		return p.failed(p.current, "the rule nests too deep", "split it with in_segment(\"…\")")
	}
	defer func() { p.depth-- }()
	left := p.primary()
	before := ""
	for p.fault == nil && p.current.kind == signToken {
		operator := p.current.text
		if operator == "not" && p.after.kind == signToken && negatable[p.after.text] && binding[p.after.text] >= least {
			p.advance()
			operator = "not " + p.current.text
		}
		tight, ok := binding[p.current.text]
		if !ok || tight < least {
			break
		}
		if before == "??" && operator != "??" {
			return p.failed(p.current, "`??` and `"+operator+"` together can be read in two ways", "put brackets around the `??`")
		}
		before = operator
		p.advance()
		right := p.expression(tight + 1)
		left = &node{kind: binaryNode, text: operator, parts: []*node{left, right}, from: left.from, to: right.to}
	}
	return left
}

func (p *parser) primary() *node {
	t := p.current
	if tight, ok := unaryBinding[t.text]; ok && t.kind == signToken {
		p.advance()
		of := p.expression(tight)
		operator := t.text
		if operator == "!" {
			operator = "not"
		}
		return &node{kind: unaryNode, text: operator, parts: []*node{of}, from: t.from, to: of.to}
	}
	switch {
	case t.kind == nameToken:
		return p.named()
	case t.kind == numberToken:
		p.advance()
		return &node{kind: numberNode, text: t.text, number: t.number, from: t.from, to: t.to}
	case t.kind == textToken:
		p.advance()
		return &node{kind: textNode, text: t.text, from: t.from, to: t.to}
	case p.is("("):
		p.advance()
		n := p.expression(0)
		end := p.expect(")")
		n.from, n.to = t.from, end.to
		return n
	case p.is("["):
		p.advance()
		n := &node{kind: listNode, from: t.from}
		n.parts, n.to = p.items("]")
		return n
	}
	return p.unexpected()
}

// items reads what stands between commas up to the closing sign; a comma may
// stand after the last.
func (p *parser) items(closing string) (items []*node, to int) {
	for p.fault == nil && !p.is(closing) {
		items = append(items, p.expression(0))
		if !p.is(closing) {
			p.expect(",")
		}
	}
	return items, p.expect(closing).to
}

// named reads a field or a call.
func (p *parser) named() *node {
	t := p.current
	p.advance()
	n := &node{kind: nameNode, text: t.text, from: t.from, to: t.to}
	if p.is("(") {
		p.advance()
		n.kind = callNode
		n.parts, n.to = p.items(")")
		return n
	}
	if f, ok := functions[t.text]; ok {
		return p.failed(t, "`"+t.text+"` is a function", "write it as `"+f.Signature+"`")
	}
	for p.fault == nil && (p.is(".") || p.is("[")) {
		bracket := p.is("[")
		p.advance()
		property := p.current
		if bracket && property.kind != textToken || !bracket && property.kind != nameToken {
			p.failed(property, fmt.Sprintf("a name must follow `%s`", t.text), "as in `rfm.f` or `custom[\"plan\"]`")
			return n
		}
		p.advance()
		n.parts = append(n.parts, &node{kind: textNode, text: property.text, from: property.from, to: property.to})
		n.to = property.to
		if bracket {
			n.to = p.expect("]").to
		}
	}
	return n
}
