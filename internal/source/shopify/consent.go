package shopify

import (
	"time"

	"holdfast/internal/customer"
)

const via = "shopify"

// whatsApp is a channel that is remembered; nothing is sent on it.
const whatsApp customer.Channel = "whatsapp"

// A consent is what a customer said about marketing on one channel. WhatsApp's
// calls its instant updated_at.
type consent struct {
	State            string  `json:"state"`
	OptInLevel       string  `json:"opt_in_level"`
	ConsentUpdatedAt instant `json:"consent_updated_at"`
	UpdatedAt        instant `json:"updated_at"`
}

// events returns what c says, if anything. otherwise is the instant of a
// consent that has none of its own; such a one is never explicit, since it
// would seem later than an opt-out that it precedes.
func (c *consent) events(d delivery, record customer.Identity, ch customer.Channel, otherwise time.Time) ([]customer.Event, error) {
	if c == nil || c.State == "" {
		return nil, nil
	}
	said := customer.Consent{Channel: ch, Via: via}
	at := c.ConsentUpdatedAt.Time
	if at.IsZero() {
		at = c.UpdatedAt.Time
	}
	switch c.State {
	case "subscribed":
		said.State = customer.Subscribed
		said.Explicit = !at.IsZero() && (c.OptInLevel == "single_opt_in" || c.OptInLevel == "confirmed_opt_in")
	case "unsubscribed":
		said.State = customer.Unsubscribed
	case "pending":
		said.State = customer.Pending
	default: // not_subscribed, redacted, invalid, and what may come
		said.State = customer.NotSubscribed
	}
	if at.IsZero() {
		at = otherwise
	}
	if at.IsZero() {
		return nil, invalid("consent_updated_at", "null or missing, and X-Shopify-Triggered-At too; one of them is needed to order opt-ins and opt-outs")
	}
	return []customer.Event{{Record: record,
		Fact: fact(record, customer.ConsentKey(said), d.version(at), at, customer.Body{Consent: &said})}}, nil
}

func parseEmailConsent(d delivery) ([]customer.Event, error) {
	var b struct {
		Customer id       `json:"customer_id"`
		Consent  *consent `json:"email_marketing_consent"`
	}
	if err := decode(d.body, &b); err != nil {
		return nil, err
	}
	return d.consent("customer_id", b.Customer, customer.EmailChannel, b.Consent)
}

// parseSMSConsent reads the one consent topic that calls the customer id.
func parseSMSConsent(d delivery) ([]customer.Event, error) {
	var b struct {
		Customer id       `json:"id"`
		Consent  *consent `json:"sms_marketing_consent"`
	}
	if err := decode(d.body, &b); err != nil {
		return nil, err
	}
	return d.consent("id", b.Customer, customer.SMSChannel, b.Consent)
}

func parseWhatsAppConsent(d delivery) ([]customer.Event, error) {
	var b struct {
		Customer id       `json:"customer_id"`
		Consent  *consent `json:"whats_app_marketing_consent"`
	}
	if err := decode(d.body, &b); err != nil {
		return nil, err
	}
	return d.consent("customer_id", b.Customer, whatsApp, b.Consent)
}

func (d delivery) consent(field string, i id, ch customer.Channel, c *consent) ([]customer.Event, error) {
	if i == "" {
		return nil, invalid(field, "missing; the id of a customer is needed")
	}
	return c.events(d, d.record(string(i)), ch, d.triggered)
}
