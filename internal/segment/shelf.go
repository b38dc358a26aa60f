package segment

import (
	"cmp"

	"holdfast/internal/customer"
)

// A shelf sorts the goods of one customer after another. What it found out of
// a product it remembers.
type shelf struct {
	products []Product
	terms    []term
	known    map[string][]*ware // by article number, by title without one
	size     int                // of known

	// Of the present customer, once rules ask for it.
	bought   []*ware // by place in Goods
	sorted   bool
	favorite string // category
	share    float64
	weighed  bool
}

// mostKnown bounds what a shelf remembers.
const mostKnown = 50_000

// clear makes room for the next customer's goods.
func (s *shelf) clear() { s.bought, s.sorted, s.weighed = s.bought[:0], false, false }

// wares returns what the customer's goods are, in their order.
func (e *env) wares() []*ware {
	s := &e.shelf
	if !s.sorted {
		for i := range e.p.Goods {
			s.bought = append(s.bought, s.ware(&e.p.Goods[i]))
		}
		s.sorted = true
	}
	return s.bought
}

func (s *shelf) ware(g *customer.Good) *ware {
	a := article{g.SKU, g.Title, g.Category}
	name := cmp.Or(a.number, a.title)
	for _, w := range s.known[name] {
		if w.article == a {
			return w
		}
	}
	if s.known == nil || s.size == mostKnown {
		s.known, s.size = map[string][]*ware{}, 0
	}
	w := wareOf(a, s.products, s.terms)
	s.known[name] = append(s.known[name], w)
	s.size++
	return w
}
