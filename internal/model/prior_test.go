package model

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// sampleOfCDNOW simulates customers by the design of the published sample: 2,357
// who first ordered in twelve weeks, seen by the day until week 39.
func sampleOfCDNOW(m Model, seed uint64) *Counts {
	s := newShop(m, 39, seed)
	var c Counts
	for range 2357 {
		age := 189 + s.rng.IntN(84)
		days := []int{0}
		for _, t := range s.orders(float64(age) / daysPerWeek) {
			days = append(days, int(math.Ceil(t*daysPerWeek)))
		}
		h, _ := Observe(days, age)
		if err := c.Add(h, 1); err != nil {
			panic(err)
		}
	}
	return &c
}

// Nelder and Mead's method on the plain sum of ln L has neither prior nor
// gradient nor sample in common with the fit.
func plainMaximum(lnL func(at []float64) float64, starts ...[]float64) (at []float64, best float64) {
	best = math.Inf(-1)
	problem := optimize.Problem{Func: func(at []float64) float64 {
		if floats.Norm(at, math.Inf(1)) > 15 {
			return math.Inf(1)
		}
		return -lnL(at)
	}}
	for _, start := range starts {
		for range 3 { // a restart frees a simplex that collapsed
			r, err := optimize.Minimize(problem, start,
				&optimize.Settings{Converger: &optimize.FunctionConverge{Absolute: 1e-9, Iterations: 60}}, &optimize.NelderMead{})
			if err != nil {
				panic(err)
			}
			if start = r.X; -r.F > best {
				at, best = r.X, -r.F
			}
		}
	}
	return at, best
}

func plainFit(f Family, c *Counts) (at []float64, lnL float64) {
	k := len(f.Parameters())
	return plainMaximum(func(at []float64) float64 {
		m, sum := of(f, exps(at)), 0.0
		for t, n := range c.n {
			sum += float64(n) * m.LogLikelihood(t.history())
		}
		return sum
	}, logs(1, 1, 1, 1)[:k], logs(0.2, 5, 3, 9)[:k], logs(2, 30, 0.3, 1)[:k])
}

func TestThePriorMovesNothingThatTheDataDetermine(t *testing.T) {
	for _, m := range cdnow() {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(m.Family(), " ", seed), func(t *testing.T) {
				t.Parallel()
				c := sampleOfCDNOW(m, seed)
				fit, err := FitCounts(m.Family(), c)
				if err != nil {
					t.Fatal(err)
				}
				at, lnL := plainFit(m.Family(), c)
				for i, v := range exps(at) {
					if got := fit.Parameters[i]; math.Abs(got.Value/v-1) > 2e-4 {
						t.Errorf("%s = %.6g, without a prior %.6g", got.Name, got.Value, v)
					}
				}
				if fit.LogLikelihood < lnL-1e-6 || fit.LogLikelihood > lnL+1e-3 {
					t.Errorf("ln L = %.6f, without a prior %.6f", fit.LogLikelihood, lnL)
				}
				if !fit.Identified {
					t.Error("not identified")
				}
			})
		}
	}
}

func TestThePriorMovesNothingInSpendingEither(t *testing.T) {
	s := spenders(6.25, 3.74, 15.44*100, 946, 3)
	fit, err := FitSpending(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	gamma := func(v float64) float64 { l, _ := math.Lgamma(v); return l }
	at, lnL := plainMaximum(func(at []float64) float64 {
		p, q, g, sum := math.Exp(at[0]), math.Exp(at[1]), math.Exp(at[2]), 0.0
		for w, n := range s.n {
			x := float64(w.orders)
			m := w.total / x
			sum += float64(n) * (gamma(p*x+q) - gamma(p*x) - gamma(q) + q*at[2] + (p*x-1)*math.Log(m) + p*x*math.Log(x) - (p*x+q)*math.Log(g+x*m))
		}
		return sum
	}, logs(1, 2, 1000), logs(10, 5, 3000))
	for i, v := range exps(at) {
		if got := fit.Parameters[i]; math.Abs(got.Value/v-1) > 2e-4 {
			t.Errorf("%s = %.6g, without a prior %.6g", got.Name, got.Value, v)
		}
	}
	if math.Abs(fit.LogLikelihood-lnL) > 1e-4 {
		t.Errorf("ln L = %.6f, without a prior %.6f", fit.LogLikelihood, lnL)
	}
}
