package sim_test

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/sim"
)

const (
	shopA, shopB = customer.Account("shopify/a"), customer.Account("shopify/b")
	hub          = customer.Account("hubspot/9")
)

var (
	people = []customer.Identity{shopA.Record("1"), shopA.Record("2"), shopA.Record("3"), shopB.Record("1"), hub.Record("5"), hub.Record("6")}
	orders = []customer.Identity{shopA.Record("order", "1"), shopA.Record("order", "2"), shopB.Record("order", "1")}
	emails = []customer.Email{"", "one@example.com", "two@example.com", "three@example.com"}
	phones = []customer.Phone{"", "", "", "+4915550001", "+4915550002"}
)

// A writer writes what sources say, one instant an hour.
type writer struct {
	*rapid.T
	n      int
	merged map[customer.Identity]bool
}

func oneOf[T any](w *writer, label string, of []T) T { return rapid.SampledFrom(of).Draw(w.T, label) }

// instant returns one of the first hours: messages come in no order of theirs,
// and some are of the same instant.
func (w *writer) instant() time.Time {
	return start.Add(time.Duration(rapid.IntRange(0, 12).Draw(w.T, "hour")) * time.Hour)
}

func (w *writer) version(at time.Time) customer.Version {
	return customer.NewVersion(at, fmt.Sprintf("%03d", w.n))
}

func (w *writer) message() message {
	w.n++
	switch oneOf(w, "what", strings.Fields("contact contact contact order order order refund merge tags consent cart delete ticket activity")) {
	case "contact":
		return w.contact(oneOf(w, "person", people))
	case "order":
		return w.order()
	case "refund":
		r := oneOf(w, "order", orders)
		return message{{Record: r, Fact: w.fact(r, "refund/1", w.instant(), customer.Body{Refund: &customer.Refund{Amount: customer.Money{Minor: 400, Currency: "EUR"}}})}}
	case "merge":
		return w.merge()
	case "tags":
		return w.tags(oneOf(w, "person", people))
	case "consent":
		return w.consent(oneOf(w, "person", people))
	case "cart":
		cart := shopA.Record("cart", "x")
		return message{{Record: cart, Fact: w.fact(cart, "checkout", w.instant(), customer.Body{Checkout: &customer.Checkout{Total: customer.Money{Minor: 100, Currency: "EUR"}}})}}
	case "delete":
		r := oneOf(w, "record", append(orders[:2:2], people[:3]...))
		return message{{Record: r, Fact: w.fact(r, "deleted", w.instant(), customer.Body{Deleted: &customer.Deleted{Deleted: true}})}}
	case "ticket":
		r, at := hub.Record("ticket", "1"), w.instant()
		return message{{Record: r, Claim: &customer.Claim{Version: w.version(at), Parent: oneOf(w, "contact", people[4:])},
			Fact: w.fact(r, "ticket", at, customer.Body{Ticket: &customer.Ticket{Opened: start}})}}
	}
	p, at := oneOf(w, "person", people), w.instant()
	return message{{Record: p, Fact: w.fact(p, fmt.Sprintf("activity/page_view/%d", w.n), at, customer.Body{Activity: &customer.Activity{Name: "page_view",
		Properties: map[string]string{"category": "help", "path": fmt.Sprint(w.n % 2)}}})}}
}

func (w *writer) fact(r customer.Identity, key string, at time.Time, b customer.Body) *customer.Fact {
	f := &customer.Fact{Record: r, Key: key, Version: w.version(at), At: at, Body: b}
	if b.Checkout != nil || b.Activity != nil {
		f.Expires = at.Add(customer.CartLife)
	}
	return f
}

func (w *writer) contact(p customer.Identity) message {
	at := w.instant()
	c := customer.Contact{Email: oneOf(w, "email", emails), Phone: oneOf(w, "phone", phones),
		FirstName: oneOf(w, "name", []string{"", "Ann", "Bob"})}
	return message{w.said(p, at, c)}
}

func (w *writer) said(p customer.Identity, at time.Time, c customer.Contact) customer.Event {
	e := customer.Event{Record: p, Fact: w.fact(p, customer.ContactKey("", c), at, customer.Body{Contact: &c})}
	if p.Person() {
		e.Claim = &customer.Claim{Version: w.version(at), Email: c.Email, Phone: c.Phone}
	}
	return e
}

// order is one state of an order: of a customer, or of a guest with or without
// addresses. It may tell of its cart.
func (w *writer) order() message {
	r, at := oneOf(w, "order", orders), w.instant()
	o := customer.Order{Placed: start, Currency: "EUR", Total: 1000, Current: 1000, Payment: oneOf(w, "payment", []string{"paid", "pending", "refunded"}),
		Items: []customer.Item{{SKU: fmt.Sprintf("T%d", w.n%3), Title: "Tea", Quantity: 1, Price: 1000}}, Codes: []string{fmt.Sprintf("HELLO%d", w.n%2)}}
	e := customer.Event{Record: r, Fact: w.fact(r, "order", at, customer.Body{Order: &o})}
	var m message
	if rapid.Bool().Draw(w.T, "guest") {
		c := customer.Contact{Email: oneOf(w, "email", emails), Phone: oneOf(w, "phone", phones)}
		e.Claim = &customer.Claim{Version: w.version(at), Email: c.Email, Phone: c.Phone}
		if c.Email != "" || c.Phone != "" {
			m = append(m, w.said(r, at, c))
		}
	} else {
		p := oneOf(w, "buyer", people[:3])
		if r.Account() == shopB {
			p = people[3]
		}
		e.Claim = &customer.Claim{Version: w.version(at), Parent: p}
		m = append(m, w.said(p, w.instant(), customer.Contact{Email: oneOf(w, "email", emails)}))
	}
	m = append(m, e)
	if r == orders[0] {
		o.Cart = "x"
		m = append(m, customer.Event{Record: shopA.Record("cart", "x"), Claim: &customer.Claim{Version: w.version(at), Parent: r}})
	}
	return m
}

// merge joins a record into an older one of its account; a source does so once.
func (w *writer) merge() message {
	i := oneOf(w, "gone", []int{1, 2, 5})
	into := people[4]
	if i < 3 {
		into = people[rapid.IntRange(0, i-1).Draw(w.T, "kept")]
	}
	p, at := people[i], w.instant()
	if w.merged[p] {
		return w.contact(p)
	}
	w.merged[p] = true
	return message{{Record: p, Fact: w.fact(p, "merged", at, customer.Body{Merged: &customer.Merged{Into: into}}),
		Command: &customer.Command{Kind: customer.Merge, At: at, Into: into}}}
}

func (w *writer) tags(p customer.Identity) message {
	at := w.instant()
	if rapid.Bool().Draw(w.T, "one tag") {
		return message{{Record: p, Fact: w.fact(p, "tag/vip", at, customer.Body{Tag: &customer.Tag{Tag: "vip", On: rapid.Bool().Draw(w.T, "on")}})}}
	}
	return message{{Record: p, Fact: w.fact(p, "tags", at, customer.Body{Tags: &customer.Tags{Tags: []string{"new"}}})}}
}

func (w *writer) consent(p customer.Identity) message {
	c := customer.Consent{Channel: customer.EmailChannel, Via: "shopify", Explicit: rapid.Bool().Draw(w.T, "explicit"),
		State: oneOf(w, "state", []customer.ConsentState{customer.Subscribed, customer.Unsubscribed, customer.NotSubscribed})}
	return message{{Record: p, Fact: w.fact(p, customer.ConsentKey(c), w.instant(), customer.Body{Consent: &c})}}
}

// histories draws what sources say.
func histories(t *rapid.T, longest int) []message {
	w := &writer{T: t, merged: map[customer.Identity]bool{}}
	var all []message
	for range rapid.IntRange(1, longest).Draw(t, "messages") {
		all = append(all, w.message())
	}
	return all
}

// scenarios draws how a history reaches us, and what goes wrong meanwhile.
func scenarios(t *rapid.T, history []message) scenario {
	s := scenario{history: history, workers: rapid.IntRange(1, 3).Draw(t, "workers"), slow: rapid.Bool().Draw(t, "slow")}
	var deliveries []int
	for i := range history {
		for range rapid.IntRange(1, 3).Draw(t, "deliveries") {
			deliveries = append(deliveries, i)
		}
	}
	deliveries = rapid.Permutation(deliveries).Draw(t, "order")
	for len(deliveries) > 0 {
		n := min(len(deliveries), rapid.IntRange(1, 4).Draw(t, "batch"))
		s.batches = append(s.batches, deliveries[:n])
		deliveries = deliveries[n:]
	}
	s.plan = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sim.Turn {
		return sim.Turn{After: rapid.IntRange(0, 60).Draw(t, "after"), Who: rapid.IntRange(0, 1).Draw(t, "who"),
			Fate: rapid.SampledFrom([]sim.Fate{sim.Pass, sim.Pass, sim.Pass, sim.Pass, sim.DieBefore, sim.DieAfter, sim.FailBefore, sim.FailAfter}).Draw(t, "fate")}
	}), 0, 25).Draw(t, "plan")
	return s
}
