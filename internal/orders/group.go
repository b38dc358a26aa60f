package orders

import (
	"slices"

	"holdfast/internal/customer"
)

// grouped reports whether rows may belong together: orders have ids that do not
// only grow, or only shrink, from row to row; or rows hold products.
func (r *reader) grouped() bool {
	if len(r.chunks) == 0 {
		return false
	}
	if r.chunks[0].product != nil {
		return true
	}
	if r.chunks[0].order == nil {
		return false
	}
	if slices.ContainsFunc(r.chunks, func(c *chunk) bool { return c.further }) {
		return true
	}
	up, down := true, true
	var before uint64
	any := false
	for _, c := range r.chunks {
		for _, id := range c.order {
			if any {
				up, down = up && id > before, down && id < before
			}
			before, any = id, true
		}
		if !up && !down {
			return true
		}
	}
	return false
}

// group brings the rows of each order together in the first of them: lines of
// an order add up, a repeated order is left out, a refund is taken off.
func (r *reader) group(l *Ledger) {
	all := r.flat()
	lines := r.parser.sniff.shape.lines
	if lines && all.order == nil {
		all.order = byCustomerAndDay(all)
	}
	heads := headsOf(all)
	for i := range all.cents {
		h := int(heads[i])
		if h == i || all.cents[i] <= void || all.cents[h] == void {
			continue
		}
		switch {
		case all.cents[h] == blank:
			all.cents[h], all.day[h], all.currency[h] = all.cents[i], all.day[i], all.currency[i]
		case lines, all.cents[i] < 0:
			all.cents[h] = customer.AddMinor(all.cents[h], all.cents[i])
		default:
			r.reading.Left[Repeated]++
		}
		if all.customer[h] == nobody {
			all.customer[h] = all.customer[i]
		}
	}
	if all.product != nil {
		l.basket(all, heads)
	}
	for i := range all.cents {
		if int(heads[i]) != i {
			all.cents[i] = blank
			continue
		}
		if all.cents[i] == blank && all.day[i] != unknownDay {
			x := reject{line: int64(all.line[i]), why: "amount is empty"}
			r.reading.reject(x)
			r.rejects.add(x)
		}
	}
	r.chunks = []*chunk{all}
}

// flat returns all rows in one chunk, with lines of the file.
func (r *reader) flat() *chunk {
	n := int(r.rows)
	head := r.chunks[0]
	all := &chunk{customer: make([]uint32, 0, n), day: make([]int32, 0, n), cents: make([]int64, 0, n), currency: make([]uint8, 0, n), line: make([]uint32, 0, n)}
	if head.order != nil {
		all.order = make([]uint64, 0, n)
	}
	if head.product != nil {
		all.product = make([]uint32, 0, n)
	}
	if head.title != nil {
		all.title = make([]uint32, 0, n)
	}
	if head.category != nil {
		all.category = make([]uint32, 0, n)
	}
	for k, c := range r.chunks {
		all.customer, all.day = append(all.customer, c.customer...), append(all.day, c.day...)
		all.cents, all.currency = append(all.cents, c.cents...), append(all.currency, c.currency...)
		all.order, all.product = append(all.order, c.order...), append(all.product, c.product...)
		all.title, all.category = append(all.title, c.title...), append(all.category, c.category...)
		for _, line := range c.line {
			all.line = append(all.line, uint32(c.first)+line)
		}
		r.chunks[k] = nil
	}
	return all
}

// byCustomerAndDay returns ids of orders for lines that have none: what one
// customer buys on one day is one order.
func byCustomerAndDay(c *chunk) []uint64 {
	out := make([]uint64, len(c.cents))
	for i, who := range c.customer {
		out[i] = noOrder
		if who != nobody {
			out[i] = uint64(who)<<32 | uint64(uint32(c.day[i]))
		}
	}
	return out
}

// headsOf returns for each row the first row of the same order. Rows without an
// id are orders of their own.
func headsOf(c *chunk) []uint32 {
	heads := make([]uint32, len(c.cents))
	sorted := c.order != nil
	for i := 1; i < len(c.order) && sorted; i++ {
		sorted = c.order[i] >= c.order[i-1] && c.order[i] != noOrder
	}
	switch {
	case c.order == nil:
		for i := range heads {
			heads[i] = uint32(i)
		}
	case sorted:
		for i := range heads {
			heads[i] = uint32(i)
			if i > 0 && c.order[i] == c.order[i-1] {
				heads[i] = heads[i-1]
			}
		}
	default:
		each(shards, func(s int) { headsIn(c.order, uint64(s), heads) })
	}
	return heads
}

// headsIn finds the heads of the ids that hash to one shard.
func headsIn(order []uint64, shard uint64, heads []uint32) {
	const mix = 0x9e3779b97f4a7c15
	n := 0
	for _, id := range order {
		if (id*mix)>>60 == shard {
			n++
		}
	}
	size := 1024
	for size < 2*n {
		size *= 2
	}
	rowOf := make([]uint32, size) // one more than the row; 0 is free
	mask := uint64(size - 1)
	for i, id := range order {
		h := id * mix
		if h>>60 != shard {
			continue
		}
		heads[i] = uint32(i)
		if id == noOrder {
			continue
		}
		at := (h >> 20) & mask
		for rowOf[at] != 0 && order[rowOf[at]-1] != id {
			at = (at + 1) & mask
		}
		if rowOf[at] == 0 {
			rowOf[at] = uint32(i + 1)
		}
		heads[i] = rowOf[at] - 1
	}
}

// basket collects what was in the orders. Goods that came back are not in them.
func (l *Ledger) basket(c *chunk, heads []uint32) {
	l.titleOf, l.CategoryOf = unset(c.title, l.Products.Len()), unset(c.category, l.Products.Len())
	n := 0
	for _, p := range c.product {
		if p != nobody {
			n++
		}
	}
	l.Lines = make([]Line, 0, n)
	for i, p := range c.product {
		h := heads[i]
		if p == nobody || c.cents[i] > void && c.cents[i] < 0 || c.cents[h] <= 0 {
			continue
		}
		first(l.titleOf, p, c.title, i)
		first(l.CategoryOf, p, c.category, i)
		l.Lines = append(l.Lines, Line{c.customer[h], p, h, c.day[h]})
	}
}

// unset returns −1 for each product, nil without a column of what is to be set.
func unset(column []uint32, products int) []int32 {
	if column == nil {
		return nil
	}
	return slices.Repeat([]int32{-1}, products)
}

// first sets what a product is by the first row that says it.
func first(of []int32, product uint32, column []uint32, row int) {
	if column != nil && of[product] < 0 && column[row] != nobody {
		of[product] = int32(column[row])
	}
}
