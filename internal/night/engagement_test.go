package night_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

func TestEngagementIsCountedInEveryGroup(t *testing.T) {
	today := customer.DayOf(tonight, vienna)
	did := func(i int, name string, ago int) customer.Profile {
		p := buyer(i, order{tonight.AddDate(0, 0, -5), 1000})
		p.Activity = []customer.Series{{Name: name, Counts: []customer.Count{{Day: today - ago, N: 3}}}}
		return p
	}
	shop := []customer.Profile{did(1, "page_view", 2), did(2, "page_view", 40), did(3, "screen_view", 1), did(4, "mail_delivered", 1), buyer(5)}
	shop[4].Activity = shop[0].Activity // known, but has not ordered
	snapshot, _ := pass(t, t.Context(), newNight(t, stored(t, shop)), tonight, 3)
	type seen struct {
		Active, Before, Of, Acts int64
	}
	look := func(group string) map[customer.Touchpoint]seen {
		out := map[customer.Touchpoint]seen{}
		for _, c := range snapshot.Engagement[group] {
			out[c.Touchpoint] = seen{c.Rate.Hits, c.Before.Hits, c.Rate.Of, c.Activities}
		}
		return out
	}
	for group, want := range map[string]map[customer.Touchpoint]seen{
		"":          {customer.Web: {2, 1, 5, 6}, customer.App: {1, 0, 5, 3}},
		"everybody": {customer.Web: {2, 1, 5, 6}, customer.App: {1, 0, 5, 3}},
		"new":       {customer.Web: {1, 1, 4, 3}, customer.App: {1, 0, 4, 3}},
		"nobody":    {},
	} {
		if diff := cmp.Diff(want, look(group)); diff != "" {
			t.Errorf("%q: -want +got\n%s", group, diff)
		}
	}
	if c := snapshot.Engagement[""][0].Change; !c.Known || c.Value != 0.2 || !(c.Low < 0.2 && 0.2 < c.High) {
		t.Errorf("the change is %+v", c)
	}
	if metric.EngagementDays != 30 {
		t.Error("the test is about 30 days")
	}
}
