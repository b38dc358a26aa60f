package segment

import (
	"math"
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
	scale    float64          // minor units of currency in a major one
	in       []bool           // by index of rule: whether the customer is in it
	detail   *customer.Detail // that a filter looks at
	shelf    shelf            // of products, as rules know them
	cuts     []Cuts           // by index of percentile
	parts    []string         // of the latest attribute that was split

	dayAt time.Time // instant that today was worked out for
	// Rules ask of the same instant, the latest order, again and again: its day
	// is worked out once.
	asked    time.Time
	askedDay int
}

func (s Settings) env() env {
	return env{zone: s.zone(), currency: s.Currency, scale: math.Pow10(s.Currency.Decimals()), shelf: shelf{products: s.Products},
		askedDay: customer.DayOf(time.Time{}, s.zone())}
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
	e.shelf.clear()
	clear(e.in)
}

// daysSince returns how many midnights of the merchant's zone lie between t
// and now: 0 on the same day, negative for a t to come.
func (e *env) daysSince(t time.Time) float64 {
	if t != e.asked {
		e.asked, e.askedDay = t, customer.DayOf(t, e.zone)
	}
	return float64(e.today - e.askedDay)
}

// major returns an amount of the merchant's currency in major units: 1999 cents
// are 19.99.
func (e *env) major(minor int64) float64 { return float64(minor) / e.scale }

// money returns m in major units if it is in the merchant's currency.
func (e *env) money(m customer.Money) (float64, bool) {
	if m.Currency != e.currency || m.Currency == "" {
		return 0, false
	}
	return e.major(m.Minor), true
}
