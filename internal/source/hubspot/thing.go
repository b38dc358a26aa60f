package hubspot

import (
	"strings"
	"time"

	"holdfast/internal/customer"
)

// thingEvent returns the state of a deal or ticket and whose it is: that of
// the associated contact with the smallest id. associated is when the delivery
// says an association changed, which need not change the thing's own time.
func thingEvent(r Record, owners []Association, associated time.Time) (customer.Event, error) {
	at, err := r.modified()
	if err != nil {
		return customer.Event{}, err
	}
	claimed := at
	if associated.After(at) {
		claimed = associated
	}
	e := customer.Event{Record: r.record(), Claim: &customer.Claim{Version: r.version(claimed)}}
	if len(owners) > 0 {
		e.Claim.Parent = Object{r.Portal, contacts, owners[0].To}.record()
	}
	f := customer.Fact{Record: e.Record, Version: r.version(at), At: at}
	switch r.Type {
	case deals:
		d, err := r.deal()
		if err != nil {
			return customer.Event{}, err
		}
		f.Key, f.Body.Deal = "deal", &d
	default:
		t := r.ticket(at)
		f.Key, f.Body.Ticket = "ticket", &t
	}
	e.Fact = &f
	return e, nil
}

// deal returns the deal's state. Its closing date is a hope until it is closed.
func (r Record) deal() (customer.Deal, error) {
	p := r.Properties
	d := customer.Deal{Name: strings.TrimSpace(p["dealname"]), Stage: p["dealstage"], Won: p["hs_is_closed_won"] == "true"}
	if d.Won || p["hs_is_closed"] == "true" {
		d.Closed = parseTime(p["closedate"])
	}
	if p["amount"] == "" {
		return d, nil
	}
	var c customer.Currency
	if code, err := customer.ParseCurrency(p["deal_currency_code"]); err == nil {
		c = code
	}
	m, err := customer.ParseMoney(p["amount"], c)
	if err != nil {
		return d, invalid("amount", "must be a decimal with no more digits than its currency has")
	}
	d.Amount = m
	return d, nil
}

func (r Record) ticket(modified time.Time) customer.Ticket {
	p := r.Properties
	t := customer.Ticket{
		Opened:   parseTime(p["createdate"]),
		Closed:   parseTime(p["closed_date"]),
		Priority: p["hs_ticket_priority"],
		Category: p["hs_ticket_category"],
		Stage:    p["hs_pipeline_stage"],
	}
	if t.Opened.IsZero() {
		t.Opened = modified
	}
	return t
}
