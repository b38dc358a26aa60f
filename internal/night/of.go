package night

import (
	"time"

	"holdfast/internal/playbook"
)

// Of returns the night of a playbook over a store: whom it scores by what, and
// how far it looks. It plans no sends unless told how.
func Of(s Store, b *playbook.Playbook) *Night {
	n := &Night{
		Store:    s,
		Zone:     b.Business.Zone,
		Currency: b.Business.Currency,
		Window:   int(b.Active / (24 * time.Hour)),
		Horizon:  int(b.Horizon / (24 * time.Hour)),
		Margin:   b.Business.Margin,
		Set:      b.Rules,
		Rules:    func(f Fit) Deriver { return ScorerOf(b, f) },
		Goals:    map[string]string{},
	}
	for _, d := range b.Segments {
		n.Segments = append(n.Segments, d.Name)
		n.Goals[d.Name] = d.Goal
	}
	return n
}

// ScorerOf returns a scorer by a playbook's segments.
func ScorerOf(b *playbook.Playbook, f Fit) *Scorer {
	return NewScorer(b.Rules, f, b.Business.Zone, b.Business.Currency)
}
