package asl

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A choice is one rule of a Choice state: a comparison of a variable.
type choice struct {
	variable *path
	compare  func(any) bool
	present  *bool // IsPresent, which a variable that is not there can satisfy
	next     string
}

type wireChoice struct {
	Variable, Next, Comment string
	BooleanEquals           *bool
	StringEquals            *string
	NumericEquals           *json.Number
	IsPresent               *bool
}

func parseChoice(data []byte) (choice, error) {
	var w wireChoice
	if err := strict(data, &w); err != nil {
		return choice{}, err
	}
	variable, err := parsePath(w.Variable)
	if err != nil {
		return choice{}, fmt.Errorf("field Variable: %w", err)
	}
	c := choice{variable: variable, next: w.Next, present: w.IsPresent}
	comparisons := 0
	if w.BooleanEquals != nil {
		comparisons++
		c.compare = func(v any) bool { return v == *w.BooleanEquals }
	}
	if w.StringEquals != nil {
		comparisons++
		c.compare = func(v any) bool { return v == *w.StringEquals }
	}
	if w.NumericEquals != nil {
		comparisons++
		c.compare = func(v any) bool { return sameNumber(v, *w.NumericEquals) }
	}
	if w.IsPresent != nil {
		comparisons++
	}
	if comparisons != 1 || w.Next == "" {
		return choice{}, errors.New("a choice needs Next and exactly one comparison")
	}
	return c, nil
}

// holds reports whether the rule applies. A variable that is not there is an error,
// as in Step Functions, unless the rule asks just that.
func (c choice) holds(input, context any) (bool, error) {
	v, err := c.variable.in(input, context)
	if c.present != nil {
		return (err == nil) == *c.present, nil
	}
	if err != nil {
		return false, err
	}
	return c.compare(v), nil
}

func sameNumber(v any, want json.Number) bool {
	got, ok := v.(json.Number)
	if !ok {
		return false
	}
	a, err1 := got.Float64()
	b, err2 := want.Float64()
	return err1 == nil && err2 == nil && a == b
}

func targets(choices []choice) []string {
	names := make([]string, len(choices))
	for i, c := range choices {
		names[i] = c.next
	}
	return names
}
