package experiment

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Rate is how many of an arm's customers converted.
type Rate struct {
	Converted int64 `json:"converted"`
	N         int64 `json:"n"`
}

// Odds are what is believed of an arm, from a uniform prior: for display, not to
// decide on.
type Odds struct {
	Best float64 `json:"p_best"`        // probability that its rate is the highest
	Loss float64 `json:"expected_loss"` // expected highest rate less its own
}

// Best returns the odds of each arm, by numerical integration over the posteriors
// Beta(1+k, 1+n−k):
// P(i best) = ∫ f_i Π_{j≠i} F_j, E[highest] = Σ_i ∫ x f_i Π_{j≠i} F_j.
// The error wraps [ErrInvalid] if no rate is given, or one is not a rate.
func Best(rates []Rate) ([]Odds, error) {
	posteriors := make([]distuv.Beta, len(rates))
	for i, r := range rates {
		if r.Converted < 0 || r.Converted > r.N {
			return nil, fmt.Errorf("%w rate: converted is in [0, n]", ErrInvalid)
		}
		posteriors[i] = distuv.Beta{Alpha: float64(1 + r.Converted), Beta: float64(1 + r.N - r.Converted)}
	}
	if len(rates) == 0 {
		return nil, fmt.Errorf("%w rates: none", ErrInvalid)
	}
	out := make([]Odds, len(rates))
	var total, highest float64
	for i := range posteriors {
		p, x := leads(posteriors, i)
		out[i].Best = p
		total += p
		highest += x
	}
	for i, p := range posteriors {
		out[i].Best /= total
		out[i].Loss = max(highest/total-p.Mean(), 0)
	}
	return out, nil
}

// leads integrates f_i Π_{j≠i} F_j, and x times it, over forty standard
// deviations to both sides: as much as the longest tail, that of no conversion,
// has.
func leads(posteriors []distuv.Beta, i int) (float64, float64) {
	own := posteriors[i]
	sd := own.StdDev()
	from, to := max(0, own.Mean()-40*sd), min(1, own.Mean()+40*sd)
	const panels = 80
	width := (to - from) / panels
	nodes := legendre()
	var p, px float64
	for k := range panels {
		for j, at := range nodes.at {
			x := from + width*(float64(k)+at)
			w := nodes.weight[j] * width * math.Exp(own.LogProb(x))
			if w < 1e-30 {
				continue
			}
			for other := range posteriors {
				if other != i {
					w *= posteriors[other].CDF(x)
				}
			}
			p += w
			px += x * w
		}
	}
	return p, px
}

type rule struct{ at, weight [10]float64 }

// legendre returns Gauss-Legendre nodes and weights on [0, 1].
var legendre = sync.OnceValue(func() *rule {
	var r rule
	quad.Legendre{}.FixedLocations(r.at[:], r.weight[:], 0, 1)
	return &r
})
