package model

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// year is a forecast over 52 weeks at 10 % a year and a margin of 40 %.
var year = Terms{Weeks: 52, AnnualRate: 0.1, Margin: 0.4}

func fitted(t testing.TB, m Model, customers int) Fit {
	t.Helper()
	fit, err := FitCounts(m.Family(), newShop(m, 78, 11).counts(customers, 0))
	if err != nil {
		t.Fatal(err)
	}
	return fit
}

func forecaster(t testing.TB, fit Fit) *Forecaster {
	t.Helper()
	spending, err := FitSpending(spenders(6.25, 3.74, 1544, 2000, 4), 0.999)
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewForecaster(fit, &spending, year)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestForecastIsTheModelsWord(t *testing.T) {
	for _, m := range cdnow() {
		t.Run(string(m.Family()), func(t *testing.T) {
			f := forecaster(t, fitted(t, m, 2000))
			m, err := f.fit.Model()
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range []History{{0, 0, 10}, {2, 30, 35}, {6, 12, 60}} {
				got := f.Of(Customer{History: h, Orders: h.Repeats, Mean: 3000})
				value := f.spending.Expected(h.Repeats, 3000)
				want := Forecast{
					Orders:     m.Expected(h, 52),
					Alive:      m.Alive(h),
					NoOrder:    m.NoOrder(h, 52),
					OrderValue: value,
					CLV:        value * 0.4 * slowlyDiscounted(m, h, 52, math.Log(1.1)/52),
				}
				if median, ok := m.NextOrder(h, 0.5); ok && want.Alive > 0.5 {
					want.Next.Median, want.Next.Expected = median, true
					want.Next.From, _ = m.NextOrder(h, 0.25)
					want.Next.To, _ = m.NextOrder(h, 0.75)
				}
				want.Low, want.High = got.Low, got.High
				if diff := cmp.Diff(want, got, closely); diff != "" {
					t.Errorf("%v (-want +got):\n%s", h, diff)
				}
				if !(got.Low > 0 && got.Low < got.CLV && got.CLV < got.High && got.High < 3*got.CLV) {
					t.Errorf("%v: %v to %v around %v", h, got.Low, got.High, got.CLV)
				}
			}
		})
	}
}

var closely = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-8*math.Max(math.Abs(a), 1e-3) })

// slowlyDiscounted adds up e^(−δt) dE(t) over ten thousand steps.
func slowlyDiscounted(m Model, h History, weeks, delta float64) float64 {
	const steps = 10_000
	sum, before := 0.0, 0.0
	for i := range steps {
		now := m.Expected(h, weeks*float64(i+1)/steps)
		sum += (now - before) * math.Exp(-delta*weeks*(float64(i)+0.5)/steps)
		before = now
	}
	return sum
}

// The interval is for the expectation: it covers that of the true parameters in
// 95 of 100 shops.
func TestIntervalsCoverTheTrueExpectation(t *testing.T) {
	truth := must(MBGNBD, 0.525, 6.183, 0.891, 1.614)
	value, err := GivenSpending(6.25, 3.74, 1544)
	if err != nil {
		t.Fatal(err)
	}
	seeds := 80
	if *exhaustive {
		seeds = 1000
	}
	histories := []History{{0, 0, 40}, {1, 20, 45}, {4, 50, 60}, {3, 10, 70}}
	covered := 0
	for seed := range uint64(seeds) {
		fit, err := FitCounts(MBGNBD, newShop(truth, 78, 1000+seed).counts(1500, 0))
		if err != nil {
			t.Fatal(err)
		}
		spending, err := FitSpending(spenders(6.25, 3.74, 1544, 800, 1000+seed), 1)
		if err != nil {
			t.Fatal(err)
		}
		f, err := NewForecaster(fit, &spending, year)
		if err != nil {
			t.Fatal(err)
		}
		exact := Forecaster{terms: year, delta: math.Log(1.1) / 52}
		for _, h := range histories {
			got := f.Of(Customer{h, h.Repeats, 3000})
			want := value.Expected(h.Repeats, 3000) * truth.Alive(h) * exact.discounted(truth, h.Repeats, h.Age, fine()) * 0.4
			if got.Low <= want && want <= got.High {
				covered++
			}
		}
	}
	share := float64(covered) / float64(seeds*len(histories))
	t.Logf("%.3f covered", share)
	if math.Abs(share-0.95) > 3*math.Sqrt(0.95*0.05/float64(seeds)) {
		t.Errorf("%.3f covered, want 0.95", share)
	}
}

func TestNoOrderIsExpectedOfThoseWhoHaveProbablyLeft(t *testing.T) {
	f := forecaster(t, fitted(t, cdnow()[0], 2000))
	got := f.Of(Customer{History: History{8, 10, 70}})
	if got.Alive > 0.5 || got.Next != (Window{}) {
		t.Errorf("alive %v, next %+v", got.Alive, got.Next)
	}
}

func TestForecastsOfManyAreThoseOfEach(t *testing.T) {
	f := forecaster(t, fitted(t, cdnow()[0], 2000))
	s := newShop(cdnow()[0], 78, 12)
	customers := make([]Customer, 3*chunkRows+17)
	for i := range customers {
		h, _ := s.observe(0)
		customers[i] = Customer{Days(h.Repeats, int(h.Last*7), int(h.Age*7)), h.Repeats, 2500}
	}
	got, want := make([]Forecast, len(customers)), make([]Forecast, len(customers))
	f.All(customers, got)
	fresh := forecaster(t, f.fit)
	for i := range slices.Backward(customers) {
		want[i] = fresh.Of(customers[i])
	}
	if !slices.Equal(got, want) {
		t.Error("they differ")
	}
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
}

func TestWithoutASpendingModelThereIsNoValue(t *testing.T) {
	f, err := NewForecaster(fitted(t, cdnow()[1], 2000), nil, year)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Of(Customer{History{2, 20, 30}, 2, 100}); got.Orders <= 0 || got.OrderValue != 0 || got.CLV != 0 || got.High != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestImpossibleTermsAreInvalid(t *testing.T) {
	fit, err := Given(NBD, 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, terms := range []Terms{{}, {Weeks: -1, Margin: 1}, {Weeks: 52}, {Weeks: 52, Margin: 1.1}, {Weeks: 52, Margin: 1, AnnualRate: -0.1}, {Weeks: math.NaN(), Margin: 1}} {
		if _, err := NewForecaster(fit, nil, terms); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: err = %v, want ErrInvalid", terms, err)
		}
	}
}

func TestSlopeOfWhatLiesAheadIsThatOfTheFineRule(t *testing.T) {
	for _, m := range cdnow() {
		f := forecaster(t, fitted(t, m, 2000))
		for _, h := range []History{{0, 0, 10}, {6, 12, 60}} {
			got := f.lookAhead(h.Repeats, h.Age).slope
			for i := range f.model.Parameters() {
				const step = 1e-4
				up, down := f.model.Parameters(), f.model.Parameters()
				up[i] *= math.Exp(step)
				down[i] *= math.Exp(-step)
				want := math.Log(f.discounted(of(m.Family(), up), h.Repeats, h.Age, fine())/
					f.discounted(of(m.Family(), down), h.Repeats, h.Age, fine())) / (2 * step)
				if math.Abs(got[i]-want) > 1e-3 {
					t.Errorf("%s %v: slope by ln %s = %v, want %v", m.Family(), h, m.Family().Parameters()[i], got[i], want)
				}
			}
		}
	}
}
