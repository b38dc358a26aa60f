package model

import "math"

const daysPerWeek = 7

// A History is all the models need to know of one customer's orders.
type History struct {
	Repeats int     // x: days with an order after the first such day
	Last    float64 // t_x: weeks from the first order to the last; 0 if Repeats is 0
	Age     float64 // T: weeks from the first order to now
}

// Days returns the history of a customer whose last order came last days after
// the first, and whose first was age days ago.
func Days(repeats, last, age int) History {
	return History{Repeats: repeats, Last: float64(last) / daysPerWeek, Age: float64(age) / daysPerWeek}
}

// Observe returns the history seen at the end of day now, of a customer who
// ordered on these days. Days are numbers in any one count, in ascending order;
// equal days are one occasion, and days after now are not seen yet. It reports
// false if there is no order until now.
func Observe(days []int, now int) (History, bool) {
	if len(days) == 0 || days[0] > now {
		return History{}, false
	}
	first, last := days[0], days[0]
	repeats := 0
	for _, d := range days {
		if d > now {
			break
		}
		if d > last {
			repeats++
			last = d
		}
	}
	return Days(repeats, last-first, now-first), true
}

// Later returns on how many of the days in (after, until] the customer ordered.
// Days are as in [Observe].
func Later(days []int, after, until int) int {
	n := 0
	for i, d := range days {
		if d > after && d <= until && (i == 0 || days[i-1] != d) {
			n++
		}
	}
	return n
}

// valid reports whether h can be: 0 ≤ Last ≤ Age, all finite, and a last order
// at the first one's instant only without repeats.
func (h History) valid() bool {
	return h.Repeats >= 0 && h.Repeats <= maxRepeats && h.Last >= 0 && h.Last <= h.Age && !math.IsInf(h.Age, 0) &&
		(h.Repeats > 0 || h.Last == 0)
}

const maxRepeats = math.MaxInt32

// dayOf turns weeks into days; what is a whole day but for rounding becomes one,
// so that equal histories stay equal on every way they travel.
func dayOf(weeks float64) float64 {
	d := weeks * daysPerWeek
	if whole := math.Round(d); math.Abs(d-whole) < 1e-9 {
		return whole
	}
	return d
}
