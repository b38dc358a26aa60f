package ingest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// MaxBody is how large the body of a delivery may be, in bytes.
const MaxBody = 1 << 20

// packAbove is the size from which a body travels compressed: queues bill by
// 64 KiB, and refuse more than [MaxBody] with everything around it.
const packAbove = 48 << 10

// A Delivery is one message of a source as it came: verified, not understood.
type Delivery struct {
	Source   string            `json:"source"` // shopify, hubspot, …
	Header   map[string]string `json:"header"` // names in lower case; those the source's parser needs
	Body     []byte            `json:"-"`
	Received time.Time         `json:"received"`
}

type wire struct {
	Delivery
	Text   string `json:"text,omitempty"`   // the body, if it is UTF-8 and small
	Packed []byte `json:"packed,omitempty"` // the body, compressed
}

// Encode returns d as it goes over a queue.
func (d Delivery) Encode() ([]byte, error) {
	w := wire{Delivery: d, Text: string(d.Body)}
	if len(d.Body) > packAbove {
		var buf bytes.Buffer
		z, err := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
		if err != nil {
			return nil, fmt.Errorf("pack delivery: %w", err)
		}
		if _, err := z.Write(d.Body); err != nil {
			return nil, fmt.Errorf("pack delivery: %w", err)
		}
		if err := z.Close(); err != nil {
			return nil, fmt.Errorf("pack delivery: %w", err)
		}
		w.Text, w.Packed = "", buf.Bytes()
	}
	return json.Marshal(w)
}

// Decode reads what Encode wrote, or an event that EventBridge put on the
// queue itself, which becomes a delivery of the source "eventbridge". The
// error wraps [customer.ErrInvalid].
func Decode(message []byte, received time.Time) (Delivery, error) {
	var w struct {
		wire
		DetailType string `json:"detail-type"`
	}
	if err := json.Unmarshal(message, &w); err != nil {
		return Delivery{}, fmt.Errorf("%w: a message on the queue is a delivery in JSON", customer.ErrInvalid)
	}
	if w.DetailType != "" {
		return Delivery{Source: "eventbridge", Body: message, Received: received}, nil
	}
	d := w.Delivery
	d.Body = []byte(w.Text)
	if w.Packed == nil {
		return d, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(w.Packed))
	if err != nil {
		return Delivery{}, fmt.Errorf("%w: the packed body is not gzip", customer.ErrInvalid)
	}
	body, err := io.ReadAll(io.LimitReader(z, MaxBody+1))
	if err != nil || len(body) > MaxBody {
		return Delivery{}, fmt.Errorf("%w: the packed body is broken or over %d bytes", customer.ErrInvalid, MaxBody)
	}
	d.Body = body
	return d, nil
}

// Get returns the value of a header, whatever the case of its name.
func (d Delivery) Get(name string) string { return d.Header[strings.ToLower(name)] }
