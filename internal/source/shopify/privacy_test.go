package shopify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func TestPrivacyRequests(t *testing.T) {
	at := time.Date(2026, 10, 6, 2, 54, 50, 123456789, time.UTC)
	redact := object{"shop_id": 1, "shop_domain": "EXAMPLE.myshopify.com", "customer": object{"id": bigID, "email": "Ada@example.com", "phone": "555-625-1199"},
		"orders_to_redact": []any{bigID}}
	erase := func(c customer.Command) *customer.Command { c.Kind, c.At = customer.Erase, at; return &c }
	for _, c := range []struct {
		name, topic string
		body        object
		want        []customer.Event
	}{
		{"an erasure names the customer, the addresses and the orders", "customers/redact", redact, []customer.Event{
			{Record: shop + "9007199254740993", Command: erase(customer.Command{Email: "ada@example.com"})},
			{Record: shop + "order/9007199254740993", Command: erase(customer.Command{})}}},
		{"an erasure can name an e-mail only", "customers/redact", redact.with(object{"customer": object{"email": "ada@example.com"}, "orders_to_redact": []any{}}),
			[]customer.Event{{Record: "email/ada@example.com", Command: erase(customer.Command{Email: "ada@example.com"})}}},
		{"an erasure can name a phone only", "customers/redact", redact.with(object{"customer": object{"phone": "+4315880"}, "orders_to_redact": nil}),
			[]customer.Event{{Record: "phone/+4315880", Command: erase(customer.Command{Phone: "+4315880"})}}},
		{"a request for data carries its number", "customers/data_request", object{"shop_domain": "example.myshopify.com", "customer": object{"id": 5, "email": nil},
			"orders_requested": []int{1}, "data_request": object{"id": 9999}},
			[]customer.Event{{Record: shop + "5", Command: &customer.Command{Kind: customer.Export, At: at, Reference: "9999"}}}},
		{"a shop's erasure takes the account", "shop/redact", object{"shop_id": 1, "shop_domain": "example.myshopify.com"},
			[]customer.Event{{Record: shop + "shop", Command: &customer.Command{Kind: customer.EraseAccount, At: at}}}},
		{"an uninstalled app is disconnected", "app/uninstalled", object{"id": 1, "domain": nil, "myshopify_domain": nil},
			[]customer.Event{{Record: shop + "shop", Command: &customer.Command{Kind: customer.Disconnect, At: at}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, parse(t, c.topic, c.body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
