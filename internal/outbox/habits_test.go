package outbox

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHabitsHaveTheirSharesAndAreAlwaysTheSame(t *testing.T) {
	const mails = 3000
	sent := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	h := Habits{Bounce: 0.1, Soft: 0.1, Open: 0.5, Click: 0.5, Complaint: 0.1}
	play := func(seed string) map[string]int {
		kinds := map[string]int{}
		for i := range mails {
			m := Mail{ID: fmt.Sprint(i), Sent: sent, HTML: `<a href="https://kelp.example/new">New</a>`}
			for _, o := range h.occasions(m, seed) {
				kinds[o.kind+o.sub]++
				if o.at.Before(sent) || o.at.After(sent.Add(24*time.Hour)) {
					t.Errorf("%s at %s", o.kind, o.at)
				}
			}
		}
		return kinds
	}
	kinds := play("seed")
	for kind, share := range map[string]float64{"Send": 1, "Delivery": 0.8, "BouncePermanent": 0.1, "BounceTransient": 0.1, "Open": 0.4, "Click": 0.2, "Complaint": 0.08} {
		if got := float64(kinds[kind]) / mails; math.Abs(got-share) > 0.03 {
			t.Errorf("%s: a share of %.3f, want %.2f", kind, got, share)
		}
	}
	if diff := cmp.Diff(kinds, play("seed")); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(kinds, play("another seed")) {
		t.Error("the seed makes no difference")
	}
}
