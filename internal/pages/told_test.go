package pages

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func TestMarksOfMovesAreNotToldOfACustomer(t *testing.T) {
	visited := customer.Body{Activity: &customer.Activity{Name: "page_view"}}
	got := told([]customer.Fact{
		{Record: "segment/web/1", Key: "activity/page_view/1", Body: visited},
		{Record: "segment/web/1", Key: "moved"}, // it is here
		{Record: "segment/web/1", Key: "came/1"},
		{Record: "segment/web/2", Key: "activity/page_view/2", Body: visited},
		{Record: "segment/web/2", Key: "moved", Body: customer.Body{Moved: &customer.Moved{To: "caaaaaaaaaaaaaaaa"}}},
	})
	if len(got) != 1 || got[0].Key != "activity/page_view/1" {
		t.Errorf("told are %+v", got)
	}
}

func TestExpectationsAreInWords(t *testing.T) {
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		of   customer.Outlook
		want *expectation
	}{
		{"nothing is forecast", customer.Outlook{}, nil},
		{"everything is", customer.Outlook{Horizon: 180, Alive: 85, NoOrder: 45, Orders: 90, CLV: 150_40, Band: 120, NextFrom: 10, Next: 20, NextTo: 30},
			&expectation{180, 45, 85, "0.9", "150" + nbsp + "EUR, 95" + nbsp + "%: 125–180", "25 Jun 2026 to 15 Jul 2026, as likely as not by 5 Jul 2026"}},
		{"no order is expected, and no value known", customer.Outlook{Horizon: 90, Alive: 5, NoOrder: 95},
			&expectation{90, 95, 5, "0", "", "none expected"}},
		{"three of four never order again", customer.Outlook{Horizon: 90, Alive: 60, NoOrder: 55, Orders: 55, NextFrom: 10, Next: 20},
			&expectation{90, 55, 60, "0.55", "", "as likely as not by 5 Jul 2026"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, expected(c.of, "EUR", now, time.UTC)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
