package demo

import "time"

// planPerson plans what is told of a person apart from their orders.
func (s *Shop) planPerson(p *planner, x *person) {
	a := p.action()
	p.tell("customers/create", x.created, a, func() any { return s.account(x, x.created) })
	if x.registered && len(x.orders) > 0 {
		p.tell("customers/enable", x.created.Add(time.Minute), p.action(), func() any { return s.account(x, x.created.Add(time.Minute)) })
	}
	for _, c := range x.consents {
		topic := "customers_email_marketing_consent/update"
		if c.sms {
			topic = "customers_marketing_consent/update"
		}
		if c.state == "unsubscribed" {
			a = p.action()
			p.tell("customers/update", c.at, a, func() any { return s.account(x, c.at) })
		}
		p.tell(topic, c.at, a, func() any { return s.consent(x, c) })
	}
	for _, t := range x.tags {
		topic := "customer.tags_removed"
		if t.on {
			topic = "customer.tags_added"
		}
		p.tell(topic, t.at, p.action(), func() any {
			return wireTags{CustomerID: gid("Customer", x.id), Tags: []string{t.tag}, OccurredAt: zulu(t.at)}
		})
	}
	for _, c := range x.carts {
		s.planCart(p, c)
	}
	if !x.deleted.IsZero() {
		p.tell("customers/delete", x.deleted, p.action(), func() any { return x.gone() })
	}
	if x.into != nil {
		s.planMerge(p, x)
	}
}

// planMerge plans a merge that fails at first, the merge, the removal of the
// old account before or after it, and a late word under the old account's id.
func (s *Shop) planMerge(p *planner, x *person) {
	p.tell("customers/merge", x.merged.Add(-time.Minute), p.action(), func() any { return x.merge("failed") })
	a := p.action()
	p.tell("customers/merge", x.merged, a, func() any { return x.merge("completed") })
	removed := x.merged.Add(2 * time.Second)
	if x.dice.chance(0.5) {
		removed = x.merged.Add(-8 * time.Second)
	}
	p.tell("customers/delete", removed, a, func() any { return x.gone() })
	p.tell("customers/update", x.merged, a, func() any { return s.account(x.into, x.merged) })
	before := x.merged.Add(-2 * time.Minute)
	p.put(Shopify, "orders/updated", before, p.action(), 9*time.Minute, func() any { return s.order(x.orders[0], before) })
}

// planOrder plans the burst of one order: the way to it, the order, its
// payment, the customer's new state, and days later the parcel.
func (s *Shop) planOrder(p *planner, o *order) {
	if o.browsed {
		s.planWay(p, o)
	}
	a := p.action()
	p.put(Shopify, "orders/create", o.placed, a, o.late, func() any { return s.order(o, o.placed) })
	told := func(topic string, at time.Time, action uint64) {
		p.tell(topic, at, action, func() any { return s.order(o, at) })
	}
	s.planCustomer(p, o, o.placed, a, true)
	if !o.paid.IsZero() {
		paid := o.paid
		if paid.After(o.placed) {
			a = p.action()
			s.planCustomer(p, o, paid, a, false)
		}
		told("orders/paid", paid, a)
		if p.dice.chance(0.5) {
			p.tell("order_transactions/create", paid, a, func() any { return s.transaction(o, o.saleID(), "sale", o.total()) })
		}
	}
	if p.dice.chance(0.35) {
		told("orders/updated", o.placed.Add(time.Second), a)
	}
	told("orders/partially_fulfilled", o.partial, p.action())
	if o.channel == "web" {
		a = p.action()
		told("orders/fulfilled", o.fulfilled, a)
		told("orders/updated", o.fulfilled, a)
	}
	s.planRegret(p, o)
	p.tell("orders/delete", o.deleted, p.action(), func() any {
		return struct {
			ID int64 `json:"id"`
		}{o.id}
	})
}

func (s *Shop) planRegret(p *planner, o *order) {
	a := p.action()
	told := func(topic string, at time.Time) { p.tell(topic, at, a, func() any { return s.order(o, at) }) }
	told("orders/cancelled", o.cancelled)
	if !o.voided.IsZero() {
		if o.cancelled.IsZero() {
			p.tell("order_transactions/create", o.voided, a, func() any {
				t := s.transaction(o, o.saleID()+1, "void", o.total())
				t.CreatedAt, t.ProcessedAt = s.local(o.voided), s.local(o.voided)
				return t
			})
		}
		told("orders/updated", o.voided)
		s.planCustomer(p, o, o.voided, a, false)
	}
	for _, r := range o.refunds {
		p.tell("refunds/create", r.at, a, func() any { return s.refund(o, r) })
		told("orders/updated", r.at)
		s.planCustomer(p, o, r.at, a, false)
	}
}

// planCustomer plans what Shopify says of the customer when an order of theirs
// changes. Guests have no record to change.
func (s *Shop) planCustomer(p *planner, o *order, at time.Time, action uint64, record bool) {
	if o.buyer == nil {
		return
	}
	if record {
		p.tell("customers/update", at.Add(time.Second), action, func() any { return s.account(o.owner(at), at.Add(time.Second)) })
	}
	p.tell("customers/purchasing_summary", at.Add(time.Second), action, func() any { return s.summary(o.owner(at), at.Add(time.Second)) })
}

// planWay plans the cart and the checkout that led to o.
func (s *Shop) planWay(p *planner, o *order) {
	d := p.dice
	cart := o.placed.Add(-d.between(8*time.Minute, 50*time.Minute))
	start := o.placed.Add(-d.between(time.Minute, 7*time.Minute))
	changed := cart.Add(start.Sub(cart) / 2)
	p.tell("carts/create", cart, p.action(), func() any { return s.cart(o.cart, o.lines[:1], cart, cart) })
	if len(o.lines) > 1 {
		p.tell("carts/update", changed, p.action(), func() any { return s.cart(o.cart, o.lines, cart, changed) })
	}
	c := checkout{id: o.checkoutID, token: o.checkout, cart: o.cart, who: o.guest, lines: o.lines, presented: o.presented, created: start, updated: start}
	if o.buyer != nil {
		c.who, c.account = o.buyer, true
	}
	p.tell("checkouts/create", start, p.action(), func() any { return s.checkout(c) })
	if d.chance(0.6) {
		c.updated, c.completed = o.placed, o.placed
		p.tell("checkouts/update", o.placed, p.action(), func() any { return s.checkout(c) })
	}
}

// planCart plans a cart or checkout that was left.
func (s *Shop) planCart(p *planner, x *cart) {
	updated := x.updated
	if x.checkout == "" {
		p.tell("carts/create", x.created, p.action(), func() any { return s.cart(x.token, x.lines[:1], x.created, x.created) })
		p.tell("carts/update", updated, p.action(), func() any { return s.cart(x.token, x.lines, x.created, updated) })
		return
	}
	first := checkout{id: x.checkoutID, token: x.checkout, cart: x.token, who: x.owner, account: true, lines: x.lines,
		presented: s.options.Currency, created: x.created, updated: x.created}
	second := first
	second.updated = updated
	p.tell("checkouts/create", x.created, p.action(), func() any { return s.checkout(first) })
	p.tell("checkouts/update", updated, p.action(), func() any { return s.checkout(second) })
	p.tell("checkouts/delete", x.deleted, p.action(), func() any { return s.checkoutGone(first) })
}

// planRequests plans the privacy requests: each erasure is followed by a late
// copy of something said before, which must not bring the person back.
func (s *Shop) planRequests(p *planner) {
	redacted, asked := 0, false
	for _, x := range s.people {
		switch {
		case !x.redacted.IsZero():
			byMail := redacted > 0
			redacted++
			p.tell("customers/redact", x.redacted, p.action(), func() any { return s.redact(x, byMail) })
			o := x.orders[0]
			p.put(Shopify, "orders/updated", o.placed.Add(time.Second), p.action(), x.redacted.Sub(o.placed)+20*time.Minute, func() any {
				return s.order(o, o.placed.Add(time.Second))
			})
		case !asked && len(x.orders) > 2 && x.orders[2].placed.Before(s.options.End.Add(-10*day)):
			asked = true
			p.tell("customers/data_request", x.orders[2].placed.Add(5*day), p.action(), func() any { return s.dataRequest(x) })
		}
	}
}
