package experiment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson returns the score interval of the rate k of n at confidence 1 − alpha:
// all of [0, 1] for n = 0.
func Wilson(k, n int64, alpha float64) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	z := distuv.UnitNormal.Quantile(1 - alpha/2)
	count, p := float64(n), float64(k)/float64(n)
	middle := p + z*z/(2*count)
	half := z * math.Sqrt(p*(1-p)/count+z*z/(4*count*count))
	all := 1 + z*z/count
	i := Interval{max(0, (middle-half)/all), min(1, (middle+half)/all)}
	if k == 0 {
		i.Low = 0
	}
	if k == n {
		i.High = 1
	}
	return i
}

// Newcombe returns the interval of the difference of the rates, k1 of n1 less k2
// of n2, at confidence 1 − alpha.
func Newcombe(k1, n1, k2, n2 int64, alpha float64) Interval {
	rate := func(k, n int64) float64 { return float64(k) / float64(max(n, 1)) }
	p1, p2 := rate(k1, n1), rate(k2, n2)
	w1, w2 := Wilson(k1, n1, alpha), Wilson(k2, n2, alpha)
	return Interval{
		Low:  p1 - p2 - math.Hypot(p1-w1.Low, w2.High-p2),
		High: p1 - p2 + math.Hypot(w1.High-p1, p2-w2.Low),
	}
}

// A Ratio tells whether the arms are as large as the assignment makes them.
type Ratio struct {
	ChiSquare float64 `json:"chi_square"`
	P         float64 `json:"p"`
	// Mismatch says that something removed customers from one arm: there is no
	// use in reading the experiment.
	Mismatch bool `json:"mismatch"`
}

// SampleRatio compares the sizes of the arms with their shares, which need not
// sum to 1; nil shares are equal ones. A mismatch has p < 0.001. The error wraps
// [ErrInvalid] unless there are two arms, and a positive share for each.
func SampleRatio(sizes []int64, shares []float64) (Ratio, error) {
	if shares == nil {
		shares = make([]float64, len(sizes))
		for i := range shares {
			shares[i] = 1
		}
	}
	if len(sizes) < 2 || len(sizes) != len(shares) {
		return Ratio{}, fmt.Errorf("%w arms: two or more, with a share each", ErrInvalid)
	}
	var all, parts float64
	for i, n := range sizes {
		if n < 0 || !(shares[i] > 0) || math.IsInf(shares[i], 0) {
			return Ratio{}, fmt.Errorf("%w arms: sizes are not negative, shares positive", ErrInvalid)
		}
		all += float64(n)
		parts += shares[i]
	}
	if all == 0 {
		return Ratio{P: 1}, nil
	}
	var r Ratio
	for i, n := range sizes {
		expected := all * shares[i] / parts
		r.ChiSquare += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	r.P = distuv.ChiSquared{K: float64(len(sizes) - 1)}.Survival(r.ChiSquare)
	r.Mismatch = r.P < 0.001
	return r, nil
}
