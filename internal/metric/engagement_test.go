package metric

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func TestTouchesAreTheCustomersOwn(t *testing.T) {
	now := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	today := customer.DayOf(now, time.UTC)
	ago := func(name string, days ...int) customer.Series {
		s := customer.Series{Name: name}
		for _, d := range days {
			s.Counts = append(s.Counts, customer.Count{Day: today - d, N: 2})
		}
		return s
	}
	p := customer.Folded{
		Activity: []customer.Series{
			ago("page_view", 90, 60, 59, 30, 29, 0, -1), ago("product_viewed", 3), ago("mail_opened", 1), ago("mail_clicked", 40), ago("help_viewed", 5),
		},
		Service: customer.TicketState{Tickets: 2, Last: now.AddDate(0, 0, -31)},
	}
	got := TouchesOf(p, now, time.UTC)
	var want Touches
	want[customer.Web.Index()] = Touch{Now: 6, Before: 4}
	want[customer.Mailbox.Index()] = Touch{Before: 2}
	want[customer.Support.Index()] = Touch{Now: 2, Before: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(customer.Touchpoints()) != touchpoints {
		t.Errorf("%d touchpoints are counted, of %d", touchpoints, len(customer.Touchpoints()))
	}
}

func TestEngagementIsAShareAndAChange(t *testing.T) {
	var a, b Engagement
	web := customer.Web.Index()
	add := func(e *Engagement, n int, touch Touch) {
		for range n {
			var all Touches
			all[web] = touch
			e.Add(all)
		}
	}
	add(&a, 20, Touch{3, 1})
	add(&a, 30, Touch{1, 0})
	add(&b, 10, Touch{0, 5})
	add(&b, 40, Touch{})
	a.Merge(b)
	got := a.Contacts(100)
	want := []Contact{{
		Touchpoint: customer.Web, Rate: NewRate(50, 100), Before: NewRate(30, 100),
		Change:     Score{Known: true, Value: 0.2, Low: 20/102.0 - 1.959963984540054*math.Sqrt(41-400/102.0)/102, High: 20/102.0 + 1.959963984540054*math.Sqrt(41-400/102.0)/102, Of: 100},
		Activities: 90, ActivitiesBefore: 70,
	}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := (&Engagement{}).Contacts(0); got != nil {
		t.Errorf("nobody has %+v", got)
	}
}

func TestTheIntervalOfAChangeCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	covered, runs := 0, 2000
	for range runs {
		var first, second int64
		for range 200 {
			taste := rng.Float64()
			now, before := rng.Float64() < 0.4*taste, rng.Float64() < 0.3*taste
			first += one(now && !before)
			second += one(before && !now)
		}
		if s := paired(first, second, 200); s.Low <= 0.05 && 0.05 <= s.High {
			covered++
		}
	}
	if share := float64(covered) / float64(runs); share < 0.94 || share > 0.97 {
		t.Errorf("%.3f covered", share)
	}
}
