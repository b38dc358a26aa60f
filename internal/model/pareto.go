package model

import (
	"math"
	"slices"
)

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
	now, last := m.time(h.Age), m.time(h.Last)
	i := decay{m.alpha + h.Last, m.r + float64(h.Repeats), m.beta + h.Last, m.s + 1}.integrate(h.Age - h.Last)
	i.lnA += last[0].log * i.value
	i.lnB += last[1].log * i.value
	return m.branches(m.r+float64(h.Repeats), now, last, &i)
}

// time returns what depends on one time: by α, and by β.
func (m pareto) time(weeks float64) [2]perTime {
	return [2]perTime{{math.Log(m.alpha + weeks), 1 / (m.alpha + weeks)}, {math.Log(m.beta + weeks), 1 / (m.beta + weeks)}}
}

// branches is kernel with i, the integral relative to the integrand at t_x, and
// with absolute logarithms.
func (m pareto) branches(rate float64, now, last [2]perTime, i *area) (lnSum, alive float64, stay, left [4]float64) {
	lnA := -rate*now[0].log - m.s*now[1].log
	stay = [4]float64{-now[0].log, -rate * now[0].inverse, -now[1].log, -m.s * now[1].inverse}
	if i.value <= 0 {
		return lnA, 1, stay, left
	}
	lnI := -rate*last[0].log - (m.s+1)*last[1].log + math.Log(i.value*m.s)
	left = [4]float64{-i.lnA / i.value, -rate * i.invA / i.value, 1/m.s - i.lnB/i.value, -(m.s + 1) * i.invB / i.value}
	more, gone := softplusLogistic(lnI - lnA)
	return lnA + more, 1 - gone, stay, left
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
		if step <= 1e-6*t { // the next would be as its square
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

// logLikelihood integrates once per time and number of repeats where that is
// cheaper than once per row.
func (m pareto) logLikelihood(s *sample) total {
	logs, inverses := risingAt(m.r, s.repeats, 0)
	a, b := timesOf(s, m.alpha), timesOf(s, m.beta)
	byX := m.allTails(s, a, b)
	lnAlpha, lnBeta := math.Log(m.alpha), math.Log(m.beta)
	front := m.front(0)
	sum := sumChunks(len(s.rows), func(from, to int) total {
		var t total
		for _, row := range s.rows[from:to] {
			rate := m.r + float64(s.repeats[row.x])
			now, last := [2]perTime{a[row.age], b[row.age]}, [2]perTime{a[row.last], b[row.last]}
			var lnSum, alive float64
			var stay, left [4]float64
			if tails := byX[row.x]; tails != nil {
				i := tails[row.last]
				i.add(tails[row.age], -math.Exp(-rate*(now[0].log-last[0].log)-(m.s+1)*(now[1].log-last[1].log)))
				lnSum, alive, stay, left = m.branches(rate, now, last, &i)
			} else {
				lnSum, alive, stay, left = m.kernel(s.history(row))
			}
			t[0] += row.n * (logs[row.x] + front + lnSum)
			own := [4]float64{inverses[row.x] + lnAlpha, m.r / m.alpha, lnBeta, m.s / m.beta}
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

// allTails returns the tails by number of repeats.
func (m pareto) allTails(s *sample, a, b []perTime) []tails {
	panels := m.panels(s)
	out := make([]tails, len(s.repeats))
	spread(len(out), func(x int) {
		from, _ := slices.BinarySearchFunc(s.rows, x, func(r row, x int) int { return int(r.x) - x })
		to, _ := slices.BinarySearchFunc(s.rows, x+1, func(r row, x int) int { return int(r.x) - x })
		out[x] = m.tailsOf(s, x, s.rows[from:to], panels, a, b)
	})
	return out
}
