package recommend

import (
	"cmp"
	"slices"

	"holdfast/internal/orders"
)

// A Replenishment is a product that a customer buys again and again, and will
// soon need.
type Replenishment struct {
	Customer uint32
	Product  uint32
	Times    int   // days on which it was bought
	Gap      int32 // days, the median between these
	Last     int32 // day of the last
	Due      int32 // Last + Gap
}

// Replenish returns what is due by a day, by customer and the day it is due: what
// a customer bought on at least two days, and again after the customer's own
// usual gap. What is overdue by more than that gap is not coming back, and is
// left out.
func Replenish(lines []orders.Line, today, by int32) []Replenishment {
	own := ownUntil(lines, today, func(a, b orders.Line) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Day, b.Day))
	})
	var out []Replenishment
	var gaps []int32
	for from := 0; from < len(own); {
		first := own[from]
		gaps = gaps[:0]
		last := first.Day
		for ; from < len(own) && own[from].Customer == first.Customer && own[from].Product == first.Product; from++ {
			if d := own[from].Day; d > last {
				gaps = append(gaps, d-last)
				last = d
			}
		}
		if len(gaps) == 0 {
			continue
		}
		times := len(gaps) + 1
		slices.Sort(gaps)
		r := Replenishment{first.Customer, first.Product, times, gaps[len(gaps)/2], last, last + gaps[len(gaps)/2]}
		if r.Due <= by && today-r.Due <= r.Gap {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Replenishment) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Due, b.Due))
	})
	return out
}
