package orders

import (
	"math"
	"slices"

	"holdfast/internal/customer"
)

// A Ledger is the orders of an export, by customer. Customers, products and
// categories are numbered from 0 by first appearance in the file. Days are as
// of customer.DayOf, amounts in minor units of Currency.
type Ledger struct {
	Reading    Reading
	Currency   customer.Currency
	Customers  Names
	Products   Names
	Categories Names
	titles     Names
	titleOf    []int32 // of each product; -1 for none, nil where products are names already
	Lines      []Line  // what was in the orders; nil without products
	CategoryOf []int32 // of each product; -1 for none, nil without categories
	First      int32   // days of the first and last order
	Last       int32
	Guests     Guests
	rows       []rows
	free       bool
}

// Title returns what people call a product: its description where the file has
// codes with descriptions, else its name. Of several descriptions it is the first
// that was sold.
func (l *Ledger) Title(product uint32) string {
	if l.titleOf != nil && l.titleOf[product] >= 0 {
		return l.titles.Name(int(l.titleOf[product]))
	}
	return l.Products.Name(int(product))
}

// Titled reports whether products have titles beside their names.
func (l *Ledger) Titled() bool { return l.titleOf != nil }

// Guests are the orders of nobody in particular.
type Guests struct {
	Orders int64 `json:"orders"`
	Cents  int64 `json:"minor"` // net
}

// A Line is one product in one order.
type Line struct {
	Customer uint32 // Nobody for a guest
	Product  uint32
	Basket   uint32 // lines of one order share it, and no others have it
	Day      int32
}

// Nobody is the customer of a guest's order.
const Nobody uint32 = nobody

// rows are entries as columns: each an order, or a refund where cents is
// negative.
type rows struct {
	customer []uint32
	day      []int32
	cents    []int64
}

// An Entry is an order of one customer, or a refund where Cents is negative.
type Entry struct {
	Day   int32
	Cents int64
}

// Order reports whether e is an order.
func (l *Ledger) Order(e Entry) bool { return e.Cents > 0 || l.free && e.Cents == 0 }

// A Total is what a customer's orders come to.
type Total struct {
	Cents  int64 // net of refunds
	Orders int32
	First  int32 // days of the first and last order; the end and the beginning of time without one
	Last   int32
}

// Totals returns the total of each customer, of what happened until the end of
// a day.
func (l *Ledger) Totals(until int32) []Total {
	out := huge(make([]Total, l.Customers.Len()))
	least := int64(1)
	if l.free {
		least = 0
	}
	parts(len(out), func(from, to uint32) {
		for i := from; i < to; i++ {
			out[i].First, out[i].Last = math.MaxInt32, math.MinInt32
		}
		l.between(from, to, func(r rows, at []uint32) {
			for _, i := range at {
				if r.day[i] <= until {
					out[r.customer[i]].add(r.day[i], r.cents[i], least)
				}
			}
		})
	})
	return out
}

// add adds an entry, which is an order if it is not less than least.
func (t *Total) add(day int32, cents, least int64) {
	if sum := t.Cents + cents; (t.Cents^sum)&(cents^sum) >= 0 {
		t.Cents = sum
	} else {
		t.Cents = customer.AddMinor(t.Cents, cents)
	}
	if cents < least {
		return
	}
	t.Orders++
	t.First, t.Last = min(t.First, day), max(t.Last, day)
}

// between calls f with the places of the entries of customers from to to−1, some
// at a time. They are found without a branch, of which a processor would guess
// every second wrong.
func (l *Ledger) between(from, to uint32, f func(r rows, at []uint32)) {
	var at [512]uint32
	for _, r := range l.rows {
		for begin := 0; begin < len(r.customer); begin += len(at) {
			n := 0
			for i, c := range r.customer[begin:min(begin+len(at), len(r.customer))] {
				at[n&(len(at)-1)] = uint32(begin + i)
				n += int((uint64(c-from) - uint64(to-from)) >> 63)
			}
			f(r, at[:n])
		}
	}
}

// Histories are the entries of every customer, in the order of their days.
type Histories struct {
	ends    []uint32
	entries []Entry
}

// Len returns the number of customers.
func (h *Histories) Len() int { return len(h.ends) }

// Of returns the entries of customer i, which must not be changed.
func (h *Histories) Of(i int) []Entry {
	from := uint32(0)
	if i > 0 {
		from = h.ends[i-1]
	}
	return h.entries[from:h.ends[i]]
}

// Histories returns what happened until the end of a day.
func (l *Ledger) Histories(until int32) *Histories {
	n := l.Customers.Len()
	next := make([]uint32, n)
	for _, r := range l.rows {
		for i, c := range r.customer {
			if r.day[i] <= until {
				next[c]++
			}
		}
	}
	total := uint32(0)
	for c, k := range next {
		next[c] = total
		total += k
	}
	h := &Histories{ends: next, entries: huge(make([]Entry, total))}
	parts(n, func(from, to uint32) {
		l.between(from, to, func(r rows, at []uint32) {
			for _, i := range at {
				if c := r.customer[i]; r.day[i] <= until {
					h.entries[next[c]] = Entry{r.day[i], r.cents[i]}
					next[c]++
				}
			}
		})
	})
	parts(n, func(from, to uint32) {
		for c := from; c < to; c++ {
			byDay(h.Of(int(c)))
		}
	})
	return h
}

// byDay sorts entries by day; those of one day stay as they are.
func byDay(e []Entry) {
	if len(e) > 32 {
		slices.SortStableFunc(e, func(a, b Entry) int { return int(a.Day) - int(b.Day) })
		return
	}
	for i := 1; i < len(e); i++ {
		for j := i; j > 0 && e[j].Day < e[j-1].Day; j-- {
			e[j], e[j-1] = e[j-1], e[j]
		}
	}
}

// parts calls f for parts of 0 to n−1, one for each processor.
func parts(n int, f func(from, to uint32)) {
	k := min(n, processors())
	each(k, func(i int) { f(uint32(n*i/k), uint32(n*(i+1)/k)) })
}
