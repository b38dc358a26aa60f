package model

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
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
// Shanno (Nocedal & Wright, alg. 6.1, with backtracking) ends: at a gradient of
// nothing, or where no step improves. It begins with this inverse Hessian, which
// it changes.
func (c *climb) bfgs(start []float64, inverse *mat.Dense) []float64 {
	k := len(start)
	x, g := mat.NewVecDense(k, slices.Clone(start)), mat.NewVecDense(k, nil)
	c.gradient(g.RawVector().Data, start)
	for range 300 {
		if mat.Norm(g, math.Inf(1)) < 1e-7 {
			break
		}
		var step, y mat.VecDense
		step.MulVec(inverse, g)
		step.ScaleVec(-min(1, 2/mat.Norm(&step, math.Inf(1))), &step)
		next, ok := c.backtrack(x, &step, mat.Dot(&step, g))
		if !ok {
			break
		}
		after := mat.NewVecDense(k, nil)
		c.gradient(after.RawVector().Data, next.RawVector().Data)
		step.SubVec(next, x)
		y.SubVec(after, g)
		x, g = next, after
		update(inverse, &step, &y)
	}
	return x.RawVector().Data
}

// backtrack halves the step until it improves by a share of what the slope
// promises, and reports false if none does.
func (c *climb) backtrack(x, step *mat.VecDense, slope float64) (*mat.VecDense, bool) {
	from := c.value(x.RawVector().Data)
	for share := 1.0; share > 1e-10; share /= 2 {
		next := mat.NewVecDense(x.Len(), nil)
		next.AddScaledVec(x, share, step)
		if c.value(next.RawVector().Data) <= from+1e-4*share*slope {
			return next, true
		}
	}
	return nil, false
}

// update makes inverse map y to step; it skips what would make it indefinite.
func update(inverse *mat.Dense, step, y *mat.VecDense) {
	sy := mat.Dot(step, y)
	if sy <= 1e-10*mat.Norm(step, 2)*mat.Norm(y, 2) {
		return
	}
	left := eye(step.Len())
	var outer, product mat.Dense
	outer.Outer(1/sy, step, y)
	left.Sub(left, &outer)
	product.Mul(left, inverse)
	inverse.Mul(&product, left.T())
	outer.Reset()
	outer.Outer(1/sy, step, step)
	inverse.Add(inverse, &outer)
}

func eye(k int) *mat.Dense {
	m := mat.NewDense(k, k, nil)
	for i := range k {
		m.Set(i, i, 1)
	}
	return m
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
