package sim_test

import (
	"testing"

	"holdfast/internal/customer"
	"holdfast/internal/sim"
)

// What the search found, each as small as it got.
func TestRacesThatWereLostOnce(t *testing.T) {
	a1, h6 := people[0], people[5]
	v := func(tie string) customer.Version { return customer.NewVersion(start, tie) }
	contact := func(r customer.Identity, tie string, c customer.Contact) customer.Event {
		return customer.Event{Record: r, Claim: &customer.Claim{Version: v(tie), Email: c.Email, Phone: c.Phone},
			Fact: &customer.Fact{Key: customer.ContactKey("", c), Version: v(tie), At: start, Body: customer.Body{Contact: &c}}}
	}
	seen := customer.Event{Record: a1, Fact: &customer.Fact{Key: "activity/page_view/1", Version: v("1"), At: start,
		Expires: start.Add(customer.CartLife), Body: customer.Body{Activity: &customer.Activity{Name: "page_view"}}}}
	one, two := customer.Contact{Email: "one@example.com"}, customer.Contact{Email: "two@example.com"}
	order := customer.Event{Record: orders[0], Claim: &customer.Claim{Version: v("3"), Parent: a1},
		Fact: &customer.Fact{Key: "order", Version: v("3"), At: start, Body: customer.Body{Order: &customer.Order{Placed: start, Currency: "EUR", Total: 100, Current: 100, Payment: "paid"}}}}
	for _, tt := range []struct {
		name    string
		history []message
		batches [][]int
	}{
		{"a visitor's page view is stored while the first contact is", []message{{seen}, {contact(a1, "4", customer.Contact{})}}, [][]int{{1}, {0}}},
		{"two records of one address are first seen at the same time", []message{{contact(a1, "1", one)}, {contact(h6, "2", one)}}, [][]int{{0}, {1}}},
		{"a record leaves a customer while a fact of it is stored there", []message{{contact(h6, "1", one)}, {seen}, {contact(a1, "2", one)}}, [][]int{{0}, {1}, {2}, {1}}},
		{"a customer goes to another and comes back", []message{{contact(a1, "1", one)}, {contact(h6, "2", one)}, {contact(h6, "3", two)}, {contact(h6, "4", one)}}, [][]int{{0, 1}, {2}, {3}, {1}}},
		{"an order comes while its customer moves", []message{{contact(h6, "1", one)}, {contact(a1, "2", customer.Contact{})}, {order}, {contact(a1, "4", one)}}, [][]int{{0}, {1}, {2}, {3}, {2}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			open := stores(t)
			for after := range 24 {
				for _, fate := range []sim.Fate{sim.Pass, sim.DieBefore, sim.DieAfter, sim.FailBefore, sim.FailAfter} {
					plan := []sim.Turn{{After: after, Fate: fate}, {After: after / 2}}
					s := scenario{history: tt.history, batches: tt.batches, workers: 2, plan: plan}
					if problem := differs(t, open, s); problem != "" {
						t.Fatalf("%v\n%s", s, problem)
					}
				}
			}
		})
	}
}
