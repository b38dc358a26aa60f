package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/function/webhook"
	"holdfast/internal/ingest"
)

type verdict struct{ err error }

func (v verdict) Verify(string, func(string) string, []byte, time.Time) error { return v.err }

// A memory is a queue that remembers, or refuses.
type memory struct {
	err    error
	groups []string
	kept   []ingest.Delivery
}

func (m *memory) Send(_ context.Context, body []byte, group string) error {
	d, err := ingest.Decode(body, time.Time{})
	if err == nil && m.err == nil {
		m.kept, m.groups = append(m.kept, d), append(m.groups, group)
	}
	return errors.Join(err, m.err)
}

func TestHandle(t *testing.T) {
	now := time.Date(2026, 10, 6, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name            string
		path            string
		verify, secrets error
		queue           error
		want            int
	}{
		{name: "a genuine delivery", want: http.StatusOK},
		{name: "a forged one", verify: errors.New("forged"), want: http.StatusUnauthorized},
		{name: "secrets that cannot be read", secrets: errors.New("down"), want: http.StatusServiceUnavailable},
		{name: "a queue that refuses", queue: errors.New("down"), want: http.StatusServiceUnavailable},
		{name: "a source that is none", path: "/webhooks/elsewhere", want: http.StatusNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			queue := &memory{err: tt.queue}
			h := webhook.Handler{Queue: queue, Now: func() time.Time { return now }, Sources: map[string]webhook.Source{"shop": {
				Verifier: func(context.Context) (webhook.Verifier, error) { return verdict{tt.verify}, tt.secrets },
				Keep:     []string{"x-topic", "x-none"}, Group: "x-account",
			}}}
			r := events.APIGatewayV2HTTPRequest{RawPath: "/webhooks/shop", Body: "{}", Headers: map[string]string{
				"X-Topic": "orders/create", "x-account": "mine", "x-signature": "secret", "cookie": "private"}}
			if tt.path != "" {
				r.RawPath = tt.path
			}
			got, err := h.Handle(t.Context(), r)
			if err != nil || got.StatusCode != tt.want || got.Body != http.StatusText(tt.want)+"\n" {
				t.Errorf("%d %q, %v; want %d", got.StatusCode, got.Body, err, tt.want)
			}
			var kept []ingest.Delivery
			var groups []string
			if tt.want == http.StatusOK {
				kept = []ingest.Delivery{{Source: "shop", Header: map[string]string{"x-topic": "orders/create"}, Body: []byte("{}"), Received: now}}
				groups = []string{"mine"}
			}
			if diff := cmp.Diff(kept, queue.kept); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(groups, queue.groups); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
		})
	}
}
