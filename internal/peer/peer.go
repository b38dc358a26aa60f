package peer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

const startTimeout = 30 * time.Second

// Started processes end when their standard input does; holding the write end
// here until this process is gone ties their lives to it.
var shared = sync.OnceValues(func() (*process, error) { return start(toolsDir(), "dynamodb") })

// DynamoDB returns the endpoint of a DynamoDB. One server is shared by the tests
// of a process: a test names its tables so that they are its own.
func DynamoDB(t testing.TB) string {
	t.Helper()
	Node(t)
	p, err := shared()
	if err != nil {
		t.Fatalf("start DynamoDB: %v", err)
	}
	return p.endpoint
}

// SES returns the endpoint of an SESv2 of t's own, with an empty outbox; see [Mails].
func SES(t testing.TB) string {
	t.Helper()
	return own(t, "ses")
}

// SQS returns the endpoint of an SQS of t's own, without queues.
func SQS(t testing.TB) string {
	t.Helper()
	return own(t, "sqs")
}

func own(t testing.TB, kind string) string {
	t.Helper()
	p, err := start(Node(t), kind)
	if err != nil {
		t.Fatalf("start %s: %v", kind, err)
	}
	t.Cleanup(p.stop)
	return p.endpoint
}

type process struct {
	endpoint string
	stdin    io.Closer
	ended    chan struct{}
}

func start(tools, kind string) (*process, error) {
	cmd := exec.Command("node", filepath.Join(tools, "peer.mjs"), kind)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{stdin: stdin, ended: make(chan struct{})}
	line := make(chan []byte, 1)
	go func() {
		defer close(p.ended)
		out := bufio.NewReader(stdout)
		first, _ := out.ReadBytes('\n')
		line <- first
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	}()
	var ready struct{ Endpoint string }
	select {
	case first := <-line:
		if err := json.Unmarshal(first, &ready); err == nil {
			p.endpoint = ready.Endpoint
			return p, nil
		}
		p.stop()
		return nil, fmt.Errorf("it ended before it listened: %s", stderr.Bytes())
	case <-time.After(startTimeout):
		return nil, errors.Join(errors.New("it did not listen in time"), cmd.Process.Kill())
	}
}

// stop ends the process and waits until its port is free.
func (p *process) stop() {
	_ = p.stdin.Close()
	<-p.ended
}
