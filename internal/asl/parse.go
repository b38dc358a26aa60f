package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"time"
)

type graph struct {
	timeout time.Duration // of the execution; 0 is none
	start   string
	states  map[string]*state
}

type state struct {
	name string
	kind string
	next string // empty at an end

	input, output *path // nil selects nothing: an empty object
	selector      *template
	resultPath    *path // nil discards the result
	result        *template

	resource string        // Task
	timeout  time.Duration // of a Task; 0 is none
	retry    []retrier

	items       *path // Map
	processor   *graph
	concurrency int // 0 is unbounded

	choices  []choice
	fallback string // Choice

	errorName, cause string // Fail
}

type retrier struct {
	errors   []string
	interval time.Duration
	attempts int
	rate     float64
	ceiling  time.Duration // 0 is none
}

type wireGraph struct {
	Comment         string
	StartAt         string
	TimeoutSeconds  int
	Version         string
	QueryLanguage   string
	ProcessorConfig *struct{ Mode string }
	States          map[string]json.RawMessage
}

// A field that may be null, absent, or there.
type optional struct {
	set  bool
	null bool
	text string
}

func (o *optional) UnmarshalJSON(b []byte) error {
	o.set = true
	if string(b) == "null" {
		o.null = true
		return nil
	}
	return json.Unmarshal(b, &o.text)
}

type wireState struct {
	Type, Comment, Next, Resource     string
	End                               bool
	TimeoutSeconds                    int
	InputPath, OutputPath, ResultPath optional
	Parameters, ItemSelector          json.RawMessage
	ResultSelector, Result            json.RawMessage
	ItemsPath                         optional
	ItemProcessor                     json.RawMessage
	MaxConcurrency                    int
	Retry                             []wireRetrier
	Choices                           []json.RawMessage
	Default, Error, Cause             string
}

type wireRetrier struct {
	ErrorEquals     []string
	IntervalSeconds *int
	MaxAttempts     *int
	BackoffRate     *float64
	MaxDelaySeconds int
	JitterStrategy  string
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z0-9]+)\}`)

// Parse reads a definition. Each ${Name} in it is replaced by substitutions[Name]
// first, as SAM's DefinitionSubstitutions do; one without a value is an error. Fields,
// states and functions that Run would not execute as Step Functions does are errors
// that name their state; so are states that do not exist or cannot be reached.
func Parse(definition []byte, substitutions map[string]string) (*Machine, error) {
	var missing error
	definition = placeholder.ReplaceAllFunc(definition, func(match []byte) []byte {
		name := string(match[2 : len(match)-1])
		value, ok := substitutions[name]
		if !ok {
			missing = errors.Join(missing, fmt.Errorf("no substitution for ${%s}", name))
			return match
		}
		quoted, _ := json.Marshal(value) // a string always marshals
		return quoted[1 : len(quoted)-1]
	})
	if missing != nil {
		return nil, fmt.Errorf("parse state machine: %w", missing)
	}
	root, err := parseGraph(definition, false)
	if err != nil {
		return nil, fmt.Errorf("parse state machine: %w", err)
	}
	return &Machine{root: root}, nil
}

func parseGraph(definition []byte, processor bool) (*graph, error) {
	var w wireGraph
	if err := strict(definition, &w); err != nil {
		return nil, err
	}
	if w.QueryLanguage != "" && w.QueryLanguage != "JSONPath" {
		return nil, fmt.Errorf("query language %q is not supported", w.QueryLanguage)
	}
	if !processor && w.ProcessorConfig != nil {
		return nil, errors.New("ProcessorConfig outside of a Map")
	}
	if c := w.ProcessorConfig; c != nil && c.Mode != "" && c.Mode != "INLINE" {
		return nil, fmt.Errorf("mode %q is not supported", c.Mode)
	}
	if w.TimeoutSeconds < 0 || processor && w.TimeoutSeconds > 0 {
		return nil, errors.New("TimeoutSeconds is negative, or inside of a Map")
	}
	g := &graph{timeout: time.Duration(w.TimeoutSeconds) * time.Second, start: w.StartAt, states: map[string]*state{}}
	for _, name := range slices.Sorted(maps.Keys(w.States)) {
		s, err := parseState(name, w.States[name])
		if err != nil {
			return nil, fmt.Errorf("state %q: %w", name, err)
		}
		g.states[name] = s
	}
	return g, g.check()
}

// check finds transitions to nowhere and states without a way to them.
func (g *graph) check() error {
	if g.states[g.start] == nil {
		return fmt.Errorf("StartAt names %q, which is not a state", g.start)
	}
	reached := map[string]bool{}
	for todo := []string{g.start}; len(todo) > 0; {
		name := todo[0]
		todo = todo[1:]
		if reached[name] {
			continue
		}
		reached[name] = true
		s := g.states[name]
		for _, next := range s.transitions() {
			if g.states[next] == nil {
				return fmt.Errorf("state %q: %q is not a state", name, next)
			}
			todo = append(todo, next)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.states)) {
		if !reached[name] {
			return fmt.Errorf("state %q cannot be reached", name)
		}
	}
	return nil
}

func (s *state) transitions() []string {
	var next []string
	for _, name := range append([]string{s.next, s.fallback}, targets(s.choices)...) {
		if name != "" {
			next = append(next, name)
		}
	}
	return next
}

// strict decodes one JSON value, refusing fields that into does not have.
func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}

// decode keeps numbers as they are written, so that ids above 2^53 survive.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}
