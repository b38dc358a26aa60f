package plan_test

import (
	"testing"

	"holdfast/internal/night"
	"holdfast/internal/plan"
)

// BenchmarkMake plans a changed threshold for 100,000 customers, whom a night
// has been through, on two workers.
func BenchmarkMake(b *testing.B) {
	before, after := load(b), load(b, "segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 4 and recency_days <= 120")
	m := memory{profiles: invented(100_000)}
	scorer := night.NewScorer(before.Rules, night.Fit{}, before.Business.Zone, before.Business.Currency)
	for i := range m.profiles {
		m.profiles[i].Derived = scorer.Derive(m.profiles[i], at.AddDate(0, 0, -1))
	}
	for b.Loop() {
		p, err := plan.Make(b.Context(), plan.Options{Store: m, Before: before, After: after, At: at, Examples: 3, Workers: 2})
		if err != nil {
			b.Fatal(err)
		}
		mails := int64(0)
		for _, c := range p.Campaigns {
			mails += c.After.Week.Sent
		}
		b.ReportMetric(float64(mails), "mails/plan")
	}
}
