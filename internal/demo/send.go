package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/internal/source/hubspot"
	"holdfast/internal/source/segment"
	"holdfast/internal/source/shopify"
)

// A Target is where deliveries are sent, and how the sources sign them.
type Target struct {
	URL           string // scheme and host to connect to; paths are /webhooks/ and the source
	PublicURL     string // the same as HubSpot knows it, which its signature covers; "": URL
	ShopifySecret string
	HubSpotSecret string
	SegmentSecret string           // "": what people do at the website is left out
	Now           func() time.Time // HubSpot signs the present time
	Connections   int              // at once; 0: 8
}

// ErrRefused: a delivery was answered with something else than 2xx.
var ErrRefused = errors.New("demo: delivery refused")

// Send signs every delivery as its source would and POSTs it to the target. It
// returns nil when all were answered with 2xx, and otherwise stops at the first
// that was not, with an error that wraps [ErrRefused], or with the error of the
// connection or of ctx. Deliveries start in order; across connections their
// order need not hold. The client should keep as many idle connections to a
// host as t.Connections. progress is called after each delivery, from several
// goroutines; nil is allowed.
//
// Send can be repeated: the deliveries are the same ones, with the same ids.
func (s *Shop) Send(ctx context.Context, client *http.Client, t Target, progress func(done, total int)) error {
	if t.PublicURL == "" {
		t.PublicURL = t.URL
	}
	if t.Connections == 0 {
		t.Connections = 8
	}
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(t.Connections)
	var done atomic.Int64
	total := t.count(s)
	for d := range s.Deliveries() {
		if running.Err() != nil {
			break
		}
		if !t.takes(d.Source) {
			continue
		}
		group.Go(func() error {
			if err := t.post(running, client, d); err != nil {
				return err
			}
			if n := int(done.Add(1)); progress != nil {
				progress(n, total)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// takes reports whether deliveries of a source are sent.
func (t Target) takes(source string) bool { return source != Segment || t.SegmentSecret != "" }

// count returns how many deliveries of s are sent.
func (t Target) count(s *Shop) int {
	n := 0
	for _, m := range s.moments {
		if t.takes(m.source) {
			n++
		}
	}
	return n
}

func (t Target) post(ctx context.Context, client *http.Client, d Delivery) error {
	path := "/webhooks/" + d.Source
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(t.URL, "/")+path, bytes.NewReader(d.Body))
	if err != nil {
		return fmt.Errorf("send %s: %w", d.Topic, err)
	}
	for name, value := range d.Header {
		request.Header.Set(name, value)
	}
	switch d.Source {
	case Shopify:
		request.Header.Set("X-Shopify-Hmac-SHA256", shopify.Sign([]byte(t.ShopifySecret), d.Body))
	case Segment:
		request.Header.Set("X-Signature", segment.Sign([]byte(t.SegmentSecret), d.Body))
	case HubSpot:
		signature, at := hubspot.Sign([]byte(t.HubSpotSecret), http.MethodPost, strings.TrimSuffix(t.PublicURL, "/")+path, d.Body, t.Now())
		request.Header.Set("X-HubSpot-Signature-v3", signature)
		request.Header.Set("X-HubSpot-Request-Timestamp", at)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("send %s: %w", d.Topic, err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // read to the end, so that the connection is used again
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%w: %s to %s: %s", ErrRefused, d.Topic, path, response.Status)
	}
	return nil
}
