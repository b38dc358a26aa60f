package shopify

import (
	"encoding/json"

	"holdfast/internal/customer"
)

// A privacyRequest is the body of the three topics that every app must take.
// The keys that only one of them has tell them apart: the topic's header is
// not signed, and a request for data must not pass as an erasure.
type privacyRequest struct {
	Shop     string `json:"shop_domain"`
	Customer *struct {
		ID    id     `json:"id"`
		Email string `json:"email"`
		Phone string `json:"phone"`
	} `json:"customer"`
	Redact  *[]id           `json:"orders_to_redact"`
	Wanted  json.RawMessage `json:"orders_requested"`
	Request *struct {
		ID id `json:"id"`
	} `json:"data_request"`
}

func (d delivery) privacy() (privacyRequest, error) {
	var r privacyRequest
	if err := decode(d.body, &r); err != nil {
		return r, err
	}
	if r.Shop == "" {
		return r, invalid("shop_domain", "missing; the topic does not fit the body")
	}
	return r, d.checkShop("shop_domain", r.Shop)
}

// person returns who the request is about; the customer's record may be
// missing, then an address names them.
func (r privacyRequest) person(d delivery, c customer.Command) (customer.Event, error) {
	c.At = d.triggered
	if r.Customer == nil {
		return customer.Event{}, invalid("customer", "missing; an id, e-mail or phone is needed")
	}
	c.Email, c.Phone = email(r.Customer.Email), phone(r.Customer.Phone)
	e := customer.Event{Command: &c}
	switch {
	case r.Customer.ID != "":
		e.Record = d.record(string(r.Customer.ID))
	case c.Email != "":
		e.Record = customer.EmailIdentity(c.Email)
	case c.Phone != "":
		e.Record = customer.PhoneIdentity(c.Phone)
	default:
		return customer.Event{}, invalid("customer", "holds no id, e-mail or phone; one of them is needed")
	}
	return e, nil
}

func parseDataRequest(d delivery) ([]customer.Event, error) {
	r, err := d.privacy()
	if err != nil {
		return nil, err
	}
	if r.Redact != nil {
		return nil, invalid("orders_to_redact", "a request for data has none; the topic does not fit the body")
	}
	c := customer.Command{Kind: customer.Export}
	if r.Request != nil {
		c.Reference = string(r.Request.ID)
	}
	e, err := r.person(d, c)
	if err != nil {
		return nil, err
	}
	return []customer.Event{e}, nil
}

func parseRedact(d delivery) ([]customer.Event, error) {
	r, err := d.privacy()
	if err != nil {
		return nil, err
	}
	if r.Request != nil || r.Wanted != nil {
		return nil, invalid("data_request", "an erasure has none; the topic does not fit the body")
	}
	e, err := r.person(d, customer.Command{Kind: customer.Erase})
	if err != nil {
		return nil, err
	}
	events := []customer.Event{e}
	if r.Redact != nil {
		for _, order := range *r.Redact {
			if order != "" {
				events = append(events, customer.Event{Record: d.record("order", string(order)),
					Command: &customer.Command{Kind: customer.Erase, At: d.triggered}})
			}
		}
	}
	return events, nil
}

func parseShopRedact(d delivery) ([]customer.Event, error) {
	r, err := d.privacy()
	if err != nil {
		return nil, err
	}
	if r.Customer != nil || r.Redact != nil || r.Wanted != nil || r.Request != nil {
		return nil, invalid("customer", "the erasure of a shop has none; the topic does not fit the body")
	}
	return []customer.Event{{Record: d.record("shop"), Command: &customer.Command{Kind: customer.EraseAccount, At: d.triggered}}}, nil
}

// parseUninstalled reads a shop, of which the domain is often null.
func parseUninstalled(d delivery) ([]customer.Event, error) {
	var s struct {
		Domain json.RawMessage `json:"myshopify_domain"`
	}
	if err := decode(d.body, &s); err != nil {
		return nil, err
	}
	if s.Domain == nil {
		return nil, invalid("myshopify_domain", "missing; the topic does not fit the body")
	}
	domain, ok := text(s.Domain)
	if !ok {
		return nil, invalid("myshopify_domain", "must be a text")
	}
	if err := d.checkShop("myshopify_domain", domain); err != nil {
		return nil, err
	}
	return []customer.Event{{Record: d.record("shop"), Command: &customer.Command{Kind: customer.Disconnect, At: d.triggered}}}, nil
}
