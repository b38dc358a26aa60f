package model

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// A climb is −objective/n plus the prior's penalty. It remembers the last point,
// because value and gradient come from one pass.
type climb struct {
	f        objective
	n        float64
	last     []float64
	lastF    float64
	lastGrad []float64
}

func (c *climb) at(x []float64) {
	if c.last != nil && slices.Equal(c.last, x) {
		return
	}
	grad := make([]float64, len(x))
	v := -c.f(x, grad) / c.n
	for i := range grad {
		grad[i] /= -c.n
		if over := math.Abs(x[i]) - widest; over > 0 {
			v += over * over / 2
			grad[i] += math.Copysign(over, x[i])
		}
	}
	if math.IsNaN(v) {
		v = math.Inf(1)
	}
	c.last, c.lastF, c.lastGrad = slices.Clone(x), v, grad
}

func (c *climb) value(x []float64) float64 {
	c.at(x)
	return c.lastF
}

func (c *climb) gradient(out, x []float64) {
	c.at(x)
	copy(out, c.lastGrad)
}

// bfgs returns where the quasi-Newton method of Broyden, Fletcher, Goldfarb and
// Shanno ends: at a gradient of nothing, or where no step improves.
func (c *climb) bfgs(start []float64) []float64 {
	settings := &optimize.Settings{GradientThreshold: flat, MajorIterations: 300, FuncEvaluations: 2000, Converger: optimize.NeverTerminate{}}
	// An error means that nothing better than the best so far was found.
	best, _ := optimize.Minimize(optimize.Problem{Func: c.value, Grad: c.gradient}, start, settings, &optimize.BFGS{Linesearcher: &optimize.MoreThuente{}})
	if c.value(best.X) < c.value(start) {
		return best.X
	}
	return start
}

// hessian takes central differences of the gradient.
func (c *climb) hessian(at []float64) *mat.SymDense {
	const h = 1e-4
	k := len(at)
	rows := make([][]float64, k)
	for i := range at {
		up, down := make([]float64, k), make([]float64, k)
		x := slices.Clone(at)
		x[i] = at[i] + h
		c.gradient(up, x)
		x[i] = at[i] - h
		c.gradient(down, x)
		rows[i] = make([]float64, k)
		for j := range up {
			rows[i][j] = (up[j] - down[j]) / (2 * h)
		}
	}
	s := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			s.SetSym(i, j, (rows[i][j]+rows[j][i])/2)
		}
	}
	return s
}

// newton returns the next point, and false if there is no better one.
func (c *climb) newton(at []float64, hessian *mat.SymDense) ([]float64, bool) {
	var chol mat.Cholesky
	if !chol.Factorize(hessian) {
		return nil, false
	}
	gradient := make([]float64, len(at))
	c.gradient(gradient, at)
	before, steep := c.value(at), floats.Norm(gradient, 2)
	var step mat.VecDense
	if err := chol.SolveVecTo(&step, mat.NewVecDense(len(at), gradient)); err != nil {
		return nil, false
	}
	next := slices.Clone(at)
	for i := range next {
		next[i] -= step.AtVec(i)
	}
	after := make([]float64, len(at))
	c.gradient(after, next)
	if c.value(next) > before+1e-14*math.Abs(before) || floats.Norm(after, 2) >= steep {
		return nil, false
	}
	return next, true
}

// chords takes Newton's steps with one Hessian for as long as they lead upward
// and the gradient is above a bound.
func (c *climb) chords(at []float64, hessian *mat.SymDense, bound float64) []float64 {
	gradient := make([]float64, len(at))
	for range 8 {
		if c.gradient(gradient, at); floats.Norm(gradient, math.Inf(1)) < bound {
			break
		}
		next, ok := c.newton(at, hessian)
		if !ok {
			break
		}
		at = next
	}
	return at
}
