package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/console"
	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

func TestExplainPutsWhatHoldsFirstAndSaysWhatIsNotKnown(t *testing.T) {
	set, err := segment.Compile([]segment.Definition{
		{Name: "angry", When: "nps <= 6 or open_tickets >= 2"},
		{Name: "regular", When: `orders >= 2 and not in_segment("angry") and spend / orders > 30`},
	}, segment.Settings{Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	p := customer.Profile{ID: "c1"}
	p.Books = []customer.Book{{Currency: "EUR", Orders: 3, Spend: 10000}}
	e := console.Explanation{Profile: p, Campaigns: []console.Standing{{Campaign: "hello", Why: "not in the segment new"}}}
	for _, r := range set.Explain(&p, time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC)) {
		e.Segments = append(e.Segments, console.Membership{Reason: r})
	}
	var b strings.Builder
	if err := explainText(&b, e); err != nil {
		t.Fatal(err)
	}
	want := `customer c1, known as an order or address only
  3 orders, 100.00 EUR spent, first never, last never
  mail: unknown

in 1 of 2 segments
  yes  regular, from the next night on
      ✓ all of
        ✓ orders >= 2   (orders = 3)
        ✓ not in_segment("angry")
        ✓ spend / orders > 30   (spend = 100, orders = 3)
  no   angry
      ✗ one of
        ✗ nps <= 6   (nps = unknown)
        ✗ open_tickets >= 2   (open_tickets = 0)

campaigns
  hello: not in the segment new
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
