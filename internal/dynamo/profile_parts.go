package dynamo

import "holdfast/internal/customer"

// Each part of a profile and its packed form. Days are written as how many
// they lie after the one before.

func packPermission(p customer.Permission) string {
	var w packer
	w.text(consents.short(string(p.State)))
	w.time(p.Since)
	w.text(p.Via)
	return w.String()
}

func permission(u *unpacker) customer.Permission {
	return customer.Permission{State: customer.ConsentState(consents.long(u.text())), Since: u.time(), Via: u.text()}
}

func packBook(b customer.Book) string {
	var w packer
	w.text(string(b.Currency))
	w.int(int64(b.Orders))
	w.int(b.Spend)
	w.int(b.Refunded)
	w.int(int64(b.Refunds))
	w.time(b.First)
	w.time(b.Last)
	w.int(int64(b.Discounted))
	w.int(b.Saved)
	w.int(int64(b.Offline))
	before := 0
	for _, d := range b.Days {
		w.part()
		w.int(int64(d.Day - before))
		w.int(int64(d.Orders))
		w.int(d.Net)
		before = d.Day
	}
	return w.String()
}

func book(u *unpacker) customer.Book {
	b := customer.Book{
		Currency: customer.Currency(u.text()), Orders: u.int(), Spend: u.int64(),
		Refunded: u.int64(), Refunds: u.int(), First: u.time(), Last: u.time(),
		Discounted: u.int(), Saved: u.int64(), Offline: u.int(),
	}
	if n := u.left(); n > 0 {
		b.Days = make([]customer.Day, 0, n)
	}
	before := 0
	for u.part() {
		d := customer.Day{Day: before + u.int(), Orders: u.int(), Net: u.int64()}
		b.Days = append(b.Days, d)
		before = d.Day
	}
	return b
}

func packCarts(c customer.CartState) string {
	var w packer
	w.int(int64(c.Open))
	w.time(c.Last)
	w.money(c.Total)
	w.text(c.URL)
	return w.String()
}

func carts(u *unpacker) customer.CartState {
	return customer.CartState{Open: u.int(), Last: u.time(), Total: u.money(), URL: u.text()}
}

func packService(s customer.TicketState) string {
	var w packer
	w.int(int64(s.Tickets))
	w.int(int64(s.Open))
	w.time(s.Last)
	return w.String()
}

func service(u *unpacker) customer.TicketState {
	return customer.TicketState{Tickets: u.int(), Open: u.int(), Last: u.time()}
}

func packDeals(d customer.DealState) string {
	var w packer
	w.int(int64(d.Deals))
	w.int(int64(d.Won))
	w.money(d.Value)
	return w.String()
}

func deals(u *unpacker) customer.DealState {
	return customer.DealState{Deals: u.int(), Won: u.int(), Value: u.money()}
}

func packSurveys(s customer.SurveyState) string {
	var w packer
	w.float(s.NPS)
	w.time(s.NPSAt)
	w.float(s.CSAT)
	w.time(s.CSATAt)
	return w.String()
}

func surveys(u *unpacker) customer.SurveyState {
	return customer.SurveyState{NPS: u.float(), NPSAt: u.time(), CSAT: u.float(), CSATAt: u.time()}
}

func packReported(s customer.Summary) string {
	var w packer
	w.int(int64(s.Orders))
	w.money(s.Spend)
	return w.String()
}

func reported(u *unpacker) customer.Summary {
	return customer.Summary{Orders: u.int(), Spend: u.money()}
}

func packDerived(d customer.Derived) string {
	var w packer
	w.time(d.Night)
	w.int(int64(d.R))
	w.int(int64(d.F))
	w.int(int64(d.M))
	w.text(string(d.Group))
	packOutlook(&w, d.Outlook)
	for _, m := range d.Segments {
		w.part()
		w.text(m.Segment)
		w.time(m.Since)
	}
	return w.String()
}

func derived(u *unpacker) customer.Derived {
	d := customer.Derived{Night: u.time(), R: u.int(), F: u.int(), M: u.int(), Group: customer.Group(u.text()), Outlook: outlook(u)}
	if n := u.left(); n > 0 {
		d.Segments = make([]customer.Membership, 0, n)
	}
	for u.part() {
		d.Segments = append(d.Segments, customer.Membership{Segment: u.text(), Since: u.time()})
	}
	return d
}

func packOutlook(w *packer, o customer.Outlook) {
	w.int(int64(o.Horizon))
	w.int(int64(o.Alive))
	w.int(int64(o.NoOrder))
	w.int(o.Orders)
	w.int(o.CLV)
	w.int(int64(o.Band))
	w.int(int64(o.NextFrom))
	w.int(int64(o.Next))
	w.int(int64(o.NextTo))
}

func outlook(u *unpacker) customer.Outlook {
	return customer.Outlook{
		Horizon: u.int(), Alive: u.int(), NoOrder: u.int(), Orders: u.int64(), CLV: u.int64(), Band: u.int(),
		NextFrom: u.int(), Next: u.int(), NextTo: u.int(),
	}
}
