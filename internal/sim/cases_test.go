package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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

// What the search found of erasures, each as small as it got.
func TestErasuresThatLeftSomethingOnce(t *testing.T) {
	a1, a3, h6, guest, ticket := people[0], people[2], people[5], orders[1], hub.Record("ticket", "1")
	v := func(hour int) customer.Version {
		return customer.NewVersion(start.Add(time.Duration(hour)*time.Hour), fmt.Sprint(hour))
	}
	contact := func(r customer.Identity, hour int, c customer.Contact) customer.Event {
		return customer.Event{Record: r, Claim: &customer.Claim{Version: v(hour), Email: c.Email, Phone: c.Phone},
			Fact: &customer.Fact{Key: customer.ContactKey("", c), Version: v(hour), At: start, Body: customer.Body{Contact: &c}}}
	}
	seen := func(r customer.Identity) customer.Event {
		return customer.Event{Record: r, Fact: &customer.Fact{Key: "activity/page_view/1", Version: v(1), At: start,
			Expires: start.Add(customer.CartLife), Body: customer.Body{Activity: &customer.Activity{Name: "page_view"}}}}
	}
	opened := customer.Event{Record: ticket, Claim: &customer.Claim{Version: v(1), Parent: h6},
		Fact: &customer.Fact{Key: "ticket", Version: v(1), At: start, Body: customer.Body{Ticket: &customer.Ticket{Opened: start}}}}
	merged := customer.Event{Record: a3, Fact: &customer.Fact{Key: "merged", Version: v(1), At: start, Body: customer.Body{Merged: &customer.Merged{Into: a1}}},
		Command: &customer.Command{Kind: customer.Merge, At: start, Into: a1}}
	two, phone := customer.Contact{Email: "two@example.com"}, customer.Contact{Phone: "+4915550001"}
	erase := customer.Event{Record: a1, Command: &customer.Command{Kind: customer.Erase, At: start, Email: two.Email}}
	three := customer.Contact{Email: "three@example.com", Phone: "+4915550002"}
	eraseTwo := customer.Event{Record: customer.EmailIdentity(two.Email), Command: &customer.Command{Kind: customer.Erase, At: start}}
	refund := customer.Event{Record: orders[0], Fact: &customer.Fact{Key: "refund/1", Version: v(1), At: start, Body: customer.Body{Refund: &customer.Refund{Amount: customer.Money{Minor: 1, Currency: "EUR"}}}}}
	order := customer.Event{Record: orders[0], Claim: &customer.Claim{Version: v(2), Email: two.Email},
		Fact: &customer.Fact{Key: "order", Version: v(2), At: start, Body: customer.Body{Order: &customer.Order{Placed: start, Currency: "EUR", Total: 1, Current: 1, Payment: "paid", Cart: "x"}}}}
	cart := customer.Event{Record: shopA.Record("cart", "x"), Claim: &customer.Claim{Version: v(2), Parent: orders[0]}}
	eraseOrder := customer.Event{Record: orders[0], Command: &customer.Command{Kind: customer.Erase, At: start}}
	eraseA3 := customer.Event{Record: a3, Command: &customer.Command{Kind: customer.Erase, At: start}}
	eraseShop := customer.Event{Record: shopA.Record("shop"), Command: &customer.Command{Kind: customer.EraseAccount, At: start}}
	for _, tt := range []struct {
		name    string
		history []message
		batches [][]int
		kept    []int
		before  []sim.Turn // what goes wrong first
	}{
		{"a person is erased who leaves another's customer by a link whose facts did not follow",
			[]message{{contact(guest, 1, phone)}, {contact(h6, 2, phone), seen(h6)}, {contact(h6, 3, two)}, {erase}}, [][]int{{0}, {1}, {2, 3}}, nil, nil},
		{"a person is erased whose ticket did not follow them from another's customer",
			[]message{{contact(guest, 1, phone)}, {contact(h6, 2, phone), opened}, {contact(h6, 3, two)}, {erase}}, [][]int{{0}, {1}, {2, 3}}, nil, nil},
		{"an account is erased while what it told since is still with the customer that a record was merged from",
			[]message{{seen(a3)}, {merged}, {eraseShop}}, [][]int{{0}, {1, 2}}, []int{0, 1}, nil},
		{"a person is half erased when a message comes again that finds nobody left to be one with",
			[]message{{contact(h6, 1, two)}, {contact(a1, 1, customer.Contact{})}, {seen(a3)}, {merged}, {contact(a1, 3, two)}, {eraseA3}},
			[][]int{{0}, {1}, {2}, {3}, {4}, {5}}, nil, []sim.Turn{{After: 124, Fate: sim.FailAfter}}},
		{"an address is erased while a late claim has undone that a record has it",
			[]message{{contact(a3, 1, two)}, {contact(a3, 6, two)}, {contact(a3, 3, three)}, {eraseTwo}}, [][]int{{0}, {1}, {2}, {3}}, nil, nil},
		{"an order of somebody erased comes with a cart that is claimed for it",
			[]message{{refund}, {erase}, {order, cart}, {eraseOrder}}, [][]int{{0}, {1}, {2}, {3}}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			open := stores(t)
			var kept []message
			for _, i := range tt.kept {
				kept = append(kept, tt.history[i])
			}
			for after, calls := 0, 1; after < calls; after++ {
				for _, fate := range []sim.Fate{sim.DieAfter, sim.FailAfter} {
					s := scenario{history: tt.history, batches: tt.batches, workers: 1, plan: append(slices.Clone(tt.before), sim.Turn{After: after, Fate: fate})}
					end, w, err := final(t, open, s)
					if err != nil {
						t.Fatalf("%v\n%v", s, err)
					}
					calls = w.stage.Calls
					problems := append(end.wrong(), end.remains(s.history)...)
					if problems = append(problems, end.lost(kept)...); len(problems) > 0 {
						t.Fatalf("%v\n%s", s, strings.Join(problems, "\n"))
					}
				}
			}
		})
	}
}

func TestAPersonIsErasedByAnAddressThatAMergedRecordGave(t *testing.T) {
	a1, a3, two := people[0], people[2], customer.Email("two@example.com")
	v := func(tie string) customer.Version { return customer.NewVersion(start, tie) }
	merged := customer.Event{Record: a3, Fact: &customer.Fact{Key: "merged", Version: v("1"), At: start, Body: customer.Body{Merged: &customer.Merged{Into: a1}}},
		Command: &customer.Command{Kind: customer.Merge, At: start, Into: a1}}
	c := customer.Contact{Email: two}
	says := customer.Event{Record: a3, Claim: &customer.Claim{Version: v("2"), Email: two},
		Fact: &customer.Fact{Key: customer.ContactKey("", c), Version: v("2"), At: start, Body: customer.Body{Contact: &c}}}
	erase := customer.Event{Record: customer.EmailIdentity(two), Command: &customer.Command{Kind: customer.Erase, At: start, Email: two}}
	s := scenario{history: []message{{merged}, {says}, {erase}}, batches: [][]int{{0}, {1}, {2}}, workers: 1}
	end, _, err := final(t, stores(t), s)
	if err != nil {
		t.Fatal(err)
	}
	if problems := append(end.wrong(), end.remains(s.history)...); len(problems) > 0 {
		t.Fatal(strings.Join(problems, "\n"))
	}
}
