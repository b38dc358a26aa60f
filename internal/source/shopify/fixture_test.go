package shopify

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/internal/customer"
)

const shop = "shopify/example.myshopify.com/"

// object is a body under construction. Ids above 2^53 are json.Number.
type object map[string]any

// with returns o with fields added, replaced, or with value remove taken away.
func (o object) with(fields object) object {
	all := maps.Clone(o)
	for name, value := range fields {
		if value == remove {
			delete(all, name)
			continue
		}
		all[name] = value
	}
	return all
}

const remove = "\x00"

func (o object) json(t testing.TB) []byte {
	t.Helper()
	body, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// parse parses o as topic, noticed by the shop at the given second.
func parse(t testing.TB, topic string, o object, noticed ...string) []customer.Event {
	t.Helper()
	header := headers(topic)
	if len(noticed) > 0 {
		header = func(name string) string {
			if strings.EqualFold(name, "X-Shopify-Triggered-At") {
				return noticed[0]
			}
			return headers(topic)(name)
		}
	}
	events, err := Parse(header, o.json(t))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// fold folds the facts of events as if all belonged to one customer.
func fold(deliveries ...[]customer.Event) customer.Folded {
	var facts []customer.Fact
	for _, e := range slices.Concat(deliveries...) {
		if e.Fact != nil {
			facts = append(facts, *e.Fact)
		}
	}
	return customer.Fold(facts, time.UTC)
}

// find returns the event with a fact of key, or fails.
func find(t testing.TB, events []customer.Event, key string) customer.Event {
	t.Helper()
	for _, e := range events {
		if e.Fact != nil && strings.HasPrefix(e.Fact.Key, key) {
			return e
		}
	}
	t.Fatalf("no fact %s in %v", key, kinds(events))
	return customer.Event{}
}

var bigID = json.Number("9007199254740993") // 2^53 + 1, which no float holds

func aCustomer() object {
	return object{
		"id": bigID, "admin_graphql_api_id": "gid://shopify/Customer/9007199254740993",
		"email": "Ada@Example.com", "phone": "+43 1 5880", "first_name": "Ada", "last_name": "Lovelace", "state": "enabled",
		"created_at": "2026-01-02T10:00:00-05:00", "updated_at": "2026-10-05T21:54:50-05:00",
		"default_address": object{"city": "Wien", "province": "Wien", "province_code": nil, "country_code": "AT", "zip": "1010", "company": "Analytical"},
	}
}

func inEUR(amount string) object {
	return object{"shop_money": object{"amount": amount, "currency_code": "EUR"},
		"presentment_money": object{"amount": amount, "currency_code": "EUR"}}
}

func anOrder() object {
	return object{
		"id": json.Number("5778367414385"), "admin_graphql_api_id": "gid://shopify/Order/5778367414385", "name": "#1001",
		"email": "guest@example.com", "phone": nil, "customer": aCustomer(), "customer_locale": "de-AT",
		"created_at": "2026-10-05T10:00:01+02:00", "processed_at": "2026-10-05T10:00:00+02:00", "updated_at": "2026-10-05T10:00:02+02:00",
		"cancelled_at": nil, "financial_status": "paid", "fulfillment_status": nil, "test": false, "source_name": "web",
		"currency": "EUR", "presentment_currency": "EUR", "total_price": "100.00", "total_price_set": inEUR("100.00"),
		"current_total_price": "100.00", "current_total_price_set": inEUR("100.00"), "total_discounts": "5.00",
		"discount_codes": []object{{"code": "HELLO", "amount": "5.00", "type": "fixed_amount"}},
		"cart_token":     "Z2NwLXVz/MDFK", "checkout_token": "84ad78572dae", "buyer_accepts_marketing": false, "refunds": []object{},
		"line_items": []object{{"id": 1, "product_id": json.Number("788032119674292922"), "variant_id": nil, "sku": nil, "title": "Tea",
			"quantity": 2, "price": "52.50", "gift_card": false}},
	}
}

func aTransaction() object {
	return object{"id": 31, "order_id": json.Number("5778367414385"), "kind": "refund", "status": "success",
		"created_at": "2026-10-08T10:00:00Z", "processed_at": nil, "amount": "30.00", "currency": "EUR"}
}

func aRefund(transactions ...object) object {
	return object{"id": 21, "order_id": json.Number("5778367414385"), "created_at": "2026-10-08T10:00:00Z",
		"refund_line_items": []object{}, "order_adjustments": []object{}, "transactions": transactions}
}
