package analysis

import (
	"math"

	"holdfast/internal/orders"
)

// A Survival is how many of a cohort are still customers so many months of 30
// days after their first order (Kaplan & Meier, JASA 53, 1958). Who has been
// silent for longer than the active window was lost after their last order; of
// the others nothing is known after it.
type Survival struct {
	Label     string          `json:"cohort"` // month of first order, or "all"
	Customers int64           `json:"customers"`
	Points    []SurvivalPoint `json:"points"`
}

// A SurvivalPoint is the share that is left, with its 95 % interval (Greenwood,
// on the logarithm's logarithm).
type SurvivalPoint struct {
	Month  int     `json:"month"`
	Share  float64 `json:"share"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	AtRisk int64   `json:"at_risk"`
}

const survivalMonth = 30 // days

// fewestAtRisk is how many a point of a curve takes.
const fewestAtRisk = 30

// Survivals returns the curve of all customers, and of each month of first order
// that has customers enough to draw one.
func Survivals(l *orders.Ledger, totals []orders.Total, until int32, window int) []Survival {
	c := newCalendar(ByMonth, l.First, max(l.First, until))
	span := int(until-l.First)/survivalMonth + 2
	lost, gone := make([][]int64, c.len()+1), make([][]int64, c.len()+1)
	for i := range lost {
		lost[i], gone[i] = make([]int64, span), make([]int64, span)
	}
	for _, t := range totals {
		if t.Orders == 0 {
			continue
		}
		at, month := gone, (t.Last-t.First)/survivalMonth
		if until-t.Last >= int32(window) {
			at = lost
		}
		at[0][month]++
		at[1+c.of(t.First)][month]++
	}
	var out []Survival
	for i := range lost {
		label := "all"
		if i > 0 {
			label = c.labels[i-1]
		}
		if s := survival(label, lost[i], gone[i]); len(s.Points) > 1 {
			out = append(out, s)
		}
	}
	return out
}

// survival is the curve of those lost and those gone from sight in each month.
func survival(label string, lost, gone []int64) Survival {
	s := Survival{Label: label}
	for m := range lost {
		s.Customers += lost[m] + gone[m]
	}
	risk, share, variance := s.Customers, 1.0, 0.0
	for m := 0; m < len(lost) && risk >= fewestAtRisk; m++ {
		p := SurvivalPoint{Month: m, Share: share, Low: share, High: share, AtRisk: risk}
		if share > 0 && share < 1 {
			half := 1.959963984540054 * math.Sqrt(variance) / math.Log(share)
			p.Low, p.High = math.Pow(share, math.Exp(-half)), math.Pow(share, math.Exp(half))
		}
		s.Points = append(s.Points, p)
		d, n := float64(lost[m]), float64(risk)
		share *= 1 - d/n
		if n > d {
			variance += d / (n * (n - d))
		}
		risk -= lost[m] + gone[m]
	}
	return s
}
