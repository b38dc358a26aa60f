package playtest

import (
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/playbook"
)

// places knows where in a file of tests everything stands.
type places struct {
	file  string
	lines []string
	root  yaml.Node
}

// place is one test.
type place struct {
	*places
	node *yaml.Node
}

func (p *places) test(i int) place {
	return place{p, find(&p.root, []string{"tests", strconv.Itoa(i)})}
}

// problem returns a problem at what lies under path within the test: keys, and
// numbers for items of lists; the last that is there.
func (p place) problem(path []string, message, suggestion string) playbook.Problem {
	n := find(p.node, path)
	if len(path) == 0 {
		if name := find(p.node, []string{"name"}); name != nil {
			n = name
		}
	}
	found := playbook.Problem{File: p.file, Line: n.Line, Column: n.Column, Message: message, Suggestion: suggestion}
	if n.Line >= 1 && n.Line <= len(p.lines) {
		found.Excerpt = p.lines[n.Line-1]
		found.Text = string([]rune(found.Excerpt)[min(n.Column-1, len([]rune(found.Excerpt))):])
		if n.Kind == yaml.ScalarNode && n.Style == 0 {
			found.Text = n.Value
		}
	}
	return found
}

// find goes down from n as far as path leads.
func find(n *yaml.Node, path []string) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, step := range path {
		next := child(n, step)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

func child(n *yaml.Node, step string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// keysOf returns the keys that one of this package's types takes.
func keysOf(name string) []string {
	for _, t := range []any{Test{}, Person{}, Order{}, Cart{}, Ticket{}, Survey{}, Activity{}, RFM{}, Expect{}, Mail{}} {
		if of := reflect.TypeOf(t); of.Name() == name {
			var keys []string
			for i := range of.NumField() {
				key, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ",")
				keys = append(keys, key)
			}
			return keys
		}
	}
	return nil
}
