package metric

import (
	"maps"
	"slices"
)

// A Scale turns values into scores by rank, 1 to cuts: 5 for quintiles, 3 for
// thirds. A customer's score is min(cuts, 1 + ⌊cuts·s/n⌋), s being how many of
// all n have a strictly worse value. Equal values score equally. The zero value
// scores everyone 0.
type Scale struct {
	// Best says which is better, the small value (recency) or the great one.
	SmallIsBest bool `json:"small_is_best,omitempty"`
	// From are the values from which on the scores from 2 are given: the
	// smallest such value, or the greatest where small is best.
	From []int64 `json:"from,omitempty"`
	// Customers is n; 0 means that nobody can be scored.
	Customers int64 `json:"customers"`
}

// NewScale returns the scale of the counted values.
func NewScale(c Counts, smallIsBest bool, cuts int64) Scale {
	s := Scale{SmallIsBest: smallIsBest, Customers: c.Total()}
	values := slices.Sorted(maps.Keys(c)) // worst first
	if smallIsBest {
		slices.Reverse(values)
	}
	var worse int64
	for _, v := range values {
		score := min(cuts, 1+cuts*worse/s.Customers)
		for int64(len(s.From))+1 < score {
			s.From = append(s.From, v)
		}
		worse += c[v]
	}
	return s
}

// CutScale is [NewScale] of values that ascend.
func CutScale(sorted []int64, smallIsBest bool, cuts int) Scale {
	n := len(sorted)
	s := Scale{SmallIsBest: smallIsBest, Customers: int64(n)}
	at := func(i int) int64 {
		if smallIsBest {
			return sorted[n-1-i]
		}
		return sorted[i]
	}
	for score, i := 2, 0; score <= cuts; score++ {
		for i < n && (cuts*i/n < score-1 || i > 0 && at(i) == at(i-1)) {
			i++
		}
		if i == n {
			break
		}
		s.From = append(s.From, at(i))
	}
	return s
}

// Score returns the score of v, from 1, or 0 if the scale is of nobody.
func (s Scale) Score(v int64) int {
	if s.Customers == 0 {
		return 0
	}
	score := 1
	if s.SmallIsBest {
		for _, from := range s.From {
			if v <= from {
				score++
			}
		}
		return score
	}
	for _, from := range s.From {
		if v >= from {
			score++
		}
	}
	return score
}
