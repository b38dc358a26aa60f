package customer

import (
	"crypto/sha256"
	"encoding/base32"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Contact is what a source says of a person. Empty means that the source
// did not say: it never erases what is known.
type Contact struct {
	Email     Email     `json:"email,omitempty"`
	Phone     Phone     `json:"phone,omitempty"`
	FirstName string    `json:"first_name,omitempty"`
	LastName  string    `json:"last_name,omitempty"`
	Language  string    `json:"language,omitempty"` // BCP 47, "de-AT"
	Country   string    `json:"country,omitempty"`  // ISO 3166 alpha-2
	Region    string    `json:"region,omitempty"`
	City      string    `json:"city,omitempty"`
	Postcode  string    `json:"postcode,omitempty"`
	TimeZone  string    `json:"time_zone,omitempty"` // IANA
	State     string    `json:"state,omitempty"`     // the source's account state
	Created   time.Time `json:"created,omitzero"`
	// Attributes hold what else a source knows, under the field names that
	// rules use: company, industry, employees, lifecycle_stage, job_title…
	Attributes map[string]string `json:"attributes,omitempty"`
}

// ContactKey returns the key of a contact fact. It names the set of fields
// that c gives, so that a later state with fewer fields does not replace an
// earlier one with more: within one set the latest state stays, and the fold
// takes each field from the latest state that has it. part tells apart what
// different objects say of one person ("company"); "" for the person's own.
// However many attributes c has, the key stays short enough for every store.
func ContactKey(part string, c Contact) string {
	given := []string{}
	for _, f := range c.fields() {
		if f.value != "" {
			given = append(given, f.letter)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
		if c.Attributes[name] != "" {
			given = append(given, "."+attributeName.Replace(name))
		}
	}
	key := "contact/"
	if part != "" {
		key += part + "/"
	}
	shape := strings.Join(given, "")
	if len(shape) > longestShape {
		sum := sha256.Sum256([]byte(shape))
		shape = "~" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
	}
	return key + shape
}

// longestShape is how long the names of a contact's fields may get together
// before a hash takes their place.
const longestShape = 160

// attributeName keeps different sets of names from making the same key.
var attributeName = strings.NewReplacer("%", "%25", ".", "%2E", "/", "%2F", "#", "%23")

type contactField struct {
	letter, value string
	set           func(*Contact, string)
}

func (c Contact) fields() []contactField {
	created := ""
	if !c.Created.IsZero() {
		created = c.Created.UTC().Format(time.RFC3339Nano)
	}
	return []contactField{
		{"e", string(c.Email), func(c *Contact, v string) { c.Email = Email(v) }},
		{"p", string(c.Phone), func(c *Contact, v string) { c.Phone = Phone(v) }},
		{"f", c.FirstName, func(c *Contact, v string) { c.FirstName = v }},
		{"l", c.LastName, func(c *Contact, v string) { c.LastName = v }},
		{"g", c.Language, func(c *Contact, v string) { c.Language = v }},
		{"c", c.Country, func(c *Contact, v string) { c.Country = v }},
		{"r", c.Region, func(c *Contact, v string) { c.Region = v }},
		{"t", c.City, func(c *Contact, v string) { c.City = v }},
		{"z", c.Postcode, func(c *Contact, v string) { c.Postcode = v }},
		{"o", c.TimeZone, func(c *Contact, v string) { c.TimeZone = v }},
		{"s", c.State, func(c *Contact, v string) { c.State = v }},
		{"b", created, func(*Contact, string) {}},
	}
}

// Merged marks a record that its source joined into another.
type Merged struct {
	Into Identity `json:"into"`
}

// Moved marks at a customer that Record's facts now live with another: what
// is still found of them here does not count.
type Moved struct {
	To ID `json:"to"`
}

// Deleted says whether the source has put the record away; a source may take
// it out again.
type Deleted struct {
	Deleted bool `json:"deleted"`
}

// Tags is the whole list of a record's tags at one moment.
type Tags struct {
	Tags []string `json:"tags"`
}

// Tag is one tag put on or taken off.
type Tag struct {
	Tag string `json:"tag"`
	On  bool   `json:"on"`
}

// A Channel is a way to reach a person.
type Channel string

const (
	EmailChannel Channel = "email"
	SMSChannel   Channel = "sms"
)

// A ConsentState is what was said about marketing on a channel.
type ConsentState string

const (
	Subscribed    ConsentState = "subscribed"
	Unsubscribed  ConsentState = "unsubscribed"
	Pending       ConsentState = "pending" // asked, not yet confirmed
	NotSubscribed ConsentState = "not_subscribed"
)

// A Consent is one statement about marketing on a channel. Explicit says that
// the person did it, rather than a sync or an import.
type Consent struct {
	Channel  Channel      `json:"channel"`
	State    ConsentState `json:"state"`
	Explicit bool         `json:"explicit,omitempty"`
	Via      string       `json:"via,omitempty"` // shopify, hubspot, link, one_click, complaint…
}

// ConsentKey returns the key of a consent fact. Opt-outs, explicit opt-ins and
// the rest have a key each, so that a sync never replaces an opt-out.
func ConsentKey(c Consent) string {
	kind := "said"
	switch {
	case c.State == Unsubscribed:
		kind = "out"
	case c.State == Subscribed && c.Explicit:
		kind = "in"
	}
	return "consent/" + string(c.Channel) + "/" + kind
}

// An Order is the latest state of one order, in the shop's own currency.
type Order struct {
	Number    string    `json:"number,omitempty"` // as people call it, "#1001"
	Placed    time.Time `json:"placed"`
	Currency  Currency  `json:"currency"`
	Total     int64     `json:"total"`   // as placed, minor units
	Current   int64     `json:"current"` // after edits and returned items
	Discount  int64     `json:"discount,omitempty"`
	Buyer     Money     `json:"buyer,omitzero"` // Total as the buyer saw it, if in another currency
	Payment   string    `json:"payment"`        // pending authorized partially_paid paid partially_refunded refunded voided expired
	Shipment  string    `json:"shipment,omitempty"`
	Cancelled time.Time `json:"cancelled,omitzero"`
	Test      bool      `json:"test,omitempty"`
	Channel   string    `json:"channel,omitempty"` // web, pos, …
	Codes     []string  `json:"codes,omitempty"`   // discount codes used
	Items     []Item    `json:"items,omitempty"`
	Checkout  string    `json:"checkout,omitempty"` // token of the checkout it came from
	Cart      string    `json:"cart,omitempty"`
}

// An Item is one line of an order, checkout or cart. Price is the line's, in
// minor units of the order's currency, discounts not taken off.
type Item struct {
	Product  string `json:"product,omitempty"`
	Variant  string `json:"variant,omitempty"`
	SKU      string `json:"sku,omitempty"`
	Title    string `json:"title,omitempty"`
	Vendor   string `json:"vendor,omitempty"`
	Category string `json:"category,omitempty"`
	Quantity int    `json:"quantity"`
	Price    int64  `json:"price"`
	GiftCard bool   `json:"gift_card,omitempty"`
}

// A Refund is money that went back. Pending and failed refunds are not facts.
type Refund struct {
	Amount Money `json:"amount"`
}

// A Payment is a sale, capture, authorization or void as the shop's payment
// provider reports it; the order's own state carries its effect.
type Payment struct {
	Kind   string `json:"kind"`
	Status string `json:"status"`
	Amount Money  `json:"amount"`
}

// A Checkout is a cart or a started checkout.
type Checkout struct {
	Total     Money     `json:"total,omitzero"`
	URL       string    `json:"url,omitempty"` // where the customer can go on
	Completed time.Time `json:"completed,omitzero"`
	Cart      string    `json:"cart,omitempty"`
	Items     []Item    `json:"items,omitempty"`
}

// A Ticket is one support case.
type Ticket struct {
	Opened   time.Time `json:"opened"`
	Closed   time.Time `json:"closed,omitzero"`
	Priority string    `json:"priority,omitempty"`
	Category string    `json:"category,omitempty"`
	Stage    string    `json:"stage,omitempty"`
}

// A Deal is a sale in a CRM; it is not an order and never adds to spend.
type Deal struct {
	Name   string    `json:"name,omitempty"`
	Amount Money     `json:"amount,omitzero"`
	Stage  string    `json:"stage,omitempty"`
	Won    bool      `json:"won,omitempty"`
	Closed time.Time `json:"closed,omitzero"`
}

// A Summary is a source's own count of a customer's orders, kept to compare
// with ours; it never replaces it.
type Summary struct {
	Orders int   `json:"orders"`
	Spend  Money `json:"spend"`
}

// Blocked says that mail to Email cannot or must not be delivered.
type Blocked struct {
	Email  Email  `json:"email"`
	Reason string `json:"reason"` // bounce, complaint
}

// A Survey is one answer. Score lies in [0, Scale].
type Survey struct {
	Survey string  `json:"survey"` // nps, csat
	Score  float64 `json:"score"`
	Scale  float64 `json:"scale"`
}

// An Activity is something a person did, or something that happened to a mail
// of theirs. Activities expire; profiles keep windows of them.
type Activity struct {
	Name       string            `json:"name"` // page_view, mail_clicked, …
	Properties map[string]string `json:"properties,omitempty"`
}
