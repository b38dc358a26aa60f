package model

import "math"

// pareto is Pareto/NBD: orders are Poisson(λ), λ ~ Gamma(r, α), and a customer
// leaves at rate μ ~ Gamma(s, β) (Schmittlein et al. 1987; notes 008 and 009).
//
//	L = Γ(r+x)/Γ(r) α^r β^s ( A + s I ),  A = (α+T)^−(r+x) (β+T)^−s
//	I = ∫ from t_x to T of (α+y)^−(r+x) (β+y)^−(s+1) dy
//	P(alive) = A / (A + s I)
//
// The gradient is analytic: that of I is the integral of the derivatives, by
// the same quadrature.
type pareto struct{ r, alpha, s, beta float64 }

func (m pareto) Family() Family        { return ParetoNBD }
func (m pareto) Parameters() []float64 { return []float64{m.r, m.alpha, m.s, m.beta} }

// kernel returns ln(A + sI), the probability of being alive, and the gradient
// of each branch's logarithm by r, α, s and β.
func (m pareto) kernel(h History) (lnSum, alive float64, stay, left [4]float64) {
	rate := m.r + float64(h.Repeats)
	lnA := -rate*math.Log(m.alpha+h.Age) - m.s*math.Log(m.beta+h.Age)
	stay = [4]float64{
		-math.Log(m.alpha + h.Age),
		-rate / (m.alpha + h.Age),
		-math.Log(m.beta + h.Age),
		-m.s / (m.beta + h.Age),
	}
	i := decay{m.alpha + h.Last, rate, m.beta + h.Last, m.s + 1}.integrate(h.Age - h.Last)
	if i.value == 0 {
		return lnA, 1, stay, left
	}
	lnI := -rate*math.Log(m.alpha+h.Last) - (m.s+1)*math.Log(m.beta+h.Last) + math.Log(i.value) + math.Log(m.s)
	left = [4]float64{
		-math.Log(m.alpha+h.Last) - i.lnA/i.value,
		-rate * i.invA / i.value,
		1/m.s - math.Log(m.beta+h.Last) - i.lnB/i.value,
		-(m.s + 1) * i.invB / i.value,
	}
	return lnA + softplus(lnI-lnA), 1 / (1 + math.Exp(lnI-lnA)), stay, left
}

// front is ln(Γ(r+x)/Γ(r) α^r β^s).
func (m pareto) front(lnRising float64) float64 {
	return lnRising + m.r*math.Log(m.alpha) + m.s*math.Log(m.beta)
}

func (m pareto) LogLikelihood(h History) float64 {
	lnRising, _ := rising(m.r, 0, h.Repeats)
	lnSum, _, _, _ := m.kernel(h)
	return m.front(lnRising) + lnSum
}

func (m pareto) Alive(h History) float64 {
	_, alive, _, _ := m.kernel(h)
	return alive
}

func (m pareto) Expected(h History, weeks float64) float64 {
	return m.Alive(h) * m.perAlive(h.Repeats, h.Age, weeks)
}

// perAlive is note 008's conditional expectation without P(alive), stable at
// s = 1.
func (m pareto) perAlive(repeats int, age, weeks float64) float64 {
	l := math.Log1p(weeks / (m.beta + age))
	span := l
	if m.s != 1 {
		span = -math.Expm1(-(m.s-1)*l) / (m.s - 1)
	}
	return (m.r + float64(repeats)) * (m.beta + age) / (m.alpha + age) * span
}

// ordersWithin returns the probability that a customer alive at T orders before
// leaving, within the next weeks:
// (r+x) (α+T)^(r+x) (β+T)^s ∫ from 0 to t of (α+T+u)^−(r+x+1) (β+T+u)^−s du.
func (m pareto) ordersWithin(repeats int, age, weeks float64) float64 {
	rate := m.r + float64(repeats)
	i := decay{m.alpha + age, rate + 1, m.beta + age, m.s}.integrate(weeks)
	return rate / (m.alpha + age) * i.value
}

func (m pareto) NoOrder(h History, weeks float64) float64 {
	return 1 - m.Alive(h)*m.ordersWithin(h.Repeats, h.Age, weeks)
}

// NextOrder solves NoOrder(h, t) = 1 − p by Newton's method, started where
// customers who stay would be: never too late, and never past the root after
// it, as the probability is concave in t.
func (m pareto) NextOrder(h History, p float64) (float64, bool) {
	return m.nextOrder(h, p/m.Alive(h))
}

func (m pareto) nextOrder(h History, p float64) (float64, bool) {
	t, ok := waiting(m.r, m.alpha, h, p)
	if !ok {
		return 0, false
	}
	rate := m.r + float64(h.Repeats)
	for range 100 {
		density := rate / (m.alpha + h.Age) *
			math.Exp(-(rate+1)*math.Log1p(t/(m.alpha+h.Age))-m.s*math.Log1p(t/(m.beta+h.Age)))
		step := (p - m.ordersWithin(h.Repeats, h.Age, t)) / density
		t += step
		if math.IsNaN(t) || t > 1e9 {
			return 0, false
		}
		if step <= 1e-12*t {
			return t, true
		}
	}
	return 0, false
}

func (m pareto) aliveGradient(h History) (float64, [4]float64) {
	_, alive, stay, left := m.kernel(h)
	var g [4]float64
	for i, v := range m.Parameters() {
		g[i] = (1 - alive) * (stay[i] - left[i]) * v
	}
	return alive, g
}

func (m pareto) logLikelihood(s *sample) total {
	logs, inverses := risingAt(m.r, s.repeats, 0)
	sum := sumChunks(len(s.rows), func(from, to int) total {
		var t total
		for _, row := range s.rows[from:to] {
			lnSum, alive, stay, left := m.kernel(s.history(row))
			t[0] += row.n * (m.front(logs[row.x]) + lnSum)
			own := [4]float64{inverses[row.x] + math.Log(m.alpha), m.r / m.alpha, math.Log(m.beta), m.s / m.beta}
			for i := range own {
				t[i+1] += row.n * (own[i] + alive*stay[i] + (1-alive)*left[i])
			}
		}
		return t
	})
	for i, v := range m.Parameters() {
		sum[i+1] *= v
	}
	return sum
}
