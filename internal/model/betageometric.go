package model

import "math"

// betaGeometric is BG/NBD, or MBG/NBD if modified. Orders are Poisson(λ), λ ~
// Gamma(r, α); after every repeat order (MBG: also after the first order) the
// customer leaves with probability p ~ Beta(a, b).
//
//	ln L = lnΓ(r+x) − lnΓ(r) + r ln α + ln B(a, b+m) − ln B(a, b) − (r+x) ln(α+T) + ln(1 + q)
//	q    = a/(b+m−1) ((α+T)/(α+t_x))^(r+x)
//
// with m = x, and q = 0 for x = 0 (Fader, Hardie & Lee 2005, eq. 6), or m = x+1
// (Batislam et al. 2007, eq. 4). P(alive) = 1/(1+q).
type betaGeometric struct {
	r, alpha, a, b float64
	modified       bool
}

func (m betaGeometric) Family() Family {
	if m.modified {
		return MBGNBD
	}
	return BGNBD
}

func (m betaGeometric) Parameters() []float64 { return []float64{m.r, m.alpha, m.a, m.b} }

// chances returns m: how often the customer stayed, or left the last time.
func (m betaGeometric) chances(repeats int) int {
	if m.modified {
		return repeats + 1
	}
	return repeats
}

// odds returns ln(a/(b+m−1)): −Inf where the customer had no chance to leave.
func (m betaGeometric) odds(chances int) float64 {
	if chances == 0 {
		return math.Inf(-1)
	}
	return math.Log(m.a) - math.Log(m.b+float64(chances)-1)
}

// gone returns ln q, the log-odds that the customer has left.
func (m betaGeometric) gone(h History) float64 {
	return m.odds(m.chances(h.Repeats)) + (m.r+float64(h.Repeats))*math.Log1p((h.Age-h.Last)/(m.alpha+h.Last))
}

func (m betaGeometric) LogLikelihood(h History) float64 {
	n := m.chances(h.Repeats)
	orders, _ := rising(m.r, 0, h.Repeats)
	stays, _ := rising(m.b, 0, n)
	all, _ := rising(m.a+m.b, 0, n)
	d := m.gone(h)
	return orders - m.r*math.Log1p(h.Age/m.alpha) - float64(h.Repeats)*math.Log(m.alpha+h.Age) + stays - all + softplus(d)
}

func (m betaGeometric) Alive(h History) float64 { return 1 / (1 + math.Exp(m.gone(h))) }

func (m betaGeometric) Expected(h History, weeks float64) float64 {
	return m.Alive(h) * m.perAlive(h.Repeats, h.Age, weeks)
}

func (m betaGeometric) NoOrder(h History, weeks float64) float64 {
	return 1 - m.Alive(h)*m.ordersWithin(h.Repeats, h.Age, weeks)
}

func (m betaGeometric) NextOrder(h History, p float64) (float64, bool) {
	return m.nextOrder(h, p/m.Alive(h))
}

func (m betaGeometric) nextOrder(h History, p float64) (float64, bool) {
	return waiting(m.r, m.alpha, h, p)
}

func (m betaGeometric) ordersWithin(repeats int, age, weeks float64) float64 {
	return stayersWithin(m.r+float64(repeats), m.alpha+age, weeks)
}

func (m betaGeometric) aliveGradient(h History) (float64, [4]float64) {
	n := m.chances(h.Repeats)
	alive := m.Alive(h)
	if n == 0 {
		return alive, [4]float64{}
	}
	x, left := float64(h.Repeats), 1-alive
	return alive, [4]float64{
		-left * m.r * math.Log1p((h.Age-h.Last)/(m.alpha+h.Last)),
		-left * m.alpha * (m.r + x) * (1/(m.alpha+h.Age) - 1/(m.alpha+h.Last)),
		-left,
		left * m.b / (m.b + float64(n) - 1),
	}
}

// logLikelihood takes every logarithm, but that of 1+q, once per distinct time
// or number of repeats.
func (m betaGeometric) logLikelihood(s *sample) total {
	byX, byTime := m.tables(s), timesOf(s, m.alpha)
	lnAlpha := math.Log(m.alpha)
	sum := sumChunks(len(s.rows), func(from, to int) total {
		var t total
		for _, row := range s.rows[from:to] {
			x, age, last := &byX[row.x], &byTime[row.age], &byTime[row.last]
			more, w2 := softplusLogistic(x.odds + x.rate*(age.log-last.log))
			w1 := 1 - w2
			t[0] += row.n * (x.constant - x.rate*age.log + more)
			t[1] += row.n * (x.dr + lnAlpha - w1*age.log - w2*last.log)
			t[2] += row.n * (m.r/m.alpha - x.rate*(w1*age.inverse+w2*last.inverse))
			t[3] += row.n * (x.da + w2/m.a)
			t[4] += row.n * (x.db - w2*x.inverse)
		}
		return t
	})
	for i, v := range m.Parameters() {
		sum[i+1] *= v
	}
	return sum
}

// perRepeats holds what depends on x only: the constant of ln L, r+x, ln q's
// constant, 1/(b+m−1), and derivatives.
type perRepeats struct{ constant, rate, odds, inverse, dr, da, db float64 }

func (m betaGeometric) tables(s *sample) []perRepeats {
	orders, dr := risingAt(m.r, s.repeats, 0)
	stays, db := risingAt(m.b, s.repeats, m.chances(0))
	all, dab := risingAt(m.a+m.b, s.repeats, m.chances(0))
	byX := make([]perRepeats, len(s.repeats))
	for i, x := range s.repeats {
		n := m.chances(x)
		byX[i] = perRepeats{
			constant: orders[i] + m.r*math.Log(m.alpha) + stays[i] - all[i],
			rate:     m.r + float64(x),
			odds:     m.odds(n),
			dr:       dr[i],
			da:       -dab[i],
			db:       db[i] - dab[i],
		}
		if n > 0 {
			byX[i].inverse = 1 / (m.b + float64(n) - 1)
		}
	}
	return byX
}

func softplus(d float64) float64 {
	s, _ := softplusLogistic(d)
	return s
}

// softplusLogistic returns ln(1+e^d) and its derivative e^d/(1+e^d).
func softplusLogistic(d float64) (float64, float64) {
	if d > 0 {
		e := math.Exp(-d)
		return d + math.Log1p(e), 1 / (1 + e)
	}
	e := math.Exp(d)
	return math.Log1p(e), e / (1 + e)
}
