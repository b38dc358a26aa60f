// Package night recalculates everybody: it surveys all profiles shard by
// shard, fits what must be known of all of them, scores every customer and
// summarizes. A night is named by its scheduled instant and is a function of
// that and the data: run again, it writes nothing.
package night

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/segment"
)

// The kinds of insight that a night keeps, by its instant.
const (
	Surveys   = "survey"   // parts of the census; for two weeks
	Models    = "model"    // the models, how they were chosen, and their back-tests
	Fits      = "fit"      // what scoring needs to know of everybody
	Scores    = "score"    // parts of the tallies; for two weeks
	Snapshots = "snapshot" // the numbers, overall and by segment
	Runs      = "night"    // what the run did
)

const partLife = 14 * 24 * time.Hour

// A Store keeps profiles and insights. ScanProfiles may lag behind the writes;
// the rest does not.
type Store interface {
	ScanProfiles(ctx context.Context, shard, shards int, cursor string) (page []customer.Profile, next string, err error)
	Profile(ctx context.Context, id customer.ID) (customer.Profile, error)
	PutProfile(ctx context.Context, p customer.Profile) error
	Insight(ctx context.Context, kind, date string) (customer.Insight, error)
	PutInsight(ctx context.Context, i customer.Insight) error
	Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error)
}

// A Shard is one part of a night's pass over all profiles, and how far it got.
type Shard struct {
	At     time.Time `json:"at"` // the night's scheduled instant
	Shard  int       `json:"shard"`
	Shards int       `json:"shards"`
	Cursor string    `json:"cursor"` // where to go on; "" is the beginning
	Done   bool      `json:"done"`
}

// Check returns an error wrapping [customer.ErrInvalid] if s cannot be run.
func (s Shard) Check() error {
	switch {
	case s.At.IsZero():
		return fmt.Errorf("%w: a night needs at, its scheduled instant as 2006-01-02T15:04:05Z", customer.ErrInvalid)
	case s.Shards < 1 || s.Shard < 0 || s.Shard >= s.Shards:
		return fmt.Errorf("%w: shard counts from 0 and is less than shards", customer.ErrInvalid)
	}
	return nil
}

// A Night does the work of one.
type Night struct {
	Store    Store
	Zone     *time.Location    // the merchant's
	Currency customer.Currency // of the numbers
	// Window is the active window in days; 0 takes it from the data.
	Window int
	// Horizon is how many days forecasts look ahead; 0 forecasts nothing.
	Horizon int
	// Margin is the share of revenue that a customer's value counts; 0 counts
	// the revenue.
	Margin float64
	// Segments names those that the tallies are made for.
	Segments []string
	// Goals says what is wanted of segments, in words: see [Goal].
	Goals map[string]string
	// Set are the rules whose percentiles the survey counts; nil: none.
	Set *segment.Set
	// Rules returns how to derive, given a night's fit.
	Rules func(Fit) Deriver
	// Plan plans the sends that the segments of p start by an instant, and
	// returns how many are new.
	Plan func(ctx context.Context, p customer.Profile, at time.Time) (int, error)
	// Spare is how long before the context's deadline a shard stops and
	// returns its cursor.
	Spare time.Duration
	// Units returns the capacity consumed so far; nil: not known.
	Units func() (read, write float64)
}

// A Deriver makes the derived part of a profile as of an instant. It is not
// safe concurrently.
type Deriver interface {
	Derive(p customer.Profile, at time.Time) customer.Derived
	// Forecast returns what the latest call of Derive forecast, not rounded,
	// and whether it did.
	Forecast() (Forecast, bool)
}

// A Fit is what scoring needs to know of everybody.
type Fit struct {
	At            time.Time            `json:"at"`
	Customers     int64                `json:"customers"`
	RFM           metric.RFM           `json:"rfm"`
	Klaviyo       metric.KlaviyoScales `json:"klaviyo"`
	Window        int                  `json:"window"` // active, days
	WindowDerived bool                 `json:"window_derived"`
	// Since is the first day with an order, from 1970-01-01 in the merchant's
	// zone; [math.MaxInt] without one.
	Since int `json:"since"`
	// Percentiles say where those of the fields lie that rules ask for.
	Percentiles map[string]segment.Cuts `json:"percentiles,omitempty"`
	// Foresight is nil if there is too little data to forecast.
	Foresight *Foresight `json:"foresight,omitempty"`
}

// key is the date under which a night's insights are kept.
func key(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

// put stores an insight unless it is there already, to the byte.
func (n *Night) put(ctx context.Context, kind, date string, v any, life time.Duration, at time.Time) (changed bool, err error) {
	body, err := json.Marshal(v)
	if err != nil {
		return false, fmt.Errorf("encode %s: %w", kind, err)
	}
	have, err := n.Store.Insight(ctx, kind, date)
	if err == nil && string(have.Body) == string(body) {
		return false, nil
	}
	if err != nil && !errors.Is(err, customer.ErrNotFound) {
		return false, fmt.Errorf("read %s: %w", kind, err)
	}
	i := customer.Insight{Kind: kind, Date: date, Body: body}
	if life > 0 {
		i.Expires = at.Add(life)
	}
	if err := n.Store.PutInsight(ctx, i); err != nil {
		return false, fmt.Errorf("store %s: %w", kind, err)
	}
	return true, nil
}

// scan calls each for the pages of a shard until it is done, or the time is
// nearly up, and returns where the next call is to go on.
func (n *Night) scan(ctx context.Context, s Shard, each func([]customer.Profile) error) (Shard, error) {
	if err := s.Check(); err != nil {
		return s, err
	}
	for {
		page, next, err := n.Store.ScanProfiles(ctx, s.Shard, s.Shards, s.Cursor)
		if err != nil {
			return s, fmt.Errorf("scan profiles: %w", err)
		}
		if err := each(page); err != nil {
			return s, err
		}
		if s.Cursor = next; next == "" {
			s.Done = true
			return s, nil
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < n.Spare {
			slog.InfoContext(ctx, "shard goes on in another invocation", "shard", s.Shard, "shards", s.Shards)
			return s, nil
		}
	}
}
