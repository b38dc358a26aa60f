package model

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// spenders simulates the Gamma-Gamma story, in minor units.
func spenders(p, q, gamma float64, customers int, seed uint64) *Spending {
	rng := rand.New(rand.NewPCG(seed, 2))
	var s Spending
	for range customers {
		x := 1 + int(rng.ExpFloat64()*2)
		nu := distuv.Gamma{Alpha: q, Beta: gamma, Src: rng}.Rand()
		total := distuv.Gamma{Alpha: p * float64(x), Beta: nu, Src: rng}.Rand()
		if err := s.Add(x, math.Max(1, math.Round(total)), 1); err != nil {
			panic(err)
		}
	}
	return &s
}

func TestSpendingFitRecoversTheParameters(t *testing.T) {
	want := []float64{6.25, 3.74, 1544}
	seeds := 30
	if *exhaustive {
		seeds = 500
	}
	within, all := 0, 0
	for seed := range uint64(seeds) {
		fit, err := FitSpending(spenders(want[0], want[1], want[2], 1500, seed), 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range fit.Parameters {
			all++
			if math.Abs(p.Value-want[i]) <= 2*p.SE {
				within++
			}
		}
	}
	t.Logf("%d of %d parameters within two standard errors", within, all)
	share := float64(within) / float64(all)
	if slack := 3 * math.Sqrt(0.954*0.046/float64(seeds)); share < 0.954-slack {
		t.Errorf("share = %.3f", share)
	}
}

// The density of a mean m of x orders, given the parameters, is the integral
// over ν of Gamma(m | px, νx) Gamma(ν | q, γ).
func TestSpendingLikelihoodAgreesWithIntegration(t *testing.T) {
	const p, q, gamma = 6.25, 3.74, 15.44
	var s Spending
	want, customers := 0.0, 0.0
	for _, c := range []struct {
		x int
		m float64
	}{{1, 12}, {2, 35.5}, {7, 41}, {3, 200}} {
		if err := s.Add(c.x, c.m*float64(c.x), 2); err != nil {
			t.Fatal(err)
		}
		density := 0.0
		const step = 0.01
		for y := -15.0; y < 8; y += step {
			nu := math.Exp(y)
			density += step * nu * distuv.Gamma{Alpha: q, Beta: gamma}.Prob(nu) *
				distuv.Gamma{Alpha: p * float64(c.x), Beta: nu * float64(c.x)}.Prob(c.m)
		}
		want += 2 * math.Log(density)
		customers += 2
	}
	w := walletsOf(&s, 1)
	at := logs(p, q, gamma/w.mean)
	gradient := make([]float64, 3)
	got := w.logLikelihood(at, gradient) - customers*math.Log(w.mean)
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("ln L = %.12g, want %.12g", got, want)
	}
	for i := range at {
		const h = 1e-5
		none := make([]float64, 3)
		up, down := append([]float64(nil), at...), append([]float64(nil), at...)
		up[i] += h
		down[i] -= h
		slope := (w.logLikelihood(up, none) - w.logLikelihood(down, none)) / (2 * h)
		if math.Abs(slope-gradient[i]) > 1e-6*math.Max(1, math.Abs(slope)) {
			t.Errorf("gradient %d = %v, differences give %v", i, gradient[i], slope)
		}
	}
}

func TestExpectedValueShrinksToTheMean(t *testing.T) {
	f, err := GivenSpending(6.25, 3.74, 15.44)
	if err != nil {
		t.Fatal(err)
	}
	mean := 6.25 * 15.44 / 2.74
	for _, tt := range []struct {
		name string
		got  float64
		want float64
	}{
		{"no order: everybody's mean", f.Expected(0, 0), mean},
		{"one order", f.Expected(1, 60), (15.44 + 60) * 6.25 / (6.25 + 2.74)},
		{"ten thousand orders: their own mean", f.Expected(10_000, 60), 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if math.Abs(tt.got-tt.want) > 5e-3 {
				t.Errorf("got %v, want %v", tt.got, tt.want)
			}
		})
	}
}

func TestSpendingOddities(t *testing.T) {
	t.Run("nine customers are too few", func(t *testing.T) {
		var s Spending
		if err := s.Add(2, 100, 9); err != nil {
			t.Fatal(err)
		}
		var e *TooLittle
		if _, err := FitSpending(&s, 1); !errors.As(err, &e) {
			t.Errorf("err = %v, want *TooLittle", err)
		}
	})
	t.Run("all orders cost the same", func(t *testing.T) {
		var s Spending
		for x := 1; x < 5; x++ {
			if err := s.Add(x, 1999*float64(x), 50); err != nil {
				t.Fatal(err)
			}
		}
		fit, err := FitSpending(&s, 0.99)
		if err != nil {
			t.Fatal(err)
		}
		for x := range 5 {
			if v := fit.Expected(x, 1999); math.Abs(v-1999) > 10 {
				t.Errorf("expects %v after %d orders", v, x)
			}
		}
		if fit.Correlated {
			t.Error("correlated")
		}
	})
	t.Run("a wholesale buyer is capped", func(t *testing.T) {
		s := spenders(6.25, 3.74, 1544, 999, 5)
		if err := s.Add(3, 3e9, 1); err != nil {
			t.Fatal(err)
		}
		fit, err := FitSpending(s, 0.995)
		if err != nil {
			t.Fatal(err)
		}
		if fit.Capped != 5 || fit.Mean > 5000 || fit.Expected(3, 1e9) > 5*fit.Mean {
			t.Errorf("fit = %+v", fit)
		}
	})
	t.Run("those who order more spend more: warned", func(t *testing.T) {
		var s Spending
		for x := 1; x <= 10; x++ {
			for k := range 20 {
				if err := s.Add(x, float64(x)*float64(1000+200*x+50*k), 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		fit, err := FitSpending(&s, 1)
		if err != nil {
			t.Fatal(err)
		}
		if !fit.Correlated || fit.Correlation < 0.5 {
			t.Errorf("correlation = %v, warned = %v", fit.Correlation, fit.Correlated)
		}
	})
	t.Run("what is not positive is refused", func(t *testing.T) {
		var s Spending
		for _, err := range []error{s.Add(0, 5, 1), s.Add(1, 0, 1), s.Add(1, -5, 1), s.Add(1, math.NaN(), 1), s.Add(1, math.Inf(1), 1), s.Add(1, 5, 0)} {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("err = %v, want ErrInvalid", err)
			}
		}
	})
}

func TestContractsReproduceThePublishedFits(t *testing.T) {
	for _, tt := range []struct {
		name        string
		lost        []int
		alpha, beta float64
	}{
		{"the high end", []int{131, 126, 90, 60, 42, 34, 26}, 0.668, 3.806},
		{"the regular", []int{369, 163, 86, 56, 37, 27, 21}, 0.704, 1.182},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := FitContracts(1000, tt.lost)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(f.Alpha.Value-tt.alpha) > 5e-4 || math.Abs(f.Beta.Value-tt.beta) > 5e-4 {
				t.Errorf("α = %.5f, β = %.5f, want %v, %v", f.Alpha.Value, f.Beta.Value, tt.alpha, tt.beta)
			}
			survival := 1.0
			for period := 1; period <= 12; period++ {
				survival *= f.Retention(period)
				if math.Abs(f.Survival(period)-survival) > 1e-12 {
					t.Errorf("survival %d = %v, want %v", period, f.Survival(period), survival)
				}
			}
			if !(f.Alpha.SE > 0 && f.Beta.SE > f.Alpha.SE) {
				t.Errorf("standard errors %v, %v", f.Alpha.SE, f.Beta.SE)
			}
		})
	}
}

func TestContractsRefuseWhatCannotBe(t *testing.T) {
	for name, lost := range map[string][]int{"more left than began": {60, 50}, "negative": {-1, 5}} {
		if _, err := FitContracts(100, lost); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
	var e *TooLittle
	if _, err := FitContracts(100, []int{5}); !errors.As(err, &e) {
		t.Errorf("err = %v, want *TooLittle", err)
	}
	for name, lost := range map[string][]int{"nobody left": {0, 0, 0}, "all left": {100, 0, 0}} {
		f, err := FitContracts(100, lost)
		if s := f.Survival(3); err != nil || math.IsNaN(s) || s < 0 || s > 1 {
			t.Errorf("%s: survival = %v, err = %v", name, s, err)
		}
	}
}
