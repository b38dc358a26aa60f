package analysis

import "holdfast/internal/experiment"

// A Difference is that of two rates, with an interval at 95 % for all of the
// comparisons that it is one of.
type Difference struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// Real says that the interval excludes 0.
	Real bool `json:"real"`
}

// difference returns k1/n1 − k2/n2, one of so many comparisons.
func difference(k1, n1, k2, n2 int64, comparisons int) *Difference {
	i := experiment.Newcombe(k1, n1, k2, n2, 0.05/float64(comparisons))
	return &Difference{
		Value: float64(k1)/float64(n1) - float64(k2)/float64(n2),
		Low:   i.Low,
		High:  i.High,
		Real:  i.Excludes(0),
	}
}
