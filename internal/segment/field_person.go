package segment

import (
	"strings"
	"time"

	"holdfast/internal/customer"
)

const (
	fromPerson   = "customer or contact at the source"
	fromActivity = "activities"
)

var personFields = []Field{
	text("first_name", "given name", fromPerson, "Mia", func(e *env) string { return e.p.FirstName }),
	text("last_name", "family name", fromPerson, "Huber", func(e *env) string { return e.p.LastName }),
	text("email_domain", "mail address after the @", fromPerson, "example.com", func(e *env) string { return e.p.Email.Domain() }),
	text("country", "country, two letters (ISO 3166)", fromPerson+", or address of an order", "AT", func(e *env) string { return e.p.Country }),
	text("region", "state or province, as the source writes it", fromPerson+", or address of an order", "Tyrol", func(e *env) string { return e.p.Region }),
	text("city", "city, as the source writes it", fromPerson+", or address of an order", "Innsbruck", func(e *env) string { return e.p.City }),
	text("postcode", "postal code", fromPerson+", or address of an order", "6020", func(e *env) string { return e.p.Postcode }),
	text("time_zone", "time zone (IANA)", fromPerson, "Europe/Vienna", func(e *env) string { return e.p.TimeZone }),
	text("language", "language, two small letters (ISO 639)", fromPerson, "de", func(e *env) string {
		language, _, _ := strings.Cut(e.p.Language, "-")
		return strings.ToLower(language)
	}),
	text("locale", "language with country (BCP 47)", fromPerson, "de-AT", func(e *env) string { return e.p.Language }),
	text("account_state", "state of the account at the source: enabled, disabled, invited, declined", "customer at the shop", "enabled", func(e *env) string { return e.p.State }),
	date("created", "when the first source got to know the customer", fromPerson, "2025-11-02T09:15:00Z", func(e *env) time.Time { return e.p.Created }),
	list("tags", "tags put on the customer at the sources; empty for none", "customer at the shop", "vip, wholesale", func(e *env) ([]string, bool) { return e.p.Tags, true }).always(),
	text("consent", "permission for marketing mail: subscribed, unsubscribed, pending, not_subscribed", "consent", "subscribed", func(e *env) string { return string(e.p.Mail.State) }),
	text("sms_consent", "permission for marketing by SMS, in the same words", "consent", "not_subscribed", func(e *env) string { return string(e.p.SMS.State) }),
	boolean("subscribed", "whether marketing mail may be sent: consent given, and the address takes mail", "consent, bounces, complaints", "true", func(e *env) (bool, bool) {
		return e.p.Mail.State == customer.Subscribed && e.p.Blocked == "" && e.p.Email != "", true
	}).always(),
	text("blocked", "why the address takes no mail: bounce, complaint; unknown while it does", "bounces, complaints", "bounce", func(e *env) string { return e.p.Blocked }),
	date("last_seen", "latest order, cart, or activity of the customer's own", "orders, carts, activities", "2026-05-20T17:40:00Z", func(e *env) time.Time { return e.p.Seen }),
}
