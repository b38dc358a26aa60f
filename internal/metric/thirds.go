package metric

import (
	"maps"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// Thirds gives the scores 1 to 3 by rank: min(3, 1 + ⌊3·s/n⌋), s being how many
// of all n have a strictly smaller value. The zero value scores everyone 0.
type Thirds struct {
	From      []int64 `json:"from,omitempty"` // the smallest values that score 2 and 3
	Customers int64   `json:"customers"`
}

// NewThirds returns the thirds of the counted values.
func NewThirds(c Counts) Thirds {
	t := Thirds{Customers: c.Total()}
	var smaller int64
	for _, v := range slices.Sorted(maps.Keys(c)) {
		score := min(3, 1+3*smaller/t.Customers)
		for int64(len(t.From))+1 < score {
			t.From = append(t.From, v)
		}
		smaller += c[v]
	}
	return t
}

// Score returns the score of v, 1 to 3, or 0 if the thirds are of nobody.
func (t Thirds) Score(v int64) int {
	if t.Customers == 0 {
		return 0
	}
	score := 1
	for _, from := range t.From {
		if v >= from {
			score++
		}
	}
	return score
}

// KlaviyoScales are what it takes to put buyers into Klaviyo's groups.
type KlaviyoScales struct {
	Frequency Thirds `json:"frequency"` // orders
	Monetary  Thirds `json:"monetary"`  // net spend in minor units
}

// Klaviyo returns the scales of everybody counted.
func (c *Census) Klaviyo() KlaviyoScales {
	return KlaviyoScales{Frequency: NewThirds(c.Frequency), Monetary: NewThirds(c.Monetary)}
}

// Of returns Klaviyo's group of p, "" without an order in currency. Recency
// scores 3 up to 180 days, 2 up to 365, else 1.
func (g KlaviyoScales) Of(p customer.Folded, c customer.Currency, now time.Time, zone *time.Location) customer.Group {
	b, ok := BookOf(p, c)
	if !ok {
		return ""
	}
	r := 1
	switch age := Recency(b, now, zone); {
	case age <= 180:
		r = 3
	case age <= 365:
		r = 2
	}
	return klaviyoGroup(r, g.Frequency.Score(int64(b.Orders)), g.Monetary.Score(b.Spend))
}

// klaviyoGroup returns the group of the scores r, f and m, each from 1 to 3; ""
// for other scores.
func klaviyoGroup(r, f, m int) customer.Group {
	switch 100*r + 10*f + m {
	case 333, 332, 323:
		return "champions"
	case 321, 322, 331, 232, 233:
		return "loyal"
	case 311, 312, 313, 222, 223:
		return "recent"
	case 213, 221, 123, 132, 133:
		return "needs_attention"
	case 231, 212, 122, 131, 211:
		return "at_risk"
	case 111, 112, 113, 121:
		return "inactive"
	}
	return ""
}
