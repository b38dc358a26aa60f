package demo

import (
	"encoding/base64"
	"time"

	"holdfast/internal/customer"
)

// A line is one product of an order or cart.
type line struct {
	product  Product
	quantity int
}

func (l line) total() int64 { return l.product.Price * int64(l.quantity) }

// An order's life is a list of instants; zero ones never come. Amounts are in
// minor units of the shop's currency, tax included.
type order struct {
	id     int64
	number int // from 1
	buyer  *person
	guest  *person // who ordered without an account; nil where there is one
	first  bool    // the buyer's first

	placed    time.Time
	paid      time.Time
	partial   time.Time // first parcel of two
	fulfilled time.Time
	cancelled time.Time
	voided    time.Time
	deleted   time.Time
	refunds   []*refund
	late      time.Duration // how much later than it should orders/create reaches us

	channel    string // web, pos
	test       bool
	lines      []line
	code       string
	percent    bool
	discount   int64
	shipping   int64
	currency   customer.Currency // the shop's
	presented  customer.Currency // the buyer's
	gateway    string
	cart       string
	checkout   string
	checkoutID int64
	browsed    bool // the cart and the checkout on the way were reported
}

// A refund is money that went back.
type refund struct {
	id      int64
	at      time.Time
	lines   []int // indexes into the order's lines, whole lines
	amount  int64
	note    string
	restock bool
}

func (s *Shop) newOrder(p *person, at time.Time, value float64) *order {
	d := p.dice
	first := len(p.orders) == 0
	o := &order{buyer: p, first: first, placed: at, channel: "web", currency: s.options.Currency, presented: s.options.Currency}
	if p.home.currency != s.options.Currency && d.chance(0.85) {
		o.presented = p.home.currency
	}
	o.lines = basket(d, p.taste, value, first)
	o.code, o.discount, o.percent = discount(d, p.taste, at, o.goods(), first)
	if o.goods()-o.discount < 4000 && o.ships() {
		o.shipping = 490
	}
	o.cart, o.checkout, o.checkoutID = cartToken(d), d.hex(16), 35550298000000+int64(d.Uint32())
	o.browsed = d.chance(0.4)
	o.live(d)
	return o
}

// live decides what becomes of a placed order.
func (o *order) live(d dice) {
	o.gateway = pick(d, []string{"shopify_payments", "shopify_payments", "paypal"})
	o.paid = o.placed
	switch {
	case d.chance(0.08):
		o.gateway = "Bank Deposit"
		o.paid = o.placed.Add(d.between(20*hour, 5*day))
	case d.chance(0.015):
		o.gateway, o.paid = "Bank Deposit", time.Time{}
		o.cancelled = o.placed.Add(d.between(9*day, 12*day))
		o.voided = o.cancelled
	case d.chance(0.005):
		o.paid, o.voided = time.Time{}, o.placed.Add(d.between(hour, 2*day))
	case d.chance(0.008):
		o.test, o.gateway = true, "bogus"
		if d.chance(0.4) {
			o.deleted = o.placed.Add(d.between(hour, 3*day))
		}
		return
	case d.chance(0.02):
		o.cancelled = o.placed.Add(d.between(hour/2, 9*hour))
		o.refund(o.cancelled, o.all(), o.total(), "")
		return
	}
	if !o.voided.IsZero() {
		return
	}
	o.fulfilled = o.paid.Add(d.between(18*hour, 4*day))
	if len(o.lines) > 2 && d.chance(0.05) {
		o.partial = o.fulfilled.Add(-d.between(hour, 12*hour))
	}
	o.regret(d)
}

// regret sends some of the money back.
func (o *order) regret(d dice) {
	at := o.fulfilled.Add(d.between(2*day, 16*day))
	switch {
	case d.chance(0.025):
		o.refund(at, o.all(), o.total(), "Returned unopened")
	case len(o.lines) > 1 && d.chance(0.06):
		i := d.IntN(len(o.lines))
		o.refund(at, []int{i}, o.lines[i].total()-o.share(i), "Arrived damaged")
	case d.chance(0.015):
		o.refund(at, nil, min(500, o.total()/2), "Late delivery, with our apologies")
	case d.chance(0.006): // at once, and the order itself is on its way yet
		o.refund(o.paid.Add(d.between(3*time.Minute, 15*time.Minute)), nil, min(490, o.total()/2), "Forgotten code")
		o.late = d.between(25*time.Minute, 90*time.Minute)
	}
}

func (o *order) refund(at time.Time, lines []int, amount int64, note string) {
	o.refunds = append(o.refunds, &refund{at: at, lines: lines, amount: amount, note: note, restock: len(lines) > 0})
}

func (o *order) all() []int {
	var all []int
	for i := range o.lines {
		all = append(all, i)
	}
	return all
}

func (o *order) goods() int64 {
	var sum int64
	for _, l := range o.lines {
		sum += l.total()
	}
	return sum
}

// share is line i's part of the discount; the shares add up to all of it.
func (o *order) share(i int) int64 {
	var before int64
	for _, l := range o.lines[:i] {
		before += l.total()
	}
	goods := max(1, o.goods())
	return o.discount*(before+o.lines[i].total())/goods - o.discount*before/goods
}

func (o *order) total() int64 { return o.goods() - o.discount + o.shipping }

func (o *order) ships() bool {
	for _, l := range o.lines {
		if l.product.Grams > 0 {
			return true
		}
	}
	return false
}

// returned is what went back with goods, by at.
func (o *order) returned(at time.Time) int64 {
	var sum int64
	for _, r := range o.refunds {
		if len(r.lines) > 0 && !r.at.After(at) {
			sum += r.amount
		}
	}
	return sum
}

func (o *order) refunded(at time.Time) int64 {
	var sum int64
	for _, r := range o.refunds {
		if !r.at.After(at) {
			sum += r.amount
		}
	}
	return sum
}

// updated returns when o last changed, as of at.
func (o *order) updated(at time.Time) time.Time {
	last := o.placed
	instants := []time.Time{o.paid, o.partial, o.fulfilled, o.cancelled, o.voided}
	for _, r := range o.refunds {
		instants = append(instants, r.at)
	}
	for _, t := range instants {
		if past(t, at) && t.After(last) {
			last = t
		}
	}
	return last
}

func (o *order) payment(at time.Time) string {
	switch {
	case past(o.voided, at):
		return "voided"
	case o.test:
		return "paid"
	case !past(o.paid, at) && o.gateway == "Bank Deposit":
		return "pending"
	case !past(o.paid, at):
		return "authorized"
	case o.refunded(at) >= o.total():
		return "refunded"
	case o.refunded(at) > 0:
		return "partially_refunded"
	}
	return "paid"
}

// owner is whose order it is as of at: accounts are merged.
func (o *order) owner(at time.Time) *person {
	if o.buyer != nil && o.buyer.into != nil && past(o.buyer.merged, at) {
		return o.buyer.into
	}
	return o.buyer
}

// past reports whether t comes and is not after at.
func past(t, at time.Time) bool { return !t.IsZero() && !t.After(at) }

// cartToken returns a token like Shopify's: base64 of a region and a ULID.
func cartToken(d dice) string {
	return base64.RawURLEncoding.EncodeToString([]byte("gcp-europe-west1:" + d.hex(13)))
}
