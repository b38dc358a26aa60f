package night

import (
	"math"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/model"
)

// An account is one customer's purchases as the models want them: orders of one
// day are one occasion.
type account struct {
	days   []customer.Day
	first  int // day of the first order
	hidden int // occasions from the first order on that days do not go back to
}

// accountOf returns the account of p in a currency, and whether p is a known
// customer with one. Of a customer with more days of purchases than a profile
// keeps, each order that is not among them is taken for an occasion of its own.
func accountOf(p customer.Folded, c customer.Currency, zone *time.Location) (account, bool) {
	b, ok := metric.BookOf(p, c)
	if !ok || p.Anonymous() || len(b.Days) == 0 {
		return account{}, false
	}
	a := account{days: b.Days, first: customer.DayOf(b.First, zone)}
	if b.Days[0].Day > a.first {
		a.hidden = b.Orders
		for _, d := range b.Days {
			a.hidden -= d.Orders
		}
		a.hidden = max(1, a.hidden)
	}
	return a, true
}

// at returns the history as seen at the end of day now. It reports false if
// there was no order yet, or now lies before the days that are known.
func (a account) at(now int) (model.History, bool) {
	if a.first > now || a.hidden > 0 && a.days[0].Day > now {
		return model.History{}, false
	}
	repeats, last := max(0, a.hidden-1), a.first
	for _, d := range a.days {
		if d.Day > now {
			break
		}
		if d.Day > last {
			repeats++
			last = d.Day
		}
	}
	return model.Days(repeats, last-a.first, now-a.first), true
}

// later returns on how many days in (after, until] there were orders.
func (a account) later(after, until int) int {
	n := 0
	for _, d := range a.days {
		if d.Day > after && d.Day <= until {
			n++
		}
	}
	return n
}

// spentFirst returns what the first day's orders came to, 0 if it is not known.
func (a account) spentFirst() int64 {
	if a.days[0].Day > a.first {
		return 0
	}
	return a.days[0].Net
}

// repeats returns the known occasions after the first until day now, and what
// they came to.
func (a account) repeats(now int) (occasions int, total float64) {
	for _, d := range a.days {
		if d.Day > a.first && d.Day <= now {
			occasions++
			total += float64(d.Net)
		}
	}
	return occasions, total
}

// fourDigits rounds an amount to four significant digits, so that there are not
// as many different amounts as customers.
func fourDigits(v float64) float64 {
	if v < 10_000 {
		return v
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-3)
	return math.Round(v/unit) * unit
}
