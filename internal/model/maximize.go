package model

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// The prior on the logarithms of the parameters is flat where these are in
// ±widest, so that it does not move an estimate that the data determine, and
// falls like a normal density of standard deviation 1 per customer beyond: the
// data that degenerate run there, and stop.
var widest = math.Log(1e4)

// flat is the slope of the mean at which the way over a sample ends; Newton's
// last steps go as far as rounding allows.
const flat = 1e-7

// An objective returns a log-likelihood and writes its gradient, by logarithms
// of parameters.
type objective func(at, gradient []float64) float64

// An optimum is where an objective is largest.
type optimum struct {
	at         []float64     // logarithms of the parameters
	value      float64       // log-likelihood, without the prior
	hessian    *mat.SymDense // of −value/n, with the prior
	covariance [][]float64   // of at, inverse observed information; nil if it is not positive definite
}

// maximize climbs from the best of the starts by BFGS, then takes Newton steps
// with the Hessian it needs for the covariance anyway. It works on the mean over
// n observations, as the sum makes the first step overflow.
func maximize(f objective, n float64, starts ...[]float64) optimum {
	c := &climb{f: f, n: n}
	best := starts[0]
	for _, s := range starts[1:] {
		if c.value(s) < c.value(best) {
			best = s
		}
	}
	return c.finish(c.bfgs(best))
}

// maximizeNear is maximize for a start near the top, with the curvature there:
// Newton's steps with it lead most of the way.
func maximizeNear(f objective, n float64, near optimum) optimum {
	c := &climb{f: f, n: n}
	return c.finish(c.bfgs(c.chords(near.at, near.hessian, flat)))
}

// finish looks at the curvature anew only if Newton's steps led away.
func (c *climb) finish(at []float64) optimum {
	hessian := c.hessian(at)
	from := at
	at = c.chords(from, hessian, 0)
	if floats.Distance(from, at, math.Inf(1)) > 1e-4 {
		hessian = c.hessian(at)
	}
	return optimum{
		at:         at,
		value:      c.f(at, make([]float64, len(at))),
		hessian:    hessian,
		covariance: covariance(hessian, c.n),
	}
}

// beyond reports whether the i-th coordinate is where the prior is not flat.
func (o optimum) beyond(i int) bool { return math.Abs(o.at[i]) > widest }

// covariance inverts n times the Hessian of the mean.
func covariance(hessian *mat.SymDense, n float64) [][]float64 {
	var chol mat.Cholesky
	if !chol.Factorize(hessian) || chol.Cond() > 1e12 {
		return nil
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return nil
	}
	out := make([][]float64, hessian.SymmetricDim())
	for i := range out {
		out[i] = make([]float64, len(out))
		for j := range out {
			out[i][j] = inverse.At(i, j) / n
		}
	}
	return out
}

// exps returns e^v of each.
func exps(v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = math.Exp(v[i])
	}
	return out
}

// logs returns ln v of each.
func logs(v ...float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = math.Log(v[i])
	}
	return out
}
