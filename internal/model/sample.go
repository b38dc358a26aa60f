package model

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// A sample is Counts made ready for fitting: rows in the canonical order that
// point to the distinct repeats and times, so that logarithms are taken once
// for each of those and not for each row.
type sample struct {
	customers, repeaters int64
	orders               float64 // repeat orders
	exposure             float64 // Σ T, weeks
	active               float64 // Σ t_x, weeks
	longest              float64 // largest T, weeks
	repeats              []int
	weeks                []float64
	rows                 []row
}

type row struct {
	x, last, age int32 // indices into repeats and weeks
	n            float64
}

func sampleOf(c *Counts) *sample { return sampleOfSorted(c, c.sorted()) }

// sampleOfSorted ignores later orders: triples that differ only there become one
// row.
func sampleOfSorted(c *Counts, all []triple) *sample {
	s := &sample{rows: make([]row, 0, len(all))}
	days := make([]float64, 0, 2*len(all))
	for _, t := range all {
		days = append(days, t.last, t.age)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	s.weeks = make([]float64, len(days))
	for i, d := range days {
		s.weeks[i] = d / daysPerWeek
	}
	index := func(day float64) int32 {
		i, _ := slices.BinarySearch(days, day)
		return int32(i)
	}
	for i, t := range all {
		n := c.n[t]
		s.add(t.history(), n)
		if i > 0 && t.repeats == all[i-1].repeats && t.last == all[i-1].last && t.age == all[i-1].age {
			s.rows[len(s.rows)-1].n += float64(n)
			continue
		}
		if len(s.repeats) == 0 || s.repeats[len(s.repeats)-1] != int(t.repeats) {
			s.repeats = append(s.repeats, int(t.repeats))
		}
		s.rows = append(s.rows, row{int32(len(s.repeats) - 1), index(t.last), index(t.age), float64(n)})
	}
	return s
}

func (s *sample) add(h History, n int64) {
	s.customers += n
	if h.Repeats > 0 {
		s.repeaters += n
	}
	s.orders += float64(n) * float64(h.Repeats)
	s.exposure += float64(n) * h.Age
	s.active += float64(n) * h.Last
	s.longest = max(s.longest, h.Age)
}

// every returns the sample of every k-th row.
func (s *sample) every(k int) *sample {
	out := &sample{repeats: s.repeats, weeks: s.weeks}
	for i := 0; i < len(s.rows); i += k {
		out.rows = append(out.rows, s.rows[i])
		out.add(s.history(s.rows[i]), int64(s.rows[i].n))
	}
	return out
}

func (s *sample) history(r row) History {
	return History{Repeats: s.repeats[r.x], Last: s.weeks[r.last], Age: s.weeks[r.age]}
}

// rising returns Σ ln(v+i) and Σ 1/(v+i) over from ≤ i < to: ln Γ(v+to) −
// ln Γ(v+from) and ψ(v+to) − ψ(v+from), without their cancellation.
func rising(v float64, from, to int) (logs, inverses float64) {
	if to-from > 256 {
		lo, hi := v+float64(from), v+float64(to)
		a, _ := math.Lgamma(lo)
		b, _ := math.Lgamma(hi)
		return b - a, mathext.Digamma(hi) - mathext.Digamma(lo)
	}
	for i := from; i < to; i++ {
		w := v + float64(i)
		logs += math.Log(w)
		inverses += 1 / w
	}
	return logs, inverses
}

// risingAt returns rising(v, 0, x+more) for each x of xs, which ascend.
func risingAt(v float64, xs []int, more int) (logs, inverses []float64) {
	logs, inverses = make([]float64, len(xs)), make([]float64, len(xs))
	var l, inv float64
	at := 0
	for i, x := range xs {
		dl, dinv := rising(v, at, x+more)
		l, inv, at = l+dl, inv+dinv, x+more
		logs[i], inverses[i] = l, inv
	}
	return logs, inverses
}

// perTime holds ln(α+t) and 1/(α+t).
type perTime struct{ log, inverse float64 }

func timesOf(s *sample, alpha float64) []perTime {
	out := make([]perTime, len(s.weeks))
	for i, t := range s.weeks {
		out[i] = perTime{math.Log(alpha + t), 1 / (alpha + t)}
	}
	return out
}
