package asl

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A path is a reference path: "$", "$.field.field", "$.list[0]", or into the context
// object, "$$.Map.Item.Value". Queries that select several values are not supported.
type path struct {
	context bool
	steps   []step
}

type step struct {
	field string
	index int // when field is empty
}

// errNoPath: the value has nothing at a path; an execution fails with it.
var errNoPath = errors.New("nothing there")

var stepForm = regexp.MustCompile(`^(?:\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,9})\]|\['([^'\\]+)'\])`)

func parsePath(text string) (*path, error) {
	p := &path{}
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, fmt.Errorf("%q is not a path", text)
	}
	if after, ok := strings.CutPrefix(rest, "$"); ok {
		p.context, rest = true, after
	}
	for rest != "" {
		m := stepForm.FindStringSubmatch(rest)
		switch {
		case m == nil:
			return nil, fmt.Errorf("path %q is not supported", text)
		case m[2] != "":
			index, err := strconv.Atoi(m[2])
			if err != nil {
				return nil, err
			}
			p.steps = append(p.steps, step{index: index})
		default:
			p.steps = append(p.steps, step{field: m[1] + m[3]})
		}
		rest = rest[len(m[0]):]
	}
	return p, nil
}

func (p *path) String() string {
	var b strings.Builder
	b.WriteString("$")
	if p.context {
		b.WriteString("$")
	}
	for _, s := range p.steps {
		if s.field != "" {
			fmt.Fprintf(&b, "['%s']", s.field)
		} else {
			fmt.Fprintf(&b, "[%d]", s.index)
		}
	}
	return b.String()
}

func (p *path) indexed() bool {
	for _, s := range p.steps {
		if s.field == "" {
			return true
		}
	}
	return false
}

// in returns what is at p in input, or in context for a path into that. A nil path
// selects an empty object.
func (p *path) in(input, context any) (any, error) {
	if p == nil {
		return map[string]any{}, nil
	}
	v := input
	if p.context {
		v = context
	}
	for _, s := range p.steps {
		switch parent := v.(type) {
		case map[string]any:
			child, ok := parent[s.field]
			if !ok || s.field == "" {
				return nil, fmt.Errorf("%s: %w", p, errNoPath)
			}
			v = child
		case []any:
			if s.field != "" || s.index >= len(parent) {
				return nil, fmt.Errorf("%s: %w", p, errNoPath)
			}
			v = parent[s.index]
		default:
			return nil, fmt.Errorf("%s: %w", p, errNoPath)
		}
	}
	return v, nil
}

// put returns input with result at p; input itself stays as it was. Objects on the
// way that are absent, or are something else, are made.
func (p *path) put(input, result any) any {
	if p == nil {
		return input
	}
	return place(input, p.steps, result)
}

func place(at any, steps []step, result any) any {
	if len(steps) == 0 {
		return result
	}
	copied := map[string]any{}
	if object, ok := at.(map[string]any); ok {
		for k, v := range object {
			copied[k] = v
		}
	}
	copied[steps[0].field] = place(copied[steps[0].field], steps[1:], result)
	return copied
}

func integer(v any) (int64, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%T is not a number", v)
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is not an integer", n)
	}
	return i, nil
}
