package asl

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A template makes the payload of a state: literal JSON in which the value of a field
// whose name ends in ".$" is a path or an intrinsic function.
type template struct {
	literal any
	object  map[string]*template
	list    []*template
	dynamic expression
}

// An expression is evaluated on a state's input and context object.
type expression interface {
	eval(input, context any) (any, error)
}

func (p *path) eval(input, context any) (any, error) { return p.in(input, context) }

// parseTemplate returns nil for a field that is absent.
func parseTemplate(data json.RawMessage) (*template, error) {
	if len(data) == 0 {
		return nil, nil
	}
	v, err := decode(data)
	if err != nil {
		return nil, err
	}
	return newTemplate(v)
}

func newTemplate(v any) (*template, error) {
	switch v := v.(type) {
	case map[string]any:
		t := &template{object: map[string]*template{}}
		for key, value := range v {
			name, dynamic := strings.CutSuffix(key, ".$")
			field := &template{}
			var err error
			if text, ok := value.(string); dynamic && ok {
				field.dynamic, err = parseExpression(text)
			} else if dynamic {
				err = fmt.Errorf("is %T, not a path", value)
			} else {
				field, err = newTemplate(value)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			if t.object[name] != nil {
				return nil, fmt.Errorf("%s is there twice", name)
			}
			t.object[name] = field
		}
		return t, nil
	case []any:
		t := &template{list: make([]*template, len(v))}
		for i, value := range v {
			item, err := newTemplate(value)
			if err != nil {
				return nil, err
			}
			t.list[i] = item
		}
		return t, nil
	default:
		return &template{literal: v}, nil
	}
}

// on applies t; a nil template is the input itself.
func (t *template) on(input, context any) (any, error) {
	switch {
	case t == nil:
		return input, nil
	case t.dynamic != nil:
		return t.dynamic.eval(input, context)
	case t.object != nil:
		out := make(map[string]any, len(t.object))
		for name, field := range t.object {
			v, err := field.on(input, context)
			if err != nil {
				return nil, err
			}
			out[name] = v
		}
		return out, nil
	case t.list != nil:
		out := make([]any, len(t.list))
		for i, item := range t.list {
			v, err := item.on(input, context)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	default:
		return t.literal, nil
	}
}
