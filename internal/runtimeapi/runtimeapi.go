// Package runtimeapi runs a Lambda function's real bootstrap binary on this
// machine by serving it the Lambda Runtime API (version 2018-06-01) on loopback.
// It is not an emulator of Lambda: no container, memory limit, extension, layer or
// permission is imposed, and nothing polls queues.
package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"
)

// DefaultTimeout is the time an invocation gets when [Options] names none.
const DefaultTimeout = 30 * time.Second

// Lambda gives a function ten seconds to start.
const initTimeout = 10 * time.Second

// Options describe a function. Only Binary is required.
type Options struct {
	Binary   string            // path of the bootstrap
	Function string            // name in the invocation's ARN; the binary's directory if empty
	Env      map[string]string // the function's variables; nothing is inherited from this process
	Timeout  time.Duration     // for one invocation; DefaultTimeout if zero
	Memory   int               // MB, as told to the function and not enforced; 512 if zero
	Logs     io.Writer         // receives standard output and error; discarded if nil
}

// A Function is a bootstrap that has started and waits for invocations. It is safe
// for concurrent use; like one Lambda sandbox, it handles one invocation at a time.
type Function struct {
	options Options

	mu      sync.Mutex // held during an invocation
	sandbox *sandbox   // nil after it ended; the next invocation starts another
	count   int        // invocations so far
	closed  bool
}

// A FunctionError is what Lambda reports of an invocation that failed: the error the
// handler returned, or what happened to its process.
type FunctionError struct {
	Type       string  // such as errorString, or one of Lambda's own below
	Message    string  //
	StackTrace []Frame // of a panic; nil otherwise
	Stderr     string  // the last output of a process that ended; empty otherwise
}

// A Frame is one entry of a panic's stack trace.
type Frame struct {
	Path  string `json:"path"`
	Line  int    `json:"line"`
	Label string `json:"label"`
}

// The types of errors that Lambda itself reports.
const (
	Timedout         = "Sandbox.Timedout"
	ExitError        = "Runtime.ExitError"
	ResponseTooLarge = "Function.ResponseSizeTooLarge"
)

func (e *FunctionError) Error() string {
	text := e.Type + ": " + e.Message
	if e.Stderr != "" {
		text += "\n" + e.Stderr
	}
	return text
}

// ErrClosed is returned by invocations of a closed function.
var ErrClosed = errors.New("the function is closed")

// Start starts the function and waits until it asks for its first invocation. A
// process that ends or reports an error before that is a [*FunctionError]; one that
// takes over ten seconds has [Timedout]. Ending ctx later does not stop the function.
func Start(ctx context.Context, options Options) (*Function, error) {
	path, err := filepath.Abs(options.Binary)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", options.Binary, err)
	}
	options.Binary = path
	if options.Function == "" {
		options.Function = filepath.Base(filepath.Dir(path))
	}
	if options.Timeout == 0 {
		options.Timeout = DefaultTimeout
	}
	if options.Memory == 0 {
		options.Memory = 512
	}
	if options.Logs == nil {
		options.Logs = io.Discard
	}
	f := &Function{options: options}
	if f.sandbox, err = startSandbox(ctx, options); err != nil {
		return nil, fmt.Errorf("start %s: %w", options.Function, err)
	}
	return f, nil
}

// Invoke hands payload to the function and returns its response. It returns a
// [*FunctionError] if the function failed, timed out (its process is killed) or
// ended, and the error of ctx if that ended first (the process is killed as well).
// A function whose process ended starts anew at the next invocation.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, fmt.Errorf("invoke %s: %w", f.options.Function, ErrClosed)
	}
	f.count++
	for {
		response, err := f.attempt(ctx, payload)
		switch {
		case errors.Is(err, errNotTaken): // it died after the last one: start another
		case err != nil:
			return nil, fmt.Errorf("invoke %s: %w", f.options.Function, err)
		default:
			return response, nil
		}
	}
}

func (f *Function) attempt(ctx context.Context, payload []byte) ([]byte, error) {
	if f.sandbox == nil {
		s, err := startSandbox(ctx, f.options)
		if err != nil {
			return nil, err
		}
		f.sandbox = s
	}
	response, keep, err := f.sandbox.invoke(ctx, invocation{number: f.count, payload: payload})
	if !keep {
		f.discard()
	}
	return response, err
}

// Close stops the process, after the invocation that is running, and frees the port.
func (f *Function) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.discard()
	return nil
}

func (f *Function) discard() {
	if f.sandbox != nil {
		f.sandbox.stop()
		f.sandbox = nil
	}
}
