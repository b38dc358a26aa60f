package model

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestPublishedForecastsReproduce(t *testing.T) {
	for _, tt := range []struct {
		name      string
		got, want float64
		digits    float64
	}{
		{"BG/NBD expects 1.226 orders of the paper's customer",
			must(BGNBD, 0.243, 4.414, 0.793, 2.426).Expected(History{2, 30.43, 38.86}, 39), 1.226, 5e-4},
		{"Pareto/NBD expects 25.46 orders of the note's heavy buyer",
			must(ParetoNBD, 0.553, 10.578, 0.606, 11.669).Expected(History{26, 30.86, 31}, 52), 25.46, 5e-3},
		{"Pareto/NBD believes the heavy buyer alive",
			must(ParetoNBD, 0.5534, 10.5802, 0.6061, 11.6562).Alive(History{26, 30.86, 31}), 0.9979, 5e-5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if math.Abs(tt.got-tt.want) > tt.digits {
				t.Errorf("got %.6f, want %v", tt.got, tt.want)
			}
		})
	}
}

// story is a family's likelihood of one customer whose rate and propensity to
// leave are known, as alive and as gone, and the orders then expected of one
// alive; the tests integrate it over the population by brute force. Likelihoods
// are over e^top, or many orders would overflow.
type story struct {
	alive, gone, orders float64
}

func tell(f Family, h History, rate, leave, weeks, top float64) story {
	x := float64(h.Repeats)
	now, then := math.Exp(x*math.Log(rate)-rate*h.Age-top), math.Exp(x*math.Log(rate)-rate*h.Last-top)
	switch f {
	case NBD:
		return story{alive: now, orders: rate * weeks}
	case ParetoNBD:
		return story{
			alive:  now * math.Exp(-leave*h.Age),
			gone:   leave / (rate + leave) * (then*math.Exp(-leave*h.Last) - now*math.Exp(-leave*h.Age)),
			orders: -rate / leave * math.Expm1(-leave*weeks),
		}
	case BGNBD:
		s := story{alive: math.Pow(1-leave, x) * now, orders: -math.Expm1(-rate*leave*weeks) / leave}
		if h.Repeats > 0 {
			s.gone = leave * math.Pow(1-leave, x-1) * then
		}
		return s
	}
	return story{
		alive:  math.Pow(1-leave, x+1) * now,
		gone:   leave * math.Pow(1-leave, x) * then,
		orders: -math.Expm1(-rate*leave*weeks) / leave,
	}
}

// population integrates story over the parameters' densities by the trapezoid
// rule, on ln λ and on ln μ or ln(p/(1−p)).
func population(m Model, h History, weeks float64) (lnL, alive, orders float64) {
	p := m.Parameters()
	step, top := 0.2, 0.0
	if x := float64(h.Repeats); x > 0 {
		step, top = min(step, 0.7/math.Sqrt(x)), x*math.Log(x/h.Age)-x
	}
	likelihood := 0.0
	gamma := func(r, alpha, y float64) float64 {
		l, _ := math.Lgamma(r)
		return math.Exp(r*math.Log(alpha) + r*y - alpha*math.Exp(y) - l)
	}
	second := func(y float64) (float64, float64) { return 0.5, 1 }
	from, to := 0.0, step/2
	switch m.Family() {
	case ParetoNBD:
		from, to = -60, 8
		second = func(y float64) (float64, float64) { return math.Exp(y), gamma(p[2], p[3], y) * step }
	case BGNBD, MBGNBD:
		from, to = -60, 40
		la, _ := math.Lgamma(p[2])
		lb, _ := math.Lgamma(p[3])
		lab, _ := math.Lgamma(p[2] + p[3])
		second = func(y float64) (float64, float64) {
			return 1 / (1 + math.Exp(-y)), math.Exp(lab-la-lb+betaLogit(p[2], p[3], y)) * step
		}
	}
	for y := from; y < to; y += step {
		leave, w := second(y)
		for z := -120 / (1 + float64(h.Repeats)/2); z < 10; z += step {
			s := tell(m.Family(), h, math.Exp(z), leave, weeks, top)
			v := w * gamma(p[0], p[1], z) * step
			likelihood += v * (s.alive + s.gone)
			alive += v * s.alive
			orders += v * s.alive * s.orders
		}
	}
	return math.Log(likelihood) + top, alive / likelihood, orders / likelihood
}

func TestFormulasAgreeWithIntegrationOverThePopulation(t *testing.T) {
	histories := []History{
		{0, 0, 30}, {1, 3, 30}, {2, 30.43, 38.86}, {7, 20, 39}, {12, 38, 39},
		{0, 0, 0}, {0, 0, 1.0 / 7}, {1, 1.0 / 7, 1.0 / 7}, {3, 38, 38}, {200, 180, 180}, {200, 30, 180}, {200, 0.5, 0.5},
	}
	models := append(cdnow(), must(BGNBD, 1.4, 3, 1, 2), must(BGNBD, 0.243, 4.414, 0.793, 1e4), must(MBGNBD, 0.8, 9, 1.7, 0.6),
		must(MBGNBD, 0.8, 9, 1, 1e4), must(ParetoNBD, 1.2, 15, 1, 6), must(ParetoNBD, 0.55, 10, 0.6, 1e4))
	for _, m := range models {
		t.Run(string(m.Family()), func(t *testing.T) {
			t.Parallel()
			for _, h := range histories {
				lnL, alive, orders := population(m, h, 39)
				near(t, "ln L", h, m.LogLikelihood(h), lnL)
				near(t, "P(alive)", h, m.Alive(h), alive)
				near(t, "E", h, m.Expected(h, 39), orders)
			}
		})
	}
}

func near(t *testing.T, what string, h History, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-8*math.Max(1, math.Abs(want)) {
		t.Errorf("%s of %v = %.12g, want %.12g", what, h, got, want)
	}
}

func drawModel(t *rapid.T) Model {
	f := rapid.SampledFrom(Families()).Draw(t, "family")
	var p []float64
	for _, name := range f.Parameters() {
		p = append(p, math.Exp(rapid.Float64Range(-3, 4).Draw(t, name)))
	}
	return must(f, p...)
}

func drawHistory(t *rapid.T) History {
	age := rapid.IntRange(0, 1500).Draw(t, "age")
	last := rapid.IntRange(0, age).Draw(t, "last")
	return Days(rapid.IntRange(min(last, 1), min(last, 60)).Draw(t, "repeats"), last, age)
}

func TestSilenceIsARatioOfLikelihoods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		if h.Repeats == 0 {
			h.Last = 0
		}
		weeks := rapid.Float64Range(0, 300).Draw(t, "weeks")
		later := h
		later.Age += weeks
		want := math.Exp(m.LogLikelihood(later) - m.LogLikelihood(h))
		if got := m.NoOrder(h, weeks); math.Abs(got-want) > 1e-12 {
			t.Fatalf("NoOrder = %.17g, L(T+t)/L(T) = %.17g, apart %g", got, want, got-want)
		}
	})
}

func TestQuantilesInvertSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		p := rapid.Float64Range(0.01, 0.99).Draw(t, "p")
		weeks, ok := m.NextOrder(h, p)
		if !ok {
			if most := 1 - m.NoOrder(h, 1e7); most > p+1e-6 {
				t.Fatalf("no quantile, but the probability reaches %v", most)
			}
			return
		}
		if weeks > 1e8 {
			return
		}
		if got := 1 - m.NoOrder(h, weeks); math.Abs(got-p) > 1e-9 {
			t.Fatalf("at %v weeks the probability is %v, want %v", weeks, got, p)
		}
	})
}

func TestExpectationsGrowWithTimeAndKeepTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		weeks := rapid.Float64Range(0.1, 200).Draw(t, "weeks")
		near, far := m.Expected(h, weeks), m.Expected(h, 2*weeks)
		stay := nbd{m.Parameters()[0], m.Parameters()[1]}.Expected(h, weeks)
		alive, some := m.Alive(h), 1-m.NoOrder(h, weeks)
		if !(near >= some*(1-1e-9)-1e-12 && far >= near*(1-1e-9) && near <= alive*stay*(1+1e-9) && alive >= 0 && alive <= 1 && some <= alive+1e-12) {
			t.Fatalf("E(t) %v, E(2t) %v, P(order) %v, alive %v, NBD %v", near, far, some, alive, stay)
		}
	})
}

func TestSeriesAndIntegralAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := func(name string, lo, hi float64) float64 { return math.Exp(rapid.Float64Range(lo, hi).Draw(t, name)) }
		m := betaGeometric{p("r", -3, 3), p("alpha", -1, 4), p("a", -3, 3.3), p("b", -3, 4), rapid.Bool().Draw(t, "modified")}
		if rapid.Bool().Draw(t, "a is 1") {
			m.a = 1
		}
		h := drawHistory(t)
		if !m.modified && h.Repeats == 0 && m.a+m.b < 0.2 {
			return
		}
		got, want := m.perAlive(h.Repeats, h.Age, 26), m.perAliveByIntegral(h.Repeats, h.Age, 26)
		if math.Abs(got-want) > 1e-9*want {
			t.Fatalf("series %.15g, integral %.15g", got, want)
		}
	})
}
