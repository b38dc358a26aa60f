package model

import (
	"encoding/json"
	"errors"
	"flag"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var exhaustive = flag.Bool("exhaustive", false, "test statistical claims on many more seeds")

func TestFitRecoversTheParametersOfSimulatedCustomers(t *testing.T) {
	for _, m := range cdnow() {
		t.Run(string(m.Family()), func(t *testing.T) {
			t.Parallel()
			seeds, customers := 40, 3000
			switch {
			case *exhaustive && m.Family() == ParetoNBD:
				seeds = 100
			case *exhaustive:
				seeds, customers = 400, 6000
			case m.Family() == ParetoNBD:
				seeds, customers = 12, 2000
			}
			within, all := 0, 0
			for seed := range uint64(seeds) {
				fit, err := FitCounts(m.Family(), newShop(m, 78, seed).counts(customers, 0))
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range fit.Parameters {
					all++
					if math.Abs(p.Value-m.Parameters()[i]) <= 2*p.SE {
						within++
					}
				}
			}
			t.Logf("%d of %d parameters within two standard errors", within, all)
			// 95.4 % is expected; allow for three standard deviations of so many seeds.
			share := float64(within) / float64(all)
			if slack := 3 * math.Sqrt(0.954*0.046/float64(seeds)); share < 0.954-slack {
				t.Errorf("share = %.3f", share)
			}
		})
	}
}

func TestGradientsAgreeWithFiniteDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		var c Counts
		for range 5 {
			if err := c.Add(drawHistory(t), 3); err != nil {
				t.Fatal(err)
			}
		}
		s := sampleOf(&c)
		at := logs(m.Parameters()...)
		got := m.logLikelihood(s)
		for i := range at {
			const h = 1e-5
			up, down := logs(m.Parameters()...), logs(m.Parameters()...)
			up[i] += h
			down[i] -= h
			want := (of(m.Family(), exps(up)).logLikelihood(s)[0] - of(m.Family(), exps(down)).logLikelihood(s)[0]) / (2 * h)
			if math.Abs(got[i+1]-want) > 1e-5*math.Max(10, math.Abs(want)+math.Abs(got[0])*1e-3) {
				t.Fatalf("∂%s = %.9g, differences give %.9g", m.Family().Parameters()[i], got[i+1], want)
			}
		}
		alone := 0.0
		for _, r := range s.rows {
			alone += r.n * m.LogLikelihood(s.history(r))
		}
		if math.Abs(alone-got[0]) > 1e-10*math.Abs(alone) {
			t.Fatalf("the sum of ln L is %.15g, over the sample %.15g", alone, got[0])
		}
	})
}

func TestAliveGradientAgreesWithFiniteDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		alive, got := m.aliveGradient(h)
		if alive < 1e-6 {
			return
		}
		for i := range m.Parameters() {
			const step = 1e-5
			up, down := m.Parameters(), m.Parameters()
			up[i] *= math.Exp(step)
			down[i] *= math.Exp(-step)
			want := math.Log(of(m.Family(), up).Alive(h)/of(m.Family(), down).Alive(h)) / (2 * step)
			if math.Abs(got[i]-want) > 1e-5*math.Max(1, math.Abs(want)) {
				t.Fatalf("∂%s = %.9g, differences give %.9g", m.Family().Parameters()[i], got[i], want)
			}
		}
	})
}

func TestLeavingThatCannotBeSeenFallsBackToTheNBD(t *testing.T) {
	// Nobody leaves here: BG/NBD runs to a → 0, b → ∞.
	c := newShop(must(NBD, 0.9, 8), 40, 7).counts(4000, 0)
	nbd, err := FitCounts(NBD, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Family{MBGNBD, BGNBD, ParetoNBD} {
		t.Run(string(f), func(t *testing.T) {
			fit, err := FitCounts(f, c)
			if err != nil {
				t.Fatal(err)
			}
			if fit.Identified {
				t.Fatalf("identified, with %+v", fit.Parameters)
			}
			if diff := cmp.Diff(&nbd, fit.Fallback); diff != "" {
				t.Errorf("fallback is not the NBD (-want +got):\n%s", diff)
			}
			m, err := fit.Model()
			if err != nil {
				t.Fatal(err)
			}
			r, alpha := nbd.Parameters[0].Value, nbd.Parameters[1].Value
			if got, want := m.Expected(History{3, 10, 20}, 5), (r+3)/(alpha+20)*5; math.Abs(got-want) > 1e-12 {
				t.Errorf("E = %v, want the NBD's mean %v", got, want)
			}
			if _, err := json.Marshal(fit); err != nil {
				t.Errorf("fit does not encode: %v", err)
			}
		})
	}
}

func TestLeavingThatCanBeSeenIsIdentified(t *testing.T) {
	for _, m := range cdnow()[:3] {
		for seed := range uint64(3) {
			fit, err := FitCounts(m.Family(), newShop(m, 78, seed).counts(2500, 0))
			if err != nil {
				t.Fatal(err)
			}
			if !fit.Identified || fit.Fallback != nil {
				t.Errorf("%s, seed %d: not identified, with %+v", m.Family(), seed, fit.Parameters)
			}
		}
	}
}

// Where all leave alike, the parameters of leaving run off together: their ratio
// is seen, and forecasts by it, though how customers differ is not.
func TestLeavingOfAllAlikeIsIdentified(t *testing.T) {
	for _, m := range []Model{must(MBGNBD, 0.9, 5, 2500, 7500), must(BGNBD, 0.9, 5, 2500, 7500), must(ParetoNBD, 0.9, 5, 400, 10_000)} {
		t.Run(string(m.Family()), func(t *testing.T) {
			edges := 0
			for seed := range uint64(4) {
				c := newShop(m, 78, seed).counts(2500, 0)
				fit, err := FitCounts(m.Family(), c)
				if err != nil {
					t.Fatal(err)
				}
				if fit.Parameters[2].SE == 0 && fit.Parameters[3].SE == 0 && fit.Parameters[0].SE > 0 {
					edges++
				}
				if !fit.Identified || fit.Fallback != nil {
					t.Errorf("seed %d: not identified, with %+v", seed, fit.Parameters)
				}
				got, err := fit.Model()
				if err != nil {
					t.Fatal(err)
				}
				var expected, want float64
				for tr, n := range c.n {
					expected += float64(n) * got.Expected(tr.history(), 26)
					want += float64(n) * m.Expected(tr.history(), 26)
				}
				if math.Abs(expected/want-1) > 0.1 {
					t.Errorf("seed %d: expects %.0f orders, want %.0f", seed, expected, want)
				}
			}
			if edges == 0 {
				t.Error("no fit ran off: the test tests nothing")
			}
		})
	}
}

func TestTooLittleDataSaysWhatIsMissing(t *testing.T) {
	add := func(n int64, h ...History) *Counts {
		var c Counts
		for _, h := range h {
			if err := c.Add(h, n); err != nil {
				t.Fatal(err)
			}
		}
		return &c
	}
	for _, tt := range []struct {
		name   string
		counts *Counts
		want   []Shortage
	}{
		{"nobody", add(0), []Shortage{
			{"customers with an order", 0, 100}, {"days of history", 0, 60}, {"customers with a second order", 0, 10}}},
		{"one customer", add(1, Days(3, 200, 300)), []Shortage{
			{"customers with an order", 1, 100}, {"customers with a second order", 1, 10}}},
		{"99 customers", add(33, Days(3, 200, 300), Days(1, 20, 100), Days(0, 0, 70)), []Shortage{
			{"customers with an order", 99, 100}}},
		{"59 days", add(500, Days(3, 50, 59)), []Shortage{{"days of history", 59, 60}}},
		{"all on one day", add(500, Days(0, 0, 0)), []Shortage{
			{"days of history", 0, 60}, {"customers with a second order", 0, 10}}},
		{"nobody came back", add(500, Days(0, 0, 200), Days(0, 0, 90)), []Shortage{
			{"customers with a second order", 0, 10}}},
	} {
		for _, f := range Families() {
			t.Run(tt.name+", "+string(f), func(t *testing.T) {
				_, err := FitCounts(f, tt.counts)
				var e *TooLittle
				if !errors.As(err, &e) {
					t.Fatalf("err = %v, want *TooLittle", err)
				}
				if diff := cmp.Diff(tt.want, e.Missing); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestOddDataStillFit(t *testing.T) {
	for _, tt := range []struct {
		name      string
		histories []History
	}{
		{"everyone alike", []History{Days(5, 100, 120)}},
		{"all came back once, on the next day", []History{Days(1, 1, 400), Days(1, 1, 60)}},
		{"all ordered every day", []History{Days(90, 90, 90), Days(60, 60, 60)}},
		{"all first ordered on the same day", []History{Days(0, 0, 80), Days(2, 30, 80), Days(9, 79, 80)}},
		{"last order now", []History{Days(1, 70, 70), Days(2, 90, 90)}},
		{"a few with ten thousand orders", []History{Days(0, 0, 500), Days(1, 20, 300), Days(10_000, 600, 600)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c Counts
			for _, h := range tt.histories {
				if err := c.Add(h, 200); err != nil {
					t.Fatal(err)
				}
			}
			for _, f := range Families() {
				fit, err := FitCounts(f, &c)
				if err != nil {
					t.Fatal(err)
				}
				m, err := fit.Model()
				if err != nil {
					t.Fatalf("%s: %v", f, err)
				}
				for _, h := range tt.histories {
					e, alive := m.Expected(h, 13), m.Alive(h)
					if !(e >= 0 && !math.IsInf(e, 0) && alive >= 0 && alive <= 1) {
						t.Errorf("%s: E = %v, alive = %v of %v at %v", f, e, alive, h, fit.Values())
					}
				}
				if _, err := json.Marshal(fit); err != nil {
					t.Errorf("%s does not encode: %v", f, err)
				}
			}
		})
	}
}

func TestUnknownFamiliesAndImpossibleParametersAreInvalid(t *testing.T) {
	for name, err := range map[string]error{
		"unknown family":   second(New("weibull", 1, 2)),
		"too few":          second(New(BGNBD, 1, 2)),
		"zero":             second(New(NBD, 0, 2)),
		"not a number":     second(New(NBD, 1, math.NaN())),
		"infinite":         second(Given(NBD, 1, math.Inf(1))),
		"fit of no family": second(FitCounts("", &Counts{})),
		"spending":         second(GivenSpending(1, -2, 3)),
	} {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheWayOverFewRowsLeadsToTheSameTop(t *testing.T) {
	m := cdnow()[0]
	s := sampleOf(newShop(m, 78, 1).counts(40_000, 0))
	if len(s.rows) < 20_000 {
		t.Fatalf("%d rows are too few to matter", len(s.rows))
	}
	direct := maximize(func(at, gradient []float64) float64 {
		sum := of(MBGNBD, exps(at)).logLikelihood(s)
		copy(gradient, sum[1:])
		return sum[0]
	}, float64(s.customers), starts(MBGNBD, s)...)
	got := climbTo(MBGNBD, s)
	for i := range got.at {
		if math.Abs(got.at[i]-direct.at[i]) > 1e-6 {
			t.Errorf("ln %s = %v, directly %v", MBGNBD.Parameters()[i], got.at[i], direct.at[i])
		}
	}
}
