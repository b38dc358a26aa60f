package segment

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// order returns what is tracked of an order. p are its properties, their names
// in snake case. An update that does not say when the order was placed is but
// an activity, for it would make an old order a new one. A cancelled order, and
// one that went back without word of an amount, does not count any more.
func (s Source) order(m message, p object) ([]customer.Event, error) {
	id := known(p.text("order_id", "id"))
	if id == "" {
		return nil, invalid("properties.order_id", "missing; the id of the order is needed")
	}
	record := s.thing("order", id)
	switch m.event {
	case "order_refunded":
		return s.refund(m, p, record)
	case "order_cancelled":
		return []customer.Event{m.gone(record)}, nil
	case "order_updated":
		if placed(p).IsZero() {
			return []customer.Event{m.activity(m.event, m.tracked())}, nil
		}
	}
	o, err := s.purchase(m, p)
	if err != nil {
		return nil, err
	}
	if o.Checkout == "" {
		o.Checkout = escape(id) // under which Checkout Started may have named it
	}
	return []customer.Event{m.owned(m.fact(record, "order", customer.Body{Order: &o}))}, nil
}

// placed returns when the properties say that an order was placed.
func placed(p object) time.Time {
	return parseTime(p.text("placed_at", "order_date", "created_at", "completed_at"))
}

// purchase returns the state of an order that the properties tell.
func (s Source) purchase(m message, p object) (customer.Order, error) {
	currency := s.currency(p)
	total, given, err := total(p, currency)
	if err != nil {
		return customer.Order{}, err
	}
	if !given {
		return customer.Order{}, invalid("properties.total", "missing, and revenue and value too; what the order came to is needed")
	}
	discount, _, err := amount(p, currency, "discount")
	if err != nil {
		return customer.Order{}, err
	}
	items, err := items(p, currency)
	if err != nil {
		return customer.Order{}, err
	}
	o := customer.Order{
		Number: cut(p.text("order_number"), 64), Placed: m.at, Currency: currency, Total: total, Current: total, Discount: discount,
		Payment: "paid", Channel: "web", Items: items, Checkout: escape(p.text("checkout_id")), Cart: escape(p.text("cart_id")),
	}
	if at := placed(p); !at.IsZero() && at.Before(m.at) {
		o.Placed = at
	}
	if code := cut(p.text("coupon"), 64); code != "" {
		o.Codes = []string{code}
	}
	return o, nil
}

// total returns what an order came to. Its revenue is without shipping and
// tax, the others are with them.
func total(p object, c customer.Currency) (minor int64, given bool, err error) {
	minor, given, err = amount(p, c, "total", "revenue", "value")
	if err != nil || p.text("total") != "" || p.text("revenue") == "" {
		return minor, given, err
	}
	for _, name := range []string{"shipping", "tax"} {
		more, _, err := amount(p, c, name)
		if err != nil {
			return 0, false, err
		}
		minor = customer.AddMinor(minor, more)
	}
	return minor, given, nil
}

func (m message) gone(record customer.Identity) customer.Event {
	return m.owned(m.fact(record, "deleted", customer.Body{Deleted: &customer.Deleted{Deleted: true}}))
}

func (s Source) refund(m message, p object, record customer.Identity) ([]customer.Event, error) {
	currency := s.currency(p)
	minor, given, err := amount(p, currency, "total", "revenue", "value", "amount")
	if err != nil {
		return nil, err
	}
	if !given {
		lines, err := items(p, currency)
		if err != nil {
			return nil, err
		}
		for _, i := range lines {
			minor = customer.AddMinor(minor, i.Price)
		}
	}
	if minor < 0 { // some write what goes back as a negative amount
		minor = -max(minor, -math.MaxInt64)
	}
	if minor == 0 {
		return []customer.Event{m.gone(record)}, nil
	}
	id := m.id
	if own := p.text("refund_id"); own != "" {
		id = escape(own)
	}
	return []customer.Event{m.owned(m.fact(record, "refund/"+id, customer.Body{
		Refund: &customer.Refund{Amount: customer.Money{Minor: minor, Currency: currency}},
	}))}, nil
}

// basket returns the cart or checkout that a call shows, if it says which and
// what is in it, and the shop itself does not.
func (s Source) basket(m message, p object) (customer.Event, bool) {
	kind, id := "checkout", p.text("checkout_id", "order_id")
	if m.event == "cart_viewed" {
		kind, id = "cart", p.text("cart_id")
	}
	currency := s.currency(p)
	lines, err := items(p, currency)
	if s.Shop || known(id) == "" || err != nil || len(lines) == 0 {
		return customer.Event{}, false
	}
	total, given, err := amount(p, currency, "total", "value", "revenue")
	if err != nil || !given {
		total = 0
		for _, i := range lines {
			total = customer.AddMinor(total, i.Price)
		}
	}
	c := customer.Checkout{Total: customer.Money{Minor: total, Currency: currency}, URL: plain(p.text("checkout_url", "cart_url")), Items: lines}
	if kind == "checkout" {
		c.Cart = escape(p.text("cart_id"))
	}
	e := m.owned(m.fact(s.thing(kind, id), "checkout", customer.Body{Checkout: &c}))
	e.Fact.Expires = m.at.Add(customer.CartLife)
	return e, true
}

func (s Source) currency(p object) customer.Currency {
	if c, err := customer.ParseCurrency(p.text("currency")); err == nil {
		return c
	}
	return s.Currency
}

// items returns the products of a purchase; each line's price is that of all
// its pieces.
func items(p object, c customer.Currency) ([]customer.Item, error) {
	var all []customer.Item
	for _, raw := range p.list("products") {
		if len(all) == 250 {
			break
		}
		l := raw.normal()
		i := customer.Item{
			Product: cut(l.text("product_id", "id"), 64), Variant: cut(l.text("variant_id", "variant"), 64), SKU: cut(l.text("sku"), 64),
			Title: cut(l.text("name", "title"), longest), Vendor: cut(l.text("brand"), 100), Category: cut(l.text("category"), 100), Quantity: 1,
		}
		if n, err := strconv.ParseFloat(l.text("quantity"), 64); err == nil && n >= 0 && n <= 1e6 {
			i.Quantity = int(n)
		}
		price, _, err := amount(l, c, "price")
		if err != nil {
			return nil, fmt.Errorf("products: %w", err)
		}
		if whole := new(big.Int).Mul(big.NewInt(price), big.NewInt(int64(i.Quantity))); whole.IsInt64() {
			i.Price = whole.Int64()
		}
		all = append(all, i)
	}
	return all, nil
}

// amount returns the first of the named amounts that is given, in minor units.
// JavaScript adds 0.1 and 0.2 up to 0.30000000000000004, so what is finer than
// the currency is rounded, half away from zero.
func amount(p object, c customer.Currency, names ...string) (minor int64, given bool, err error) {
	for _, name := range names {
		s := strings.ReplaceAll(p.text(name), " ", "")
		if s == "" {
			continue
		}
		if m, err := customer.ParseMoney(s, c); err == nil {
			return m.Minor, true, nil
		}
		if minor, ok := round(s, c); ok {
			return minor, true, nil
		}
		return 0, false, invalid("properties."+name, `must be a decimal such as 19.99 or "19.99"`)
	}
	return 0, false, nil
}

func round(s string, c customer.Currency) (int64, bool) {
	r, ok := new(big.Rat), len(s) <= 40 && strings.Trim(s, "+-.0123456789eE") == ""
	if _, exponent, _ := strings.Cut(strings.ToLower(s), "e"); len(exponent) > 3 {
		ok = false // a short text for a number too long to work with
	}
	if ok {
		_, ok = r.SetString(s)
	}
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.Decimals())), nil)))
	whole, ok := new(big.Int).SetString(r.FloatString(0), 10) // rounds half away from zero
	if !ok || !whole.IsInt64() {
		return 0, false
	}
	return whole.Int64(), true
}
