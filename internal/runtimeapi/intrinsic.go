package runtimeapi

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Templates nest a handful of functions; more is a mistake, or an attack.
const maxDepth = 20

// values resolves the short forms of CloudFormation's functions that a variable's
// value may use: !Ref, !GetAtt, !Sub, !If, and in conditions !Equals and !Not.
type values struct {
	root   *yaml.Node
	lookup Lookup
	depth  int
}

func (v values) resolve(n *yaml.Node) (string, error) {
	if v.depth++; v.depth > maxDepth {
		return "", fmt.Errorf("line %d: nested too deeply", n.Line)
	}
	switch n.Tag {
	case "!Ref", "!GetAtt":
		if n.Kind == yaml.ScalarNode {
			return v.name(n, n.Value)
		}
	case "!Sub":
		return v.substitute(n)
	case "!If":
		if n.Kind == yaml.SequenceNode && len(n.Content) == 3 {
			holds, err := v.condition(n.Content[0].Value, n)
			if err != nil {
				return "", err
			}
			if holds {
				return v.resolve(n.Content[1])
			}
			return v.resolve(n.Content[2])
		}
	default:
		if n.Kind == yaml.ScalarNode && (n.Tag == "" || n.Tag == "!" || strings.HasPrefix(n.Tag, "!!")) {
			return n.Value, nil
		}
	}
	return "", fmt.Errorf("line %d: a value of the form %s cannot be resolved here", n.Line, n.Tag)
}

func (v values) name(n *yaml.Node, name string) (string, error) {
	if value, ok := v.lookup(name); ok {
		return value, nil
	}
	if d := get(v.root, "Parameters", name, "Default"); d != nil && d.Kind == yaml.ScalarNode {
		return d.Value, nil
	}
	return "", fmt.Errorf("line %d: %s has no value", n.Line, name)
}

var placeholder = regexp.MustCompile(`\$\{[^}]+\}`)

// substitute resolves a !Sub: a text, or a list of a text and further names.
func (v values) substitute(n *yaml.Node) (string, error) {
	format, own := n, (*yaml.Node)(nil)
	if n.Kind == yaml.SequenceNode && len(n.Content) == 2 {
		format, own = n.Content[0], n.Content[1]
	}
	if format.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("line %d: !Sub without a text", n.Line)
	}
	var failed error
	out := placeholder.ReplaceAllStringFunc(format.Value, func(match string) string {
		name := match[2 : len(match)-1]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			return "${" + literal + "}"
		}
		value, err := "", error(nil)
		if named := get(own, name); named != nil {
			value, err = v.resolve(named)
		} else {
			value, err = v.name(n, name)
		}
		if err != nil && failed == nil {
			failed = err
		}
		return value
	})
	return out, failed
}

func (v values) condition(name string, at *yaml.Node) (bool, error) {
	n := get(v.root, "Conditions", name)
	if n == nil {
		return false, fmt.Errorf("line %d: no condition is named %s", at.Line, name)
	}
	return v.holds(n)
}

func (v values) holds(n *yaml.Node) (bool, error) {
	if v.depth++; v.depth > maxDepth {
		return false, fmt.Errorf("line %d: nested too deeply", n.Line)
	}
	switch {
	case n.Tag == "!Equals" && len(n.Content) == 2:
		a, err := v.resolve(n.Content[0])
		if err != nil {
			return false, err
		}
		b, err := v.resolve(n.Content[1])
		return a == b, err
	case n.Tag == "!Not" && len(n.Content) == 1:
		holds, err := v.holds(n.Content[0])
		return !holds, err
	}
	return false, fmt.Errorf("line %d: a condition of the form %s cannot be resolved here", n.Line, n.Tag)
}
