package night_test

import (
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
)

// BenchmarkDeriveOneCustomer scores buyers by the starter playbook: RFM, group,
// forecasts and all segments.
func BenchmarkDeriveOneCustomer(b *testing.B) {
	book, err := playbook.Load(os.DirFS("../../playbook"))
	if err != nil {
		b.Fatal(err)
	}
	shop := simulated(20_000, 9)
	s := stored(b, shop)
	pass(b, b.Context(), newNight(b, s), tonight, 1)
	fit, err := newNight(b, s).FitOf(b.Context(), tonight)
	if err != nil {
		b.Fatal(err)
	}
	without := fit
	without.Foresight = nil
	for _, c := range []struct {
		name string
		fit  night.Fit
	}{{"with forecasts", fit}, {"without", without}} {
		b.Run(c.name, func(b *testing.B) {
			scorer := night.NewScorer(book.Rules, c.fit, book.Business.Zone, book.Business.Currency)
			b.ReportAllocs()
			var d customer.Derived
			i := 0
			for b.Loop() {
				d = scorer.Derive(shop[i%len(shop)], tonight)
				i++
			}
			b.ReportMetric(float64(len(book.Segments)), "segments")
			_ = d
		})
	}
}

// BenchmarkNight runs whole nights over twenty thousand customers who have not
// changed, on one shard.
func BenchmarkNight(b *testing.B) {
	shop := simulated(20_000, 9)
	s := stored(b, shop)
	n := newNight(b, s)
	pass(b, b.Context(), n, tonight, 1)
	for b.Loop() {
		pass(b, b.Context(), n, tonight, 1)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(shop)), "µs/customer")
}

// BenchmarkRewritten reports which share of the customers a night writes, in a
// week in which the shop goes on as before. Those who order are not counted:
// their profiles are written anyhow.
func BenchmarkRewritten(b *testing.B) {
	all := simulatedOrders(20_000, 9)
	until := func(at time.Time) map[customer.ID]customer.Profile {
		out := map[customer.ID]customer.Profile{}
		for i, orders := range all {
			seen := slices.IndexFunc(orders, func(o order) bool { return !o.at.Before(at) })
			if seen < 0 {
				seen = len(orders)
			}
			p := buyer(i, orders[:seen]...)
			out[p.ID] = p
		}
		return out
	}
	const nights = 7
	for b.Loop() {
		first := tonight.AddDate(0, 0, -nights)
		s := stored(b, slices.Collect(maps.Values(until(first))))
		n := newNight(b, s)
		pass(b, b.Context(), n, first, 1)
		written := 0
		for day := 1; day <= nights; day++ {
			at := first.AddDate(0, 0, day)
			now := until(at)
			before := map[customer.ID]int64{}
			for _, p := range everybody(b, s) {
				if cmp.Equal(p.Folded, now[p.ID].Folded) {
					before[p.ID] = p.Version
					continue
				}
				p.Folded = now[p.ID].Folded
				if err := s.PutProfile(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
			pass(b, b.Context(), n, at, 1)
			for _, p := range everybody(b, s) {
				if v, quiet := before[p.ID]; quiet && v != p.Version {
					written++
				}
			}
		}
		b.ReportMetric(100*float64(written)/nights/float64(len(all)), "%/night")
	}
}
