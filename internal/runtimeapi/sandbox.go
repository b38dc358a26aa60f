package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// A sandbox is one process of a function and the API it talks to. Each process has an
// API of its own, so that a late answer of a killed one reaches nobody.
type sandbox struct {
	options Options
	cmd     *exec.Cmd
	server  *http.Server
	stderr  *tail

	ready   sync.Once
	waiting chan struct{}   // closed when the process asked for work once
	next    chan invocation // taken by the process
	results chan result     // given by the process
	broken  chan result     // what the process reported of its start
	exited  chan struct{}   // closed when the process is gone
	status  error           // how it went, after exited
}

type invocation struct {
	number   int
	payload  []byte
	deadline time.Time
}

type result struct {
	response []byte
	err      error
}

func startSandbox(ctx context.Context, options Options) (*sandbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sandbox{
		options: options,
		stderr:  &tail{},
		waiting: make(chan struct{}),
		next:    make(chan invocation),
		results: make(chan result, 1),
		broken:  make(chan result, 1),
		exited:  make(chan struct{}),
	}
	s.server = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with Close
	s.cmd = exec.Command(options.Binary)
	s.cmd.Dir = filepath.Dir(options.Binary)
	s.cmd.Env = environment(options, listener.Addr().String())
	s.cmd.WaitDelay = time.Second // for output held open by a child of its own
	output := &lockedWriter{w: options.Logs}
	s.cmd.Stdout = output
	s.cmd.Stderr = io.MultiWriter(output, s.stderr)
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, s.server.Close())
	}
	go func() {
		s.status = s.cmd.Wait()
		close(s.exited)
	}()
	if err := s.awaitReady(ctx); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *sandbox) awaitReady(ctx context.Context) error {
	timer := time.NewTimer(initTimeout)
	defer timer.Stop()
	select {
	case <-s.waiting:
		return nil
	case r := <-s.broken:
		return r.err
	case <-s.exited:
		select {
		case r := <-s.broken:
			return r.err
		default:
			return s.exitError()
		}
	case <-timer.C:
		return &FunctionError{Type: Timedout, Message: fmt.Sprintf("did not start within %v", initTimeout), Stderr: s.stderr.String()}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errNotTaken: the process ended before it took the invocation, which another may get.
var errNotTaken = errors.New("the process ended before the invocation")

// invoke hands over one invocation. keep is false if the process must not get another.
func (s *sandbox) invoke(ctx context.Context, inv invocation) (response []byte, keep bool, err error) {
	inv.deadline = time.Now().Add(s.options.Timeout)
	timer := time.NewTimer(s.options.Timeout)
	defer timer.Stop()
	hand := s.next
	for {
		select {
		case hand <- inv:
			hand = nil
		case r := <-s.results:
			return r.response, true, r.err
		case <-s.exited:
			select {
			case r := <-s.results: // a panic is reported, then the process ends
				return r.response, false, r.err
			default:
				if hand != nil {
					return nil, false, errNotTaken
				}
				return nil, false, s.exitError()
			}
		case <-timer.C:
			return nil, false, &FunctionError{
				Type:    Timedout,
				Message: fmt.Sprintf("Task timed out after %.2f seconds", s.options.Timeout.Seconds()),
			}
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

func (s *sandbox) exitError() error {
	<-s.exited
	how := "exit status 0"
	if s.status != nil {
		how = s.status.Error()
	}
	return &FunctionError{Type: ExitError, Message: "Runtime exited: " + how, Stderr: s.stderr.String()}
}

func (s *sandbox) stop() {
	_ = s.cmd.Process.Kill() // an ended process is as good
	<-s.exited
	_ = s.server.Close()
}

func environment(options Options, api string) []string {
	env := map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME":        options.Function,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": fmt.Sprint(options.Memory),
		"AWS_LAMBDA_LOG_FORMAT":           "JSON",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"LAMBDA_TASK_ROOT":                filepath.Dir(options.Binary),
		"_HANDLER":                        "bootstrap",
		"TZ":                              ":UTC",
	}
	for name, value := range options.Env {
		env[name] = value
	}
	env["AWS_LAMBDA_RUNTIME_API"] = api
	pairs := make([]string, 0, len(env))
	for name, value := range env {
		pairs = append(pairs, name+"="+value)
	}
	return pairs
}
