package shopify

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"holdfast/internal/customer"
)

func TestBadDeliveriesAreInvalidAndSayWhere(t *testing.T) {
	const secret = "s3cr3t"
	redact := object{"shop_domain": "example.myshopify.com", "customer": object{"id": 1, "email": "a@b.example"}, "orders_to_redact": []int{}}
	request := object{"shop_domain": "example.myshopify.com", "customer": object{"id": 1}, "orders_requested": []int{}, "data_request": object{"id": 1}}
	for _, c := range []struct {
		name, topic string
		body        any
		field       string
	}{
		{"malformed JSON", "orders/create", json.RawMessage(`{"id":1`), "byte 7"},
		{"an empty body", "orders/create", json.RawMessage(``), "byte 0"},
		{"a list", "orders/create", []string{secret}, "body"},
		{"an oversized customer, of which the id came", "customers/update", object{"id": 1}, "updated_at"},
		{"an oversized order, of which the id came", "orders/create", object{"id": 1}, "updated_at"},
		{"an oversized checkout, of which the id came", "checkouts/update", object{"id": 1}, "updated_at"},
		{"an oversized cart, of which the id came", "carts/update", object{"id": secret}, "updated_at"},
		{"an oversized refund, of which the id came", "refunds/create", object{"id": 1}, "order_id"},
		{"an oversized transaction, of which the id came", "order_transactions/create", object{"id": 1}, "order_id"},
		{"an id that is a float", "customers/update", json.RawMessage(`{"id":7.06e17,"updated_at":null}`), "id: must be a whole number"},
		{"an id of zero", "customers/update", aCustomer().with(object{"id": 0}), "id: must be a whole number"},
		{"an id that is a word", "customers/update", aCustomer().with(object{"id": secret}), "id: must be a whole number"},
		{"a time that is none", "customers/update", aCustomer().with(object{"updated_at": secret}), "updated_at: must be an RFC 3339 time"},
		{"a time nobody can order", "customers/update", aCustomer().with(object{"updated_at": "9999-12-31T23:59:59-05:00"}), "updated_at"},
		{"a text that is an object", "customers/update", aCustomer().with(object{"email": object{"x": secret}}), "email: must be a text"},
		{"a nested text that is a number", "customers/update", aCustomer().with(object{"default_address": object{"city": 47114711}}), "default_address.city: must be a text"},
		{"a global id that is none", "customer.tags_added", object{"customerId": secret, "tags": []string{secret}, "occurredAt": "2026-01-01T00:00:00Z"}, "customerId"},
		{"a global id of something else", "customer.tags_added", object{"customerId": "gid://shopify/Order/1"}, "customerId: must name a Customer"},
		{"an amount that is none", "orders/create", anOrder().with(object{"total_price": secret, "total_price_set": nil}), "total_price"},
		{"an amount finer than its currency", "orders/create", anOrder().with(object{"total_price": "1.234", "total_price_set": nil}), "total_price"},
		{"no amount", "orders/create", anOrder().with(object{"total_price": nil, "total_price_set": nil}), "total_price"},
		{"no currency", "orders/create", anOrder().with(object{"currency": nil, "total_price_set": nil}), "currency"},
		{"an amount beyond all shops", "orders/create", anOrder().with(object{"line_items": []object{{"quantity": 1000000, "price": "99999999999999.00"}}}), "line_items.quantity"},
		{"a negative refund", "refunds/create", aRefund(aTransaction().with(object{"amount": "-1.00"})), "transactions.amount"},
		{"a token as long as a book", "carts/update", aCart().with(object{"token": strings.Repeat("x", 257)}), "token"},
		{"a merge with itself", "customers/merge", object{"admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1",
			"admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/1", "status": "completed"}, "deleted_id"},

		{"an order under a customer's topic", "customers/update", anOrder(), "admin_graphql_api_id"},
		{"a customer under the topic of its deletion", "customers/delete", aCustomer(), "updated_at"},
		{"an order under the topic of its deletion", "orders/delete", anOrder(), "updated_at"},
		{"a checkout under the topic of its deletion", "checkouts/delete", aCheckout(), "updated_at"},
		{"an order under the topic of an erasure", "customers/redact", anOrder(), "shop_domain"},
		{"a request for data under the topic of an erasure", "customers/redact", request, "data_request"},
		{"an erasure under the topic of a request for data", "customers/data_request", redact, "orders_to_redact"},
		{"a request for data under the topic of a shop's erasure", "shop/redact", request, "customer"},
		{"a shop's erasure that names a customer", "shop/redact", object{"shop_domain": "example.myshopify.com", "customer": object{"id": 1}}, "customer"},
		{"a customer under the topic of an uninstall", "app/uninstalled", aCustomer(), "myshopify_domain"},
		{"another shop's erasure", "shop/redact", object{"shop_domain": secret + ".myshopify.com"}, "shop_domain"},
		{"another shop's uninstall", "app/uninstalled", object{"myshopify_domain": secret + ".myshopify.com"}, "myshopify_domain"},
		{"an erasure of nobody", "customers/redact", redact.with(object{"customer": object{}}), "customer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, ok := c.body.(json.RawMessage)
			if !ok {
				body, _ = json.Marshal(c.body)
			}
			events, err := Parse(headers(c.topic), body)
			if !errors.Is(err, customer.ErrInvalid) || len(events) > 0 {
				t.Fatalf("got %v and %v", kinds(events), err)
			}
			if !strings.Contains(err.Error(), c.field) {
				t.Errorf("%q does not name %q", err, c.field)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "4711") {
				t.Errorf("%q tells a value", err)
			}
		})
	}
}

func TestHeadersDecideWhatIsParsed(t *testing.T) {
	with := func(topic, shop, triggered string) func(string) string {
		return func(name string) string {
			return map[string]string{"x-shopify-topic": topic, "x-shopify-shop-domain": shop, "x-shopify-triggered-at": triggered}[strings.ToLower(name)]
		}
	}
	body := aCustomer().json(t)
	untimed := aCustomer().with(object{"updated_at": nil}).json(t)
	for _, c := range []struct {
		name   string
		header func(string) string
		body   []byte
		want   error
	}{
		{"an unknown topic is unwanted, whatever its body", with("products/update", "a.myshopify.com", ""), []byte("{"), ErrUnwanted},
		{"no topic is invalid", with("", "a.myshopify.com", ""), body, customer.ErrInvalid},
		{"no shop is invalid", with("customers/update", "", ""), body, customer.ErrInvalid},
		{"a shop that is no host is invalid", with("customers/update", "a/b.myshopify.com", ""), body, customer.ErrInvalid},
		{"case does not matter", with("Customers/Update", "A.MyShopify.com", ""), body, nil},
		{"a time of no use is not needed", with("customers/update", "a.myshopify.com", "soon"), body, nil},
		{"a state without any time is invalid", with("customers/update", "a.myshopify.com", "soon"), untimed, customer.ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Parse(c.header, c.body); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
