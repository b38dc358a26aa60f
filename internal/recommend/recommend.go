// Package recommend says what goes with what, and what a customer will soon
// need again, from orders alone. It knows nothing of stock or prices.
package recommend

import (
	"cmp"
	"math"
	"slices"

	"holdfast/internal/orders"
)

const (
	// MinSupport is in how many orders two products must be together.
	MinSupport = 5
	// Neighbours is how many others a product keeps at most.
	Neighbours = 50
	// maxBasket is how many products of one order are looked at; greater orders
	// are those of shops, not of people.
	maxBasket = 200
)

// A Pair is two products that are bought together more often than chance would
// have it.
type Pair struct {
	A, B   uint32  // A is the smaller number
	Both   int64   // orders with both
	OfA    int64   // orders with A
	OfB    int64   // orders with B
	Orders int64   // all
	LLR    float64 // log-likelihood ratio (Dunning, Computational Linguistics 19, 1993)
}

// Lift returns how many times more often the two are together than if they had
// nothing to do with each other.
func (p Pair) Lift() float64 {
	return float64(p.Both) * float64(p.Orders) / (float64(p.OfA) * float64(p.OfB))
}

// Pairs returns the pairs of products with a positive association, the strongest
// first, at most [Neighbours] of each product.
func Pairs(lines []orders.Line, products int) []Pair { return count(lines, products).pairs() }

// counts say in how many orders products are, and two of them together.
type counts struct {
	baskets int64
	of      []int64          // of each product
	both    map[uint64]int64 // by both numbers, the smaller one above
}

func count(lines []orders.Line, products int) *counts {
	type item struct{ basket, product uint32 }
	items := make([]item, len(lines))
	for i, l := range lines {
		items[i] = item{l.Basket, l.Product}
	}
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.basket, b.basket), cmp.Compare(a.product, b.product))
	})
	items = slices.Compact(items)
	c := &counts{of: make([]int64, products), both: map[uint64]int64{}}
	for from := 0; from < len(items); {
		to := from
		for to < len(items) && items[to].basket == items[from].basket {
			c.of[items[to].product]++
			to++
		}
		c.baskets++
		basket := items[from:min(to, from+maxBasket)]
		for i, a := range basket {
			for _, b := range basket[i+1:] {
				c.both[uint64(a.product)<<32|uint64(b.product)]++
			}
		}
		from = to
	}
	return c
}

func (c *counts) pairs() []Pair {
	var out []Pair
	for key, n := range c.both {
		p := Pair{A: uint32(key >> 32), B: uint32(key), Both: n, Orders: c.baskets}
		p.OfA, p.OfB = c.of[p.A], c.of[p.B]
		if n >= MinSupport && p.Lift() > 1 {
			p.LLR = llr(n, p.OfA-n, p.OfB-n, c.baskets-p.OfA-p.OfB+n)
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.LLR, a.LLR), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return nearest(out, len(c.of))
}

// nearest keeps the strongest neighbours of each product.
func nearest(pairs []Pair, products int) []Pair {
	kept := make([]int, products)
	return slices.DeleteFunc(pairs, func(p Pair) bool {
		if kept[p.A] >= Neighbours && kept[p.B] >= Neighbours {
			return true
		}
		kept[p.A]++
		kept[p.B]++
		return false
	})
}

// llr is 2·(H(rows) + H(columns) − H(cells)) with H(k) = Σ k ln(Σk / k), of the
// table with both, only one, only the other, and neither.
func llr(both, onlyA, onlyB, neither int64) float64 {
	h := entropy(both+onlyA, onlyB+neither) + entropy(both+onlyB, onlyA+neither) - entropy(both, onlyA, onlyB, neither)
	return max(0, 2*h)
}

func entropy(counts ...int64) float64 {
	sum, h := int64(0), 0.0
	for _, k := range counts {
		sum += k
	}
	for _, k := range counts {
		if k > 0 {
			h += float64(k) * math.Log(float64(sum)/float64(k))
		}
	}
	return h
}
