package runtimeapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/runtimeapi"
)

var echo string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "runtimeapi")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		echo = filepath.Join(dir, "echo", "bootstrap")
		build := exec.Command("go", "build", "-tags=lambda.norpc", "-o", echo, "./testdata/echo")
		if out, err := build.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

func start(t *testing.T, options runtimeapi.Options) *runtimeapi.Function {
	t.Helper()
	options.Binary = echo
	f, err := runtimeapi.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

type answer struct {
	Text, Request, ARN, Function, Home, Variable string
	Deadline                                     bool
	PID                                          int
}

func invoke(t *testing.T, f *runtimeapi.Function, payload string) (answer, error) {
	t.Helper()
	out, err := f.Invoke(t.Context(), []byte(payload))
	var a answer
	if err == nil {
		if err := json.Unmarshal(out, &a); err != nil {
			t.Fatal(err)
		}
	}
	return a, err
}

func TestInvokeAnswersWhatTheHandlerReturns(t *testing.T) {
	t.Setenv("HOME", "/not/for/functions")
	f := start(t, runtimeapi.Options{Env: map[string]string{"VARIABLE": "given"}})
	got, err := invoke(t, f, `{"Text":"hello"}`)
	if err != nil {
		t.Fatal(err)
	}
	got.PID = 0
	want := answer{
		Text: "hello", Request: "00000000-0000-4000-8000-000000000001", Function: "echo",
		ARN: "arn:aws:lambda:us-east-1:000000000000:function:echo", Variable: "given", Deadline: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestInvocationsShareAProcessUntilItEnds(t *testing.T) {
	f := start(t, runtimeapi.Options{})
	var wg sync.WaitGroup
	pids := make([]int, 8)
	for i := range pids {
		wg.Go(func() {
			a, err := invoke(t, f, `{}`)
			if err != nil {
				t.Error(err)
			}
			pids[i] = a.PID
		})
	}
	wg.Wait()
	for _, pid := range pids[1:] {
		if pid != pids[0] {
			t.Fatalf("processes %v, want one", pids)
		}
	}
	if _, err := invoke(t, f, `{"Do":"panic"}`); err == nil {
		t.Fatal("a panic went unreported")
	}
	for range 3 {
		a, err := invoke(t, f, `{}`)
		if err != nil {
			t.Fatalf("after a panic: %v", err)
		}
		if a.PID == pids[0] {
			t.Error("the process survived its panic")
		}
	}
}

func TestFunctionErrors(t *testing.T) {
	for _, tt := range []struct {
		name, payload, kind, message, stderr string
		stack                                bool
	}{
		{name: "a returned error", payload: `{"Do":"fail","Text":"no such shop"}`, kind: "errorString", message: "no such shop"},
		{name: "a panic", payload: `{"Do":"panic","Text":"lost"}`, kind: "string", message: "lost", stack: true},
		{name: "a process that ends", payload: `{"Do":"exit","Text":"bye"}`, kind: runtimeapi.ExitError, message: "Runtime exited: exit status 3", stderr: "bye"},
		{name: "a handler that hangs", payload: `{"Do":"sleep"}`, kind: runtimeapi.Timedout, message: "Task timed out after 0.30 seconds"},
		{name: "a response above 6 MB", payload: `{"Do":"grow"}`, kind: runtimeapi.ResponseTooLarge, message: "Response payload size exceeded maximum allowed payload size (6291456 bytes)."},
		{name: "an event of another form", payload: `[]`, kind: "UnmarshalTypeError", message: "json: cannot unmarshal array into Go value of type main.event"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := start(t, runtimeapi.Options{Timeout: 300 * time.Millisecond})
			_, err := invoke(t, f, tt.payload)
			var got *runtimeapi.FunctionError
			if !errors.As(err, &got) {
				t.Fatalf("error %v, want a FunctionError", err)
			}
			if stack := len(got.StackTrace) > 0; stack != tt.stack {
				t.Errorf("stack trace %v, want one: %v", got.StackTrace, tt.stack)
			}
			got.StackTrace = nil
			want := &runtimeapi.FunctionError{Type: tt.kind, Message: tt.message, Stderr: tt.stderr}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if _, err := invoke(t, f, `{}`); err != nil {
				t.Errorf("the next invocation: %v", err)
			}
		})
	}
}

func TestStartReportsWhyAProcessDied(t *testing.T) {
	var logs bytes.Buffer
	_, err := runtimeapi.Start(t.Context(), runtimeapi.Options{
		Binary: echo, Logs: &logs, Env: map[string]string{"REFUSE": "PROFILES_TABLE is not set"},
	})
	var got *runtimeapi.FunctionError
	if !errors.As(err, &got) || got.Type != runtimeapi.ExitError || got.Stderr != "PROFILES_TABLE is not set" {
		t.Errorf("error %v, want the process's last words", err)
	}
	if !strings.Contains(logs.String(), "PROFILES_TABLE is not set") {
		t.Errorf("logs %q", &logs)
	}
	if _, err := runtimeapi.Start(t.Context(), runtimeapi.Options{Binary: "testdata/none"}); err == nil {
		t.Error("a binary that is not there was started")
	}
}

func TestCancelledInvocationKillsTheProcess(t *testing.T) {
	f := start(t, runtimeapi.Options{})
	before, err := invoke(t, f, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := f.Invoke(ctx, []byte(`{"Do":"sleep"}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the context's", err)
	}
	after, err := invoke(t, f, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if after.PID == before.PID {
		t.Error("the process lives on with half an invocation")
	}
}

func TestClosedFunctionRefuses(t *testing.T) {
	f := start(t, runtimeapi.Options{})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := invoke(t, f, `{}`); !errors.Is(err, runtimeapi.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
}
