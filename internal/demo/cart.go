package demo

import (
	"fmt"
	"time"
)

// A cart is one that was filled and left, as a cart or as a started checkout.
type cart struct {
	owner      *person // nil: nobody knows
	created    time.Time
	updated    time.Time // zero: left at once
	lines      []line
	token      string
	checkout   string // "" if the checkout was never started
	checkoutID int64
	deleted    time.Time // the shop swept the checkout away
}

// abandon gives p the carts they left, some soon after an order, some never
// followed by one.
func (s *Shop) abandon(p *person) {
	d := p.dice
	for d.chance(0.3) && len(p.carts) < 4 {
		at := p.created.Add(time.Duration(d.Float64() * float64(s.options.End.Sub(p.created))))
		c := newCart(d, s.clock(d, at), p.taste)
		if c.created.Before(p.created) {
			continue
		}
		c.owner, c.checkout, c.checkoutID = p, d.hex(16), 35550298000000+int64(d.Uint32())
		if d.chance(0.03) {
			c.deleted = c.created.Add(d.between(day, 5*day))
		}
		p.carts = append(p.carts, c)
	}
}

func newCart(d dice, at time.Time, t taste) *cart {
	c := &cart{created: at, lines: basket(d, t, d.gamma(valueP, valueP/4500), false), token: cartToken(d)}
	if d.chance(0.5) {
		c.updated = at.Add(d.between(time.Minute, 25*time.Minute))
	}
	return c
}

// strangers makes the orders without an account and the carts without a name:
// mail address only, phone only at the till, and nothing at all.
func (s *Shop) strangers(towns []place, numbers phones) ([]*order, []*cart) {
	var guests []*order
	var lost []*cart
	n := s.options.Customers
	for i := range n / 12 {
		d := newDice(s.options.Seed, 1<<40+uint64(i))
		g := newPerson(d, n+i, towns, numbers)
		g.created = s.arrival(d)
		switch i % 5 {
		case 0, 1:
			g.phone = ""
		case 2:
			g.email = ""
			g.phone = numbers.next("DE")
		case 3:
			g.email, g.phone = "", ""
		case 4:
			lost = append(lost, newCart(d, g.created, g.taste))
			continue
		}
		o := s.newOrder(g, g.created, d.gamma(valueP, valueP/3200))
		o.buyer, o.guest, o.first = nil, g, true
		if g.email == "" {
			o.till()
		}
		guests = append(guests, o)
	}
	return guests, lost
}

// till makes o a sale over the counter: paid and taken along.
func (o *order) till() {
	o.channel, o.gateway, o.browsed = "pos", "cash", false
	o.paid, o.partial, o.fulfilled, o.cancelled, o.voided = o.placed, time.Time{}, o.placed, time.Time{}, time.Time{}
	o.code, o.discount, o.shipping, o.late, o.refunds, o.test = "", 0, 0, 0, nil, false
	o.cart, o.checkout, o.checkoutID, o.presented = "", "", 0, o.currency
}

// consents is what p said about marketing, and when.
func consents(p *person, end time.Time) []consent {
	d := p.dice
	var all []consent
	at := p.created.Add(d.between(time.Second, time.Minute))
	switch {
	case d.chance(0.45):
		all = append(all, consent{at: at, state: "subscribed"})
	case d.chance(0.45):
		all = append(all, consent{at: at, state: "pending"}, consent{at: at.Add(d.between(time.Minute, 20*hour)), state: "subscribed", double: true})
	case d.chance(0.2):
		all = append(all, consent{at: at, state: "not_subscribed"})
	}
	if len(all) > 0 && all[len(all)-1].state == "subscribed" && d.chance(0.14) {
		at = at.Add(day + d.about(150*day))
		all = append(all, consent{at: at, state: "unsubscribed"})
		if d.chance(0.12) {
			all = append(all, consent{at: at.Add(d.between(5*day, 90*day)), state: "subscribed", double: true})
		}
	}
	if p.phone != "" && d.chance(0.25) {
		at = p.created.Add(d.between(time.Minute, 60*day))
		all = append(all, consent{at: at, sms: true, state: "subscribed"})
		if d.chance(0.2) {
			all = append(all, consent{at: at.Add(d.about(60 * day)), sms: true, state: "unsubscribed"})
		}
	}
	var past []consent
	for _, c := range all {
		if c.at.Before(end) {
			past = append(past, c)
		}
	}
	return past
}

// taggings is which tags the shop put on p and took off.
func taggings(p *person) []tagging {
	d := p.dice
	var all []tagging
	if len(p.orders) >= 5 {
		at := p.orders[4].placed.Add(d.between(hour, 30*hour))
		all = append(all, tagging{at: at, tag: "vip", on: true})
		if d.chance(0.1) {
			all = append(all, tagging{at: at.Add(d.between(30*day, 90*day)), tag: "vip"})
		}
	}
	for _, o := range p.orders {
		if len(o.refunds) > 0 && o.cancelled.IsZero() {
			all = append(all, tagging{at: o.refunds[0].at.Add(hour), tag: "return", on: true})
			break
		}
	}
	if d.chance(0.06) {
		all = append(all, tagging{at: p.created.Add(d.between(hour, 90*day)), tag: pick(d, []string{"tasting-2025", "gift-buyer", "neighbour"}), on: true})
	}
	return all
}

// touch lists when the shop changed p's record: Shopify counts orders and
// consents as changes of the customer.
func (p *person) touch() {
	for _, o := range p.orders {
		p.touched = append(p.touched, o.placed.Add(time.Second))
		for _, r := range o.refunds {
			p.touched = append(p.touched, r.at)
		}
	}
	for _, c := range p.consents {
		p.touched = append(p.touched, c.at)
	}
	if !p.merged.IsZero() {
		p.touched = append(p.touched, p.merged)
		p.into.touched = append(p.into.touched, p.merged)
	}
}

// exceptions gives some people the rarer fates: two accounts that are joined, a
// removed account, a request to forget or to see one's data.
func (s *Shop) exceptions() {
	end := s.options.End
	merges, deletes, redacts := 0, 0, 0
	for i, p := range s.people[:len(s.people):len(s.people)] {
		switch {
		case merges < max(1, s.options.Customers/250) && len(p.orders) >= 3 && p.orders[1].placed.Before(end.Add(-20*day)):
			s.people = append(s.people, s.twin(p, i))
			merges++
		case deletes < max(1, s.options.Customers/330) && len(p.orders) == 0 && len(p.carts) == 0 && p.created.Before(end.Add(-60*day)):
			p.deleted = p.created.Add(p.dice.between(10*day, 50*day))
			deletes++
		case redacts < 2 && len(p.orders) == 1 && p.orders[0].placed.Before(end.Add(-230*day)):
			p.redacted = p.orders[0].placed.Add(p.dice.between(195*day, 220*day))
			p.carts, p.consents = nil, p.consents[:min(1, len(p.consents))]
			redacts++
		}
	}
}

// twin returns a second account of p's, made by the first order under another
// address, and merged into p's a few days after the second order.
func (s *Shop) twin(p *person, i int) *person {
	first := p.orders[0]
	t := &person{dice: newDice(s.options.Seed, 1<<41+uint64(i)), first: p.first, last: p.last, home: p.home, street: p.street, zip: p.zip, taste: p.taste}
	t.email = fmt.Sprintf("%s.%d@old.example.org", ascii(p.last), 100000+i)
	t.created, t.orders, t.into = first.placed, []*order{first}, p
	first.buyer, first.first = t, true
	p.twin, p.orders = t, p.orders[1:]
	p.created = p.orders[0].placed
	p.orders[0].first = true
	t.merged = p.orders[0].placed.Add(t.dice.between(2*day, 9*day))
	p.carts, p.consents = nil, consents(p, s.options.End)
	return t
}
