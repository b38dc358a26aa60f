// Package asl runs the state machine of the night in-process, so that the local stack
// takes its steps from the same file as Step Functions. It knows the part of the
// Amazon States Language that this file uses, with JSONPath; whatever it does not know
// is refused when the file is read. It starts nothing by itself: tasks and waits are
// the caller's.
package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// A Machine is a parsed state machine. It is immutable, and safe for concurrent use.
type Machine struct {
	root *graph
}

// Invoke does the work of one task: it hands payload to what resource names and
// returns its output. An [*Error] has a name that retriers match; any other error is
// a States.TaskFailed.
type Invoke func(ctx context.Context, resource string, payload json.RawMessage) (json.RawMessage, error)

// Sleep waits between the attempts of a task, or returns the error of ctx.
type Sleep func(ctx context.Context, d time.Duration) error

// Execution is what a run needs from outside.
type Execution struct {
	Invoke Invoke
	Sleep  Sleep // between attempts; no wait if nil
	// MaxTransitions bounds the states entered, as Step Functions bounds an
	// execution's history; 25,000 if zero.
	MaxTransitions int
}

// Names of errors that the language itself defines.
const (
	TaskFailed = "States.TaskFailed"
	Timeout    = "States.Timeout"
	Runtime    = "States.Runtime" // the machine's own fault; never retried
	all        = "States.ALL"
)

// An Error is a failed execution or task.
type Error struct {
	State string // where; empty in what an Invoke returns
	Name  string // what retriers match, such as States.TaskFailed or Lambda.ServiceException
	Cause string
	err   error
}

func (e *Error) Error() string {
	text := e.Name
	if e.Cause != "" {
		text += ": " + e.Cause
	}
	if e.State != "" {
		return fmt.Sprintf("state %q: %s", e.State, text)
	}
	return text
}

// Unwrap returns the error an Invoke returned, or nil.
func (e *Error) Unwrap() error { return e.err }

// Run executes the machine on input and returns its output. Items of a Map run at the
// same time, up to its MaxConcurrency. The first error that no retrier settles ends
// the execution; Run returns it once every item that was running has returned.
func (m *Machine) Run(ctx context.Context, input json.RawMessage, x Execution) (json.RawMessage, error) {
	if x.MaxTransitions == 0 {
		x.MaxTransitions = 25_000
	}
	if x.Sleep == nil {
		x.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	value, err := decode(input)
	if err != nil {
		return nil, fmt.Errorf("read input: %w", err)
	}
	r := &run{Execution: x}
	limited, cancel := limit(ctx, m.root.timeout)
	defer cancel()
	output, err := r.graph(limited, m.root, value, nil)
	switch {
	case err != nil && ctx.Err() == nil && limited.Err() != nil:
		return nil, &Error{Name: Timeout, Cause: fmt.Sprintf("the execution ran longer than %v", m.root.timeout), err: err}
	case err != nil:
		return nil, err
	}
	return json.Marshal(output)
}
