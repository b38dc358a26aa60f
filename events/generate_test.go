package events_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/ingest"
	"holdfast/internal/source/hubspot"
	"holdfast/internal/source/shopify"
)

var (
	update = flag.Bool("update", false, "write the files anew")
	fresh  = flag.String("fresh", "", "write the files into this directory, signed at the present instant")
)

// at is the instant at which the files were signed. HubSpot's signatures are
// good for five minutes around it.
var at = time.Date(2026, 10, 6, 9, 0, 0, 0, time.UTC)

const (
	publicURL     = "http://127.0.0.1:8080"
	shopifySecret = "local-shopify-secret"
	hubspotSecret = "local-hubspot-secret"
	tokenKey      = "local-token-key-local-token-key-"
	shop          = "seventh-kettle.myshopify.com"
)

// mina is the customer of all files.
var mina = customer.Account("shopify/" + shop).Record("6940000000001").ID()

// merged is who mina becomes when the CRM's record of her turns up.
var merged = customer.Account("hubspot/44237313").Record("1246965").ID()

// welcome is the first mail that mina's first order plans.
var welcome = customer.SendKey{Customer: mina, Campaign: "follow_up", Occurrence: "20261006T090000Z", Step: 1}

type object map[string]any

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// files returns every file by its name, signed at an instant.
func files(at time.Time) map[string]any {
	all := map[string]any{}
	maps.Copy(all, webhookFiles(at))
	maps.Copy(all, ingestFiles(at))
	maps.Copy(all, mailFiles(at))
	maps.Copy(all, subscriberFiles())
	night := object{"at": at.Format(time.RFC3339), "shards": 1}
	shard := object{"at": at.Format(time.RFC3339), "shards": 1, "shard": 0, "cursor": ""}
	all["survey-shard"], all["score-shard"], all["fit-night"], all["summarize-night"] = shard, shard, night, night
	all["dispatch-schedule"] = object{"at": at.Format(time.RFC3339)}
	return all
}

// TestFilesAreSigned compares the files with what they are made of.
func TestFilesAreSigned(t *testing.T) {
	dir, instant := ".", at
	if *fresh != "" {
		dir, instant = *fresh, time.Now().UTC()
	}
	all := files(instant)
	for name, v := range all {
		want, err := json.MarshalIndent(json.RawMessage(encode(v)), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		path := filepath.Join(dir, name+".json")
		if *update || *fresh != "" {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got), see -update:\n%s", path, diff)
		}
	}
	there, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if _, ok := all[path[:len(path)-len(".json")]]; !ok {
			t.Errorf("%s: nothing makes this file", path)
		}
	}
	if t.Failed() {
		t.Log(slices.Sorted(maps.Keys(all)))
	}
}

// request is one as the HTTP API hands it on.
func request(method, path, contentType string, body []byte, headers map[string]string) events.APIGatewayV2HTTPRequest {
	r := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: method + " " + filepath.Dir(path) + "/{name}", RawPath: path, Body: string(body),
		Headers: map[string]string{"host": "mail.shop.example", "user-agent": "holdfast-events", "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"},
	}
	if len(body) > 0 {
		r.Headers["content-type"], r.Headers["content-length"] = contentType, strconv.Itoa(len(body))
	}
	maps.Copy(r.Headers, headers)
	r.RequestContext.HTTP.Method, r.RequestContext.HTTP.Path, r.RequestContext.HTTP.Protocol = method, path, "HTTP/1.1"
	r.RequestContext.HTTP.SourceIP, r.RequestContext.HTTP.UserAgent = "192.0.2.7", "holdfast-events"
	r.RequestContext.AccountID, r.RequestContext.APIID, r.RequestContext.Stage = "000000000000", "a1b2c3d4e5", "$default"
	r.RequestContext.RequestID = "Kx5Zbg1yFiAEPxw="
	return r
}

func inBase64(r events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPRequest {
	r.Body, r.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(r.Body)), true
	return r
}

func shopifyHeaders(topic string, at time.Time, body []byte) map[string]string {
	return map[string]string{
		"x-shopify-topic": topic, "x-shopify-shop-domain": shop, "x-shopify-api-version": "2026-07",
		"x-shopify-webhook-id": "0b9b7f4c-6a5a-4f55-9f7e-6d2c1f0e7a11", "x-shopify-event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
		"x-shopify-triggered-at": at.Format(time.RFC3339Nano), "x-shopify-hmac-sha256": shopify.Sign([]byte(shopifySecret), body),
	}
}

func fromShopify(topic string, at time.Time, body []byte) events.APIGatewayV2HTTPRequest {
	return request(http.MethodPost, "/webhooks/shopify", "application/json", body, shopifyHeaders(topic, at, body))
}

func fromHubspot(at time.Time, body []byte) events.APIGatewayV2HTTPRequest {
	signature, timestamp := hubspot.Sign([]byte(hubspotSecret), http.MethodPost, publicURL+"/webhooks/hubspot", body, at)
	return request(http.MethodPost, "/webhooks/hubspot", "application/json", body,
		map[string]string{"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp})
}

func webhookFiles(at time.Time) map[string]any {
	forged := fromShopify("orders/create", at, order())
	forged.Headers["x-shopify-hmac-sha256"] = "Zm9yZ2VkIHNpZ25hdHVyZSBvZiBhIHN0cmFuZ2VyLiE="
	unsigned := fromShopify("orders/create", at, order())
	delete(unsigned.Headers, "x-shopify-hmac-sha256")
	odd := fromShopify("orders/create", at, order())
	odd.Headers["content-type"] = "application/octet-stream"
	elsewhere := fromShopify("orders/create", at, order())
	elsewhere.RawPath = "/webhooks/elsewhere"
	return map[string]any{
		"webhook-shopify-order":        fromShopify("orders/create", at, order()),
		"webhook-shopify-order-base64": inBase64(odd),
		"webhook-shopify-redact":       fromShopify("customers/redact", at, redact()),
		"webhook-hubspot-contact":      fromHubspot(at, contactChange()),
		"webhook-hubspot-stale":        fromHubspot(at.Add(-time.Hour), contactChange()),
		"webhook-bad-signature":        forged,
		"webhook-no-signature":         unsigned,
		"webhook-malformed":            fromShopify("orders/create", at, order()[:100]),
		"webhook-unknown-topic":        fromShopify("products/update", at, encode(object{"id": 4711, "title": "Assam, loose"})),
		"webhook-unknown-source":       elsewhere,
	}
}

// batch is one as the event source mapping of a queue hands it on.
func batch(queue string, bodies ...[]byte) events.SQSEvent {
	var e events.SQSEvent
	for i, body := range bodies {
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: fmt.Sprintf("059f36b4-87a3-44ab-83d2-%012d", i+1), ReceiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a", Body: string(body),
			Attributes:  map[string]string{"ApproximateReceiveCount": "1", "SentTimestamp": strconv.FormatInt(at.UnixMilli(), 10)},
			EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:holdfast-dev-" + queue, AWSRegion: "eu-central-1",
		})
	}
	return e
}

func delivery(source, topic string, at time.Time, body []byte) []byte {
	d := ingest.Delivery{Source: source, Header: map[string]string{}, Body: body, Received: at}
	if topic != "" {
		d.Header = map[string]string{"x-shopify-topic": topic, "x-shopify-shop-domain": shop, "x-shopify-triggered-at": at.Format(time.RFC3339Nano)}
	}
	message, err := d.Encode()
	if err != nil {
		panic(err)
	}
	return message
}

func ingestFiles(at time.Time) map[string]any {
	partner := encode(object{
		"version": "0", "id": "3ad7f0b1-96ba-4c7a-8f0c-9f6d1d2f5a10", "detail-type": "shopifyWebhook",
		"source": "aws.partner/shopify.com/1234567/holdfast", "account": "000000000000", "time": at.Format(time.RFC3339), "region": "eu-central-1",
		"resources": []string{}, "detail": object{"payload": json.RawMessage(order()), "metadata": object{
			"Content-Type": "application/json", "X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": shop,
			"X-Shopify-Hmac-SHA256": shopify.Sign([]byte(shopifySecret), order()), "X-Shopify-Triggered-At": at.Format(time.RFC3339Nano),
		}},
	})
	return map[string]any{
		"ingest-shopify": batch("events", delivery("shopify", "customers/create", at, encode(buyer())),
			delivery("shopify", "customers_email_marketing_consent/update", at, optIn()), delivery("shopify", "orders/create", at, order())),
		"ingest-hubspot":       batch("events", delivery("hubspot", "", at, contactChange())),
		"ingest-eventbridge":   batch("events", partner),
		"ingest-malformed":     batch("events", delivery("shopify", "orders/create", at, order()[:100]), delivery("shopify", "customers/create", at, encode(buyer()))),
		"ingest-unknown-topic": batch("events", delivery("shopify", "products/update", at, encode(object{"id": 4711}))),
		"ingest-redact":        batch("events", delivery("shopify", "customers/redact", at, redact())),
		"ingest-no-delivery":   batch("events", []byte("hello from mina@tea.example")),
	}
}

func mailFiles(at time.Time) map[string]any {
	message := func(k customer.SendKey) []byte { return encode(k) }
	unknown := welcome
	unknown.Campaign = "gone"
	stamp := at.Add(73 * time.Hour).Format(time.RFC3339)
	bounce := object{"bounceType": "Permanent", "bounceSubType": "General", "timestamp": stamp, "feedbackId": "0100-f1",
		"bouncedRecipients": []object{{"emailAddress": "mina@tea.example", "action": "failed", "status": "5.1.1"}}}
	complaint := object{"timestamp": stamp, "feedbackId": "0100-f2", "complaintFeedbackType": "abuse",
		"complainedRecipients": []object{{"emailAddress": "mina@tea.example"}}}
	delivered := object{"timestamp": stamp, "recipients": []string{"mina@tea.example"}, "smtpResponse": "250 2.0.0 OK"}
	untagged := report("Bounce", "bounce", bounce, stamp)
	untagged["notificationType"] = untagged["eventType"]
	delete(untagged, "eventType")
	delete(untagged["mail"].(object), "tags")
	return map[string]any{
		"mailer-send":       batch("mail", message(welcome)),
		"mailer-unknown":    batch("mail", message(unknown)),
		"mailer-malformed":  batch("mail", []byte("{")),
		"feedback-send":     batch("feedback", bus("Email Sent", report("Send", "send", object{}, stamp))),
		"feedback-delivery": batch("feedback", bus("Email Delivered", report("Delivery", "delivery", delivered, stamp))),
		"feedback-bounce":   batch("feedback", bus("Email Bounced", report("Bounce", "bounce", bounce, stamp))),
		"feedback-complaint": batch("feedback",
			bus("Email Complaint Received", report("Complaint", "complaint", complaint, stamp))),
		"feedback-sns": batch("feedback", encode(object{"Type": "Notification", "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
			"TopicArn": "arn:aws:sns:eu-central-1:000000000000:ses", "Message": string(encode(untagged)), "Timestamp": stamp})),
		"feedback-malformed": batch("feedback", []byte(`{"detail":{"eventType":"Novelty","mail":{"destination":["mina@tea.example"]}}}`),
			bus("Email Sent", report("Send", "send", object{}, stamp))),
	}
}

// report is what SES publishes of the welcome mail.
func report(kind, part string, detail object, stamp string) object {
	tags := map[string][]string{"ses:configuration-set": {"holdfast-dev"}}
	for _, tag := range (campaign.Message{Key: welcome}).Tags() {
		tags[tag.Name] = []string{tag.Value}
	}
	return object{"eventType": kind, part: detail, "mail": object{
		"timestamp": stamp, "messageId": "01000199-6f1d8a00-7c1e", "source": "hello@seventh-kettle.example", "sendingAccountId": "000000000000",
		"destination": []string{"mina@tea.example"}, "tags": tags,
	}}
}

// bus puts a report into EventBridge's envelope.
func bus(kind string, detail object) []byte {
	return encode(object{"version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": kind, "source": "aws.ses",
		"account": "000000000000", "time": at.Format(time.RFC3339), "region": "eu-central-1", "resources": []string{}, "detail": detail})
}

func subscriberFiles() map[string]any {
	const form = "application/x-www-form-urlencoded"
	path := func(of string, purpose campaign.Purpose) string {
		return of + campaign.Tokens{Keys: [][]byte{[]byte(tokenKey)}}.Sign(campaign.Token{Purpose: purpose, Key: welcome})
	}
	post := func(path, body string) any { return inBase64(request(http.MethodPost, path, form, []byte(body), nil)) }
	get := func(path, query string) any {
		r := request(http.MethodGet, path, "", nil, nil)
		r.RawQueryString = query
		return r
	}
	unsubscribe, preferences := path(campaign.UnsubscribePath, campaign.ForUnsubscribe), path(campaign.PreferencesPath, campaign.ForPreferences)
	survey := path(campaign.SurveyPath, campaign.ForSurvey)
	return map[string]any{
		"subscriber-unsubscribe-page":  get(unsubscribe, ""),
		"subscriber-one-click":         post(unsubscribe, "List-Unsubscribe=One-Click"),
		"subscriber-unsubscribe":       post(unsubscribe, "unsubscribe=yes"),
		"subscriber-bad-token":         post(unsubscribe[:len(unsubscribe)-4]+"AAAA", "List-Unsubscribe=One-Click"),
		"subscriber-other-purpose":     post(path(campaign.UnsubscribePath, campaign.ForSurvey), "List-Unsubscribe=One-Click"),
		"subscriber-preferences-page":  get(preferences, ""),
		"subscriber-preferences-stop":  post(preferences, "mail=no"),
		"subscriber-preferences-start": post(preferences, "mail=yes"),
		"subscriber-survey-page":       get(survey, "survey=nps&score=9"),
		"subscriber-survey-answer":     post(survey, "survey=nps&score=9"),
	}
}
