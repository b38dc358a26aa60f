package metric

import (
	"time"

	"holdfast/internal/customer"
)

// DefaultWindow is the active window in days where there is too little data to
// take it from.
const DefaultWindow = 90

// minGaps is how many gaps between orders it takes to derive a window.
const minGaps = 100

// A Census is what must be known of everybody before anybody can be scored.
// Its parts merge exactly.
type Census struct {
	Customers int64  `json:"customers"`
	Recency   Counts `json:"recency"`
	Frequency Counts `json:"frequency"`
	Monetary  Counts `json:"monetary"`
	Gaps      Counts `json:"gaps"` // days between a customer's consecutive order days
}

// NewCensus returns an empty census.
func NewCensus() *Census {
	return &Census{Recency: Counts{}, Frequency: Counts{}, Monetary: Counts{}, Gaps: Counts{}}
}

// Add counts one customer as of now.
func (c *Census) Add(p customer.Folded, currency customer.Currency, now time.Time, zone *time.Location) {
	if p.Anonymous() {
		return
	}
	c.Customers++
	b, ok := BookOf(p, currency)
	if !ok {
		return
	}
	c.Recency.Add(Recency(b, now, zone))
	c.Frequency.Add(int64(b.Orders))
	c.Monetary.Add(b.Spend)
	for i := 1; i < len(b.Days); i++ {
		c.Gaps.Add(int64(b.Days[i].Day - b.Days[i-1].Day))
	}
}

// Merge adds what other counted.
func (c *Census) Merge(other *Census) {
	c.Customers += other.Customers
	c.Recency.Merge(other.Recency)
	c.Frequency.Merge(other.Frequency)
	c.Monetary.Merge(other.Monetary)
	c.Gaps.Merge(other.Gaps)
}

// RFM returns the scales of everybody counted.
func (c *Census) RFM() RFM {
	return RFM{
		Recency:   NewScale(c.Recency, true, 5),
		Frequency: NewScale(c.Frequency, false, 5),
		Monetary:  NewScale(c.Monetary, false, 5),
	}
}

// Window returns the active window in days: the 90th percentile of the gaps
// between orders, so that nine of ten customers who come back do so within it;
// [DefaultWindow] if fewer than a hundred gaps are known.
func (c *Census) Window() (days int, derived bool) {
	if c.Gaps.Total() < minGaps {
		return DefaultWindow, false
	}
	return int(max(1, c.Gaps.Quantile(0.9))), true
}
