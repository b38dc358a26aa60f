package shopify

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"holdfast/internal/customer"
)

type order struct {
	ID             id       `json:"id"`
	GID            gid      `json:"admin_graphql_api_id"`
	Name           string   `json:"name"`
	Email          string   `json:"email"`
	ContactEmail   string   `json:"contact_email"`
	Phone          string   `json:"phone"`
	Customer       *person  `json:"customer"`
	Billing        *address `json:"billing_address"`
	Shipping       *address `json:"shipping_address"`
	Locale         string   `json:"customer_locale"`
	AcceptsMail    bool     `json:"buyer_accepts_marketing"`
	CreatedAt      instant  `json:"created_at"`
	ProcessedAt    instant  `json:"processed_at"`
	UpdatedAt      instant  `json:"updated_at"`
	CancelledAt    instant  `json:"cancelled_at"`
	Financial      string   `json:"financial_status"`
	Fulfillment    string   `json:"fulfillment_status"`
	Test           bool     `json:"test"`
	Source         string   `json:"source_name"`
	Cart           string   `json:"cart_token"`
	Checkout       string   `json:"checkout_token"`
	Currency       string   `json:"currency"`
	DiscountCodes  []code   `json:"discount_codes"`
	LineItems      []line   `json:"line_items"`
	Refunds        []refund `json:"refunds"`
	TotalPrice     amount   `json:"total_price"`
	CurrentPrice   amount   `json:"current_total_price"`
	TotalDiscounts amount   `json:"total_discounts"`

	TotalPriceSet     *moneySet `json:"total_price_set"`
	CurrentPriceSet   *moneySet `json:"current_total_price_set"`
	TotalDiscountsSet *moneySet `json:"total_discounts_set"`
}

type code struct {
	Code string `json:"code"`
}

// parseOrder reads every topic that carries a whole order. All of them are
// the order's state; which topic it was changes nothing.
func parseOrder(d delivery) ([]customer.Event, error) {
	var o order
	if err := decode(d.body, &o); err != nil {
		return nil, err
	}
	if err := needObject(o.ID, o.GID, "Order", o.UpdatedAt); err != nil {
		return nil, err
	}
	at, err := d.instant("updated_at", o.UpdatedAt)
	if err != nil {
		return nil, err
	}
	state, err := o.state(at)
	if err != nil {
		return nil, err
	}
	record, v := d.record("order", string(o.ID)), d.version(at)
	events := o.buyer().events(d, record, state.Placed)
	events = append(events, customer.Event{
		Record: record,
		Claim:  o.buyer().claim(d, v),
		Fact:   fact(record, "order", v, state.Placed, customer.Body{Order: &state}),
	})
	if o.AcceptsMail && !o.Test {
		said := customer.Consent{Channel: customer.EmailChannel, State: customer.Subscribed, Via: via}
		events = append(events, customer.Event{Record: record, Fact: fact(record, customer.ConsentKey(said),
			customer.NewVersion(state.Placed, ""), state.Placed, customer.Body{Consent: &said})})
	}
	for _, r := range o.Refunds {
		more, err := r.events(d, record, state.Currency)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

// state returns the order in the shop's own currency.
func (o order) state(updated time.Time) (customer.Order, error) {
	s := customer.Order{
		Number:    o.Name,
		Placed:    updated,
		Currency:  cmp.Or(o.TotalPriceSet.shopCode(), currency(o.Currency)),
		Payment:   o.Financial,
		Shipment:  o.Fulfillment,
		Cancelled: o.CancelledAt.Time,
		Test:      o.Test,
		Channel:   o.Source,
	}
	for _, t := range []instant{o.CreatedAt, o.ProcessedAt} {
		if !t.IsZero() {
			s.Placed = t.Time
		}
	}
	if s.Currency == "" {
		return s, invalid("currency", "missing; three letters such as EUR are needed")
	}
	if err := o.amounts(&s); err != nil {
		return s, err
	}
	for _, c := range o.DiscountCodes {
		if c.Code != "" {
			s.Codes = append(s.Codes, c.Code)
		}
	}
	var err error
	if s.Items, err = items(o.LineItems, s.Currency); err != nil {
		return s, err
	}
	if s.Checkout, err = name("checkout_token", o.Checkout); err != nil {
		return s, err
	}
	s.Cart, err = name("cart_token", o.Cart)
	return s, err
}

func (o order) amounts(s *customer.Order) error {
	total, given, err := inShop("total_price", o.TotalPriceSet, o.TotalPrice, s.Currency)
	if err != nil {
		return err
	}
	if !given {
		return invalid("total_price", `missing; a decimal such as "19.99" is needed`)
	}
	current, given, err := inShop("current_total_price", o.CurrentPriceSet, o.CurrentPrice, s.Currency)
	if err != nil {
		return err
	}
	if !given {
		current = total
	}
	discount, _, err := inShop("total_discounts", o.TotalDiscountsSet, o.TotalDiscounts, s.Currency)
	if err != nil {
		return err
	}
	s.Total, s.Current, s.Discount = total.Minor, current.Minor, discount.Minor
	if o.TotalPriceSet == nil || o.TotalPriceSet.Presentment == nil {
		return nil
	}
	seen := o.TotalPriceSet.Presentment
	if c := seen.code(); c != "" && c != s.Currency && seen.Amount != "" {
		s.Buyer, err = parseMoney("total_price_set.presentment_money", seen.Amount, c)
	}
	return err
}

// A buyer is what an order or a checkout says of the person.
type buyer struct {
	customer *person
	email    customer.Email
	phone    customer.Phone
	locale   string
	address  *address
}

func (o order) buyer() buyer {
	b := buyer{customer: o.Customer, email: email(o.Email), phone: phone(o.Phone), locale: o.Locale, address: o.Billing}
	if b.email == "" {
		b.email = email(o.ContactEmail)
	}
	if b.address == nil {
		b.address = o.Shipping
	}
	return b
}

func (b buyer) known() bool { return b.customer != nil && b.customer.ID != "" }

// claim says whose a thing is: the shop's customer's, else that of whoever has
// the guest's addresses. A guest who left none claims nothing, for now.
func (b buyer) claim(d delivery, v customer.Version) *customer.Claim {
	if b.known() {
		return &customer.Claim{Version: v, Parent: d.record(string(b.customer.ID))}
	}
	return &customer.Claim{Version: v, Email: b.email, Phone: b.phone}
}

// events returns what is said of the person, as of at: under their own record,
// or under that of the thing, for guests. An order comes again with every step
// it takes; what it says of the person is of when it was placed, so that it is
// stored once, and gives way to what the shop says of the customer later.
func (b buyer) events(d delivery, thing customer.Identity, at time.Time) []customer.Event {
	if b.known() {
		c := b.customer.contact()
		c.Language = language(b.locale)
		if !b.customer.UpdatedAt.IsZero() {
			at = b.customer.UpdatedAt.Time
		}
		return []customer.Event{contactEvent(d.record(string(b.customer.ID)), versionOf(c, at), at, c)}
	}
	c := customer.Contact{Email: b.email, Phone: b.phone, Language: language(b.locale)}
	b.address.describe(&c)
	if customer.ContactKey("", c) == customer.ContactKey("", customer.Contact{}) {
		return nil
	}
	return []customer.Event{contactEvent(thing, versionOf(c, at), at, c)}
}

// versionOf is the version of a contact that a thing gives: the same as long as
// it says the same.
func versionOf(c customer.Contact, at time.Time) customer.Version {
	said, err := json.Marshal(c)
	if err != nil {
		said = nil // nothing in a contact can fail
	}
	return customer.NewVersion(at, hashOf(said))
}

// parseOrderEdit reads what an edit changed, which is no state of the order:
// that comes with orders/updated. A whole order is taken as one.
func parseOrderEdit(d delivery) ([]customer.Event, error) {
	var b struct {
		Edit *struct {
			Order id `json:"order_id"`
		} `json:"order_edit"`
	}
	if err := decode(d.body, &b); err != nil {
		return nil, err
	}
	if b.Edit != nil {
		return nil, nil
	}
	return parseOrder(d)
}

// parseOrderDelete keeps the order's state and marks it as put away; like a
// customer's deletion it must have the shape of one.
func parseOrderDelete(d delivery) ([]customer.Event, error) {
	var o struct {
		ID        id      `json:"id"`
		GID       gid     `json:"admin_graphql_api_id"`
		UpdatedAt instant `json:"updated_at"`
	}
	if err := decode(d.body, &o); err != nil {
		return nil, err
	}
	return d.deleted(o.ID, o.GID, "Order", o.UpdatedAt, "order", string(o.ID))
}

// A line is one line of an order, checkout or cart.
type line struct {
	Product   id        `json:"product_id"`
	Variant   id        `json:"variant_id"`
	SKU       string    `json:"sku"`
	Title     string    `json:"title"`
	Vendor    string    `json:"vendor"`
	Type      string    `json:"product_type"`
	Quantity  int       `json:"quantity"`
	GiftCard  bool      `json:"gift_card"`
	Price     amount    `json:"price"`
	PriceSet  *moneySet `json:"price_set"`
	Variable  amount    `json:"variant_price"`
	LinePrice amount    `json:"line_price"`

	LinePriceSet *moneySet `json:"line_price_set"`
}

func items(lines []line, c customer.Currency) ([]customer.Item, error) {
	var all []customer.Item
	for _, l := range lines {
		unit, _, err := inShop("line_items.price", l.PriceSet, cmp.Or(l.Price, l.Variable), c)
		if err != nil {
			return nil, err
		}
		price, err := times("line_items.quantity", unit.Minor, l.Quantity)
		if err != nil {
			return nil, err
		}
		all = append(all, customer.Item{
			Product: string(l.Product), Variant: string(l.Variant), SKU: l.SKU, Title: strings.TrimSpace(l.Title),
			Vendor: l.Vendor, Category: l.Type, Quantity: l.Quantity, Price: price, GiftCard: l.GiftCard,
		})
	}
	return all, nil
}
