package model

import "math"

// nbd is the negative binomial model: orders are Poisson at a rate that is gamma
// distributed over customers, and nobody leaves.
//
//	ln L = lnΓ(r+x) − lnΓ(r) + r ln α − (r+x) ln(α+T)
//	E[orders in (T, T+t]] = (r+x)/(α+T) t
type nbd struct{ r, alpha float64 }

func (m nbd) Family() Family        { return NBD }
func (m nbd) Parameters() []float64 { return []float64{m.r, m.alpha} }

func (m nbd) LogLikelihood(h History) float64 {
	logs, _ := rising(m.r, 0, h.Repeats)
	return logs - m.r*math.Log1p(h.Age/m.alpha) - float64(h.Repeats)*math.Log(m.alpha+h.Age)
}

func (m nbd) Alive(History) float64 { return 1 }

func (m nbd) Expected(h History, weeks float64) float64 {
	return m.perAlive(h.Repeats, h.Age, weeks)
}

func (m nbd) NoOrder(h History, weeks float64) float64 {
	return 1 - m.ordersWithin(h.Repeats, h.Age, weeks)
}

func (m nbd) NextOrder(h History, p float64) (float64, bool) {
	return m.nextOrder(h, p)
}

func (m nbd) nextOrder(h History, p float64) (float64, bool) {
	return waiting(m.r, m.alpha, h, p)
}

func (m nbd) ordersWithin(repeats int, age, weeks float64) float64 {
	return stayersWithin(m.r+float64(repeats), m.alpha+age, weeks)
}

func (m nbd) perAlive(repeats int, age, weeks float64) float64 {
	return (m.r + float64(repeats)) / (m.alpha + age) * weeks
}

func (m nbd) aliveGradient(History) (float64, [4]float64) { return 1, [4]float64{} }

func (m nbd) logLikelihood(s *sample) total {
	logs, inverses := risingAt(m.r, s.repeats, 0)
	byTime := timesOf(s, m.alpha)
	lnAlpha := math.Log(m.alpha)
	sum := sumChunks(len(s.rows), func(from, to int) total {
		var t total
		for _, row := range s.rows[from:to] {
			rate, age := m.r+float64(s.repeats[row.x]), byTime[row.age]
			t[0] += row.n * (logs[row.x] + m.r*lnAlpha - rate*age.log)
			t[1] += row.n * (inverses[row.x] + lnAlpha - age.log)
			t[2] += row.n * (m.r/m.alpha - rate*age.inverse)
		}
		return t
	})
	sum[1] *= m.r
	sum[2] *= m.alpha
	return sum
}

// stayersWithin returns 1 − (scale/(scale+t))^shape: the probability that a
// customer who stays orders within t.
func stayersWithin(shape, scale, weeks float64) float64 {
	return -math.Expm1(-shape * math.Log1p(weeks/scale))
}

// waiting inverts stayersWithin: when a customer who stays has ordered with
// probability p.
func waiting(r, alpha float64, h History, p float64) (float64, bool) {
	if !(p < 1) {
		return 0, false
	}
	t := (alpha + h.Age) * math.Expm1(-math.Log1p(-p)/(r+float64(h.Repeats)))
	return t, !math.IsInf(t, 0)
}
