package night

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/model"
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
	// Engagement is by segment, "" being everybody: where they were active in the
	// last days, and how that changed.
	Engagement map[string][]metric.Contact `json:"engagement,omitempty"`
	// Model is nil if there is too little data to forecast; Missing says of
	// what. Prospects are by segment, "" being everybody.
	Model     *ModelUsed          `json:"model,omitempty"`
	Missing   []Missing           `json:"missing,omitempty"`
	Prospects map[string]Prospect `json:"prospects,omitempty"`
	// Ahead is the next 90 days, with the customers who are yet to come.
	Ahead       *model.Demand   `json:"ahead,omitempty"`
	Comparisons Comparisons     `json:"comparisons"`
	Goals       map[string]Goal `json:"goals,omitempty"` // by segment
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

// Summarize merges what scoring found and stores the snapshot, the periods and
// cohorts, and the record of the run. If the same snapshot is stored already,
// the night was run before and its record stays.
func (n *Night) Summarize(ctx context.Context, at time.Time, shards int) (Snapshot, Run, error) {
	fit, err := n.FitOf(ctx, at)
	if err != nil {
		return Snapshot{}, Run{}, err
	}
	report, err := n.ReportOf(ctx, at)
	if err != nil {
		return Snapshot{}, Run{}, err
	}
	all, run, err := n.scored(ctx, at, shards)
	if err != nil {
		return Snapshot{}, Run{}, err
	}
	if err := n.putHistory(ctx, fit, all); err != nil {
		return Snapshot{}, run, err
	}
	snapshot, err := n.snapshot(fit, report, all)
	if err != nil {
		return snapshot, run, err
	}
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

// scored merges what scoring found, and what it took.
func (n *Night) scored(ctx context.Context, at time.Time, shards int) (Scored, Run, error) {
	all := newScored(nil)
	run := Run{At: at.UTC(), Shards: shards}
	err := n.parts(ctx, Scores, at, shards, func(body json.RawMessage) error {
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
		return all, run, err
	}
	if !all.balanced() {
		return all, run, fmt.Errorf("the night at %s does not balance", key(at))
	}
	run.Seen = all.Seen
	run.Cost = run.ReadUnits*readPrice + run.WriteUnits*writePrice
	return all, run, nil
}

// balanced reports whether the books of everybody balance.
func (s *Scored) balanced() bool {
	for _, movements := range s.Overall.Periods {
		for i, m := range movements {
			if m.Active != m.Retained+m.New+m.Reactivated || i > 0 && movements[i-1].Active != m.Retained+m.Churned {
				return false
			}
		}
	}
	return s.Overall.Tally.Balanced()
}

func (n *Night) snapshot(fit Fit, report Report, all Scored) (Snapshot, error) {
	s := Snapshot{At: fit.At, Currency: n.Currency, Window: fit.Window, WindowDerived: fit.WindowDerived,
		Overall: all.Overall.Tally.Numbers(), Segments: map[string]metric.Numbers{},
		Model: used(report, fit.Foresight), Missing: report.Missing, Comparisons: compare(all.Overall.Tally, all.Segments), Goals: goalsOf(n.Goals)}
	s.engage("", all.Overall)
	for name, g := range all.Segments {
		s.Segments[name] = g.Tally.Numbers()
		s.engage(name, g)
		if goal := s.Goals[name]; goal.Within > 0 {
			goal.Reached = metric.NewRate(g.GoalReached, g.GoalOf)
			s.Goals[name] = goal
		}
	}
	if s.Model == nil {
		return s, nil
	}
	return s, s.expect(fit, report, all, customer.DayOf(fit.At, n.Zone)-fit.Since+1)
}

func (s *Snapshot) engage(name string, g *Group) {
	contacts := g.Engagement.Contacts(g.Tally.Customers)
	if contacts == nil {
		return
	}
	if s.Engagement == nil {
		s.Engagement = map[string][]metric.Contact{}
	}
	s.Engagement[name] = contacts
}

// expect fills in what is expected, from so many days of data.
func (s *Snapshot) expect(fit Fit, report Report, all Scored, days int) error {
	oracle, err := newOracle(fit.Foresight)
	if err != nil {
		return err
	}
	miss := 0.0
	if t, ok := report.Test(); ok {
		miss = t.Model.Error
	}
	s.Prospects = map[string]Prospect{"": all.Overall.Expected.prospect(oracle, miss)}
	for name, g := range all.Segments {
		s.Prospects[name] = g.Expected.prospect(oracle, miss)
	}
	ahead := oracle.quarter.Demand(all.Overall.Expected.Quarter, miss, report.Arrivals, days)
	s.Ahead = &ahead
	return nil
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

// ReportOf returns the models of the night at an instant, or
// [customer.ErrNotFound].
func (n *Night) ReportOf(ctx context.Context, at time.Time) (Report, error) {
	var r Report
	i, err := n.Store.Insight(ctx, Models, key(at))
	if err == nil {
		err = json.Unmarshal(i.Body, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read models of the night: %w", err)
	}
	return r, nil
}
