package model

import (
	"math/rand/v2"
	"testing"
)

// million is a shop of a million customers over two years, by the day.
func million(b *testing.B) []History {
	b.Helper()
	s := newShop(must(MBGNBD, 0.525, 6.183, 0.891, 1.614), 104, 1)
	out := make([]History, 1_000_000)
	for i := range out {
		h, _ := s.observe(0)
		out[i] = Days(h.Repeats, int(h.Last*7), int(h.Age*7))
	}
	return out
}

func countAll(b *testing.B, all []History) *Counts {
	b.Helper()
	var c Counts
	for _, h := range all {
		if err := c.Add(h, 1); err != nil {
			b.Fatal(err)
		}
	}
	return &c
}

func BenchmarkFitMillion(b *testing.B) {
	all := million(b)
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			countAll(b, all)
		}
	})
	c := countAll(b, all)
	for _, f := range Families() {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				if _, err := FitCounts(f, c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(c.Distinct()), "distinct")
		})
	}
	b.Run("encode", func(b *testing.B) {
		size := 0
		for b.Loop() {
			data, err := c.MarshalJSON()
			if err != nil {
				b.Fatal(err)
			}
			size = len(data)
		}
		b.ReportMetric(float64(size), "bytes")
	})
}

func BenchmarkPredictMillion(b *testing.B) {
	all := million(b)
	rng := rand.New(rand.NewPCG(1, 3))
	customers := make([]Customer, len(all))
	for i, h := range all {
		customers[i] = Customer{h, h.Repeats, 1000 + 4000*rng.Float64()}
	}
	out := make([]Forecast, len(all))
	for _, m := range cdnow()[:2] {
		fit := fitted(b, m, 5000)
		for _, part := range []string{"orders", "with value and interval"} {
			b.Run(string(m.Family())+" "+part, func(b *testing.B) {
				for b.Loop() {
					f := forecaster(b, fit)
					if part == "orders" {
						f.spending = nil
					}
					f.All(customers, out)
				}
			})
		}
	}
}
