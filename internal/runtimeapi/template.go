package runtimeapi

import (
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// A Lookup gives the value of something a template refers to: a parameter
// ("Stage"), a resource ("ProfilesTable"), an attribute of one ("EventQueue.Arn") or
// a pseudo parameter ("AWS::Region"). ok is false for what it does not know; a
// parameter then has its default.
type Lookup func(name string) (value string, ok bool)

// Settings are what a template says about one function.
type Settings struct {
	LogicalID string
	CodeURI   string            // as in the template, such as functions/webhook/
	Env       map[string]string // with every reference resolved
	Timeout   time.Duration
	Memory    int // MB
}

// Describe returns the settings of the function whose CodeUri ends in name, such as
// "webhook". Settings absent from the function are those of the template's Globals.
// A reference that neither lookup nor a default resolves is an error that names it.
func Describe(template io.Reader, name string, lookup Lookup) (Settings, error) {
	root, err := parse(template)
	if err != nil {
		return Settings{}, fmt.Errorf("read template: %w", err)
	}
	v := values{root: root, lookup: lookup}
	resources := get(root, "Resources")
	for i := 0; resources != nil && i+1 < len(resources.Content); i += 2 {
		resource := resources.Content[i+1]
		uri := get(resource, "Properties", "CodeUri")
		if text(get(resource, "Type")) != "AWS::Serverless::Function" || uri == nil || path.Base(text(uri)) != name {
			continue
		}
		s, err := v.settings(get(resource, "Properties"), get(root, "Globals", "Function"))
		s.LogicalID, s.CodeURI = resources.Content[i].Value, text(uri)
		if err != nil {
			return Settings{}, fmt.Errorf("read template: %s: %w", s.LogicalID, err)
		}
		return s, nil
	}
	return Settings{}, fmt.Errorf("read template: no function has its code in %q", name)
}

func parse(template io.Reader) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.NewDecoder(template).Decode(&document); err != nil {
		return nil, err
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("not a template: %w", strconv.ErrSyntax)
	}
	return document.Content[0], nil
}

func (v values) settings(own, globals *yaml.Node) (Settings, error) {
	s := Settings{Env: map[string]string{}}
	for _, level := range []*yaml.Node{globals, own} { // a function's own values win
		variables := get(level, "Environment", "Variables")
		for i := 0; variables != nil && i+1 < len(variables.Content); i += 2 {
			name := variables.Content[i].Value
			value, err := v.resolve(variables.Content[i+1])
			if err != nil {
				return s, fmt.Errorf("%s: %w", name, err)
			}
			s.Env[name] = value
		}
		if n := get(level, "Timeout"); n != nil {
			seconds, err := strconv.Atoi(n.Value)
			if err != nil {
				return s, fmt.Errorf("property Timeout: %w", err)
			}
			s.Timeout = time.Duration(seconds) * time.Second
		}
		if n := get(level, "MemorySize"); n != nil {
			megabytes, err := strconv.Atoi(n.Value)
			if err != nil {
				return s, fmt.Errorf("MemorySize: %w", err)
			}
			s.Memory = megabytes
		}
	}
	return s, nil
}

// get follows keys through mappings; nil if one is absent.
func get(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var found *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	return n
}

func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return strings.TrimSuffix(n.Value, "/")
}
