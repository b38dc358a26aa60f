package model

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

// A decay is the function (1+y/a)^−p (1+y/b)^−q of y ≥ 0.
type decay struct{ a, p, b, q float64 }

// An area is an integral of a decay, and of it times ln(1+y/a), 1/(a+y),
// ln(1+y/b) and 1/(b+y).
type area struct{ value, lnA, invA, lnB, invB float64 }

// integrate integrates d over [0, to], by 20-node Gauss-Legendre panels in
// v = ln(1+y/c), c the smaller of a and b. The nearest singularity is then at
// least π away, panels are at most 6 wide and lose at most e^21, and what comes
// after a loss of e^42 is left out: relative error some 1e-15.
func (d decay) integrate(to float64) area {
	swapped := d.b < d.a
	if swapped {
		d = decay{d.b, d.q, d.a, d.p}
	}
	ratio := d.a / d.b
	width := math.Log1p(to / d.a)
	if slowest := d.p - 1 + d.q*ratio; slowest > 0 {
		width = min(width, 42/slowest)
	}
	// ln(1+y/b) rises with v the faster the greater v, at most as v does.
	grown := ratio * math.Exp(width)
	fastest := max(math.Abs(d.p-1), d.p-1+d.q/(1+(1-ratio)/grown))
	panels := min(max(math.Ceil(width/6), math.Ceil(width*fastest/21)), 64)
	var sum area
	step := width / panels
	for k := range int(panels) {
		d.panel(&sum, ratio, float64(k)*step, step)
	}
	if swapped {
		sum.lnA, sum.lnB, sum.invA, sum.invB = sum.lnB, sum.lnA, sum.invB, sum.invA
	}
	return sum
}

func (d decay) panel(sum *area, ratio, from, step float64) {
	nodes := legendre()
	for i, x := range nodes.at {
		v := from + x*step
		grown := math.Expm1(v)
		lnB := math.Log1p(ratio * grown)
		f := nodes.weight[i] * step * d.a * math.Exp(-(d.p-1)*v-d.q*lnB)
		sum.value += f
		sum.lnA += f * v
		sum.invA += f / (d.a * (1 + grown))
		sum.lnB += f * lnB
		sum.invB += f / (d.b * (1 + ratio*grown))
	}
}

type rule struct{ at, weight [20]float64 }

// legendre returns the nodes and weights on [0, 1].
var legendre = sync.OnceValue(func() *rule {
	var r rule
	quad.Legendre{}.FixedLocations(r.at[:], r.weight[:], 0, 1)
	return &r
})
