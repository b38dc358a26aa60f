package night_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/night"
)

// meddled is a store on which something happens before a profile is written.
type meddled struct {
	*counting
	before func(p customer.Profile) error
}

func (m *meddled) PutProfile(ctx context.Context, p customer.Profile) error {
	if err := m.before(p); err != nil {
		return err
	}
	return m.counting.PutProfile(ctx, p)
}

func TestAProfileThatChangesUnderTheWriteKeepsTheChange(t *testing.T) {
	s := stored(t, simulated(30, 4))
	moved := map[customer.ID]bool{}
	n := newNight(t, &meddled{s, func(p customer.Profile) error {
		if moved[p.ID] {
			return nil
		}
		moved[p.ID] = true
		p, err := s.Store.Profile(t.Context(), p.ID)
		if err != nil {
			return err
		}
		p.City = "Atlantis"
		return s.Store.PutProfile(t.Context(), p)
	}})
	n.Segments = append(n.Segments, "nobody")
	_, run := pass(t, t.Context(), serial(n), tonight, 1)
	if run.Failed != 0 || len(moved) == 0 {
		t.Fatalf("%d failed of %d that changed", run.Failed, len(moved))
	}
	for id := range moved {
		p, err := s.Profile(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		in := slices.ContainsFunc(p.Derived.Segments, func(m customer.Membership) bool { return m.Segment == "nobody" })
		if p.City != "Atlantis" || p.Derived.Night.IsZero() || !in {
			t.Errorf("%s is %+v, want it scored by its new city", id, p)
		}
	}
}

// serial returns n on a store that is used by one writer at a time.
func serial(n *night.Night) *night.Night {
	n.Store = &oneAtATime{Store: n.Store, turn: make(chan struct{}, 1)}
	return n
}

type oneAtATime struct {
	night.Store
	turn chan struct{}
}

func (o *oneAtATime) PutProfile(ctx context.Context, p customer.Profile) error {
	o.turn <- struct{}{}
	defer func() { <-o.turn }()
	return o.Store.PutProfile(ctx, p)
}

func TestACustomerWhoCannotBeWrittenStopsNobodyElse(t *testing.T) {
	shop := simulated(50, 5)
	s := stored(t, shop)
	broken := shop[7].ID
	fail := true
	n := newNight(t, &meddled{s, func(p customer.Profile) error {
		if p.ID == broken && fail {
			return errors.New("throttled")
		}
		return nil
	}})
	_, run := pass(t, t.Context(), n, tonight, 3)
	if run.Failed != 1 || run.Changed != 49 || run.Seen != 50 {
		t.Errorf("the run is %+v, want 49 changed and one failed of 50", run)
	}
	if p, err := s.Profile(t.Context(), broken); err != nil || !p.Derived.Night.IsZero() {
		t.Errorf("who failed is %+v, %v", p.Derived, err)
	}
	fail = false
	s.profiles.Store(0)
	pass(t, t.Context(), n, tonight, 3)
	if got := s.profiles.Load(); got != 1 {
		t.Errorf("the same night again wrote %d profiles, want the one that was left", got)
	}
}

func TestPartsOfAnEarlierCutAreNotCounted(t *testing.T) {
	shop := simulated(4000, 2)
	s := stored(t, shop)
	n := newNight(t, s)
	want, _ := pass(t, t.Context(), n, tonight, 1)
	cut := newNight(t, s)
	// A part that an invocation which was cut short left behind, of a stretch
	// that no run begins at any more.
	stale, err := s.Insights(t.Context(), night.Scores, "", "")
	if err != nil || len(stale) == 0 {
		t.Fatal(err)
	}
	old := stale[0]
	old.Date = old.Date[:strings.LastIndex(old.Date[:len(old.Date)-4], "/")] + "/0123456789abcdef/000"
	if err := s.PutInsight(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	got, _, err := cut.Summarize(t.Context(), tonight, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestANightWithoutAPartSaysSo(t *testing.T) {
	s := stored(t, simulated(10, 1))
	n := newNight(t, s)
	if _, err := n.Survey(t.Context(), night.Shard{At: tonight, Shards: 2}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Fit(t.Context(), tonight, 2); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("a fit without the second shard: %v", err)
	}
	if _, _, err := n.Score(t.Context(), night.Shard{At: tonight, Shards: 2}); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("scores without a fit: %v", err)
	}
}

func TestAShardThatCannotBe(t *testing.T) {
	for name, s := range map[string]night.Shard{
		"without an instant": {Shards: 1},
		"of none":            {At: tonight},
		"below the first":    {At: tonight, Shard: -1, Shards: 2},
		"after the last":     {At: tonight, Shard: 2, Shards: 2},
	} {
		if err := s.Check(); !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (night.Shard{At: tonight, Shard: 1, Shards: 2}).Check(); err != nil {
		t.Error(err)
	}
}
