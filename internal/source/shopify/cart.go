package shopify

import (
	"cmp"

	"holdfast/internal/customer"
)

type checkout struct {
	ID            id        `json:"id"`
	GID           gid       `json:"admin_graphql_api_id"`
	Token         string    `json:"token"`
	Cart          string    `json:"cart_token"`
	Email         string    `json:"email"`
	Phone         string    `json:"phone"`
	Customer      *person   `json:"customer"`
	Billing       *address  `json:"billing_address"`
	Shipping      *address  `json:"shipping_address"`
	Locale        string    `json:"customer_locale"`
	URL           string    `json:"abandoned_checkout_url"`
	UpdatedAt     instant   `json:"updated_at"`
	CompletedAt   instant   `json:"completed_at"`
	Currency      string    `json:"currency"`
	TotalPrice    amount    `json:"total_price"`
	TotalPriceSet *moneySet `json:"total_price_set"`
	LineItems     []line    `json:"line_items"`
}

// parseCheckout reads a started checkout. What was put into it expires; whom
// it told us of does not.
func parseCheckout(d delivery) ([]customer.Event, error) {
	var c checkout
	if err := decode(d.body, &c); err != nil {
		return nil, err
	}
	if !c.UpdatedAt.given {
		return nil, invalid("updated_at", "missing; the delivery was too large and holds an id only")
	}
	token, cart, err := c.names()
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, invalid("token", "missing; the token of the checkout is needed")
	}
	at, err := d.instant("updated_at", c.UpdatedAt)
	if err != nil {
		return nil, err
	}
	state, err := c.state(cart)
	if err != nil {
		return nil, err
	}
	record, v := d.record("checkout", token), d.version(at)
	f := fact(record, "checkout", v, at, customer.Body{Checkout: &state})
	f.Expires = at.Add(customer.CartLife)
	events := c.buyer().events(d, record, at)
	events = append(events, customer.Event{Record: record, Claim: c.buyer().claim(d, v), Fact: f})
	if cart != "" {
		events = append(events, customer.Event{Record: d.record("cart", cart), Claim: &customer.Claim{Version: v, Parent: record}})
	}
	return events, nil
}

func (c checkout) names() (token, cart string, err error) {
	if token, err = name("token", c.Token); err != nil {
		return "", "", err
	}
	cart, err = name("cart_token", c.Cart)
	return token, cart, err
}

func (c checkout) buyer() buyer {
	b := buyer{customer: c.Customer, email: email(c.Email), phone: phone(c.Phone), locale: c.Locale, address: c.Billing}
	if b.address == nil {
		b.address = c.Shipping
	}
	return b
}

func (c checkout) state(cart string) (customer.Checkout, error) {
	shop := cmp.Or(c.TotalPriceSet.shopCode(), currency(c.Currency))
	total, _, err := inShop("total_price", c.TotalPriceSet, c.TotalPrice, shop)
	if err != nil {
		return customer.Checkout{}, err
	}
	all, err := items(c.LineItems, shop)
	return customer.Checkout{Total: total, URL: c.URL, Completed: c.CompletedAt.Time, Cart: cart, Items: all}, err
}

// parseCheckoutDelete reads a stub that may name the checkout by its token, by
// the token of the cart it came from, or by a number that no other delivery
// has to carry. It puts away what the best of these names.
func parseCheckoutDelete(d delivery) ([]customer.Event, error) {
	var c checkout
	if err := decode(d.body, &c); err != nil {
		return nil, err
	}
	if c.UpdatedAt.given {
		return nil, invalid("updated_at", "a deletion has none; the topic does not fit the body")
	}
	if c.GID.kind != "" && c.GID.kind != "Checkout" {
		return nil, invalid("admin_graphql_api_id", "must name a Checkout; the topic does not fit the body")
	}
	token, cart, err := c.names()
	if err != nil {
		return nil, err
	}
	var record customer.Identity
	switch {
	case token != "":
		record = d.record("checkout", token)
	case cart != "":
		record = d.record("cart", cart)
	case c.ID != "":
		record = d.record("checkout", string(c.ID))
	default:
		return nil, invalid("token", "missing; a token, cart_token or id is needed")
	}
	e := d.deletion(record)
	if !d.triggered.IsZero() {
		e.Fact.Expires = d.triggered.Add(customer.CartLife)
	}
	return []customer.Event{e}, nil
}

// parseCart reads a cart. It names nobody; a checkout or an order claims it.
func parseCart(d delivery) ([]customer.Event, error) {
	var c struct {
		Token     string  `json:"token"`
		UpdatedAt instant `json:"updated_at"`
		Lines     []line  `json:"line_items"`
	}
	if err := decode(d.body, &c); err != nil {
		return nil, err
	}
	if !c.UpdatedAt.given {
		return nil, invalid("updated_at", "missing; the delivery was too large and holds an id only")
	}
	token, err := name("token", c.Token)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, invalid("token", "missing; the token of the cart is needed")
	}
	at, err := d.instant("updated_at", c.UpdatedAt)
	if err != nil {
		return nil, err
	}
	state, err := cartState(c.Lines)
	if err != nil {
		return nil, err
	}
	record := d.record("cart", token)
	f := fact(record, "checkout", d.version(at), at, customer.Body{Checkout: &state})
	f.Expires = at.Add(customer.CartLife)
	return []customer.Event{{Record: record, Fact: f}}, nil
}

// cartState adds up the lines, since a cart has no total of its own.
func cartState(lines []line) (customer.Checkout, error) {
	var shop customer.Currency
	for _, l := range lines {
		shop = cmp.Or(shop, l.LinePriceSet.shopCode(), l.PriceSet.shopCode())
	}
	state := customer.Checkout{Total: customer.Money{Currency: shop}}
	for _, l := range lines {
		m, _, err := inShop("line_items.line_price", l.LinePriceSet, l.LinePrice, shop)
		if err != nil {
			return state, err
		}
		state.Total.Minor = customer.AddMinor(state.Total.Minor, m.Minor)
	}
	var err error
	state.Items, err = items(lines, shop)
	return state, err
}
