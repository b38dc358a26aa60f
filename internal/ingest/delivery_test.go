package ingest_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/ingest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestADeliveryComesThroughTheQueueAsItWas(t *testing.T) {
	noise := make([]byte, 700_000)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		body []byte
	}{
		{"a small body", []byte(`{"id":1}`)},
		{"an empty body", []byte{}},
		{"a body at the size from which it is packed", bytes.Repeat([]byte("a"), 48<<10)},
		{"a body above it", bytes.Repeat([]byte("ä"), 30<<10)},
		{"a body at the largest size", bytes.Repeat([]byte("x"), ingest.MaxBody)},
		{"a large body that does not pack", noise},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := ingest.Delivery{Source: "shopify", Header: map[string]string{"x-shopify-topic": "orders/create"}, Body: tt.body, Received: noon}
			message, err := d.Encode()
			if err != nil {
				t.Fatal(err)
			}
			got, err := ingest.Decode(message, noon.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d, got); diff != "" {
				t.Error(diff)
			}
			if got.Get("X-Shopify-Topic") != "orders/create" {
				t.Error("a header is not found by its name in another case")
			}
		})
	}
}

func TestARepetitiveBodyNearOneMebibyteTravelsSmall(t *testing.T) {
	d := ingest.Delivery{Source: "shopify", Body: bytes.Repeat([]byte(`{"price":"1.00"},`), ingest.MaxBody/17)}
	message, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if len(message) > 64<<10 {
		t.Errorf("%d bytes on the queue, want at most 64 KiB", len(message))
	}
}

func TestAnEventOfEventBridgeIsADeliveryOfItsOwn(t *testing.T) {
	event := []byte(`{"version":"0","detail-type":"shopifyWebhook","detail":{"payload":{"id":1},"metadata":{}}}`)
	got, err := ingest.Decode(event, noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ingest.Delivery{Source: "eventbridge", Body: event, Received: noon}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoDeliveryIsInvalid(t *testing.T) {
	bomb, err := ingest.Delivery{Body: bytes.Repeat([]byte("0"), ingest.MaxBody+1)}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, message := range map[string]string{
		"no JSON":                            "hello",
		"nothing":                            "",
		"a list":                             "[]",
		"a packed body that is no base64":    `{"source":"shopify","packed":"?"}`,
		"a packed body that is no gzip":      `{"source":"shopify","packed":"aGVsbG8="}`,
		"a packed body that is broken off":   `{"source":"shopify","packed":"H4sIAAAAAAAA/8pIzcnJBwQAAP//"}`,
		"a packed body over the size limit":  string(bomb),
		"a received instant that is no time": `{"source":"shopify","received":"now"}`,
	} {
		if _, err := ingest.Decode([]byte(message), noon); !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("%s: error %v, want one that is invalid", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"source":"shopify","header":{"a":"b"},"text":"{}"}`, `{"packed":"H4sIAAAAAAAA/8pIzcnJBwQAAP//"}`, `{"detail-type":"x"}`, `[]`, ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		d, err := ingest.Decode(message, noon)
		if err != nil {
			if !errors.Is(err, customer.ErrInvalid) || strings.Contains(err.Error(), string(message)) && len(message) > 8 {
				t.Fatalf("error %v", err)
			}
			return
		}
		if d.Source == "eventbridge" {
			return // the envelope is the body
		}
		again, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ingest.Decode(again, noon)
		if err != nil {
			t.Fatal(err)
		}
		if d.Source != back.Source || len(d.Body) != len(back.Body) && strings.ToValidUTF8(string(d.Body), "\uFFFD") != string(back.Body) {
			t.Fatalf("%+v became %+v", d, back)
		}
	})
}
