// Package webhook receives the sources' webhooks over HTTP: it verifies the
// signature over the raw bytes, puts the delivery on a queue and answers.
package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/function"
	"holdfast/internal/ingest"
)

// A Verifier tells a source's deliveries from others'. Any error means that
// the delivery is not the source's.
type Verifier interface {
	Verify(method string, header func(string) string, body []byte, now time.Time) error
}

// A Queue takes deliveries; of one group none keeps another's waiting.
type Queue interface {
	Send(ctx context.Context, body []byte, group string) error
}

// A Source is one kind of sender.
type Source struct {
	// Verifier returns who verifies with the secrets valid now.
	Verifier func(ctx context.Context) (Verifier, error)
	Keep     []string // headers that its parser needs, in lower case
	Group    string   // header that names the account, in lower case; "" for none
}

// A Handler answers POST /webhooks/{source}.
type Handler struct {
	Sources map[string]Source
	Queue   Queue
	Now     func() time.Time
}

// Handle answers 200 once the delivery is on the queue; 401 without a valid
// signature, and then nothing was kept and nothing is said about why; 404 for
// a source that is none; 413 above [ingest.MaxBody]; 503 if the delivery could
// not be kept, so that the source sends it again.
func (h Handler) Handle(ctx context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	name := path.Base(r.RawPath)
	status, err := h.receive(ctx, name, r)
	if err != nil {
		level := slog.LevelError
		if status < 500 {
			level = slog.LevelWarn
		}
		slog.Log(ctx, level, "webhook refused", "source", known(h.Sources, name), "status", status, "reason", err)
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: map[string]string{"content-type": "text/plain"}, Body: http.StatusText(status) + "\n"}, nil
}

// known keeps a stranger's path out of the log.
func known(sources map[string]Source, name string) string {
	if _, ok := sources[name]; ok {
		return name
	}
	return "unknown"
}

var (
	errSource = errors.New("no such source")
	errLarge  = errors.New("body above the limit")
)

func (h Handler) receive(ctx context.Context, name string, r events.APIGatewayV2HTTPRequest) (int, error) {
	source, ok := h.Sources[name]
	if !ok {
		return http.StatusNotFound, errSource
	}
	body, err := function.Body(r)
	if err != nil {
		return http.StatusUnauthorized, err
	}
	if len(body) > ingest.MaxBody {
		return http.StatusRequestEntityTooLarge, errLarge
	}
	verifier, err := source.Verifier(ctx)
	if err != nil {
		return http.StatusServiceUnavailable, err
	}
	now := h.Now()
	header := func(name string) string { return function.Header(r, name) }
	if err := verifier.Verify(r.RequestContext.HTTP.Method, header, body, now); err != nil {
		return http.StatusUnauthorized, err
	}
	d := ingest.Delivery{Source: name, Header: map[string]string{}, Body: body, Received: now.UTC()}
	for _, k := range source.Keep {
		if v := header(k); v != "" {
			d.Header[k] = v
		}
	}
	message, err := d.Encode()
	if err != nil {
		return http.StatusServiceUnavailable, err
	}
	if len(message) > ingest.MaxBody {
		return http.StatusRequestEntityTooLarge, errLarge
	}
	if err := h.Queue.Send(ctx, message, header(source.Group)); err != nil {
		return http.StatusServiceUnavailable, err
	}
	return http.StatusOK, nil
}
