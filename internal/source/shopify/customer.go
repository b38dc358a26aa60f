package shopify

import (
	"strings"
	"time"

	"holdfast/internal/customer"
)

// A person is a customer object, as a delivery of its own or inside an order
// or checkout. What a version of the API does not send stays empty or nil:
// that means unknown. Tags, consent and accepts_marketing come from versions
// before 2025-01 only.
type person struct {
	ID        id       `json:"id"`
	GID       gid      `json:"admin_graphql_api_id"`
	Email     string   `json:"email"`
	Phone     string   `json:"phone"`
	FirstName string   `json:"first_name"`
	LastName  string   `json:"last_name"`
	State     string   `json:"state"`
	CreatedAt instant  `json:"created_at"`
	UpdatedAt instant  `json:"updated_at"`
	Address   *address `json:"default_address"`

	Tags               tagList  `json:"tags"`
	EmailConsent       *consent `json:"email_marketing_consent"`
	SMSConsent         *consent `json:"sms_marketing_consent"`
	AcceptsMarketing   *bool    `json:"accepts_marketing"`
	AcceptsMarketingAt instant  `json:"accepts_marketing_updated_at"`
	OptInLevel         string   `json:"marketing_opt_in_level"`
}

type address struct {
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	Company      string `json:"company"`
	City         string `json:"city"`
	Zip          string `json:"zip"`
	Province     string `json:"province"`
	ProvinceCode string `json:"province_code"`
	Country      string `json:"country"`
	CountryCode  string `json:"country_code"`
	Phone        string `json:"phone"`
}

func (p person) contact() customer.Contact {
	c := customer.Contact{
		Email:     email(p.Email),
		Phone:     phone(p.Phone),
		FirstName: strings.TrimSpace(p.FirstName),
		LastName:  strings.TrimSpace(p.LastName),
		State:     p.State,
		Created:   p.CreatedAt.Time,
	}
	p.Address.describe(&c)
	return c
}

// describe adds to c where a person lives, and their name if c has none.
func (a *address) describe(c *customer.Contact) {
	if a == nil {
		return
	}
	if c.FirstName == "" && c.LastName == "" {
		c.FirstName, c.LastName = strings.TrimSpace(a.FirstName), strings.TrimSpace(a.LastName)
	}
	c.Country = country(a.CountryCode, a.Country)
	c.Region = strings.TrimSpace(a.ProvinceCode)
	if c.Region == "" {
		c.Region = strings.TrimSpace(a.Province)
	}
	c.City, c.Postcode = strings.TrimSpace(a.City), strings.TrimSpace(a.Zip)
	if company := strings.TrimSpace(a.Company); company != "" {
		c.Attributes = map[string]string{"company": company}
	}
}

// country returns the first of candidates that is an ISO 3166 alpha-2 code.
func country(candidates ...string) string {
	for _, s := range candidates {
		if s = strings.ToUpper(strings.TrimSpace(s)); len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			return s
		}
	}
	return ""
}

// language returns a locale such as "de_AT" as BCP 47, "" if it is none.
func language(locale string) string {
	s := strings.ReplaceAll(strings.TrimSpace(locale), "_", "-")
	if len(s) < 2 || len(s) > 35 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return ""
	}
	return s
}

// contactEvent says what is known of the person behind record at a moment. A
// customer record also claims its addresses; things claim theirs elsewhere.
func contactEvent(record customer.Identity, v customer.Version, at time.Time, c customer.Contact) customer.Event {
	e := customer.Event{
		Record: record,
		Fact:   fact(record, customer.ContactKey("", c), v, at, customer.Body{Contact: &c}),
	}
	if record.Person() {
		e.Claim = &customer.Claim{Version: v, Email: c.Email, Phone: c.Phone}
	}
	return e
}

func parseCustomer(d delivery) ([]customer.Event, error) {
	var p person
	if err := decode(d.body, &p); err != nil {
		return nil, err
	}
	if err := needObject(p.ID, p.GID, "Customer", p.UpdatedAt); err != nil {
		return nil, err
	}
	at, err := d.instant("updated_at", p.UpdatedAt)
	if err != nil {
		return nil, err
	}
	record, v := d.record(string(p.ID)), d.version(at)
	events := []customer.Event{contactEvent(record, v, at, p.contact())}
	if p.Tags != nil {
		events = append(events, customer.Event{Record: record,
			Fact: fact(record, "tags", v, at, customer.Body{Tags: &customer.Tags{Tags: p.Tags}})})
	}
	consents, err := p.consents(d, record, at)
	return append(events, consents...), err
}

// consents are what versions before 2025-01 say of consent within the customer.
func (p person) consents(d delivery, record customer.Identity, at time.Time) ([]customer.Event, error) {
	mail := p.EmailConsent
	if mail == nil && p.AcceptsMarketing != nil {
		mail = &consent{State: "not_subscribed", OptInLevel: p.OptInLevel, ConsentUpdatedAt: p.AcceptsMarketingAt}
		if *p.AcceptsMarketing {
			mail.State = "subscribed"
		}
	}
	events, err := mail.events(d, record, customer.EmailChannel, at)
	if err != nil {
		return nil, err
	}
	texts, err := p.SMSConsent.events(d, record, customer.SMSChannel, at)
	return append(events, texts...), err
}

// needObject refuses an object of another kind, without an id, or of which
// only the id came because the whole was too large to deliver.
func needObject(i id, g gid, kind string, updated instant) error {
	if err := g.check("admin_graphql_api_id", kind); err != nil {
		return err
	}
	if i == "" {
		return invalid("id", "missing; the id of a "+kind+" is needed")
	}
	if !updated.given {
		return invalid("updated_at", "missing; the delivery was too large and holds an id only: read the "+kind+" from the shop and import it")
	}
	return nil
}

// parseCustomerDelete believes a deletion only if the body is the stub that
// Shopify sends: a signed customer under a forged topic must delete nobody.
func parseCustomerDelete(d delivery) ([]customer.Event, error) {
	var p person
	if err := decode(d.body, &p); err != nil {
		return nil, err
	}
	return d.deleted(p.ID, p.GID, "Customer", p.UpdatedAt, string(p.ID))
}

func (d delivery) deleted(i id, g gid, kind string, updated instant, record ...string) ([]customer.Event, error) {
	if err := g.check("admin_graphql_api_id", kind); err != nil {
		return nil, err
	}
	if i == "" {
		return nil, invalid("id", "missing; the id of the deleted "+kind+" is needed")
	}
	if updated.given {
		return nil, invalid("updated_at", "a deletion has none; the topic does not fit the body")
	}
	return []customer.Event{d.deletion(d.record(record...))}, nil
}

// deletion marks record as put away when Shopify noticed it.
func (d delivery) deletion(record customer.Identity) customer.Event {
	return customer.Event{Record: record, Fact: fact(record, "deleted", d.version(d.triggered), d.triggered,
		customer.Body{Deleted: &customer.Deleted{Deleted: true}})}
}

func parseMerge(d delivery) ([]customer.Event, error) {
	var m struct {
		Kept    gid    `json:"admin_graphql_api_customer_kept_id"`
		Deleted gid    `json:"admin_graphql_api_customer_deleted_id"`
		Status  string `json:"status"`
	}
	if err := decode(d.body, &m); err != nil {
		return nil, err
	}
	kept, err := m.Kept.need("admin_graphql_api_customer_kept_id", "Customer")
	if err != nil {
		return nil, err
	}
	gone, err := m.Deleted.need("admin_graphql_api_customer_deleted_id", "Customer")
	if err != nil {
		return nil, err
	}
	if m.Status != "completed" {
		return nil, nil
	}
	if kept == gone {
		return nil, invalid("admin_graphql_api_customer_deleted_id", "is the kept one too; two customers are needed")
	}
	record, into := d.record(gone), d.record(kept)
	return []customer.Event{{
		Record:  record,
		Fact:    fact(record, "merged", d.version(d.triggered), d.triggered, customer.Body{Merged: &customer.Merged{Into: into}}),
		Command: &customer.Command{Kind: customer.Merge, At: d.triggered, Into: into},
	}}, nil
}
