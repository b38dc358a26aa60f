package recommend

import (
	"cmp"
	"slices"

	"holdfast/internal/orders"
)

// A Why says why a product is suggested.
type Why string

// The reasons, the best first.
const (
	Together Why = "together" // it is bought together with what was bought
	Category Why = "category" // it is popular in the category of what was bought
	Popular  Why = "popular"  // it is popular
)

// A Suggestion is a product to show to who bought another.
type Suggestion struct {
	Product uint32
	With    uint32 // what was bought that speaks for it
	Why     Why
}

// A Shelf knows what to show with what. The zero value knows nothing.
type Shelf struct {
	near     [][]uint32 // of each product those it goes with, the strongest first
	popular  []uint32   // all products, those in most orders first
	category []int32    // of each product; nil without
	within   map[int32][]uint32
}

// NewShelf returns the shelf of what was bought. categoryOf is the category of
// each product, negative for none; nil if there are none at all.
func NewShelf(lines []orders.Line, products int, categoryOf []int32) *Shelf {
	c := count(lines, products)
	s := &Shelf{near: make([][]uint32, products), category: categoryOf, within: map[int32][]uint32{}}
	for _, p := range c.pairs() {
		s.near[p.A], s.near[p.B] = append(s.near[p.A], p.B), append(s.near[p.B], p.A)
	}
	for p, n := range c.of {
		if n > 0 {
			s.popular = append(s.popular, uint32(p))
		}
	}
	slices.SortStableFunc(s.popular, func(a, b uint32) int { return cmp.Compare(c.of[b], c.of[a]) })
	for _, p := range s.popular {
		if k := s.categoryOf(p); k >= 0 {
			s.within[k] = append(s.within[k], p)
		}
	}
	return s
}

// Products returns the products that were bought, those in most orders first.
func (s *Shelf) Products() []uint32 { return s.popular }

func (s *Shelf) categoryOf(p uint32) int32 {
	if s.category == nil {
		return -1
	}
	return s.category[p]
}

// Suggest returns at most n products for who bought these: what goes with them,
// the strongest of each in turn; where none of them goes with anything, what is
// popular in their categories, or, where these are unknown, at all. What was
// bought, and what skip names, is left out.
func (s *Shelf) Suggest(bought []uint32, skip func(product uint32) bool, n int) []Suggestion {
	var out []Suggestion
	add := func(with uint32, why Why, products []uint32, most int) {
		for _, p := range products {
			if most == 0 || len(out) == n {
				return
			}
			known := slices.ContainsFunc(out, func(x Suggestion) bool { return x.Product == p })
			if known || slices.Contains(bought, p) || skip(p) {
				continue
			}
			out = append(out, Suggestion{p, with, why})
			most--
		}
	}
	for k, more := 0, true; more && k < Neighbours; k++ {
		more = false
		for _, b := range bought {
			if k < len(s.near[b]) {
				add(b, Together, s.near[b][k:k+1], 1)
				more = true
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, b := range bought {
		if k := s.categoryOf(b); k >= 0 {
			add(b, Category, s.within[k], n)
		}
	}
	if len(out) == 0 && len(bought) > 0 {
		add(bought[0], Popular, s.popular, n)
	}
	return out
}

// JustBought is for how many days what a customer bought is not suggested again.
const JustBought = 30

// A Next is what to suggest to a customer.
type Next struct {
	Customer uint32
	Suggestion
}

// ForCustomers suggests at most n products to each customer, by what they bought
// on their last day until today. What they bought then, or within [JustBought]
// days, is left out.
func (s *Shelf) ForCustomers(lines []orders.Line, today int32, n int) []Next {
	own := ownUntil(lines, today, func(a, b orders.Line) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(b.Day, a.Day), cmp.Compare(a.Product, b.Product))
	})
	var out []Next
	for from := 0; from < len(own); {
		var bought, lately []uint32
		first := own[from]
		for ; from < len(own) && own[from].Customer == first.Customer; from++ {
			l := own[from]
			if l.Day == first.Day && !slices.Contains(bought, l.Product) {
				bought = append(bought, l.Product)
			}
			if today-l.Day < JustBought {
				lately = append(lately, l.Product)
			}
		}
		for _, x := range s.Suggest(bought, func(p uint32) bool { return slices.Contains(lately, p) }, n) {
			out = append(out, Next{first.Customer, x})
		}
	}
	return out
}

// ownUntil returns the lines of customers until a day, in an order.
func ownUntil(lines []orders.Line, today int32, order func(a, b orders.Line) int) []orders.Line {
	own := make([]orders.Line, 0, len(lines))
	for _, l := range lines {
		if l.Customer != orders.Nobody && l.Day <= today {
			own = append(own, l)
		}
	}
	slices.SortFunc(own, order)
	return own
}
