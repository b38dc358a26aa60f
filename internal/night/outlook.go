package night

import (
	"math"

	"holdfast/internal/customer"
)

// outlook rounds f to the steps that profiles keep. They are coarser than what a
// forecast is worth, and so wide that most customers who do nothing stay on
// theirs for weeks: a profile is written when one of them changes.
//
//	probabilities                  0.05
//	orders, in hundredths, and CLV E12: 1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, …
//	days to the next order         E6: 1, 1.5, 2.2, 3.3, 4.7, 6.8, 10, …
//	width of CLV's interval        5 % of CLV, upward
func (f Forecast) outlook(horizon int) customer.Outlook {
	o := customer.Outlook{
		Horizon: horizon,
		Alive:   fives(f.Horizon.Alive),
		NoOrder: fives(f.Horizon.NoOrder),
		Orders:  preferred(100*f.Horizon.Orders, e12),
	}
	if next := f.Horizon.Next; next.Expected && days(next.Median) > 0 {
		o.NextFrom, o.Next, o.NextTo = days(next.From), days(next.Median), days(next.To)
	}
	if f.Valued {
		o.CLV = preferred(f.Year.CLV, e12)
		o.Band = 100 + 5*int(math.Ceil(min(20*(f.Year.High/f.Year.CLV-1), 1e6)))
	}
	return o
}

// fives returns a share as percent, in steps of five.
func fives(share float64) int { return 5 * int(math.Round(20*share)) }

// days returns weeks as days, at least one; 0 for 0 and for what is decades away.
func days(weeks float64) int {
	if !(weeks > 0 && weeks < 20*52) {
		return 0
	}
	return max(1, int(preferred(7*weeks, e6)))
}

// The preferred numbers of a decade (IEC 60063), and the first of the next.
var (
	e6  = []int64{10, 15, 22, 33, 47, 68, 100}
	e12 = []int64{10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82, 100}
)

// preferred returns the preferred number of series nearest to v ≥ 0 by ratio,
// as a whole number.
func preferred(v float64, series []int64) int64 {
	if !(v >= 0.5) {
		return 0
	}
	unit := 0.1
	for v >= 100*unit && unit < 1e15 {
		unit *= 10
	}
	for i, n := range series[1:] {
		if v < unit*math.Sqrt(float64(series[i]*n)) {
			return int64(math.Round(unit * float64(series[i])))
		}
	}
	return int64(math.Round(100 * unit))
}
