package model

import (
	"math"

	"holdfast/internal/customer"
)

// Arrivals say when customers first ordered. The zero value is empty; parts
// merge exactly.
type Arrivals struct {
	// Days counts customers by how many days ago that was.
	Days []int64 `json:"days"`
	// Spent is what those of the latest [ArrivalDays] spent on that day, in minor
	// units.
	Spent int64 `json:"spent"`
}

const (
	// ArrivalDays is the stretch from which new customers are forecast.
	ArrivalDays = 90
	// arrivalsKept bounds how far back arrivals are counted.
	arrivalsKept = 730
	// unsure is how many days after the data begin a first order may be that of an
	// older customer.
	unsure = 90
)

// Add counts a customer who first ordered so many days ago, and then spent that
// much; who did so in the future or long ago does not matter.
func (a *Arrivals) Add(daysAgo int, spent int64) {
	if daysAgo < 0 || daysAgo >= arrivalsKept {
		return
	}
	a.grow(daysAgo + 1)
	a.Days[daysAgo]++
	if daysAgo < ArrivalDays {
		a.Spent = customer.AddMinor(a.Spent, spent)
	}
}

// Merge adds what other counted.
func (a *Arrivals) Merge(other Arrivals) {
	a.grow(len(other.Days))
	for i, n := range other.Days {
		a.Days[i] += n
	}
	a.Spent = customer.AddMinor(a.Spent, other.Spent)
}

func (a *Arrivals) grow(n int) {
	if more := n - len(a.Days); more > 0 {
		a.Days = append(a.Days, make([]int64, more)...)
	}
}

// within counts those of from ≤ days ago < to.
func (a *Arrivals) within(from, to int) float64 {
	sum := int64(0)
	for i := from; i < min(to, len(a.Days)); i++ {
		sum += a.Days[i]
	}
	return float64(sum)
}

// next forecasts how many customers come within so many days, as many a day as
// in the latest [ArrivalDays], with a variance: that of the same forecast made
// at every week's end of the past. Known is how many days the data go back. The
// error is [*TooLittle] where fewer than four such forecasts can be looked at.
func (a *Arrivals) next(days, known int) (mean, variance float64, err error) {
	usable := min(known, arrivalsKept) - unsure
	if err := require(Shortage{"days of history for new customers", int64(known), int64(unsure + days + ArrivalDays + 21)}); err != nil {
		return 0, 0, err
	}
	perDay := func(from int) float64 { return a.within(from, from+ArrivalDays) / ArrivalDays }
	mean = perDay(0) * float64(days)
	cuts, square := 0.0, 0.0
	for cut := days; cut+ArrivalDays <= usable; cut += 7 {
		if then := perDay(cut) * float64(days); then > 0 {
			miss := a.within(cut-days, cut)/then - 1
			square += miss * miss
			cuts++
		}
	}
	// Chance alone gives the counted and the coming ones their own share each.
	variance = mean * (1 + float64(days)/ArrivalDays)
	if cuts > 0 {
		// Forecasts overlap: only so many are independent.
		apart := max(1, float64(usable-ArrivalDays)/float64(days))
		variance = max(variance, mean*mean*square/cuts*(1+1/apart))
	}
	return mean, math.Max(variance, 1), nil
}
