package customer

import (
	"slices"
	"strings"
	"time"
)

// Own reports whether the customer did it; that a mail reached them, or that a
// mail program fetched its pictures, is not their doing.
func (a Activity) Own() bool {
	return !strings.HasPrefix(a.Name, "mail_") || a.Name == "mail_clicked"
}

// carts finds what was put into carts and neither bought nor given up. A cart
// that became a checkout is that checkout.
func (f *folding) carts() CartState {
	closed := f.closed()
	var open []*Fact
	for _, fact := range f.facts {
		c := fact.Body.Checkout
		if c == nil || !c.Completed.IsZero() || len(c.Items) == 0 {
			continue
		}
		name := basket(fact.Record.Account(), token(fact.Record))
		if fact.At.After(closed[fact.Record]) && fact.At.After(closed[name]) {
			open = append(open, fact)
		}
	}
	if len(open) == 0 {
		return CartState{}
	}
	slices.SortStableFunc(open, func(a, b *Fact) int { return a.At.Compare(b.At) })
	last := open[len(open)-1]
	s := CartState{Last: last.At.UTC(), Total: last.Body.Checkout.Total, URL: last.Body.Checkout.URL}
	for _, fact := range open {
		if !fact.At.Before(last.At.Add(-CartWindow)) {
			s.Open++
		}
	}
	return s
}

// cartReturn is how long after its checkout, or its deletion, a cart that
// changes is still the old one. It is short enough for a fact that expires to
// have closed only carts too old to count by then: see [Folded.Prune].
const cartReturn = 7 * 24 * time.Hour

// closed returns the carts and checkouts that are bought, given up or continued
// elsewhere, and up to which instant a state of them is. An order closes one for
// good.
func (f *folding) closed() map[Identity]time.Time {
	closed := map[Identity]time.Time{}
	note := func(r Identity, until time.Time) {
		if until.After(closed[r]) {
			closed[r] = until
		}
	}
	forever := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, fact := range f.facts {
		account, until := fact.Record.Account(), fact.At.Add(cartReturn)
		switch b := fact.Body; {
		case b.Order != nil:
			note(basket(account, b.Order.Checkout), forever)
			note(basket(account, b.Order.Cart), forever)
		case b.Checkout != nil && b.Checkout.Cart != token(fact.Record):
			note(basket(account, b.Checkout.Cart), until)
		case b.Deleted != nil && b.Deleted.Deleted:
			note(fact.Record, until)
		}
	}
	return closed
}

// basket stands for the cart or checkout, whichever it is, that account calls
// token.
func basket(account Account, token string) Identity { return account.Record("", token) }

// token returns the source's own name of a cart or checkout, which may hold
// slashes: the end of "{source}/{account}/{kind}/{token}".
func token(r Identity) string {
	_, token, _ := strings.Cut(strings.TrimPrefix(string(r), string(r.Account())+"/"), "/")
	return token
}

func (f *folding) service() TicketState {
	var s TicketState
	gone := f.gone()
	for _, fact := range f.facts {
		t := fact.Body.Ticket
		if t == nil || gone[fact.Record] {
			continue
		}
		s.Tickets++
		if t.Closed.IsZero() {
			s.Open++
		}
		if t.Opened.After(s.Last) {
			s.Last = t.Opened.UTC()
		}
	}
	return s
}

func (f *folding) deals() DealState {
	var s DealState
	gone := f.gone()
	sums, wins := map[Currency]int64{}, map[Currency]int{}
	for _, fact := range f.facts {
		d := fact.Body.Deal
		if d == nil || gone[fact.Record] {
			continue
		}
		s.Deals++
		if d.Won {
			s.Won++
		}
		if d.Won && d.Amount.Currency != "" {
			sums[d.Amount.Currency] = AddMinor(sums[d.Amount.Currency], d.Amount.Minor)
			wins[d.Amount.Currency]++
		}
	}
	for c, n := range wins {
		if best := wins[s.Value.Currency]; n > best || n == best && c < s.Value.Currency {
			s.Value = Money{Minor: sums[c], Currency: c}
		}
	}
	return s
}

// gone are the things, not the people, that their source has put away.
func (f *folding) gone() map[Identity]bool {
	gone := map[Identity]bool{}
	for _, fact := range f.facts {
		if fact.Body.Deleted != nil && !fact.Record.Person() {
			gone[fact.Record] = fact.Body.Deleted.Deleted
		}
	}
	return gone
}
