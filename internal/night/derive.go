package night

import (
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/segment"
)

// A Scorer derives profiles by a playbook's segments and a night's scales.
type Scorer struct {
	RFM      metric.RFM
	Klaviyo  metric.KlaviyoScales
	Zone     *time.Location
	Currency customer.Currency

	evaluator *segment.Evaluator
	oracle    *oracle // nil: nothing is forecast
	latest    Forecast
	foreseen  bool
}

// NewScorer returns a scorer of its own memory; have one a worker. A fit whose
// models cannot be, see [ParseFit], forecasts nothing.
func NewScorer(set *segment.Set, fit Fit, zone *time.Location, c customer.Currency) *Scorer {
	s := &Scorer{RFM: fit.RFM, Klaviyo: fit.Klaviyo, Zone: zone, Currency: c, evaluator: set.Ranked(fit.Percentiles).Evaluator()}
	if fit.Foresight != nil {
		s.oracle, _ = newOracle(fit.Foresight)
	}
	return s
}

// Forecast returns what the latest call of Derive forecast, not rounded, and
// whether it did.
func (s *Scorer) Forecast() (Forecast, bool) { return s.latest, s.foreseen }

// Derive returns the derived part of p as of at. A customer who stays in a
// segment stays in it since they came; who enters does so at at. The night is
// the one that changed anything last.
func (s *Scorer) Derive(p customer.Profile, at time.Time) customer.Derived {
	before := p.Derived
	d := before
	d.R, d.F, d.M = s.RFM.Score(p.Folded, s.Currency, at, s.Zone)
	d.Group = s.Klaviyo.Of(p.Folded, s.Currency, at, s.Zone)
	d.Outlook = customer.Outlook{}
	if s.latest, s.foreseen = s.foresee(p.Folded, at); s.foreseen {
		d.Outlook = s.latest.outlook(s.oracle.days)
	}
	p.Derived = d
	names := s.evaluator.Of(&p, at)
	d.Segments = nil
	if len(names) > 0 {
		d.Segments = make([]customer.Membership, 0, len(names))
	}
	for _, name := range names {
		m := customer.Membership{Segment: name, Since: at.UTC()}
		if i := slices.IndexFunc(before.Segments, func(b customer.Membership) bool { return b.Segment == name }); i >= 0 {
			m = before.Segments[i]
		}
		d.Segments = append(d.Segments, m)
	}
	if !same(before, d) {
		d.Night = at.UTC()
	}
	return d
}
