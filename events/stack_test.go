package events_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/config"
	"holdfast/internal/customer"
	"holdfast/internal/ingest"
	"holdfast/internal/local"
	"holdfast/internal/wire"
	starter "holdfast/playbook"
)

// A stack is the real handlers over an embedded store, called with JSON.
type stack struct {
	*local.Stack
	t    *testing.T
	logs *bytes.Buffer
}

// open puts a stack together whose clock stands at the files' instant. crm
// answers for HubSpot.
func open(t *testing.T, crm http.Handler) *stack {
	t.Helper()
	hub := httptest.NewServer(crm)
	t.Cleanup(hub.Close)
	s, err := local.Open(local.Options{
		Dir: t.TempDir(), Playbook: starter.FS, PublicURL: publicURL, HubspotURL: hub.URL, Shards: 1,
		Secrets: map[string]config.Secret{
			wire.ShopifySecrets: shopifySecret + "\nshpss_test_secret", wire.HubspotSecrets: hubspotSecret, wire.HubspotToken: "token",
			wire.TokenKey: tokenKey, wire.ErasureKey: "local-erasure-key",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	out := &stack{Stack: s, t: t, logs: capture(t)}
	out.clock(at)
	return out
}

// capture makes the log go into a buffer until t ends.
func capture(t *testing.T) *bytes.Buffer {
	t.Helper()
	before, logs := slog.Default(), &bytes.Buffer{}
	slog.SetDefault(slog.New(slog.NewJSONHandler(&locked{w: logs}, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return logs
}

type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// clock stops the stack's clock at an instant.
func (s *stack) clock(at time.Time) { s.SetClock(func() time.Time { return at }) }

// send sends a file to the function that its name begins with, and returns the
// answer.
func (s *stack) send(file string) string {
	s.t.Helper()
	payload, err := os.ReadFile(file + ".json")
	if err != nil {
		s.t.Fatal(err)
	}
	function, _, _ := strings.Cut(file, "-")
	return s.call(function, payload)
}

func (s *stack) call(function string, payload []byte) string {
	s.t.Helper()
	answer, err := s.Invoke(context.Background(), function, payload)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(answer)
}

// drain hands what is on the queue of events to ingest, and returns how many
// messages failed for good.
func (s *stack) drain() int {
	s.t.Helper()
	s.Events.Drain(context.Background(), func(ctx context.Context, payload []byte) ([]byte, error) { return s.Invoke(ctx, "ingest", payload) })
	return s.Events.Depth().Dead
}

// status returns an answer's status.
func status(answer string) int {
	var r events.APIGatewayV2HTTPResponse
	if json.Unmarshal([]byte(answer), &r) != nil {
		return 0
	}
	return r.StatusCode
}

// state tells what the stack holds, a line each.
func (s *stack) state() []string {
	s.t.Helper()
	ctx := context.Background()
	var lines []string
	note := func(format string, values ...any) {
		lines = append(lines, strings.Join(strings.Fields(fmt.Sprintf(format, values...)), " "))
	}
	for cursor, more := "", true; more; {
		page, next, err := s.Store.ScanProfiles(ctx, 0, 1, cursor)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, p := range page {
			if p.Empty() {
				continue
			}
			orders := 0
			if len(p.Books) > 0 {
				orders = p.Books[0].Orders
			}
			note("%s: %s, %d orders, mail %s, blocked %q, stage %q, nps %v", name(p.ID), p.FirstName, orders, p.Mail.State, p.Blocked,
				p.Attributes["lifecycle_stage"], p.Surveys.NPS)
			sends, err := s.Store.Sends(ctx, p.ID)
			if err != nil {
				s.t.Fatal(err)
			}
			for _, send := range sends {
				note("%s %s/%d: %s %s", name(p.ID), send.Campaign, send.Step, send.Status, send.Reason)
			}
		}
		cursor, more = next, next != ""
	}
	for _, kind := range []string{ingest.Quarantine, "survey", "fit", "score", "snapshot", "night"} {
		found, err := s.Store.Insights(ctx, kind, "", "")
		if err != nil {
			s.t.Fatal(err)
		}
		for range found {
			note("insight %s", kind)
		}
	}
	for queue, n := range map[string]int{"events": s.Events.Depth().Visible, "mail": s.Mail.Depth().Visible, "feedback": s.Feedback.Depth().Visible} {
		if n > 0 {
			note("%d on the queue of %s", n, queue)
		}
	}
	for _, m := range s.Outbox.Mails() {
		note("mail %s/%d to %s", m.Key.Campaign, m.Key.Step, m.To)
	}
	slices.Sort(lines)
	return lines
}

func name(id customer.ID) string {
	switch id {
	case mina:
		return "mina"
	case merged:
		return "merged"
	}
	return string(id)
}

// changes returns what is new in after, and with a minus what is gone.
func changes(before, after []string) []string {
	var all []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			all = append(all, "- "+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			all = append(all, line)
		}
	}
	return all
}

// instant is when a line was logged: its digits may be anything.
var instant = regexp.MustCompile(`"time(stamp)?":"[^"]*"`)

// checkLogs checks that nothing personal, and nothing of a body, was logged.
func (s *stack) checkLogs() {
	s.t.Helper()
	for line := range strings.Lines(s.logs.String()) {
		line = instant.ReplaceAllString(line, "")
		for _, private := range []string{"@", "Mina", "Muster", "mina", "Lindau", "88131", "Assam", "6940000000001", "line_items"} {
			if strings.Contains(line, private) {
				s.t.Errorf("a line of the log holds %q: %s", private, line)
			}
		}
	}
}

// crm answers for HubSpot with one contact.
func crm(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write(encode(object{"status": "COMPLETE", "results": []object{contact()}}))
}
