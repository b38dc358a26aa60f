// Package metric says what the numbers about customers mean, and computes
// them. Everything here is exact arithmetic on values: partial results of any
// number of shards, in any order, add up to the same bytes.
package metric

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// Counts says how often each value occurs. Merging the counts of parts gives
// the counts of the whole, whatever the parts.
type Counts map[int64]int64

// Add counts v once.
func (c Counts) Add(v int64) { c[v]++ }

// Merge adds what other counted.
func (c Counts) Merge(other Counts) {
	for v, n := range other {
		c[v] += n
	}
}

// Total returns how many values were counted.
func (c Counts) Total() int64 {
	var n int64
	for _, k := range c {
		n += k
	}
	return n
}

// Quantile returns the smallest counted value that at least the share q of all
// values does not exceed (the inverse of the empirical distribution), 0 if
// nothing was counted.
func (c Counts) Quantile(q float64) int64 {
	total := float64(c.Total())
	var seen int64
	var last int64
	for _, v := range slices.Sorted(maps.Keys(c)) {
		seen += c[v]
		last = v
		if float64(seen) >= q*total {
			break
		}
	}
	return last
}

// MarshalBinary writes c as sorted values, each as the distance from the one
// before it, with its count: a few bytes a distinct value.
func (c Counts) MarshalBinary() ([]byte, error) {
	out := binary.AppendUvarint(nil, uint64(len(c)))
	var before int64
	for _, v := range slices.Sorted(maps.Keys(c)) {
		out = binary.AppendVarint(out, v-before)
		out = binary.AppendVarint(out, c[v])
		before = v
	}
	return out, nil
}

var errCounts = errors.New("counts are broken off")

// UnmarshalBinary reads what MarshalBinary wrote.
func (c *Counts) UnmarshalBinary(data []byte) error {
	n, k := binary.Uvarint(data)
	if k <= 0 || n > uint64(len(data)) {
		return errCounts
	}
	data = data[k:]
	*c = make(Counts, n)
	var before int64
	for range n {
		step, a := binary.Varint(data)
		if a <= 0 {
			return errCounts
		}
		count, b := binary.Varint(data[a:])
		if b <= 0 {
			return errCounts
		}
		data = data[a+b:]
		before += step
		(*c)[before] = count
	}
	if len(data) > 0 {
		return errCounts
	}
	return nil
}

// MarshalText and UnmarshalText make c one short string in JSON.
func (c Counts) MarshalText() ([]byte, error) { return encodeText(c) }

// UnmarshalText reads what MarshalText wrote.
func (c *Counts) UnmarshalText(text []byte) error { return decodeText(text, c) }

// RFM are the scales of recency, frequency and monetary value.
type RFM struct {
	Recency   Scale `json:"recency"`   // days since the last order
	Frequency Scale `json:"frequency"` // orders
	Monetary  Scale `json:"monetary"`  // net spend in minor units
}

// Recency returns the whole days from the customer's last order to now, by the
// merchant's calendar; an order in the future counts as today's.
func Recency(b customer.Book, now time.Time, zone *time.Location) int64 {
	return int64(max(0, customer.DayOf(now, zone)-customer.DayOf(b.Last, zone)))
}

// BookOf returns the customer's purchases in currency, and whether there are any.
func BookOf(p customer.Folded, c customer.Currency) (customer.Book, bool) {
	for _, b := range p.Books {
		if b.Currency == c && b.Orders > 0 {
			return b, true
		}
	}
	return customer.Book{}, false
}

// Score returns the three scores of p, all 0 without an order in currency.
func (m RFM) Score(p customer.Folded, c customer.Currency, now time.Time, zone *time.Location) (r, f, v int) {
	b, ok := BookOf(p, c)
	if !ok {
		return 0, 0, 0
	}
	return m.Recency.Score(Recency(b, now, zone)), m.Frequency.Score(int64(b.Orders)), m.Monetary.Score(b.Spend)
}
