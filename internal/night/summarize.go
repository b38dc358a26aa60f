package night

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

// A Snapshot is the numbers of one night, overall and by segment. Amounts are
// in minor units of Currency.
type Snapshot struct {
	At            time.Time                 `json:"at"`
	Currency      customer.Currency         `json:"currency"`
	Window        int                       `json:"window"` // active, in days
	WindowDerived bool                      `json:"window_derived"`
	Overall       metric.Numbers            `json:"overall"`
	Segments      map[string]metric.Numbers `json:"segments"`
}

// A Run is what a night did.
type Run struct {
	At     time.Time `json:"at"`
	Shards int       `json:"shards"`
	Seen   int64     `json:"seen"`
	Work
	// Cost is what the consumed capacity comes to, in US dollars on demand.
	Cost float64 `json:"cost"`
}

// The on-demand prices of a read and a write unit in us-east-1, in dollars.
const (
	readPrice  = 0.125e-6
	writePrice = 0.625e-6
)

// Summarize merges what scoring found and stores the snapshot and the record
// of the run. If the same snapshot is stored already, the night was run before
// and its record stays.
func (n *Night) Summarize(ctx context.Context, at time.Time, shards int) (Snapshot, Run, error) {
	fit, err := n.FitOf(ctx, at)
	if err != nil {
		return Snapshot{}, Run{}, err
	}
	all := Scored{Segments: map[string]metric.Tally{}}
	run := Run{At: at.UTC(), Shards: shards}
	err = n.parts(ctx, Scores, at, shards, func(body json.RawMessage) error {
		var part struct {
			Scored
			Work Work `json:"work"`
		}
		if err := json.Unmarshal(body, &part); err != nil {
			return err
		}
		all.merge(part.Scored)
		run.add(part.Work)
		return nil
	})
	if err != nil {
		return Snapshot{}, Run{}, err
	}
	if !all.Overall.Balanced() {
		return Snapshot{}, Run{}, fmt.Errorf("the night at %s does not balance", key(at))
	}
	snapshot := Snapshot{At: at.UTC(), Currency: n.Currency, Window: fit.Window, WindowDerived: fit.WindowDerived,
		Overall: all.Overall.Numbers(), Segments: map[string]metric.Numbers{}}
	for name, t := range all.Segments {
		snapshot.Segments[name] = t.Numbers()
	}
	run.Seen = all.Seen
	run.Cost = run.ReadUnits*readPrice + run.WriteUnits*writePrice
	changed, err := n.put(ctx, Snapshots, key(at), snapshot, 0, at)
	if err != nil {
		return snapshot, run, err
	}
	if before, err := n.RunOf(ctx, at); err == nil && !changed {
		return snapshot, before, nil
	} else if err != nil && !errors.Is(err, customer.ErrNotFound) {
		return snapshot, run, err
	}
	_, err = n.put(ctx, Runs, key(at), run, 0, at)
	return snapshot, run, err
}

func (r *Run) add(w Work) {
	r.Changed += w.Changed
	r.Planned += w.Planned
	r.Failed += w.Failed
	r.ReadUnits += w.ReadUnits
	r.WriteUnits += w.WriteUnits
}

// RunOf returns the record of the night at an instant, or
// [customer.ErrNotFound].
func (n *Night) RunOf(ctx context.Context, at time.Time) (Run, error) {
	var r Run
	i, err := n.Store.Insight(ctx, Runs, key(at))
	if err == nil {
		err = json.Unmarshal(i.Body, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read run record: %w", err)
	}
	return r, nil
}
