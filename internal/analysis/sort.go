package analysis

import (
	"math"
	"slices"
)

// sortInts sorts v by its digits of eleven bits, the lowest first.
func sortInts(v []int64) {
	if len(v) < 4096 {
		slices.Sort(v)
		return
	}
	const bits, size = 11, 1 << 11
	low, high := v[0], v[0]
	for _, x := range v {
		low, high = min(low, x), max(high, x)
	}
	if low == math.MinInt64 {
		slices.Sort(v)
		return
	}
	other := make([]int64, len(v))
	from, to := v, other
	for shift := 0; shift < 64 && uint64(high-low)>>shift > 0; shift += bits {
		var at [size]int
		for _, x := range from {
			at[uint64(x-low)>>shift&(size-1)]++
		}
		sum := 0
		for d, n := range at {
			at[d] = sum
			sum += n
		}
		for _, x := range from {
			d := uint64(x-low) >> shift & (size - 1)
			to[at[d]] = x
			at[d]++
		}
		from, to = to, from
	}
	if &from[0] != &v[0] {
		copy(v, from)
	}
}
