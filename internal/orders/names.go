package orders

import (
	"bytes"
	"math/bits"
	"unicode/utf8"
)

// names fills in the columns that hold names.
func (p *parser) names(c *cell, row uint32) {
	b := c.b
	who := roleCustomer
	from, to := c.place(who)
	for from == to && who < roleOther2 {
		who++
		from, to = c.place(who)
	}
	b.customer[row] = nobody
	b.key(kindCustomer, from, to, row, true)
	if b.order != nil {
		id := c.get(roleOrder)
		packed, ok := packOrder(id)
		if !ok {
			from, to := c.place(roleOrder)
			b.key(kindOrder, from, to, row, false)
		}
		b.order[row] = packed
	}
	if b.product != nil {
		from, to := c.place(roleProduct)
		b.key(kindProduct, from, to, row, false)
		b.product[row] = nobody
	}
	if b.title != nil {
		from, to := c.place(roleTitle)
		b.key(kindTitle, from, to, row, false)
		b.title[row] = nobody
	}
	if b.category != nil {
		from, to := c.place(roleCategory)
		b.key(kindCategory, from, to, row, false)
		b.category[row] = nobody
	}
}

// key remembers data[from:to] as a name to be numbered. With fold, addresses of
// mail mean the same in capitals, and numbers with a fraction of zero, which
// floats leave behind, without it.
func (b *block) key(kind, from, to int, row uint32, fold bool) {
	if from == to {
		return
	}
	if seen := tell(b.data[from:to]); seen != 0 {
		if fold && seen&(upper|at) == upper|at {
			lower := bytes.ToLower(b.data[from:to])
			from = len(b.data)
			b.data = append(b.data, lower...)
			to = len(b.data)
		}
		if seen&high != 0 && !utf8.Valid(b.data[from:to]) {
			b.latin = true
		}
	}
	name := b.data[from:to]
	if whole, ok := bytes.CutSuffix(name, []byte(".0")); ok && fold && len(whole) > 0 && len(bytes.Trim(whole, "0123456789")) == 0 {
		name, to = whole, to-2
	}
	k := key{from: uint32(from), to: uint32(to), row: row}
	if len(name) <= short {
		k.a, k.b = pack(name)
	}
	k.hash = hashOf(name, k.a, k.b)
	s := &b.keys[kind][k.hash%shards]
	*s = append(*s, k)
}

// tell returns what the bytes of a name tell together, 0 if there is neither an
// at sign nor anything but ASCII: capitals alone mean nothing.
func tell(name []byte) byte {
	if len(name) <= short {
		a, b := pack(name)
		rest := uint64(b &^ long)
		x, y := a^ats, rest^ats
		if (a|rest)&highs == 0 && ((x-ones)&^x|(y-ones)&^y)&highs == 0 {
			return 0
		}
	}
	var seen byte
	for _, c := range name {
		seen |= letter[c]
	}
	return seen
}

// Eight bytes of one kind. A byte of x is 0 where (x−ones)&^x&highs has its
// bit, if only in the lowest such byte for sure, which is enough.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
	ats   = '@' * ones
)

// What a byte of a name tells.
const upper, at, high = 1, 2, 4

var letter = func() (t [256]byte) {
	for c := 'A'; c <= 'Z'; c++ {
		t[c] = upper
	}
	t['@'] = at
	for c := 0x80; c < 256; c++ {
		t[c] = high
	}
	return t
}()

// packOrder writes an order id as a number if it can exactly: "#1001", "C5363",
// "4242", up to two characters and a number. Ids of order numbers then need no
// table, and numbers that only grow cannot repeat.
func packOrder(id []byte) (uint64, bool) {
	if len(id) == 0 {
		return noOrder, true
	}
	var prefix uint64
	n := 0
	for n < len(id) && n < 2 && (id[n] < '0' || id[n] > '9') {
		prefix = prefix<<8 | uint64(id[n])
		n++
	}
	digits := id[n:]
	if len(digits) == 0 || len(digits) > 17 {
		return 0, false
	}
	var value uint64
	for _, c := range digits {
		if c-'0' > 9 {
			return 0, false
		}
		value = value*10 + uint64(c-'0')
	}
	switch {
	case len(digits) <= 12:
		return prefix<<44 | uint64(len(digits))<<40 | value, bits.Len64(value) <= 40
	case n == 0 && digits[0] != '0':
		return 1<<62 | value, true
	}
	return 0, false
}

const (
	noOrder  = 1<<64 - 1
	oddOrder = 1 << 63 // and the number of the name
)
