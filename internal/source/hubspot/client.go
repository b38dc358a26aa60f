package hubspot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// DefaultBase is HubSpot's API.
	DefaultBase = "https://api.hubapi.com"
	// pageSize is how many objects one call reads.
	pageSize = 100
	// maxAnswer bounds what is read of an answer, in bytes.
	maxAnswer = 64 << 20
	// tries is how often a call is made in all.
	tries = 5
)

// A Client reads objects from HubSpot's API. It changes nothing there. It is
// safe for concurrent use, once its fields are set.
type Client struct {
	HTTP *http.Client // nil: one that waits ten seconds for an answer
	Base string       // "" means [DefaultBase]
	// Version is the API's: "" or "v3" for /crm/v3/objects, or a date such as
	// "2026-03" for /crm/objects/2026-03.
	Version string
	// Token returns the access token of a portal; it is asked before every
	// call, so it can cache and rotate. nil means there is none.
	Token func(ctx context.Context, portal string) (string, error)
	// Now, Sleep and Random default to the real ones. Random returns numbers
	// in [0, 1); Sleep returns early with an error when ctx ends.
	Now    func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Random func() float64

	limit limiter
}

// post sends body as JSON to path for portal and decodes the answer into out.
// It only reads at HubSpot, so it is repeated when that may help: after a 429
// once the limit allows it, after 423, 477 and 5xx with growing pauses. It
// never waits beyond ctx's deadline.
//
// Errors: [ErrNoToken], [ErrRateLimited], [ErrUnavailable], or that HubSpot
// refuses the request itself.
func (c *Client) post(ctx context.Context, portal, path string, body, out any) error {
	payload, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	for try := 1; ; try++ {
		if err := c.wait(ctx, c.limit.delay(portal, c.now())); err != nil {
			return err
		}
		pause, err := c.once(ctx, portal, path, payload, out)
		if err == nil || pause < 0 {
			return err
		}
		if try == tries {
			return err
		}
		if pause == 0 {
			pause = c.backoff(try)
		}
		if waited := c.wait(ctx, pause); waited != nil {
			return errors.Join(err, waited)
		}
	}
}

// once makes one call. With an error, pause is how long to wait before the
// next: negative if none would help, zero if HubSpot does not say.
func (c *Client) once(ctx context.Context, portal, path string, payload []byte, out any) (time.Duration, error) {
	const never = -1
	if c.Token == nil {
		return never, ErrNoToken
	}
	token, err := c.Token(ctx, portal)
	if err != nil {
		return never, fmt.Errorf("read token of portal %s: %w", portal, err)
	}
	if token == "" {
		return never, ErrNoToken
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base()+path, bytes.NewReader(payload))
	if err != nil {
		return never, fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := c.http().Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return never, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
		}
		return 0, fmt.Errorf("%w: no answer", ErrUnavailable)
	}
	defer answer.Body.Close()
	c.limit.note(portal, answer.Header, c.now())
	read, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return 0, fmt.Errorf("%w: answer broke off", ErrUnavailable)
	}
	switch status := answer.StatusCode; {
	case status == http.StatusOK || status == http.StatusMultiStatus:
		if json.Unmarshal(read, out) != nil {
			return 0, fmt.Errorf("%w: answer is not the JSON it should be", ErrUnavailable)
		}
		return never, nil
	case status == http.StatusTooManyRequests:
		return limited(answer.Header, read, c.now())
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return never, fmt.Errorf("%w: token refused with status %d", ErrUnavailable, status)
	case status == http.StatusLocked || status == 477 || status >= 500:
		return retryAfter(answer.Header, c.now()), fmt.Errorf("%w: status %d", ErrUnavailable, status)
	default:
		return never, fmt.Errorf("hubspot: status %d for %s", status, path)
	}
}

// wait sleeps for d, unless ctx ends before that: then it says so at once, so
// that the message returns to its queue rather than its lease running out.
func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && c.now().Add(d).After(deadline) {
		return fmt.Errorf("%w: the next call is allowed too late", ErrRateLimited)
	}
	sleep := c.Sleep
	if sleep == nil {
		sleep = pause
	}
	if err := sleep(ctx, d); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Client) base() string {
	if c.Base == "" {
		return DefaultBase
	}
	return strings.TrimSuffix(c.Base, "/")
}

var plainHTTP = &http.Client{Timeout: 10 * time.Second}

func (c *Client) http() *http.Client {
	if c.HTTP == nil {
		return plainHTTP
	}
	return c.HTTP
}
