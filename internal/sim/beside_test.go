package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/sim"
)

// What the search found of two processes side by side, one of which lets the
// other go first in the middle and may die after that, each as small as it got.
func TestWhatWasLostBesideAnotherProcessOnce(t *testing.T) {
	a1, a2, h5 := people[0], people[1], people[4]
	v := func(hour int) customer.Version {
		return customer.NewVersion(start.Add(time.Duration(hour)*time.Hour), fmt.Sprint(hour))
	}
	contact := func(r customer.Identity, hour int, e customer.Email) customer.Event {
		c := customer.Contact{Email: e}
		return customer.Event{Record: r, Claim: &customer.Claim{Version: v(hour), Email: e},
			Fact: &customer.Fact{Key: customer.ContactKey("", c), Version: v(hour), At: start, Body: customer.Body{Contact: &c}}}
	}
	ordered := func(hour int, c customer.Claim) customer.Event {
		c.Version = v(hour)
		return customer.Event{Record: orders[0], Claim: &c, Fact: &customer.Fact{Key: "order", Version: v(hour), At: start,
			Body: customer.Body{Order: &customer.Order{Placed: start, Currency: "EUR", Total: 1, Current: 1, Payment: "paid"}}}}
	}
	yes := customer.Consent{Channel: customer.EmailChannel, Via: "shopify", State: customer.Subscribed}
	consents := customer.Event{Record: a2, Fact: &customer.Fact{Key: customer.ConsentKey(yes), Version: v(1), At: start, Body: customer.Body{Consent: &yes}}}
	seen := customer.Event{Record: a1, Fact: &customer.Fact{Key: "activity/page_view/1", Version: v(2), At: start,
		Expires: start.Add(customer.CartLife), Body: customer.Body{Activity: &customer.Activity{Name: "page_view"}}}}
	erase := func(i customer.Identity) message {
		return message{{Record: i, Command: &customer.Command{Kind: customer.Erase, At: start}}}
	}
	const two, three = customer.Email("two@example.com"), customer.Email("three@example.com")
	for _, tt := range []struct {
		name    string
		history []message
		slow    bool
		fate    sim.Fate // what befalls it, or the other, after that
	}{
		{"a customer joins another while their first profile is written", []message{{contact(h5, 1, three)}, {consents}, {contact(a2, 2, three)}}, false, sim.DieAfter},
		{"an address is erased while an order known for long is given to it",
			[]message{{ordered(1, customer.Claim{Parent: a1})}, {ordered(2, customer.Claim{Email: two})}, erase(customer.EmailIdentity(two))}, true, sim.Pass},
		{"a customer known for long is erased while a fact of theirs is stored", []message{{contact(a1, 1, two)}, {seen}, erase(a1)}, true, sim.Pass},
		{"an order is erased while it is given to another address",
			[]message{{ordered(1, customer.Claim{Email: two})}, {ordered(2, customer.Claim{Email: three})}, erase(orders[0])}, false, sim.Pass},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			open := stores(t)
			turns := []int{1, 4, 20, 54}
			if *runs > 0 {
				turns = turns[:0]
				for i := range 90 {
					turns = append(turns, i)
				}
			}
			for first, calls := 0, 1; first < calls; first++ {
				for _, then := range turns {
					s := scenario{history: tt.history, batches: [][]int{{0}, {1}, {2}}, workers: 2, slow: tt.slow,
						plan: []sim.Turn{{After: first}, {After: then, Fate: tt.fate}}}
					end, w, err := final(t, open, s)
					if err != nil {
						t.Fatalf("%v\n%v", s, err)
					}
					calls = w.stage.Calls
					if problems := append(end.wrong(), end.remains(s.history)...); len(problems) > 0 {
						t.Fatalf("%v\n%s", s, strings.Join(problems, "\n"))
					}
				}
			}
		})
	}
}
