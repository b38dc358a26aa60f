package analysis

import (
	"math"
	"slices"

	"holdfast/internal/model"
)

// bins is how many bars the distribution of value has.
const bins = 20

func clvOf(all []model.Forecast, known []bool) CLV {
	var values []float64
	var c CLV
	for i, f := range all {
		if known[i] {
			values = append(values, f.CLV)
			c.Total += f.CLV
			c.Low += f.Low
			c.High += f.High
		}
	}
	n := len(values)
	if n == 0 || c.Total <= 0 {
		return CLV{}
	}
	slices.Sort(values)
	c.Mean, c.Low, c.High = c.Total/float64(n), c.Low/float64(n), c.High/float64(n)
	c.Median, c.P90 = values[(n-1)/2], values[n*9/10]
	for _, v := range values[n-(n+9)/10:] {
		c.TopTen += v / c.Total
	}
	top := values[(n-1)*97/100]
	if top <= 0 {
		top = values[n-1]
	}
	step := niceStep(top / bins)
	c.Bins = make([]Bin, 0, bins+1)
	for i := 0; i <= int(top/step); i++ {
		c.Bins = append(c.Bins, Bin{From: float64(i) * step, To: float64(i+1) * step})
	}
	c.Bins[len(c.Bins)-1].To = max(values[n-1], c.Bins[len(c.Bins)-1].To)
	for _, v := range values {
		c.Bins[min(len(c.Bins)-1, int(v/step))].Customers++
	}
	return c
}

// niceStep returns the least of 1, 2 and 5 times a power of ten that is not less
// than v.
func niceStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, k := range []float64{1, 2, 5} {
		if k*p >= v {
			return k * p
		}
	}
	return 10 * p
}
