package shopify

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func detail(t testing.TB, envelope []byte) []byte {
	t.Helper()
	var e struct{ Detail json.RawMessage }
	if err := json.Unmarshal(envelope, &e); err != nil {
		t.Fatal(err)
	}
	return e.Detail
}

func TestAnEnvelopeIsReadLikeADelivery(t *testing.T) {
	body := anOrder().json(t)
	want, err := Parse(headers("orders/create"), body)
	if err != nil {
		t.Fatal(err)
	}
	for name, metadata := range map[string]object{
		"as documented":      {"X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": "example.myshopify.com", "X-Shopify-Triggered-At": "2026-10-06T02:54:50.123456789Z", "Content-Length": 5},
		"in small letters":   {"x-shopify-topic": "orders/create", "x-shopify-shop-domain": "example.myshopify.com", "x-shopify-triggered-at": "2026-10-06T02:54:50.123456789Z"},
		"without X in front": {"shopify-topic": "orders/create", "Shopify-Shop-Domain": "example.myshopify.com", "shopify-triggered-at": "2026-10-06T02:54:50.123456789Z"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseEnvelope(object{"payload": json.RawMessage(body), "metadata": metadata}.json(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOfficialEnvelopes(t *testing.T) {
	events, err := ParseEnvelope(detail(t, sample(t, "eventbridge_webhook_orders_create.json")))
	if err != nil || len(events) != 3 {
		t.Errorf("a webhook: %v, %v", kinds(events), err)
	}
	for _, file := range []string{"eventbridge_events_preview_order_update_granted.json", "eventbridge_events_preview_order_update_denied.json"} {
		if events, err := ParseEnvelope(detail(t, sample(t, file))); !errors.Is(err, ErrUnwanted) || len(events) > 0 {
			t.Errorf("%s: %v, %v", file, kinds(events), err)
		}
	}
}

func TestAPreviewIsUnwantedByEitherMark(t *testing.T) {
	for _, mark := range []string{"shopify-action", "X-Shopify-Handle"} {
		body := object{"payload": anOrder(), "metadata": object{"shopify-topic": "orders/create", "shopify-shop-domain": "a.myshopify.com", mark: "update"}}
		if events, err := ParseEnvelope(body.json(t)); !errors.Is(err, ErrUnwanted) {
			t.Errorf("%s: %v, %v", mark, kinds(events), err)
		}
	}
}

func TestBadEnvelopesAreInvalid(t *testing.T) {
	metadata := object{"X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": "example.myshopify.com"}
	for name, body := range map[string][]byte{
		"no JSON":     []byte("{"),
		"no metadata": object{"payload": object{}}.json(t),
		"no payload":  object{"metadata": metadata}.json(t),
		"no topic":    object{"payload": object{}, "metadata": object{"X-Shopify-Shop-Domain": "a.b"}}.json(t),
		"an oversized webhook, of which the id came": object{"payload": object{"id": 1}, "metadata": metadata}.json(t),
	} {
		if events, err := ParseEnvelope(body); !errors.Is(err, customer.ErrInvalid) || len(events) > 0 {
			t.Errorf("%s: %v, %v", name, kinds(events), err)
		}
	}
}
