package mail

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/internal/segment"
)

// parsing turns one part's tokens into nodes and collects what is wrong. The
// language is a part of Liquid: without what a mail has no use for, with types,
// and with escaping that no template can leave out.
type parsing struct {
	part     Part
	source   string
	tokens   []token
	at       int
	content  []node // for a layout: what stands within
	placed   bool   // the layout has a place for it
	where    context
	names    names
	problems Problems
}

func compileTemplate(part Part, source string, content []node, v Vocabulary) ([]node, Problems) {
	p := &parsing{part: part, source: source, tokens: scan(source), content: content,
		names: names{vocabulary: v, own: map[string]Variable{}}}
	if part != Subject && part != Preheader {
		p.names.own["subject"] = Variable{TextKind, true}
		p.names.own["preheader"] = Variable{TextKind, false}
	}
	nodes, end := p.nodes()
	if end != nil {
		p.report(end.from, end.to, "`"+end.source+"` ends nothing that was begun", "")
	}
	if (part == HTMLLayout || part == TextLayout) && !p.placed {
		p.report(0, 0, "the layout has no place for the mail", "write {{ content }} where it belongs")
	}
	if part.markup() && p.where.state != inText {
		p.report(0, 0, "the last element is not closed", "close the tag, style or comment at the end")
	}
	return nodes, p.problems
}

func (p *parsing) report(from, to int, message, suggestion string) {
	p.problems = append(p.problems, Problem{Part: p.part, From: from, To: to, Message: message, Suggestion: suggestion})
}

func (p *parsing) reportWord(w word, message, suggestion string) {
	p.report(w.from, w.to, message, suggestion)
}

// nodes reads up to a tag that ends or divides what is around, and returns
// that tag, nil at the end of the template.
func (p *parsing) nodes() (nodes []node, end *token) {
	for p.at < len(p.tokens) {
		t := &p.tokens[p.at]
		p.at++
		switch {
		case t.kind == textToken:
			p.text(*t)
			nodes = append(nodes, textNode(t.source))
		case t.kind == outputToken:
			nodes = append(nodes, p.output(*t)...)
		case ends[t.name]:
			return nodes, t
		default:
			if n := p.tag(*t); n != nil {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes, nil
}

var ends = map[string]bool{"endif": true, "endunless": true, "endcase": true, "endfor": true, "else": true, "elsif": true, "when": true, "endcomment": true}

var tags = []string{"if", "unless", "case", "for", "assign", "comment", "elsif", "else", "when", "endif", "endunless", "endcase", "endfor", "endcomment"}

// text looks for braces that were meant to be more than text.
func (p *parsing) text(t token) {
	for _, open := range []string{"{{", "{%"} {
		if i := strings.Index(p.source[t.from:t.to], open); i >= 0 {
			p.report(t.from+i, t.from+i+2, "`"+open+"` is not closed on its line", "write both sides, as in {{ first_name }}")
		}
	}
	p.where.read(t.source)
}

func (p *parsing) output(t token) []node {
	if i := strings.Index(t.args, "{{"); i >= 0 {
		p.report(t.from, t.from+2, "`{{` is not closed before the next one", "write both sides, as in {{ first_name }}")
		return nil
	}
	if strings.TrimSpace(t.args) == "content" && (p.part == HTMLLayout || p.part == TextLayout) {
		p.placed = true
		if p.part.markup() && p.where.state != inText {
			p.report(t.from, t.to, "the mail cannot stand here", "write {{ content }} between elements")
		}
		return p.content
	}
	e := p.expression(t.words(), t)
	n := outputNode{expression: e}
	if p.part.markup() {
		n.escape = p.where.escape()
		if n.escape == nil {
			p.report(t.from, t.to, "nothing from data may stand here", "show it in text or in an attribute with quotes, not in a style, script or comment")
		}
		p.where.output()
	} else {
		n.escape = visible
	}
	return []node{n}
}

// expression reads value | filter: argument, … and checks kinds and names.
func (p *parsing) expression(ws []word, t token) expression {
	if len(ws) == 0 {
		p.report(t.from, t.to, "there is nothing between the braces", "")
		return expression{}
	}
	var filters [][]word
	for i, w := range ws[1:] {
		if w.text == "|" {
			filters = append(filters, []word{})
		} else if len(filters) == 0 {
			p.reportWord(w, "unexpected `"+w.text+"`", "a filter begins with `|`")
			return expression{}
		} else {
			filters[len(filters)-1] = append(filters[len(filters)-1], ws[i+1])
		}
	}
	lenient := slices.ContainsFunc(filters, func(f []word) bool {
		return len(f) > 0 && (f[0].text == "default" || f[0].text == "required")
	})
	e := expression{}
	var kind Kind
	e.of, kind, _ = p.operand(ws[0], lenient)
	optional := slices.ContainsFunc(filters, func(f []word) bool { return len(f) > 0 && f[0].text == "default" })
	e.needed = !optional
	for _, f := range filters {
		call, out, ok := p.filter(f, kind, t)
		if !ok {
			return e
		}
		e.filters, kind = append(e.filters, call), out
	}
	e.kind = kind
	return e
}

func (p *parsing) filter(ws []word, in Kind, t token) (call, Kind, bool) {
	if len(ws) == 0 {
		p.report(t.from, t.to, "a filter's name must follow `|`", "")
		return call{}, in, false
	}
	f, ok := filters[ws[0].text]
	if !ok {
		p.reportWord(ws[0], "unknown filter `"+ws[0].text+"`", segment.DidYouMean(ws[0].text, filterNames()))
		return call{}, in, false
	}
	if f.in != AnyKind && in != AnyKind && f.in != in {
		p.reportWord(ws[0], "`"+ws[0].text+"` needs a "+string(f.in)+", not a "+string(in), "")
		return call{}, in, false
	}
	c := call{name: ws[0].text, apply: f.apply}
	for i, sign := 1, ":"; i < len(ws); i, sign = i+2, "," {
		if ws[i].text != sign || i+1 >= len(ws) {
			p.reportWord(ws[i], "unexpected `"+ws[i].text+"`", "write it as "+f.usage)
			return call{}, in, false
		}
		argument, kind, ok := p.operand(ws[i+1], false)
		if !ok {
			return call{}, in, false
		}
		if n := len(c.args); n < len(f.args) && kind != AnyKind && f.args[n] != AnyKind && f.args[n] != kind {
			p.reportWord(ws[i+1], "`"+c.name+"` needs a "+string(f.args[n])+" here, not a "+string(kind), "write it as "+f.usage)
			return call{}, in, false
		}
		c.args = append(c.args, argument)
	}
	if len(c.args) < f.least || len(c.args) > len(f.args) {
		p.reportWord(ws[0], "`"+c.name+"` has the wrong number of arguments", "write it as "+f.usage)
		return call{}, in, false
	}
	if c.name == "date" && len(c.args) == 1 {
		p.dateFormat(ws[2])
	}
	if f.out == AnyKind {
		return c, in, true
	}
	return c, f.out, true
}

// dateFormat checks a literal format of a date.
func (p *parsing) dateFormat(w word) {
	if _, err := strftime(zeroTime, strings.Trim(w.text, `"'`)); err != nil && !w.named() {
		p.reportWord(w, "this is no format of a date", `write it as "%-d %B %Y"`)
	}
}

// operand reads a literal or a variable. lenient: it may be missing.
func (p *parsing) operand(w word, lenient bool) (operand, Kind, bool) {
	switch c := w.text[0]; {
	case c == '"' || c == '\'':
		if len(w.text) < 2 {
			p.reportWord(w, "this text has no end", "close it with "+w.text)
			return operand{}, AnyKind, false
		}
		return operand{literal: w.text[1 : len(w.text)-1]}, TextKind, true
	case c >= '0' && c <= '9' || c == '-' && len(w.text) > 1:
		n, err := strconv.ParseFloat(w.text, 64)
		if err != nil {
			p.reportWord(w, "this is no number", "")
		}
		return operand{literal: n}, NumberKind, err == nil
	case w.text == "true" || w.text == "false":
		return operand{literal: w.text == "true"}, FlagKind, true
	case w.text == "nil" || w.text == "blank" || w.text == "empty":
		return operand{literal: blank{}}, AnyKind, true
	case w.named():
		of, ok := p.variable(w, lenient)
		return operand{path: w.path(), name: w.text}, of.Kind, ok
	}
	p.reportWord(w, "unexpected `"+w.text+"`", "")
	return operand{}, AnyKind, false
}
