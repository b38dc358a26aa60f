package playbook

import (
	"math"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

// byHand are all rules of the starter playbook, sorted by name, as somebody
// would write them in Go who has no language for rules.
var byHand = together(theBest, onTheWay, slippingAway, howTheyTick, whereTheyAre)

type handwritten = map[string]func(*somebody) bool

type handRule struct {
	name  string
	holds func(*somebody) bool
}

func together(parts ...handwritten) []handRule {
	var all []handRule
	for _, of := range parts {
		for name, holds := range of {
			all = append(all, handRule{name, holds})
		}
	}
	slices.SortFunc(all, func(a, b handRule) int { return strings.Compare(a.name, b.name) })
	return all
}

// somebody is a customer as rules written by hand see them: what many rules ask
// is worked out once.
type somebody struct {
	*customer.Profile
	zone    *time.Location
	today   int
	cuts    segment.Cuts   // of order values
	book    *customer.Book // in euros; empty without one
	recency float64        // days since the latest order; NaN, which is neither less nor more, without one
	first   float64        // and since the first
	unhappy bool
	had     belongings
	names   []string
}

// stranger returns somebody whom nobody has met, at now.
func stranger(zone *time.Location, cuts segment.Cuts) *somebody {
	return &somebody{zone: zone, today: customer.DayOf(now, zone), cuts: cuts}
}

// in returns the starter's segments that hold p, sorted; the slice is valid
// until the next call.
func (s *somebody) in(p *customer.Profile) []string {
	s.meet(p)
	s.names = s.names[:0]
	for _, rule := range byHand {
		if rule.holds(s) {
			s.names = append(s.names, rule.name)
		}
	}
	return s.names
}

var noOrders customer.Book

// meet looks at p from here on.
func (s *somebody) meet(p *customer.Profile) {
	s.Profile, s.book = p, &noOrders
	for i := range p.Books {
		if p.Books[i].Currency == "EUR" {
			s.book = &p.Books[i]
		}
	}
	s.recency, s.first = s.since(s.book.Last), s.since(s.book.First)
	s.unhappy = dissatisfied(s)
	s.had = belonging(p.Goods)
}

func (s *somebody) since(t time.Time) float64 {
	if t.IsZero() {
		return math.NaN()
	}
	return float64(s.today - customer.DayOf(t, s.zone))
}

// cheap says that orders come to less than 30 on average.
func (s *somebody) cheap() bool { return s.book.Spend < 30_00*int64(s.book.Orders) }

// saves says that half of the orders or more came with a discount.
func (s *somebody) saves() bool { return s.book.Orders > 0 && 2*s.book.Discounted >= s.book.Orders }

func (s *somebody) ordersWithin(days int) int {
	n := 0
	for _, d := range s.book.Days {
		if ago := s.today - d.Day; ago >= 0 && ago < days {
			n += d.Orders
		}
	}
	return n
}

func (s *somebody) counts(activity string) []customer.Count {
	for i := range s.Activity {
		if s.Activity[i].Name == activity {
			return s.Activity[i].Counts
		}
	}
	return nil
}

// times returns how often something was done less than days ago, and no less
// than from.
func (s *somebody) times(activity string, from, days int) int {
	n := 0
	for _, c := range s.counts(activity) {
		if ago := s.today - c.Day; ago >= from && ago < days {
			n += c.N
		}
	}
	return n
}
