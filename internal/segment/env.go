package segment

import (
	"time"

	"holdfast/internal/customer"
)

// env is what a compiled rule sees of one customer at one instant.
type env struct {
	p        *customer.Profile
	book     *customer.Book // of the merchant's currency; never nil while rules run
	now      time.Time
	today    int // day of now in zone
	zone     *time.Location
	currency customer.Currency
	in       []bool           // by index of rule: whether the customer is in it
	detail   *customer.Detail // that a filter looks at
	shelf    shelf            // of products, as rules know them
	cuts     []Cuts           // by index of percentile

	dayAt time.Time // instant that today was worked out for
}

var noBook customer.Book

func (e *env) begin(p *customer.Profile, now time.Time) {
	e.p, e.now, e.book = p, now, &noBook
	for i := range p.Books {
		if p.Books[i].Currency == e.currency {
			e.book = &p.Books[i]
			break
		}
	}
	if !e.dayAt.Equal(now) || e.dayAt.IsZero() {
		e.today, e.dayAt = customer.DayOf(now, e.zone), now
	}
	e.shelf.bought, e.shelf.sorted = e.shelf.bought[:0], false
	clear(e.in)
}

// daysSince returns how many midnights of the merchant's zone lie between t
// and now: 0 on the same day, negative for a t to come.
func (e *env) daysSince(t time.Time) float64 {
	return float64(e.today - customer.DayOf(t, e.zone))
}

// major returns an amount in major units: 1999 cents are 19.99.
func major(minor int64, c customer.Currency) float64 {
	switch c.Decimals() {
	case 0:
		return float64(minor)
	case 3:
		return float64(minor) / 1000
	}
	return float64(minor) / 100
}

// money returns m in major units if it is in the merchant's currency.
func (e *env) money(m customer.Money) (float64, bool) {
	if m.Currency != e.currency || m.Currency == "" {
		return 0, false
	}
	return major(m.Minor, m.Currency), true
}
