package night

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/model"
)

// A census is what the survey counts of everybody, for the scores and the
// models. Its parts merge exactly.
type census struct {
	*metric.Census
	// Since is the first day with an order; math.MaxInt without one.
	Since    int             `json:"since"`
	Buying   *model.Counts   `json:"buying"`
	Spending *model.Spending `json:"spending"`
	HoldOuts []holdOut       `json:"hold_outs"`
	Arrivals model.Arrivals  `json:"arrivals"`
	Rankings Rankings        `json:"rankings,omitempty"`
}

// A holdOut counts customers as they were some days ago, and what they did
// since.
type holdOut struct {
	Days   int           `json:"days"`
	Counts *model.Counts `json:"counts"`
}

// shortHoldOut is the period, in days, that is held out where the horizon
// leaves too little data before it.
const shortHoldOut = 56

// newCensus returns an empty census. The horizon is in days; 0 counts nothing
// for the models.
func newCensus(horizon int) *census {
	c := &census{Census: metric.NewCensus(), Since: math.MaxInt, Buying: &model.Counts{}, Spending: &model.Spending{}}
	for _, days := range []int{horizon, shortHoldOut} {
		if days > 0 && (days == horizon || days < horizon) {
			c.HoldOuts = append(c.HoldOuts, holdOut{days, &model.Counts{}})
		}
	}
	return c
}

func (c *census) add(p customer.Folded, currency customer.Currency, now time.Time, zone *time.Location) error {
	c.Census.Add(p, currency, now, zone)
	if b, ok := metric.BookOf(p, currency); ok {
		c.Since = min(c.Since, customer.DayOf(b.First, zone))
	}
	a, ok := accountOf(p, currency, zone)
	if !ok || len(c.HoldOuts) == 0 {
		return nil
	}
	today := customer.DayOf(now, zone)
	c.Arrivals.Add(today-a.first, a.spentFirst())
	if h, ok := a.at(today); ok {
		if err := c.Buying.Add(h, 1); err != nil {
			return fmt.Errorf("count history: %w", err)
		}
	}
	for _, out := range c.HoldOuts {
		h, ok := a.at(today - out.Days)
		if !ok {
			continue
		}
		if err := out.Counts.AddOutcome(h, a.later(today-out.Days, today), 1); err != nil {
			return fmt.Errorf("count history: %w", err)
		}
	}
	if n, total := a.repeats(today); n > 0 && total > 0 {
		if err := c.Spending.Add(n, fourDigits(total), 1); err != nil {
			return fmt.Errorf("count spending: %w", err)
		}
	}
	return nil
}

// merge adds what other, made with the same horizon, counted.
func (c *census) merge(other *census) error {
	if len(c.HoldOuts) != len(other.HoldOuts) {
		return fmt.Errorf("%w: the survey was made with another horizon", customer.ErrInvalid)
	}
	c.Census.Merge(other.Census)
	c.Since = min(c.Since, other.Since)
	c.Buying.Merge(other.Buying)
	c.Spending.Merge(other.Spending)
	c.Arrivals.Merge(other.Arrivals)
	if c.Rankings == nil && len(other.Rankings) > 0 {
		c.Rankings = Rankings{}
	}
	c.Rankings.Merge(other.Rankings)
	for i, out := range other.HoldOuts {
		if out.Days != c.HoldOuts[i].Days {
			return fmt.Errorf("%w: the survey was made with another horizon", customer.ErrInvalid)
		}
		c.HoldOuts[i].Counts.Merge(out.Counts)
	}
	return nil
}

// packed is a value as compressed JSON, which is base64 in JSON.
type packed []byte

func pack(v any) (packed, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// mostUnpacked bounds what a packed value may unfold to.
const mostUnpacked = 1 << 30

func (p packed) unpack(into any) error {
	z, err := gzip.NewReader(bytes.NewReader(p))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(z, mostUnpacked))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return json.Unmarshal(body, into)
}
