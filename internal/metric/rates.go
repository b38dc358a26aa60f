package metric

import "math"

// A Rate is a share of Of, with its 95 % Wilson interval (Wilson, JASA 22,
// 1927). Known is false where Of is 0: then nothing else means anything.
type Rate struct {
	Known bool    `json:"known"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Hits  int64   `json:"hits"`
	Of    int64   `json:"of"`
}

const z95 = 1.959963984540054

// NewRate returns hits / of.
func NewRate(hits, of int64) Rate {
	r := Rate{Hits: hits, Of: of}
	if of <= 0 {
		return r
	}
	n, p := float64(of), float64(hits)/float64(of)
	middle := (p + z95*z95/(2*n)) / (1 + z95*z95/n)
	half := z95 / (1 + z95*z95/n) * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n))
	r.Known, r.Value = true, p
	r.Low, r.High = max(0, middle-half), min(1, middle+half)
	return r
}

// Numbers are what a group's tally comes to.
type Numbers struct {
	Tally
	// AOV is net revenue by order, in minor units, rounded; 0 without orders.
	AOV int64 `json:"aov"`
	// Repeat is the share of buyers who ordered at least twice, ever.
	Repeat Rate `json:"repeat_purchase_rate"`
	// Returning is, of who ordered in the window, the share who had before it:
	// what Shopify calls the returning customer rate.
	Returning Rate `json:"returning_customer_rate"`
	// Retention is the share of who was active a window ago and still is;
	// Churn is the rest.
	Retention Rate `json:"retention_rate"`
	Churn     Rate `json:"churn_rate"`
	// NPS is promoters less detractors in percent, with its 95 % interval;
	// unknown below 30 answers.
	NPS Score `json:"nps"`
	// CSAT is the share of satisfied answers, unknown below 30.
	CSAT Rate `json:"csat"`
}

// A Score is a number that is not a share, with its 95 % interval.
type Score struct {
	Known bool    `json:"known"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Of    int64   `json:"of"`
}

// fewest is how many answers a satisfaction figure takes.
const fewest = 30

// Numbers returns what t comes to.
func (t Tally) Numbers() Numbers {
	n := Numbers{
		Tally:     t,
		Repeat:    NewRate(t.Repeaters, t.Buyers),
		Returning: NewRate(t.Retained+t.Reactivated, t.End),
		Retention: NewRate(t.Retained, t.Start),
		Churn:     NewRate(t.Churned, t.Start),
	}
	if t.Orders > 0 {
		n.AOV = int64(math.Round(float64(t.Revenue) / float64(t.Orders)))
	}
	if t.CSATAnswer >= fewest {
		n.CSAT = NewRate(t.Satisfied, t.CSATAnswer)
	}
	if t.NPSAnswers >= fewest {
		n.NPS = nps(t.Promoters, t.Detractors, t.NPSAnswers)
	}
	return n
}

// nps returns 100·(P − D) with the interval from its standard error
// sqrt((P + D − (P − D)²)/n).
func nps(promoters, detractors, of int64) Score {
	n := float64(of)
	p, d := float64(promoters)/n, float64(detractors)/n
	half := z95 * math.Sqrt((p+d-(p-d)*(p-d))/n)
	return Score{Known: true, Value: 100 * (p - d), Low: 100 * max(-1, p-d-half), High: 100 * min(1, p-d+half), Of: of}
}

// Balanced reports whether the books balance: the active at the end are the
// retained, the new and the reactivated, and those at the start the retained
// and the churned.
func (t Tally) Balanced() bool {
	return t.End == t.Retained+t.New+t.Reactivated && t.Start == t.Retained+t.Churned && t.Repeaters <= t.Buyers && t.Buyers <= t.Customers
}
