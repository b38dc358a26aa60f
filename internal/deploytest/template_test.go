package deploytest

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const root = "../.."

// object is a mapping of the template, with CloudFormation's short forms written out:
// !Ref X is {"Ref": "X"}, !GetAtt X.Y is {"Fn::GetAtt": "X.Y"}.
type object = map[string]any

func readTemplate(t *testing.T) object {
	t.Helper()
	f, err := os.Open(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var document yaml.Node
	if err := yaml.NewDecoder(f).Decode(&document); err != nil {
		t.Fatal(err)
	}
	return long(document.Content[0]).(object)
}

func long(n *yaml.Node) any {
	var v any
	switch n.Kind {
	case yaml.MappingNode:
		m := object{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = long(n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		l := make([]any, len(n.Content))
		for i, c := range n.Content {
			l[i] = long(c)
		}
		v = l
	default:
		v = n.Value
	}
	if name, ok := strings.CutPrefix(n.Tag, "!"); ok && name != "" && !strings.HasPrefix(name, "!") {
		if name != "Ref" {
			name = "Fn::" + name
		}
		return object{name: v}
	}
	return v
}

// at follows keys through objects; nil where there is nothing.
func at(v any, keys ...string) any {
	for _, key := range keys {
		m, ok := v.(object)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func number(t *testing.T, v any) int {
	t.Helper()
	text, _ := v.(string)
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%v is not a number", v)
	}
	return n
}

// resources returns the properties of the resources of a type, by logical name.
func resources(t *testing.T, template object, kind string) map[string]object {
	t.Helper()
	found := map[string]object{}
	for name, r := range template["Resources"].(object) {
		if at(r, "Type") == kind {
			found[name], _ = at(r, "Properties").(object)
		}
	}
	if len(found) == 0 {
		t.Fatalf("the template has no %s", kind)
	}
	return found
}

// functions returns the properties of the functions by their short names.
func functions(t *testing.T, template object) map[string]object {
	t.Helper()
	found := map[string]object{}
	for _, properties := range resources(t, template, "AWS::Serverless::Function") {
		uri, _ := properties["CodeUri"].(string)
		found[filepath.Base(uri)] = properties
	}
	return found
}

// walk calls visit on v and everything inside it.
func walk(v any, visit func(any)) {
	visit(v)
	switch v := v.(type) {
	case object:
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

// list returns v as a list: one value may stand for a list of it.
func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// refers reports whether something inside v refers to the resource.
func refers(v any, resource string) bool {
	found := false
	walk(v, func(child any) {
		m, _ := child.(object)
		target, _ := m["Fn::GetAtt"].(string)
		text, _ := m["Fn::Sub"].(string)
		found = found || m["Ref"] == resource || strings.HasPrefix(target, resource+".") ||
			strings.Contains(text, "${"+resource+"}") || strings.Contains(text, "${"+resource+".")
	})
	return found
}

var names = []string{"dispatch", "feedback", "fit", "ingest", "mailer", "score", "subscriber", "summarize", "survey", "webhook"}

func TestTheTemplateHasTheFunctions(t *testing.T) {
	var got []string
	for name := range functions(t, readTemplate(t)) {
		got = append(got, name)
	}
	if slices.Sort(got); !slices.Equal(got, names) {
		t.Errorf("functions %v, want %v", got, names)
	}
}
