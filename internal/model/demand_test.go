package model

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat/distuv"
)

// A season simulates 820 days of a shop: customers come at a rate that grows and
// swings over the year, order by the story of a model, and spend by that of the
// Gamma-Gamma. The last 90 days are what was to be forecast.
type season struct {
	customers  []Customer
	counts     Counts // as of 90 days before today, with what came after
	now        Counts
	spending   Spending
	arrivals   Arrivals
	newcomers  float64
	orders     float64 // of known customers
	revenue    float64
	allOrders  float64
	allRevenue float64
}

const seasonDays = 730

func newSeason(m Model, growth, swing float64, seed uint64) *season {
	out := &season{}
	s := newShop(m, 0, seed)
	phase := 2 * math.Pi * s.rng.Float64()
	for day := range seasonDays + ArrivalDays {
		rate := 2 * math.Exp(growth*float64(day)/365) * (1 + swing*math.Sin(phase+2*math.Pi*float64(day)/365))
		for range int(distuv.Poisson{Lambda: rate, Src: s.rng}.Rand()) {
			out.add(s, day)
		}
	}
	return out
}

func (o *season) add(s *shop, day int) {
	const end = seasonDays + ArrivalDays
	nu := distuv.Gamma{Alpha: 3.74, Beta: 1544, Src: s.rng}.Rand()
	spend := func() float64 { return math.Round(distuv.Gamma{Alpha: 6.25, Beta: nu, Src: s.rng}.Rand()) }
	days := []int{day}
	for _, t := range s.orders(float64(end-1-day) / daysPerWeek) {
		days = append(days, day+int(math.Ceil(t*daysPerWeek)))
	}
	var later, laterSpent, repeats, spent, firstSpent float64
	for i, d := range days {
		if i > 0 && d == days[i-1] || d >= end {
			continue
		}
		v := spend()
		switch {
		case d >= seasonDays:
			later++
			laterSpent += v
		case d == day:
			firstSpent = v
		default:
			repeats++
			spent += v
		}
	}
	o.allOrders += later
	o.allRevenue += laterSpent
	if day >= seasonDays {
		o.newcomers++
		return
	}
	o.orders += later
	o.revenue += laterSpent
	o.arrivals.Add(seasonDays-1-day, int64(firstSpent))
	h, _ := Observe(days, seasonDays-1)
	_ = o.now.Add(h, 1) // observed histories are possible
	if before, ok := Observe(days, seasonDays-1-ArrivalDays); ok {
		_ = o.counts.AddOutcome(before, Later(days, seasonDays-1-ArrivalDays, seasonDays-1), 1)
	}
	c := Customer{History: h}
	if repeats > 0 && spent > 0 {
		c.Orders, c.Mean = int(repeats), spent/repeats
		_ = o.spending.Add(c.Orders, spent, 1)
	}
	o.customers = append(o.customers, c)
}

// forecast is what a shop would have been told.
func (o *season) forecast(t *testing.T, f Family) Demand {
	t.Helper()
	tested, err := Test(f, &o.counts, ArrivalDays/7.0)
	if err != nil {
		t.Fatal(err)
	}
	fit, err := FitCounts(f, &o.now)
	if err != nil {
		t.Fatal(err)
	}
	spending, err := FitSpending(&o.spending, 0.99)
	if err != nil {
		t.Fatal(err)
	}
	forecaster, err := NewForecaster(fit, &spending, Terms{Weeks: ArrivalDays / 7.0, Margin: 1})
	if err != nil {
		t.Fatal(err)
	}
	known := make([]bool, len(o.customers))
	for i := range known {
		known[i] = true
	}
	return forecaster.Demand(Sums(o.customers, known, forecaster)[0], tested.Model.Error, o.arrivals, seasonDays)
}

func TestTheDemandOfSimulatedShopsIsWithinItsBands(t *testing.T) {
	seeds := 60
	if *exhaustive {
		seeds = 500
	}
	for _, tt := range []struct {
		name          string
		m             Model
		growth, swing float64
	}{
		{"steady", must(MBGNBD, 0.525, 6.183, 0.891, 1.614), 0, 0},
		{"growing, with a season", must(MBGNBD, 0.525, 6.183, 0.891, 1.614), 0.3, 0.3},
		{"of another model", must(ParetoNBD, 0.9, 8, 0.8, 14), 0.1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			inside, wide := map[string]float64{}, map[string]float64{}
			look := func(what string, b Band, actual float64) {
				wide[what] += (b.High - b.Low) / b.Value / 2 / float64(seeds)
				if b.Low <= actual && actual <= b.High {
					inside[what] += 1 / float64(seeds)
				}
			}
			for seed := range uint64(seeds) {
				s := newSeason(tt.m, tt.growth, tt.swing, seed)
				d := s.forecast(t, MBGNBD)
				look("orders", d.Orders, s.orders)
				look("revenue", d.Revenue, s.revenue)
				look("newcomers", d.New.Customers, s.newcomers)
				look("all orders", d.AllOrders, s.allOrders)
				look("all revenue", d.AllRevenue, s.allRevenue)
			}
			for what, share := range inside {
				t.Logf("%s: %.2f inside, ± %.0f %%", what, share, 100*wide[what])
				if share < 0.9-2*math.Sqrt(0.09/float64(seeds)) || wide[what] > 0.8 {
					t.Errorf("%s: %.2f inside ± %.2f", what, share, wide[what])
				}
			}
		})
	}
}

func TestSharesOfAllAddUpWhateverTheParts(t *testing.T) {
	f := forecaster(t, fitted(t, cdnow()[0], 2000))
	s := newShop(cdnow()[0], 78, 12)
	customers, known := make([]Customer, 2*chunkRows+99), make([]bool, 2*chunkRows+99)
	var want Sum
	for i := range customers {
		h, _ := s.observe(0)
		customers[i], known[i] = Customer{h, h.Repeats, 2500}, i%3 > 0
		if known[i] {
			want.Add(f.Share(customers[i]))
		}
	}
	if diff := cmp.Diff(want, Sums(customers, known, f)[0]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAShareIsTheForecast(t *testing.T) {
	fit := fitted(t, cdnow()[0], 2000)
	spending, err := FitSpending(spenders(6.25, 3.74, 1544, 2000, 4), 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewForecaster(fit, &spending, Terms{Weeks: 13, Margin: 1})
	if err != nil {
		t.Fatal(err)
	}
	c := Customer{History{3, 30, 35}, 3, 2500}
	share, want := f.Share(c), f.Of(c)
	if share.Orders != want.Orders || math.Abs(share.Revenue/want.CLV-1) > 1e-12 {
		t.Errorf("share %+v, forecast %+v", share, want)
	}
	// Of one customer, the delta method on the sum is that on the forecast.
	slope := share.RevenueSlope
	sd := math.Sqrt(quadratic(slope[:4], fit.Covariance)+quadratic(slope[4:], spending.Covariance)) / share.Revenue
	if got := math.Log(want.High/want.CLV) / 1.959963984540054; math.Abs(sd/got-1) > 1e-6 {
		t.Errorf("standard deviation %v, of the forecast %v", sd, got)
	}
}

func TestNewcomersNeedAPast(t *testing.T) {
	var a Arrivals
	for day := range 400 {
		a.Add(day, 1000)
	}
	for _, tt := range []struct{ days, known, need int }{{90, 290, 291}, {30, 230, 231}} {
		_, _, err := a.next(tt.days, tt.known)
		var short *TooLittle
		if !errors.As(err, &short) || short.Missing[0].Need != int64(tt.need) {
			t.Errorf("%d days ahead of %d: %v", tt.days, tt.known, err)
		}
		if mean, variance, err := a.next(tt.days, tt.need); err != nil || mean != float64(tt.days) || variance < mean {
			t.Errorf("%d days ahead of %d: %v ± %v, %v", tt.days, tt.need, mean, variance, err)
		}
	}
}

// At the true parameters, what chance adds to a sum is as wide as the shares say.
func TestTheVarianceOfASumIsThatOfSimulatedCustomers(t *testing.T) {
	for _, m := range cdnow() {
		t.Run(string(m.Family()), func(t *testing.T) {
			fit, err := Given(m.Family(), m.Parameters()...)
			if err != nil {
				t.Fatal(err)
			}
			f, err := NewForecaster(fit, nil, Terms{Weeks: 13, Margin: 1})
			if err != nil {
				t.Fatal(err)
			}
			s := newShop(m, 78, 5)
			var said, was float64
			for range 60_000 {
				h, later := s.observe(13)
				share := f.Share(Customer{History: h})
				said += share.OrdersVariance
				was += (float64(later) - share.Orders) * (float64(later) - share.Orders)
			}
			t.Logf("%.3f of what was", said/was)
			if ratio := said / was; ratio < 0.93 || ratio > 1.08 {
				t.Errorf("the variance is %.3f of what was", ratio)
			}
		})
	}
}

func TestTheBackTestsErrorWidensTheBand(t *testing.T) {
	f := forecaster(t, fitted(t, cdnow()[0], 2000))
	sum := Sum{Customers: 500, Orders: 400_000, OrdersVariance: 900_000, Revenue: 1_000_000, RevenueVariance: 4_000_000}
	const z = 1.959963984540054
	for _, miss := range []float64{0, 0.25, -0.25} {
		orders, revenue := f.Known(sum, miss)
		wantOrders, wantRevenue := z*math.Hypot(30, 400*miss), z*math.Hypot(2000, 1e6*miss)
		if math.Abs(orders.High-400-wantOrders) > 1e-9 || math.Abs(400-orders.Low-wantOrders) > 1e-9 || math.Abs(revenue.High-1e6-wantRevenue) > 1e-6 {
			t.Errorf("off by %v: %+v, %+v", miss, orders, revenue)
		}
	}
}
