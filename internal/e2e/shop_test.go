package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
	"holdfast/internal/source/hubspot"
	"holdfast/internal/source/shopify"
	starter "holdfast/playbook"
)

const shop = "kettle-test.myshopify.com"

type object map[string]any

// A person is one of the cast: what they bought and when, and the campaign
// whose mail they are to be treated with.
type person struct {
	name     string
	campaign string
	control  bool // in the campaign's control group
	consent  bool
	orders   []purchase
	number   int64 // at the shop
}

type purchase struct {
	daysAgo int
	amount  string
}

func (p person) email() string { return strings.ToLower(p.name) + "@readers.example" }

func (p person) id() customer.ID {
	return customer.Account("shopify/" + shop).Record(fmt.Sprint(p.number)).ID()
}

// enrol gives everybody a number such that the experiment puts them where they
// are wanted.
func enrol(t *testing.T, cast []person) []person {
	t.Helper()
	book, err := playbook.Load(starter.FS)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cast {
		p := &cast[i]
		campaign, ok := book.Campaign(p.campaign)
		if !ok {
			t.Fatalf("the starter playbook has no campaign %s", p.campaign)
		}
		for p.number = int64(7_000_000_000_000 + i*1_000_000); (campaign.Arm(p.id()) == playbook.Control) != p.control; p.number++ {
		}
	}
	return cast
}

// A webhook is one delivery as its source sends it.
type webhook struct {
	source string
	topic  string
	body   []byte
}

func encode(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return body
}

func price(amount string) object {
	money := object{"amount": amount, "currency_code": "EUR"}
	return object{"shop_money": money, "presentment_money": money}
}

// deliveries returns what the shop sends of p, oldest first.
func (p person) deliveries(now time.Time) []webhook {
	created := now.AddDate(-1, 0, 0).Format(time.RFC3339)
	buyer := object{
		"id": p.number, "admin_graphql_api_id": fmt.Sprintf("gid://shopify/Customer/%d", p.number), "email": p.email(),
		"first_name": p.name, "last_name": "Probefrau", "state": "enabled", "created_at": created, "updated_at": created,
		"default_address": object{"city": "Lindau", "country_code": "DE", "zip": "88131"},
	}
	all := []webhook{{"shopify", "customers/create", encode(buyer)}}
	if p.consent {
		all = append(all, webhook{"shopify", "customers_email_marketing_consent/update", encode(object{
			"customer_id": p.number, "email_address": p.email(),
			"email_marketing_consent": object{"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": created},
		})})
	}
	for i, o := range p.orders {
		at := now.AddDate(0, 0, -o.daysAgo).Format(time.RFC3339)
		id := p.number*100 + int64(i)
		all = append(all, webhook{"shopify", "orders/create", encode(object{
			"id": id, "admin_graphql_api_id": fmt.Sprintf("gid://shopify/Order/%d", id), "name": fmt.Sprintf("#%d", id%10_000), "customer": buyer,
			"email": p.email(), "created_at": at, "processed_at": at, "updated_at": at, "cancelled_at": nil, "financial_status": "paid",
			"currency": "EUR", "total_price": o.amount, "total_price_set": price(o.amount), "current_total_price": o.amount,
			"current_total_price_set": price(o.amount), "total_discounts": "0.00", "test": false, "source_name": "web", "refunds": []any{},
			"line_items": []object{{"id": id*10 + 1, "product_id": 4711, "title": "Assam, loose", "quantity": 1, "price": o.amount, "gift_card": false}},
		})})
	}
	return all
}

// request is the webhook as the HTTP API hands it to a function.
func (w webhook) request(now time.Time) events.APIGatewayV2HTTPRequest {
	r := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "POST /webhooks/" + w.source, RawPath: "/webhooks/" + w.source,
		Headers: map[string]string{"content-type": "application/json", "host": "mail.shop.example"}, Body: string(w.body),
	}
	r.RequestContext.HTTP.Method, r.RequestContext.HTTP.Path = http.MethodPost, r.RawPath
	switch w.source {
	case "shopify":
		r.Headers["x-shopify-topic"], r.Headers["x-shopify-shop-domain"] = w.topic, shop
		r.Headers["x-shopify-triggered-at"] = now.Format(time.RFC3339Nano)
		r.Headers["x-shopify-hmac-sha256"] = shopify.Sign([]byte(shopifySecret), w.body)
	case "hubspot":
		r.Headers["x-hubspot-signature-v3"], r.Headers["x-hubspot-request-timestamp"] =
			hubspot.Sign([]byte(hubspotSecret), http.MethodPost, publicURL+"/webhooks/hubspot", w.body, now)
	}
	return r
}

// A portal is HubSpot's API with one contact.
type portal struct {
	id         string
	properties object
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer token" || !strings.Contains(r.URL.Path, "contacts/batch/read") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = w.Write(encode(object{"status": "COMPLETE", "results": []object{{"id": p.id, "properties": p.properties, "archived": false}}}))
}

// lead returns a portal whose only contact is p, and what HubSpot sends of it.
func (p person) lead(now time.Time) (*portal, webhook) {
	at := now.Add(-time.Hour)
	body := encode([]object{{
		"eventId": 4200001, "subscriptionId": 22, "portalId": 33, "appId": 77, "occurredAt": at.UnixMilli(), "attemptNumber": 0,
		"subscriptionType": "contact.propertyChange", "objectId": 551, "propertyName": "lifecyclestage", "propertyValue": "lead", "changeSource": "CRM_UI",
	}})
	return &portal{"551", object{
		"email": p.email(), "firstname": p.name, "lifecyclestage": "lead", "hs_object_id": "551",
		"createdate": at.AddDate(0, -6, 0).Format(time.RFC3339), "lastmodifieddate": at.Format(time.RFC3339),
	}}, webhook{source: "hubspot", body: body}
}
