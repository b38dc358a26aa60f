package metric

import (
	"time"

	"holdfast/internal/customer"
)

// KlaviyoGroups returns Klaviyo's six groups, the best first.
func KlaviyoGroups() []customer.Group {
	return []customer.Group{"champions", "loyal", "recent", "needs_attention", "at_risk", "inactive"}
}

// KlaviyoGroupOf returns Klaviyo's group of a buyer who last ordered so many
// days ago and has these scores of 1 to 3 by thirds; "" if a score is none.
// Recency scores 3 up to 180 days, 2 up to 365, else 1.
func KlaviyoGroupOf(days int64, f, m int) customer.Group {
	r := 1
	switch {
	case days <= 180:
		r = 3
	case days <= 365:
		r = 2
	}
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

// KlaviyoScales are what it takes to put buyers into Klaviyo's groups: thirds.
type KlaviyoScales struct {
	Frequency Scale `json:"frequency"` // orders
	Monetary  Scale `json:"monetary"`  // net spend in minor units
}

// Klaviyo returns the scales of everybody counted.
func (c *Census) Klaviyo() KlaviyoScales {
	return KlaviyoScales{Frequency: NewScale(c.Frequency, false, 3), Monetary: NewScale(c.Monetary, false, 3)}
}

// Of returns Klaviyo's group of p, "" without an order in currency.
func (g KlaviyoScales) Of(p customer.Folded, c customer.Currency, now time.Time, zone *time.Location) customer.Group {
	b, ok := BookOf(p, c)
	if !ok {
		return ""
	}
	return KlaviyoGroupOf(Recency(b, now, zone), g.Frequency.Score(int64(b.Orders)), g.Monetary.Score(b.Spend))
}
