package shopify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func TestACustomerIsReadWhole(t *testing.T) {
	got := parse(t, "customers/update", aCustomer())
	at := time.Date(2026, 10, 6, 2, 54, 50, 0, time.UTC)
	v := got[0].Fact.Version
	c := customer.Contact{
		Email: "ada@example.com", Phone: "+4315880", FirstName: "Ada", LastName: "Lovelace", Country: "AT", Region: "Wien", City: "Wien",
		Postcode: "1010", State: "enabled", Created: time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC), Attributes: map[string]string{"company": "Analytical"},
	}
	want := []customer.Event{{
		Record: shop + "9007199254740993",
		Claim:  &customer.Claim{Version: v, Email: c.Email, Phone: c.Phone},
		Fact: &customer.Fact{Record: shop + "9007199254740993", Key: customer.ContactKey("", c), Version: v, At: at,
			Body: customer.Body{Contact: &c}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !v.Time().Equal(at) {
		t.Errorf("version of %v", v.Time())
	}
}

func TestNullsEraseNothing(t *testing.T) {
	known := parse(t, "customers/create", aCustomer().with(object{
		"tags": "vip, tea", "email_marketing_consent": object{"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": "2026-01-02T10:00:00Z"}}))
	redacted := parse(t, "customers/update", object{"id": bigID, "email": nil, "phone": nil, "first_name": nil, "last_name": nil,
		"default_address": nil, "created_at": nil, "updated_at": "2026-12-01T00:00:00Z", "email_marketing_consent": nil})
	if redacted[0].Claim.Email != "" || redacted[0].Claim.Phone != "" {
		t.Error("an absent address is claimed")
	}
	before, after := fold(known), fold(known, redacted)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	if len(after.Tags) != 2 || after.Mail.State != customer.Subscribed || after.Email != "ada@example.com" {
		t.Errorf("got %+v", after)
	}
}

func TestACustomersTimesFallBack(t *testing.T) {
	got := parse(t, "customers/create", aCustomer().with(object{"updated_at": nil}))
	if at := got[0].Fact.At; !at.Equal(time.Date(2026, 10, 6, 2, 54, 50, 123456789, time.UTC)) {
		t.Errorf("a null updated_at is %v", at)
	}
	first := parse(t, "customers/update", aCustomer(), "2026-10-06T02:54:50.1Z")
	second := parse(t, "customers/update", aCustomer().with(object{"first_name": "Augusta"}), "2026-10-06T02:54:50.20Z")
	swapped := parse(t, "customers/update", aCustomer(), "2026-10-06T02:54:50.3Z")
	if first[0].Fact.Version >= second[0].Fact.Version || second[0].Fact.Version >= swapped[0].Fact.Version {
		t.Error("states of one second are not ordered by when they were noticed")
	}
	if again := parse(t, "customers/update", aCustomer(), "2026-10-06T02:54:50.1Z"); again[0].Fact.Version != first[0].Fact.Version {
		t.Error("a state delivered again has another version")
	}
	same := parse(t, "customers/update", aCustomer().with(object{"first_name": "Augusta"}), "2026-10-06T02:54:50.1Z")
	if same[0].Fact.Version == first[0].Fact.Version {
		t.Error("two states of one instant have one version")
	}
}

func TestConsent(t *testing.T) {
	said := func(fields object) object {
		return object{"customer_id": bigID, "email_address": "ada@example.com", "email_marketing_consent": fields}
	}
	own := "2026-09-01T00:00:00Z"
	for _, c := range []struct {
		name string
		body object
		want *customer.Consent
		key  string
	}{
		{"a single opt-in is explicit", said(object{"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": own}),
			&customer.Consent{Channel: "email", State: "subscribed", Explicit: true, Via: "shopify"}, "consent/email/in"},
		{"a confirmed opt-in is explicit", said(object{"state": "subscribed", "opt_in_level": "confirmed_opt_in", "consent_updated_at": own}),
			&customer.Consent{Channel: "email", State: "subscribed", Explicit: true, Via: "shopify"}, "consent/email/in"},
		{"an opt-in of unknown kind is not explicit", said(object{"state": "subscribed", "opt_in_level": "unknown", "consent_updated_at": own}),
			&customer.Consent{Channel: "email", State: "subscribed", Via: "shopify"}, "consent/email/said"},
		{"an opt-in without its own time is not explicit", said(object{"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": nil}),
			&customer.Consent{Channel: "email", State: "subscribed", Via: "shopify"}, "consent/email/said"},
		{"an opt-out is one", said(object{"state": "unsubscribed", "opt_in_level": "single_opt_in", "consent_updated_at": own}),
			&customer.Consent{Channel: "email", State: "unsubscribed", Via: "shopify"}, "consent/email/out"},
		{"pending is pending", said(object{"state": "pending", "opt_in_level": "confirmed_opt_in", "consent_updated_at": own}),
			&customer.Consent{Channel: "email", State: "pending", Via: "shopify"}, "consent/email/said"},
		{"redacted is no consent", said(object{"state": "redacted", "consent_updated_at": own}),
			&customer.Consent{Channel: "email", State: "not_subscribed", Via: "shopify"}, "consent/email/said"},
		{"invalid is no consent", said(object{"state": "invalid", "consent_updated_at": own}),
			&customer.Consent{Channel: "email", State: "not_subscribed", Via: "shopify"}, "consent/email/said"},
		{"null says nothing", said(nil).with(object{"email_marketing_consent": nil}), nil, ""},
		{"a null state says nothing", said(object{"state": nil}), nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			events := parse(t, "customers_email_marketing_consent/update", c.body)
			if c.want == nil {
				if len(events) > 0 {
					t.Errorf("got %v", kinds(events))
				}
				return
			}
			f := find(t, events, c.key).Fact
			if diff := cmp.Diff(c.want, f.Body.Consent); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConsentTopicsNameTheCustomerEachInItsWay(t *testing.T) {
	state := object{"state": "unsubscribed", "opt_in_level": nil, "consent_updated_at": "2026-09-01T00:00:00Z"}
	for topic, body := range map[string]object{
		"customers_email_marketing_consent/update": {"customer_id": bigID, "email_marketing_consent": state},
		"customers_marketing_consent/update":       {"id": bigID, "phone": nil, "sms_marketing_consent": state},
		"customers_whats_app_marketing_consent/update": {"customer_id": bigID, "phone_number": nil, "whats_app_marketing_consent": object{
			"state": "unsubscribed", "updated_at": "2026-09-01T00:00:00Z"}},
	} {
		events := parse(t, topic, body)
		if len(events) != 1 || events[0].Record != shop+"9007199254740993" || !events[0].Fact.At.Equal(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %v", topic, kinds(events))
		}
	}
}

func TestAnOptOutOutlastsWhatShopsRepeat(t *testing.T) {
	out := parse(t, "customers_email_marketing_consent/update", object{"customer_id": bigID, "email_marketing_consent": object{
		"state": "unsubscribed", "consent_updated_at": "2026-09-01T00:00:00Z"}})
	for name, later := range map[string][]customer.Event{
		"an order with a ticked box": parse(t, "orders/create", anOrder().with(object{"buyer_accepts_marketing": true})),
		"an old version's flag":      parse(t, "customers/update", aCustomer().with(object{"accepts_marketing": true, "marketing_opt_in_level": "single_opt_in"})),
		"a sync without a time": parse(t, "customers/update", aCustomer().with(object{"email_marketing_consent": object{
			"state": "subscribed", "opt_in_level": "confirmed_opt_in", "consent_updated_at": nil}})),
	} {
		if got := fold(out, later).Mail.State; got != customer.Unsubscribed {
			t.Errorf("after %s mail is %s", name, got)
		}
	}
	in := parse(t, "customers_email_marketing_consent/update", object{"customer_id": bigID, "email_marketing_consent": object{
		"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": "2026-09-02T00:00:00Z"}})
	if got := fold(out, in).Mail.State; got != customer.Subscribed {
		t.Errorf("after an explicit and later opt-in mail is %s", got)
	}
}

func TestTags(t *testing.T) {
	tags := func(at string, tags ...string) object {
		return object{"customerId": "gid://shopify/Customer/9007199254740993", "tags": tags, "occurredAt": at}
	}
	list := parse(t, "customers/create", aCustomer().with(object{"tags": "vip, tea ,"}))
	added := parse(t, "customer.tags_added", tags("2026-10-07T00:00:00.000Z", "a/b", "Grüße"))
	removed := parse(t, "customer.tags_removed", tags("2026-10-08T00:00:00.000Z", "tea", "a/b"))
	if diff := cmp.Diff([]string{"Grüße", "vip"}, fold(removed, added, list).Tags); diff != "" {
		t.Error(diff)
	}
	long := parse(t, "customer.tags_added", tags("2026-10-07T00:00:00.000Z", string(make([]byte, 255))))
	if n := len(long[0].Fact.Key); n > 128 {
		t.Errorf("a long tag's key has %d characters", n)
	}
}

func TestASummaryIsReported(t *testing.T) {
	body := object{"customerId": "gid://shopify/Customer/9007199254740993", "numberOfOrders": 7, "lastOrderId": nil,
		"amountSpent": object{"amount": "1234.5", "currencyCode": "EUR"}, "occurredAt": "2026-10-05T05:00:00.000Z"}
	want := customer.Summary{Orders: 7, Spend: customer.Money{Minor: 123450, Currency: "EUR"}}
	for name, count := range map[string]any{"a number": 7, "a text": "7"} {
		if diff := cmp.Diff(want, fold(parse(t, "customers/purchasing_summary", body.with(object{"numberOfOrders": count}))).Reported); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMerges(t *testing.T) {
	body := object{"admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1", "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/2",
		"admin_graphql_api_job_id": nil, "status": "completed", "errors": []object{}}
	at := time.Date(2026, 10, 6, 2, 54, 50, 123456789, time.UTC)
	got := parse(t, "customers/merge", body)
	want := []customer.Event{{
		Record: shop + "2",
		Fact: &customer.Fact{Record: shop + "2", Key: "merged", Version: got[0].Fact.Version, At: at,
			Body: customer.Body{Merged: &customer.Merged{Into: shop + "1"}}},
		Command: &customer.Command{Kind: customer.Merge, At: at, Into: shop + "1"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, status := range []string{"failed", "in_progress", "requested"} {
		if events := parse(t, "customers/merge", body.with(object{"status": status})); len(events) > 0 {
			t.Errorf("a merge that is %s does %v", status, kinds(events))
		}
	}
	t.Run("the deletion of a merged customer deletes nobody", func(t *testing.T) {
		deleted := parse(t, "customers/delete", object{"id": 2, "tax_exemptions": []string{}})
		kept := parse(t, "customers/update", aCustomer().with(object{"id": 1, "admin_graphql_api_id": remove}))
		if fold(kept, deleted, got).Deleted || fold(got, deleted, kept).Deleted {
			t.Error("deleted")
		}
	})
}
