package model

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// A shop simulates customers of a known model, by its story and not by its
// formulas.
type shop struct {
	model   Model
	rng     *rand.Rand
	maxWeek float64 // first orders are spread over the first half of these weeks
}

func newShop(m Model, weeks float64, seed uint64) *shop {
	return &shop{model: m, rng: rand.New(rand.NewPCG(seed, 1)), maxWeek: weeks}
}

// customer returns the times of the repeat orders of one customer within age
// and the weeks after.
func (s *shop) orders(until float64) []float64 {
	p := s.model.Parameters()
	rate := distuv.Gamma{Alpha: p[0], Beta: p[1], Src: s.rng}.Rand()
	leaves, life := 0.0, math.Inf(1)
	switch s.model.Family() {
	case BGNBD, MBGNBD:
		leaves = distuv.Beta{Alpha: p[2], Beta: p[3], Src: s.rng}.Rand()
	case ParetoNBD:
		life = s.rng.ExpFloat64() / distuv.Gamma{Alpha: p[2], Beta: p[3], Src: s.rng}.Rand()
	}
	if s.model.Family() == MBGNBD && s.rng.Float64() < leaves {
		return nil
	}
	var out []float64
	for t := s.rng.ExpFloat64() / rate; t < min(until, life); t += s.rng.ExpFloat64() / rate {
		out = append(out, t)
		if s.rng.Float64() < leaves {
			break
		}
	}
	return out
}

// observe returns a customer's history now, and their orders in the weeks after.
func (s *shop) observe(after float64) (History, int) {
	age := s.maxWeek * (1 - s.rng.Float64()/2)
	h, later := History{Age: age}, 0
	for _, t := range s.orders(age + after) {
		if t <= age {
			h.Repeats++
			h.Last = t
		} else {
			later++
		}
	}
	return h, later
}

func (s *shop) counts(customers int, after float64) *Counts {
	var c Counts
	for range customers {
		h, later := s.observe(after)
		if err := c.AddOutcome(h, later, 1); err != nil {
			panic(err)
		}
	}
	return &c
}

func must(f Family, p ...float64) Model {
	m, err := New(f, p...)
	if err != nil {
		panic(err)
	}
	return m
}

// cdnow are parameters near the published ones, for all families.
func cdnow() []Model {
	return []Model{
		must(MBGNBD, 0.525, 6.183, 0.891, 1.614),
		must(BGNBD, 0.243, 4.414, 0.793, 2.426),
		must(ParetoNBD, 0.5534, 10.5802, 0.6061, 11.6562),
		must(NBD, 0.385, 12.072),
	}
}
