package mail

import (
	"strings"
)

// scope is what a template sees while it renders.
type scope struct {
	data     Data
	own      map[string]any // assigned, or of a loop
	settings Settings
}

// maxSize is how large a part may grow, in bytes: a template with loops in
// loops must end.
const maxSize = 1 << 20

func render(nodes []node, s scope) (string, error) {
	var b strings.Builder
	if err := renderAll(nodes, s, &b); err != nil {
		return "", err
	}
	return b.String(), nil
}

func renderAll(nodes []node, s scope, b *strings.Builder) error {
	for _, n := range nodes {
		if err := n.render(s, b); err != nil {
			return err
		}
		if b.Len() > maxSize {
			return ErrValue
		}
	}
	return nil
}

// A node is a piece of a compiled template.
type node interface {
	render(scope, *strings.Builder) error
}

type textNode string

func (n textNode) render(_ scope, b *strings.Builder) error {
	b.WriteString(string(n))
	return nil
}

type outputNode struct {
	expression
	escape escape
}

func (n outputNode) render(s scope, b *strings.Builder) error {
	v, err := n.value(s)
	if err != nil {
		return err
	}
	text, err := n.escape(printed(v, s.settings.zone()))
	b.WriteString(text)
	return err
}

type assignNode struct {
	name string
	expression
}

func (n assignNode) render(s scope, _ *strings.Builder) error {
	v, err := n.value(s)
	s.own[n.name] = v
	return err
}

type branch struct {
	condition
	body []node
}

// branchNode renders the first branch whose condition holds.
type branchNode []branch

func (n branchNode) render(s scope, b *strings.Builder) error {
	for _, of := range n {
		if of.holds(s) {
			return renderAll(of.body, s, b)
		}
	}
	return nil
}

type loopNode struct {
	name      string
	of, limit operand
	body      []node
}

func (n loopNode) render(s scope, b *strings.Builder) error {
	items := listed(n.of.value(s))
	if limit, ok := n.limit.value(s).(float64); ok {
		items = items[:min(len(items), max(0, int(limit)))]
	}
	for i, item := range items {
		s.own[n.name] = item
		s.own["forloop"] = map[string]any{"first": i == 0, "last": i == len(items)-1, "index": float64(i + 1)}
		if err := renderAll(n.body, s, b); err != nil {
			return err
		}
	}
	return nil
}

// listed returns v as a list: empty if it is none.
func listed(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		all := make([]any, len(v))
		for i, s := range v {
			all[i] = s
		}
		return all
	}
	return nil
}

// expression is a value through filters.
type expression struct {
	of      operand
	needed  bool // it must not be missing
	filters []call
	kind    Kind
}

type call struct {
	name  string
	apply func(scope, any, []any) (any, error)
	args  []operand
}

func (e expression) value(s scope) (any, error) {
	v := e.of.value(s)
	if e.needed && missing(v) {
		return nil, &MissingError{e.of.name}
	}
	for _, f := range e.filters {
		args := make([]any, len(f.args))
		for i, a := range f.args {
			if args[i] = a.value(s); a.path != nil && missing(args[i]) {
				return nil, &MissingError{a.name}
			}
		}
		var err error
		if v, err = f.apply(s, v, args); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// missing reports whether v would leave a hole.
func missing(v any) bool {
	switch v := v.(type) {
	case nil, blank:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []string:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// blank is the value of nil, blank and empty.
type blank struct{}

// operand is a literal, or a variable if it has a path.
type operand struct {
	literal any
	path    []string
	name    string // as written
}

func (o operand) value(s scope) any {
	if o.path == nil {
		return o.literal
	}
	v, ok := s.own[o.path[0]]
	if !ok {
		v = s.data[o.path[0]]
	}
	for _, name := range o.path[1:] {
		of, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = of[name]
	}
	return normal(v)
}

// normal makes one sort of number of all.
func normal(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	}
	return v
}
