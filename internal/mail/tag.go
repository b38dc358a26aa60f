package mail

import (
	"cmp"
	"slices"
	"strings"

	"holdfast/internal/segment"
)

// tag reads a tag with all that belongs to it.
func (p *parsing) tag(t token) node {
	switch t.name {
	case "if", "unless":
		return p.branches(t)
	case "case":
		return p.cases(t)
	case "for":
		return p.loop(t)
	case "assign":
		return p.assign(t)
	case "comment":
		return p.comment(t)
	}
	p.report(t.from, t.to, "unknown tag `"+t.name+"`", cmp.Or(segment.DidYouMean(t.name, tags), "mails know if, unless, case, for, assign and comment"))
	return nil
}

// body reads what stands within t, with more names, up to one of the tags.
func (p *parsing) body(t token, names names, until ...string) ([]node, *token) {
	outside, where := p.names, p.where
	p.names = names
	nodes, end := p.nodes()
	outside.maybe(p.names)
	p.names = outside
	if end == nil {
		p.report(t.from, t.to, "`"+t.name+"` has no end", "close it with {% "+until[0]+" %}")
		return nodes, nil
	}
	if !slices.Contains(until, end.name) {
		p.report(end.from, end.to, "`"+end.name+"` does not belong here", "`"+t.name+"` ends with {% "+until[0]+" %}")
		return nodes, nil
	}
	if p.part.markup() && p.where.state != where.state {
		p.report(t.from, t.to, "`"+t.name+"` opens or closes a tag or attribute only sometimes", "keep whole elements or whole values within it")
	}
	return nodes, end
}

func (p *parsing) branches(t token) node {
	end := "end" + t.name
	var n branchNode
	for tag := &t; ; {
		condition, sure := p.condition(*tag)
		if t.name == "unless" && tag.name == "unless" {
			condition, sure = negation{condition}, nil
		}
		body, next := p.body(*tag, p.names.with(sure), end, "elsif", "else")
		n = append(n, branch{condition, body})
		if next == nil || next.name == end {
			return n
		}
		if next.name == "else" {
			body, _ := p.body(*next, p.names.with(nil), end)
			return append(n, branch{always{}, body})
		}
		tag = next
	}
}

// condition reads the condition of an if. sure are the variables that it makes
// sure of.
func (p *parsing) condition(t token) (condition, []string) {
	ws := t.words()
	var parts []condition
	var sure []string
	joins := ""
	for len(ws) > 0 {
		n := min(3, len(ws))
		if n > 1 && (ws[1].text == "and" || ws[1].text == "or") {
			n = 1
		}
		c, names := p.comparison(ws[:n])
		if c == nil {
			return always{}, nil
		}
		parts, sure, ws = append(parts, c), append(sure, names...), ws[n:]
		if len(ws) == 0 {
			break
		}
		if ws[0].text != "and" && ws[0].text != "or" || len(ws) == 1 {
			p.reportWord(ws[0], "unexpected `"+ws[0].text+"`", "join conditions with `and` or `or`")
			return always{}, nil
		}
		if joins != "" && joins != ws[0].text {
			p.reportWord(ws[0], "`and` and `or` in one condition can be read in two ways", "put one {% if %} into another")
			return always{}, nil
		}
		joins, ws = ws[0].text, ws[1:]
	}
	switch {
	case len(parts) == 0:
		p.report(t.from, t.to, "the condition is missing", "as in {% if orders >= 3 %}")
		return always{}, nil
	case joins == "or":
		if len(parts) > 1 {
			sure = nil
		}
		return anyOf(parts), sure
	}
	return allOf(parts), sure
}

var comparisons = []string{"==", "!=", "<>", "<", "<=", ">", ">=", "contains"}

func (p *parsing) comparison(ws []word) (condition, []string) {
	a, _, ok := p.operand(ws[0], true)
	if !ok {
		return nil, nil
	}
	var sure []string
	note := func(o operand) {
		if o.path != nil {
			sure = append(sure, strings.Join(o.path, "."))
		}
	}
	if len(ws) == 1 {
		note(a)
		return truth{a}, sure
	}
	if len(ws) < 3 || !slices.Contains(comparisons, ws[1].text) {
		p.reportWord(ws[1], "unexpected `"+ws[1].text+"`", "compare with "+strings.Join(comparisons, " "))
		return nil, nil
	}
	b, _, ok := p.operand(ws[2], true)
	if !ok {
		return nil, nil
	}
	_, withBlank := b.literal.(blank)
	if negative := ws[1].text == "!=" || ws[1].text == "<>"; negative == withBlank { // true only of what is there
		note(a)
		note(b)
	}
	return comparison{ws[1].text, a, b}, sure
}

func (p *parsing) cases(t token) node {
	ws := t.words()
	if len(ws) != 1 {
		p.report(t.from, t.to, "`case` needs one variable", "as in {% case country %}")
		ws = []word{{text: "nil"}}
	}
	of, _, _ := p.operand(ws[0], true)
	_, next := p.body(t, p.names, "endcase", "when", "else")
	var n branchNode // Liquid shows nothing of what stands before the first when
	for next != nil && next.name == "when" {
		var values anyOf
		for _, w := range next.words() {
			if w.text == "," || w.text == "or" {
				continue
			}
			if v, _, ok := p.operand(w, true); ok {
				values = append(values, comparison{"==", of, v})
			}
		}
		tag := *next
		var body []node
		body, next = p.body(tag, p.names.with(nil), "endcase", "when", "else")
		n = append(n, branch{values, body})
	}
	if next != nil && next.name == "else" {
		body, _ := p.body(*next, p.names.with(nil), "endcase")
		n = append(n, branch{always{}, body})
	}
	return n
}

func (p *parsing) loop(t token) node {
	ws := t.words()
	limit := operand{}
	if len(ws) == 6 && ws[3].text == "limit" && ws[4].text == ":" {
		limit, _, _ = p.operand(ws[5], false)
		ws = ws[:3]
	}
	if len(ws) != 3 || !ws[0].named() || ws[1].text != "in" {
		p.report(t.from, t.to, "`for` cannot be read", "write it as {% for tag in tags %} or {% for tag in tags limit: 3 %}")
		ws = []word{{text: "x"}, {}, {text: "nil"}}
	}
	of, kind, ok := p.operand(ws[2], true)
	if ok && kind != ListKind && kind != AnyKind {
		p.reportWord(ws[2], "`for` needs a list, not a "+string(kind), "")
	}
	inside := p.names.with(nil)
	inside.own[ws[0].text] = Variable{AnyKind, true}
	for name, kind := range map[string]Kind{"first": FlagKind, "last": FlagKind, "index": NumberKind} {
		inside.own["forloop."+name] = Variable{kind, true}
	}
	body, _ := p.body(t, inside, "endfor")
	return loopNode{name: ws[0].text, of: of, limit: limit, body: body}
}

func (p *parsing) assign(t token) node {
	ws := t.words()
	if len(ws) < 3 || !ws[0].named() || ws[1].text != "=" {
		p.report(t.from, t.to, "`assign` cannot be read", `write it as {% assign name = first_name | default: "friend" %}`)
		return nil
	}
	e := p.expression(ws[2:], t)
	p.names.own[ws[0].text] = Variable{e.kind, true}
	return assignNode{ws[0].text, e}
}

// comment leaves out everything up to its end.
func (p *parsing) comment(t token) node {
	for ; p.at < len(p.tokens); p.at++ {
		if of := p.tokens[p.at]; of.kind == tagToken && of.name == "endcomment" {
			p.at++
			return nil
		}
	}
	p.report(t.from, t.to, "`comment` has no end", "close it with {% endcomment %}")
	return nil
}
