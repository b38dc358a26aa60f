package asl

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// allowed names the fields, beside Type and Comment, that a state of a type may have.
// The reader below decodes into one struct for all; this keeps a field of another type
// from being read and silently ignored.
var allowed = map[string][]string{
	"Task": {"InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Resource", "Retry", "TimeoutSeconds", "Next", "End"},
	"Map": {"InputPath", "OutputPath", "ResultPath", "ItemSelector", "ResultSelector", "ItemsPath", "ItemProcessor", "MaxConcurrency",
		"Retry", "Next", "End"},
	"Pass":    {"InputPath", "OutputPath", "ResultPath", "Parameters", "Result", "Next", "End"},
	"Choice":  {"InputPath", "OutputPath", "Choices", "Default"},
	"Succeed": {"InputPath", "OutputPath"},
	"Fail":    {"Error", "Cause"},
}

func parseState(name string, data []byte) (*state, error) {
	var fields map[string]json.RawMessage
	var w wireState
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	if err := strict(data, &w); err != nil {
		return nil, err
	}
	known, ok := allowed[w.Type]
	if !ok {
		return nil, fmt.Errorf("type %q is not supported", w.Type)
	}
	permitted := map[string]bool{"Type": true, "Comment": true}
	for _, field := range known {
		permitted[field] = true
	}
	for field := range fields {
		if !permitted[field] {
			return nil, fmt.Errorf("field %q is not supported in a %s", field, w.Type)
		}
	}
	s := &state{name: name, kind: w.Type, next: w.Next, resource: w.Resource, timeout: time.Duration(w.TimeoutSeconds) * time.Second, concurrency: w.MaxConcurrency,
		fallback: w.Default, errorName: w.Error, cause: w.Cause}
	return s, errors.Join(s.flow(w), s.paths(w), s.work(w))
}

func (s *state) flow(w wireState) error {
	switch s.kind {
	case "Task", "Map", "Pass":
		if w.End == (w.Next != "") {
			return errors.New("exactly one of Next and End is needed")
		}
		if w.TimeoutSeconds < 0 || w.MaxConcurrency < 0 {
			return errors.New("a number is negative")
		}
	case "Choice":
		if len(w.Choices) == 0 {
			return errors.New("no Choices")
		}
	}
	for _, c := range w.Choices {
		choice, err := parseChoice(c)
		if err != nil {
			return err
		}
		s.choices = append(s.choices, choice)
	}
	return nil
}

func (s *state) paths(w wireState) (err error) {
	for _, p := range []struct {
		field optional
		into  **path
		name  string
	}{
		{w.InputPath, &s.input, "InputPath"}, {w.OutputPath, &s.output, "OutputPath"},
		{w.ResultPath, &s.resultPath, "ResultPath"}, {w.ItemsPath, &s.items, "ItemsPath"},
	} {
		switch {
		case p.field.null && p.name == "ItemsPath":
			return errors.New("ItemsPath is null")
		case p.field.null:
		case !p.field.set:
			*p.into = &path{}
		default:
			if *p.into, err = parsePath(p.field.text); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	if s.resultPath != nil && (s.resultPath.context || s.resultPath.indexed()) {
		return errors.New("ResultPath: only names of fields are supported")
	}
	return nil
}

func (s *state) work(w wireState) (err error) {
	selector := w.Parameters
	if s.kind == "Map" {
		selector = w.ItemSelector
	}
	if s.selector, err = parseTemplate(selector); err != nil {
		return err
	}
	if s.result, err = parseTemplate(w.ResultSelector); err != nil {
		return err
	}
	if len(w.Result) > 0 {
		value, err := decode(w.Result)
		if err != nil {
			return err
		}
		if s.selector != nil {
			return errors.New("both Parameters and Result")
		}
		s.selector = &template{literal: value}
	}
	if s.kind == "Task" && s.resource == "" {
		return errors.New("no Resource")
	}
	if s.kind == "Map" {
		if s.processor, err = parseGraph(w.ItemProcessor, true); err != nil {
			return err
		}
	}
	for _, r := range w.Retry {
		parsed, err := parseRetrier(r)
		if err != nil {
			return err
		}
		s.retry = append(s.retry, parsed)
	}
	return nil
}

func parseRetrier(w wireRetrier) (retrier, error) {
	r := retrier{errors: w.ErrorEquals, interval: time.Second, attempts: 3, rate: 2, ceiling: time.Duration(w.MaxDelaySeconds) * time.Second}
	if len(r.errors) == 0 {
		return r, errors.New("a retrier without ErrorEquals")
	}
	if w.IntervalSeconds != nil {
		r.interval = time.Duration(*w.IntervalSeconds) * time.Second
	}
	if w.MaxAttempts != nil {
		r.attempts = *w.MaxAttempts
	}
	if w.BackoffRate != nil {
		r.rate = *w.BackoffRate
	}
	switch w.JitterStrategy {
	case "", "NONE", "FULL":
	default:
		return r, fmt.Errorf("jitter %q is not supported", w.JitterStrategy)
	}
	if r.interval < 0 || r.attempts < 0 || r.rate < 1 || r.ceiling < 0 {
		return r, errors.New("a retrier's numbers are out of range")
	}
	return r, nil
}
