package demo

import (
	"fmt"
	"slices"
	"time"
)

type wireCustomer struct {
	ID             int64         `json:"id"`
	CreatedAt      *string       `json:"created_at"`
	UpdatedAt      *string       `json:"updated_at"`
	FirstName      string        `json:"first_name"`
	LastName       string        `json:"last_name"`
	State          string        `json:"state"`
	Note           null          `json:"note"`
	VerifiedEmail  bool          `json:"verified_email"`
	Multipass      null          `json:"multipass_identifier"`
	TaxExempt      bool          `json:"tax_exempt"`
	Email          *string       `json:"email"`
	Phone          *string       `json:"phone"`
	Currency       string        `json:"currency"`
	Addresses      []wireAddress `json:"addresses,omitzero"`
	TaxExemptions  []string      `json:"tax_exemptions"`
	AdminGraphqlID string        `json:"admin_graphql_api_id"`
	DefaultAddress *wireAddress  `json:"default_address,omitempty"`
}

type wireAddress struct {
	ID           int64   `json:"id"`
	CustomerID   int64   `json:"customer_id"`
	FirstName    string  `json:"first_name"`
	LastName     string  `json:"last_name"`
	Company      null    `json:"company"`
	Address1     string  `json:"address1"`
	Address2     null    `json:"address2"`
	City         string  `json:"city"`
	Province     *string `json:"province"`
	Country      string  `json:"country"`
	Zip          string  `json:"zip"`
	Phone        *string `json:"phone"`
	Name         string  `json:"name"`
	ProvinceCode *string `json:"province_code"`
	CountryCode  string  `json:"country_code"`
	CountryName  string  `json:"country_name"`
	Default      bool    `json:"default"`
}

// account returns p as customers/create and its like send them: without order
// counts, tags and consent, which left these bodies with version 2025-01.
func (s *Shop) account(p *person, at time.Time) wireCustomer {
	c := s.buyer(p, at)
	c.Addresses = []wireAddress{}
	if c.DefaultAddress != nil {
		c.Addresses = append(c.Addresses, *c.DefaultAddress)
	}
	return c
}

// buyer returns p as orders and checkouts carry them, without the list of
// addresses.
func (s *Shop) buyer(p *person, at time.Time) wireCustomer {
	created, updated := s.local(p.created), s.local(p.changed(at))
	c := wireCustomer{
		ID: p.id, CreatedAt: &created, UpdatedAt: &updated, FirstName: p.first, LastName: p.last, State: "disabled",
		VerifiedEmail: true, Email: text(p.email), Phone: text(p.phone), Currency: string(s.options.Currency),
		TaxExemptions: []string{}, AdminGraphqlID: gid("Customer", p.id),
	}
	if p.registered {
		c.State = "enabled"
	}
	if len(p.orders) > 0 && !at.Before(p.orders[0].placed) {
		c.DefaultAddress = p.address()
	}
	return c
}

func (p *person) address() *wireAddress {
	return &wireAddress{
		ID: p.addressID, CustomerID: p.id, FirstName: p.first, LastName: p.last, Address1: p.street, City: p.home.city,
		Province: text(p.home.province), Country: p.home.country, Zip: p.zip, Phone: text(p.phone), Name: p.first + " " + p.last,
		ProvinceCode: text(p.home.provinceCode), CountryCode: p.home.code, CountryName: p.home.country, Default: true,
	}
}

type wireShipTo struct {
	FirstName    string  `json:"first_name"`
	Address1     string  `json:"address1"`
	Phone        *string `json:"phone"`
	City         string  `json:"city"`
	Zip          string  `json:"zip"`
	Province     *string `json:"province"`
	Country      string  `json:"country"`
	LastName     string  `json:"last_name"`
	Address2     null    `json:"address2"`
	Company      null    `json:"company"`
	Latitude     null    `json:"latitude"`
	Longitude    null    `json:"longitude"`
	Name         string  `json:"name"`
	CountryCode  string  `json:"country_code"`
	ProvinceCode *string `json:"province_code"`
}

func (p *person) shipTo() *wireShipTo {
	return &wireShipTo{
		FirstName: p.first, Address1: p.street, Phone: text(p.phone), City: p.home.city, Zip: p.zip, Province: text(p.home.province),
		Country: p.home.country, LastName: p.last, Name: p.first + " " + p.last, CountryCode: p.home.code, ProvinceCode: text(p.home.provinceCode),
	}
}

type wireConsent struct {
	CustomerID   int64     `json:"customer_id"`
	EmailAddress *string   `json:"email_address"`
	Consent      consented `json:"email_marketing_consent"`
}

type wireSMSConsent struct {
	ID      int64     `json:"id"`
	Phone   *string   `json:"phone"`
	Consent consented `json:"sms_marketing_consent"`
}

type consented struct {
	State     string  `json:"state"`
	OptIn     *string `json:"opt_in_level"`
	UpdatedAt string  `json:"consent_updated_at"`
	From      string  `json:"consent_collected_from,omitempty"`
}

func (s *Shop) consent(p *person, c consent) any {
	level := "single_opt_in"
	if c.double || c.state == "pending" {
		level = "confirmed_opt_in"
	}
	said := consented{State: c.state, OptIn: &level, UpdatedAt: s.local(c.at)}
	if c.state == "not_subscribed" {
		said.OptIn = nil
	}
	if c.sms {
		said.From = "SHOPIFY"
		return wireSMSConsent{ID: p.id, Phone: text(p.phone), Consent: said}
	}
	return wireConsent{CustomerID: p.id, EmailAddress: text(p.email), Consent: said}
}

type wireTags struct {
	CustomerID string   `json:"customerId"`
	Tags       []string `json:"tags"`
	OccurredAt string   `json:"occurredAt"`
}

type wireSummary struct {
	CustomerID     string `json:"customerId"`
	NumberOfOrders int    `json:"numberOfOrders"`
	AmountSpent    struct {
		Amount       string `json:"amount"`
		CurrencyCode string `json:"currencyCode"`
	} `json:"amountSpent"`
	LastOrderID *string `json:"lastOrderId"`
	OccurredAt  string  `json:"occurredAt"`
}

// summary counts p's orders as Shopify does: placed ones that are neither
// tests nor voided, less what was refunded.
func (s *Shop) summary(p *person, at time.Time) wireSummary {
	w := wireSummary{CustomerID: gid("Customer", p.id), OccurredAt: zulu(at)}
	var spent int64
	orders := p.orders
	if p.twin != nil && past(p.twin.merged, at) {
		orders = append(slices.Clone(p.twin.orders), orders...)
	}
	for _, o := range orders {
		if o.placed.After(at) || o.test || past(o.cancelled, at) || past(o.voided, at) {
			continue
		}
		w.NumberOfOrders++
		if past(o.paid, at) {
			spent += o.total() - o.refunded(at)
		}
		w.LastOrderID = text(gid("Order", o.id))
	}
	w.AmountSpent.Amount, w.AmountSpent.CurrencyCode = amount(spent, s.options.Currency), string(s.options.Currency)
	return w
}

type wireMerge struct {
	Kept    string       `json:"admin_graphql_api_customer_kept_id"`
	Deleted string       `json:"admin_graphql_api_customer_deleted_id"`
	Job     *string      `json:"admin_graphql_api_job_id"`
	Status  string       `json:"status"`
	Errors  []mergeError `json:"errors"`
}

type mergeError struct {
	CustomerIDs []int64 `json:"customer_ids"`
	Field       string  `json:"field"`
	Message     string  `json:"message"`
}

func (p *person) merge(status string) wireMerge {
	m := wireMerge{Kept: gid("Customer", p.into.id), Deleted: gid("Customer", p.id), Status: status, Errors: []mergeError{}}
	if status == "failed" {
		m.Errors = append(m.Errors, mergeError{[]int64{p.into.id}, "merge_in_progress", "The customer is currently being merged."})
		return m
	}
	m.Job = text(fmt.Sprintf("5f8a1c4e-0000-4c39-9d2b-%012x", p.id%(1<<48)))
	return m
}

type wireGone struct {
	ID             int64    `json:"id"`
	TaxExemptions  []string `json:"tax_exemptions"`
	AdminGraphqlID string   `json:"admin_graphql_api_id"`
}

func (p *person) gone() wireGone {
	return wireGone{ID: p.id, TaxExemptions: []string{}, AdminGraphqlID: gid("Customer", p.id)}
}

type privacyCustomer struct {
	ID    int64   `json:"id,omitempty"`
	Email *string `json:"email"`
	Phone *string `json:"phone"`
}

type wireRedact struct {
	ShopID     int64           `json:"shop_id"`
	ShopDomain string          `json:"shop_domain"`
	Customer   privacyCustomer `json:"customer"`
	Orders     []int64         `json:"orders_to_redact"`
}

type wireDataRequest struct {
	ShopID     int64           `json:"shop_id"`
	ShopDomain string          `json:"shop_domain"`
	Customer   privacyCustomer `json:"customer"`
	Orders     []int64         `json:"orders_requested"`
	Request    struct {
		ID int64 `json:"id"`
	} `json:"data_request"`
}

const shopID = 55489001

func (p *person) orderIDs() []int64 {
	ids := []int64{}
	for _, o := range p.orders {
		ids = append(ids, o.id)
	}
	return ids
}

// redact returns the order to forget p; byMail leaves out the id, as Shopify
// does for people it has no record of any more.
func (s *Shop) redact(p *person, byMail bool) wireRedact {
	w := wireRedact{ShopID: shopID, ShopDomain: s.options.Shop, Customer: privacyCustomer{ID: p.id, Email: text(p.email), Phone: text(p.phone)}, Orders: p.orderIDs()}
	if byMail {
		w.Customer.ID, w.Customer.Phone = 0, nil
	}
	return w
}

func (s *Shop) dataRequest(p *person) wireDataRequest {
	w := wireDataRequest{ShopID: shopID, ShopDomain: s.options.Shop, Customer: privacyCustomer{ID: p.id, Email: text(p.email), Phone: text(p.phone)}, Orders: p.orderIDs()}
	w.Request.ID = 9001
	return w
}
