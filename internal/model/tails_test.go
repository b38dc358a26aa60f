package model

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Alone, a row is integrated from its t_x to its T in one go.
func TestSharedTailsAreTheIntegralsOfEachRow(t *testing.T) {
	shared := 0
	rapid.Check(t, func(t *rapid.T) {
		p := func(name string) float64 { return math.Exp(rapid.Float64Range(-4, 5).Draw(t, name)) }
		m := pareto{p("r"), p("alpha"), p("s"), p("beta")}
		var c Counts
		for range 300 {
			h := drawHistory(t)
			h.Repeats = min(h.Repeats, 3)
			if rapid.IntRange(0, 30).Draw(t, "heavy") == 0 {
				h.Repeats *= 60
			}
			if err := c.Add(h, 2); err != nil {
				t.Fatal(err)
			}
		}
		s := sampleOf(&c)
		for _, tails := range m.allTails(s, timesOf(s, m.alpha), timesOf(s, m.beta)) {
			if tails != nil {
				shared++
			}
		}
		got := m.logLikelihood(s)
		var want, size total
		for _, r := range s.rows {
			alone := &sample{repeats: []int{s.repeats[r.x]}, weeks: []float64{s.weeks[r.last], s.weeks[r.age]}, rows: []row{{0, 0, 1, r.n}}}
			for i, v := range m.logLikelihood(alone) {
				want[i] += v
				size[i] += math.Abs(v)
			}
		}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-11*size[i] {
				t.Fatalf("%d of %+v: got %.15g, one by one %.15g", i, m, got[i], want[i])
			}
		}
	})
	if shared == 0 {
		t.Error("no tails were shared")
	}
}
