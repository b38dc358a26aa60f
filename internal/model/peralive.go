package model

import "math"

// perAlive is E[orders in (T, T+t]] / P(alive) (Fader, Hardie & Lee 2005,
// eq. 10; MBG: Batislam et al. 2007) in a form without the poles and the
// cancellation of the textbook's: with z = t/(α+T+t), c = a+b+m, A = c−r−x−1,
// BG: one less in both,
//
//	−( em·c + (1−z)^(a−1) S ),  em = ((1−z)^(a−1) − 1)/(a−1), at a = 1: ln(1−z)
//	S = Σ_{j≥1}, first term A z, term_{j+1} = term_j (A+j)(a−1+j) z / ((c+j)(j+1))
//
// Where the series is slow, overflows or alternates it integrates over p instead.
func (m betaGeometric) perAlive(repeats int, age, weeks float64) float64 {
	z := weeks / (m.alpha + age + weeks)
	c := m.a + m.b + float64(repeats)
	if !m.modified {
		c--
	}
	first := c - m.r - float64(repeats)
	if z > 0.97 || m.a > 30 || first < -4 {
		return m.perAliveByIntegral(repeats, age, weeks)
	}
	l := math.Log1p(-z)
	em := l
	if m.a != 1 {
		em = math.Expm1((m.a-1)*l) / (m.a - 1)
	}
	term, sum := first*z, first*z
	for j := 1.0; j < 10_000 && math.Abs(term) > 1e-17*math.Abs(sum); j++ {
		term *= (first + j) * (m.a - 1 + j) * z / ((c + j) * (j + 1))
		sum += term
	}
	return -(em*c + math.Exp((m.a-1)*l)*sum)
}

// perAliveByIntegral is the mean, over what is known of p for a customer who is
// alive, p ~ Beta(a, b+m), of the orders given p, (1 − (1 + p t/(α+T))^−(r+x))/p.
// The trapezoid rule on ln(p/(1−p)) converges exponentially there.
func (m betaGeometric) perAliveByIntegral(repeats int, age, weeks float64) float64 {
	n := m.b + float64(m.chances(repeats))
	rate := m.r + float64(repeats)
	tau := weeks / (m.alpha + age)
	step := min(0.25, 0.5*math.Sqrt(1/m.a+1/n))
	mode := math.Log(m.a / n)
	peak := betaLogit(m.a, n, mode)
	var sum, weight float64
	add := func(y float64) bool {
		w := math.Exp(betaLogit(m.a, n, y) - peak)
		p := 1 / (1 + math.Exp(-y))
		orders := rate * tau
		if p > 0 {
			orders = -math.Expm1(-rate*math.Log1p(p*tau)) / p
		}
		sum += w * orders
		weight += w
		return w > 1e-18
	}
	add(mode)
	for k := 1.0; add(mode - k*step); k++ {
	}
	for k := 1.0; add(mode + k*step); k++ {
	}
	return sum / weight
}

// betaLogit returns the logarithm of the Beta(a, b) density at y = ln(p/(1−p)),
// but for its constant.
func betaLogit(a, b, y float64) float64 { return -a*softplus(-y) - b*softplus(y) }
