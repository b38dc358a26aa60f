package plan_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/bolt"
	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/plan"
	"holdfast/internal/playbook"
)

// everybody is how many examples show every customer that moves.
const everybody = 1 << 20

// shop returns a store with n invented customers.
func shop(t *testing.T, n int) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Bulk(true); err != nil {
		t.Fatal(err)
	}
	for _, p := range invented(n) {
		if err := s.PutProfile(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// run runs a night as the stack does, and returns how many sends it planned.
func run(t *testing.T, s *bolt.Store, b *playbook.Playbook, at time.Time) int64 {
	t.Helper()
	n := night.Of(s, b)
	n.Plan = campaign.Planner{Store: s, Playbook: b}.Plan
	shard := night.Shard{At: at, Shards: 1}
	if _, err := n.Survey(t.Context(), shard); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Fit(t.Context(), at, 1); err != nil {
		t.Fatal(err)
	}
	_, work, err := n.Score(t.Context(), shard)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.Summarize(t.Context(), at, 1); err != nil {
		t.Fatal(err)
	}
	return work.Planned
}

// mailing dispatches and sends what is due until an instant, to nobody.
func mailing(t *testing.T, s *bolt.Store, b *playbook.Playbook, from, until time.Time) {
	t.Helper()
	m := campaign.Mailer{Store: s, Transport: nobody{}, Playbook: b, Tokens: campaign.Tokens{Keys: [][]byte{{1}}}, PublicURL: "https://mail.example.com"}
	for now := from; now.Before(until); now = now.Add(campaign.DefaultRetry) {
		keys, _, err := s.DueSends(t.Context(), now, "", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if _, err := m.Handle(t.Context(), k, now); err != nil {
				t.Fatal(err)
			}
		}
	}
}

type nobody struct{}

func (nobody) Send(context.Context, campaign.Message) (string, error) { return "1", nil }
func (nobody) Quota(context.Context) (campaign.Quota, error)          { return campaign.Quota{}, nil }

// members returns who is in which segment.
func members(t *testing.T, s *bolt.Store) map[string][]customer.ID {
	t.Helper()
	all := map[string][]customer.ID{}
	for _, p := range profiles(t, s) {
		for _, m := range p.Derived.Segments {
			all[m.Segment] = append(all[m.Segment], p.ID)
		}
	}
	for _, ids := range all {
		slices.Sort(ids)
	}
	return all
}

func profiles(t *testing.T, s *bolt.Store) []customer.Profile {
	t.Helper()
	var all []customer.Profile
	for cursor, more := "", true; more; {
		page, next, err := s.ScanProfiles(t.Context(), 0, 1, cursor)
		if err != nil {
			t.Fatal(err)
		}
		all, cursor, more = append(all, page...), next, next != ""
	}
	return all
}

// moved returns who of a is not in b.
func moved(a, b []customer.ID) []customer.ID {
	return slices.DeleteFunc(slices.Clone(a), func(id customer.ID) bool { _, in := slices.BinarySearch(b, id); return in })
}

// examples returns the customers that the plan shows to move one way.
func examples(s plan.Segment, d plan.Direction) []customer.ID {
	var ids []customer.ID
	for _, e := range s.Examples {
		if e.Moved == d {
			ids = append(ids, e.Customer)
		}
	}
	slices.Sort(ids)
	return ids
}

// Whatever was changed, the plan shows exactly the customers whom the next
// night with the changed playbook then moves, and counts the mails that go out.
func TestThePlanIsWhatTheNightThenDoes(t *testing.T) {
	for _, tt := range []struct {
		name    string
		changes []string
	}{
		{"nothing", nil},
		{"a threshold", []string{"segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 3 and recency_days <= 300"}},
		{"a rule that others refer to", []string{"segments.yaml", "recency_days > 60 and recency_days > 2 * avg_gap_days", "recency_days > 45 and recency_days > avg_gap_days"}},
		{"a campaign's rhythm, caps and another segment", []string{
			"campaigns.yaml", "every: 60d", "every: 20d", "holdfast.yaml", "{mails: 2, within: 7d}", "{mails: 1, within: 7d}",
			"segments.yaml", "- name: german_speaking", "- name: german"}},
		{"a rule that asks forecasts", []string{"segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 2 and churn_risk <= 0.6 and predicted_clv >= 10"}},
		{"how far forecasts look", []string{"segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 1 and churn_risk <= 0.6",
			"holdfast.yaml", "horizon: 180d", "horizon: 30d"}},
		{"a rule that asks where somebody stands among all", []string{"segments.yaml", "orders >= 4 and recency_days <= 180", "percentile(spend) >= 80 and percentile(recency_days) < 60"}},
		{"another currency", []string{"holdfast.yaml", "currency: EUR", "currency: CHF"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := load(t), load(t, tt.changes...)
			s := shop(t, 400)
			last := at.AddDate(0, 0, -1)
			run(t, s, before, last)
			mailing(t, s, before, last, at)
			p, err := plan.Make(t.Context(), plan.Options{Store: s, Before: before, After: after, At: at, Examples: everybody, Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			was := members(t, s)
			planned := run(t, s, after, at)
			is := members(t, s)
			moves := 0
			for _, seg := range p.Segments {
				if diff := cmp.Diff(moved(is[seg.Name], was[seg.Name]), examples(seg, plan.Enters), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("enter %s (-night +plan):\n%s", seg.Name, diff)
				}
				if diff := cmp.Diff(moved(was[seg.Name], is[seg.Name]), examples(seg, plan.Leaves), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("leave %s (-night +plan):\n%s", seg.Name, diff)
				}
				if int(seg.Before) != len(was[seg.Name]) || int(seg.After) != len(is[seg.Name]) || seg.After != seg.Before+seg.Entered-seg.Left {
					t.Errorf("%s: %d → %d, night %d → %d", seg.Name, seg.Before, seg.After, len(was[seg.Name]), len(is[seg.Name]))
				}
				moves += int(seg.Entered + seg.Left)
			}
			if moves == 0 {
				t.Error("nobody moves, so nothing is shown")
			}
			if p.Changed != (tt.changes != nil) {
				t.Errorf("Changed = %v", p.Changed)
			}
			mailing(t, s, after, at, at.AddDate(0, 0, 1))
			if diff := cmp.Diff(settled(t, s), tonight(p)); diff != "" {
				t.Errorf("mails of %d planned (-night +plan):\n%s", planned, diff)
			}
		})
	}
}

// settled counts the sends by campaign that ended since the night.
func settled(t *testing.T, s *bolt.Store) map[string]plan.Mails {
	t.Helper()
	all := map[string]plan.Mails{}
	for _, p := range profiles(t, s) {
		sends, err := s.Sends(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, send := range sends {
			m := all[send.Campaign]
			switch {
			case send.Status == customer.Planned, send.Settled.Before(at):
				continue
			case send.Status == customer.HeldOut:
				m.HeldOut++
			case send.Status == customer.Skipped:
				if m.Skipped == nil {
					m.Skipped = map[string]int64{}
				}
				m.Skipped[send.Reason]++
			default:
				m.Sent++
			}
			all[send.Campaign] = m
		}
	}
	return all
}

func tonight(p plan.Plan) map[string]plan.Mails {
	all := map[string]plan.Mails{}
	for _, c := range p.Campaigns {
		if m := c.After.Tonight; m.Sent+m.HeldOut > 0 || len(m.Skipped) > 0 {
			all[c.Name] = m
		}
	}
	return all
}

func TestTheSameStoreGivesTheSamePlanWithAnyNumberOfWorkers(t *testing.T) {
	before, after := load(t), load(t, "segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 3 and recency_days <= 300")
	m := memory{profiles: invented(300)}
	var first plan.Plan
	for _, workers := range []int{1, 2, 7} {
		p, err := plan.Make(t.Context(), plan.Options{Store: m, Before: before, After: after, At: at, Examples: 4, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if workers == 1 {
			first = p
		}
		if diff := cmp.Diff(first, p); diff != "" {
			t.Errorf("%d workers (-one):\n%s", workers, diff)
		}
	}
}
