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
	oracle    *oracle          // nil: nothing is forecast
	placed    customer.Profile // whom the evaluator looks at, here to spare an allocation
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
	return s.Place(p, s.Score(&p, at), at)
}

// Score returns what Derive says of p beside the segments. Scorers of one fit,
// zone and currency score alike, whatever their segments.
func (s *Scorer) Score(p *customer.Profile, at time.Time) customer.Derived {
	d := p.Derived
	d.R, d.F, d.M = s.RFM.Score(p.Folded, s.Currency, at, s.Zone)
	d.Group = s.Klaviyo.Of(p.Folded, s.Currency, at, s.Zone)
	d.Outlook = customer.Outlook{}
	if s.latest, s.foreseen = s.foresee(p.Folded, at); s.foreseen {
		d.Outlook = s.latest.outlook(s.oracle.days)
	}
	return d
}

// Place returns d, the scores of p as of at, with the segments that p is in by
// them.
func (s *Scorer) Place(p customer.Profile, d customer.Derived, at time.Time) customer.Derived {
	before := p.Derived
	s.placed, s.placed.Derived = p, d
	d.Segments = memberships(before.Segments, s.evaluator.Of(&s.placed, at), at.UTC())
	if !Same(before, d) {
		d.Night = at.UTC()
	}
	return d
}

// memberships returns the memberships in the segments of names, which are new
// since an instant if not among those before; before itself if it says the same.
func memberships(before []customer.Membership, names []string, since time.Time) []customer.Membership {
	if slices.EqualFunc(before, names, func(m customer.Membership, name string) bool { return m.Segment == name }) {
		return before
	}
	if len(names) == 0 {
		return nil
	}
	all := make([]customer.Membership, 0, len(names))
	for _, name := range names {
		m := customer.Membership{Segment: name, Since: since}
		if i := slices.IndexFunc(before, func(b customer.Membership) bool { return b.Segment == name }); i >= 0 {
			m = before[i]
		}
		all = append(all, m)
	}
	return all
}
