package model

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

// ahead is what lies before customers of the same repeats and age who are alive:
// expected orders, the probability of one, the expected discounted orders, and
// the gradient of their logarithm by the logarithms of the parameters.
type ahead struct {
	orders, within, discounted float64
	slope                      [4]float64 // of discounted
}

// An outlook is as much of that as a [Share] needs.
type outlook struct {
	orders float64
	slope  [4]float64
}

func (f *Forecaster) lookOut(repeats int, age float64) outlook {
	of := func(m Model) float64 { return m.perAlive(repeats, age, f.terms.Weeks) }
	out := outlook{orders: of(f.model)}
	if f.fit.Covariance != nil {
		out.slope = slopeOf(f.model, of)
	}
	return out
}

// lookAhead takes the gradient by central differences, with a coarser rule for
// the discount: it serves the width of an interval only.
func (f *Forecaster) lookAhead(repeats int, age float64) ahead {
	m, h := f.model, f.terms.Weeks
	a := ahead{
		orders:     m.perAlive(repeats, age, h),
		within:     m.ordersWithin(repeats, age, h),
		discounted: f.discounted(m, repeats, age, fine()),
	}
	if f.fit.Covariance != nil && f.spending != nil {
		a.slope = slopeOf(m, func(m Model) float64 { return f.discounted(m, repeats, age, coarse()) })
	}
	return a
}

// slopeOf returns the gradient of ln g by the logarithms of m's parameters.
func slopeOf(m Model, g func(Model) float64) (slope [4]float64) {
	const step = 1e-3
	p := m.Parameters()
	for i, v := range p {
		shifted := slices.Clone(p)
		shifted[i] = v * math.Exp(step)
		up := g(of(m.Family(), shifted))
		shifted[i] = v * math.Exp(-step)
		slope[i] = math.Log(up/g(of(m.Family(), shifted))) / (2 * step)
	}
	return slope
}

// discounted returns e^(−δH) E(H) + δ ∫ from 0 to H of e^(−δt) E(t) dt for a
// customer who is alive, integrating over ln(1 + t), as E bends most at first.
func (f *Forecaster) discounted(m Model, repeats int, age float64, r nodes) float64 {
	h := f.terms.Weeks
	sum := math.Exp(-f.delta*h) * m.perAlive(repeats, age, h)
	if f.delta == 0 {
		return sum
	}
	width := math.Log1p(h)
	for i, x := range r.at {
		t := math.Expm1(x * width)
		sum += f.delta * r.weight[i] * width * (1 + t) * math.Exp(-f.delta*t) * m.perAlive(repeats, age, t)
	}
	return sum
}

type nodes struct{ at, weight []float64 }

var (
	fine   = sync.OnceValue(func() nodes { return legendreOn(12) })
	coarse = sync.OnceValue(func() nodes { return legendreOn(3) })
)

// legendreOn returns n nodes and weights on [0, 1].
func legendreOn(n int) nodes {
	r := nodes{make([]float64, n), make([]float64, n)}
	quad.Legendre{}.FixedLocations(r.at, r.weight, 0, 1)
	return r
}

// A cache remembers a pure function of repeats and age. It forgets all when it
// is full, so that ages that never repeat do not fill the memory.
type cache[T any] struct {
	shards [64]struct {
		sync.RWMutex
		m map[cacheKey]T
	}
}

type cacheKey struct {
	repeats int
	age     uint64
}

const cacheShardSize = 4096

func (c *cache[T]) get(repeats int, age float64, compute func(int, float64) T) T {
	key := cacheKey{repeats, math.Float64bits(age)}
	s := &c.shards[(key.age*0x9e3779b97f4a7c15+uint64(repeats)*0xbf58476d1ce4e5b9)>>58]
	s.RLock()
	a, ok := s.m[key]
	s.RUnlock()
	if ok {
		return a
	}
	a = compute(repeats, age)
	s.Lock()
	defer s.Unlock()
	if s.m == nil || len(s.m) >= cacheShardSize {
		s.m = map[cacheKey]T{}
	}
	s.m[key] = a
	return a
}
