package customer_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

// pick draws one of several values.
func pick[T any](t *rapid.T, of ...T) T { return rapid.SampledFrom(of).Draw(t, "pick") }

// instant draws one of the 500 days before noon, at an hour or half of one, so
// that instants are often equal.
func instant(t *rapid.T) time.Time {
	return day(-rapid.IntRange(0, 500).Draw(t, "days")).Add(time.Duration(pick(t, -24, -1, 0, 0, 0, 1, 23)) * 30 * time.Minute)
}

func amount(t *rapid.T) customer.Money {
	return customer.Money{Minor: rapid.Int64Range(0, 12000).Draw(t, "minor"), Currency: pick[customer.Currency](t, "EUR", "EUR", "EUR", "USD", "JPY", "")}
}

func person(t *rapid.T) customer.Identity {
	return pick(t, ada, shop.Record("6"), shop.Record("7"), hub.Record("9"), "shopify/malt/5")
}

func thing(t *rapid.T, kind string) customer.Identity {
	return pick(t, shop, shop, hub).Record(kind, pick(t, "1", "2", "3", "4"))
}

func anyContact(t *rapid.T) customer.Contact {
	c := customer.Contact{
		Email: pick[customer.Email](t, "", "ada@example.com", "ada@new.example"), Phone: pick[customer.Phone](t, "", "+4930901820"),
		FirstName: pick(t, "", "Ada", "Adele"), City: pick(t, "", "Graz", "Wien"), Country: pick(t, "", "AT"), State: pick(t, "", "enabled"),
	}
	if rapid.Bool().Draw(t, "created") {
		c.Created = instant(t)
	}
	if rapid.Bool().Draw(t, "attributes") {
		c.Attributes = map[string]string{pick(t, "company", "industry"): pick(t, "", "Brew", "Malt"), "employees": pick(t, "", "12")}
	}
	return c
}

func anyBasket(t *rapid.T) customer.Fact {
	r := thing(t, pick(t, "cart", "checkout"))
	f := basket(r, instant(t), rapid.Int64Range(1, 9999).Draw(t, "minor"), func(c *customer.Checkout) {
		c.Cart = pick(t, "", "1", "2", "3")
		if pick(t, 0, 0, 0, 1) == 1 {
			c.Completed = noon
		}
		if pick(t, 0, 0, 0, 1) == 1 {
			c.Items = nil
		}
	})
	return f
}

func anyItem(t *rapid.T) customer.Item {
	n := rapid.IntRange(1, 40).Draw(t, "article")
	return customer.Item{SKU: pick(t, "", fmt.Sprint("A-", n)), Product: pick(t, "", fmt.Sprint(n)), Title: pick(t, "", "Tea", "Teas"), Category: pick(t, "", "tea", "herbal"), Quantity: pick(t, 0, 1, 2)}
}

func anyOrder(t *rapid.T, at time.Time) *customer.Order {
	total := amount(t)
	o := &customer.Order{
		Placed: at, Currency: pick[customer.Currency](t, "EUR", "EUR", "EUR", "USD"), Total: total.Minor, Current: total.Minor,
		Payment:  pick(t, "paid", "paid", "paid", "partially_paid", "partially_refunded", "refunded", "pending", "voided"),
		Test:     pick(t, 0, 0, 0, 0, 1) == 1,
		Checkout: pick(t, "", "", "1", "2"), Cart: pick(t, "", "", "1", "3"),
		Channel: pick(t, "web", "web", "pos"), Discount: pick[int64](t, 0, 0, 300), Codes: pick(t, nil, nil, []string{"hello10", "TEA"}),
		Items: []customer.Item{{Quantity: 1, Price: total.Minor, GiftCard: pick(t, 0, 0, 0, 1) == 1}, anyItem(t)},
	}
	if pick(t, 0, 0, 1) == 1 {
		o.Current = rapid.Int64Range(0, 12000).Draw(t, "current")
	}
	if pick(t, 0, 0, 1) == 1 {
		o.Buyer = amount(t)
	}
	if pick(t, 0, 0, 0, 0, 1) == 1 {
		o.Cancelled = at
	}
	return o
}

// anyFact draws one state of one of not many objects, as sources tell of them.
func anyFact(t *rapid.T) customer.Fact {
	at := instant(t)
	switch pick(t, "contact", "contact", "order", "order", "order", "refund", "refund", "basket", "basket", "activity", "activity", "activity",
		"consent", "consent", "tags", "tag", "deleted", "away", "merged", "moved", "ticket", "deal", "survey", "blocked", "summary", "payment") {
	case "contact":
		return contact(pick(t, person(t), thing(t, "order")), at, anyContact(t))
	case "order":
		return fact(thing(t, "order"), "order", at, customer.Body{Order: anyOrder(t, at)})
	case "refund":
		return fact(thing(t, "order"), "refund/"+pick(t, "1", "2", "3"), at, customer.Body{Refund: &customer.Refund{Amount: amount(t)}})
	case "basket":
		return anyBasket(t)
	case "activity":
		f := activity(pick(t, "page_view", "mail_clicked", "mail_opened"), pick(t, "1", "2", "3", "4", "5", "6"), at)
		f.Record = person(t)
		f.Body.Activity.Properties = map[string]string{"category": pick(t, "", "help", "shop"), "seconds": pick(t, "", "20", "x", "1e300"), "price": fmt.Sprint(rapid.IntRange(1, 30).Draw(t, "price"))}
		return f
	case "consent":
		c := customer.Consent{Channel: pick(t, customer.EmailChannel, customer.EmailChannel, customer.SMSChannel), Explicit: rapid.Bool().Draw(t, "explicit"),
			State: pick(t, customer.Subscribed, customer.Subscribed, customer.Unsubscribed, customer.Pending, customer.NotSubscribed), Via: pick(t, "sync", "link")}
		return fact(pick(t, person(t), thing(t, "order")), customer.ConsentKey(c), at, customer.Body{Consent: &c})
	case "tags":
		return fact(person(t), "tags", at, customer.Body{Tags: &customer.Tags{Tags: pick(t, nil, []string{"vip"}, []string{"vip", "b2b"})}})
	case "tag":
		name := pick(t, "vip", "b2b", "lead")
		return fact(person(t), "tag/"+name, at, customer.Body{Tag: &customer.Tag{Tag: name, On: rapid.Bool().Draw(t, "on")}})
	case "deleted":
		return deleted(pick(t, person(t), thing(t, "order"), thing(t, "ticket"), thing(t, "deal")), at, pick(t, true, true, false))
	case "away":
		f := deleted(thing(t, pick(t, "cart", "checkout")), at, true)
		f.Expires = at.Add(customer.CartLife)
		return f
	case "merged":
		return merged(person(t), person(t), at)
	case "moved":
		return fact(shop.Record("7"), "moved", at, customer.Body{Moved: &customer.Moved{To: "caaaaaaaaaaaaaaaa"}})
	case "ticket":
		return fact(thing(t, "ticket"), "ticket", at, customer.Body{Ticket: &customer.Ticket{Opened: at, Closed: pick(t, time.Time{}, noon)}})
	case "deal":
		return fact(thing(t, "deal"), "deal", at, customer.Body{Deal: &customer.Deal{Amount: amount(t), Won: rapid.Bool().Draw(t, "won")}})
	case "survey":
		f := survey(pick(t, "nps", "csat"), at, float64(pick(t, 0, 3, 5, 9)), pick(t, 5.0, 10.0))
		f.Record = person(t)
		return f
	case "blocked":
		reason := pick(t, "bounce", "complaint")
		return fact(person(t), "blocked/"+reason, at, customer.Body{Blocked: &customer.Blocked{Email: pick[customer.Email](t, "ada@example.com", "ada@new.example"), Reason: reason}})
	case "summary":
		return fact(person(t), "summary", at, customer.Body{Summary: &customer.Summary{Orders: 3, Spend: amount(t)}})
	}
	return fact(thing(t, "order"), "payment/1", at, customer.Body{Payment: &customer.Payment{Kind: "sale", Status: "success", Amount: amount(t)}})
}

// history draws facts of one customer, several states of some; no two states
// of one object have one version.
func history(t *rapid.T) []customer.Fact {
	return rapid.SliceOfNDistinct(rapid.Custom(anyFact), 0, 60, func(f customer.Fact) string { return f.ID() + string(f.Version) }).Draw(t, "facts")
}

// stored returns what a store keeps of facts: of each the latest state.
func stored(facts []customer.Fact) []customer.Fact {
	best := map[string]customer.Fact{}
	for _, f := range facts {
		if best[f.ID()].Version < f.Version {
			best[f.ID()] = f
		}
	}
	kept := []customer.Fact{}
	for _, f := range facts {
		if best[f.ID()].Version == f.Version {
			kept = append(kept, f)
		}
	}
	return kept
}

func merchantZone(t *rapid.T) *time.Location {
	z, err := time.LoadLocation(pick(t, "UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func encoded(t rapid.TB, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	return string(b)
}

// Invariant 1, Applied once: the final state depends on the set of events only.
func TestFoldDependsOnTheSetOfFactsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, z := history(t), merchantZone(t)
		want := customer.Fold(stored(facts), z)
		again := slices.Clone(facts)
		if len(facts) > 0 {
			again = append(again, rapid.SliceOfN(rapid.SampledFrom(facts), 0, 20).Draw(t, "duplicates")...)
		}
		again = rapid.Permutation(again).Draw(t, "order")
		if diff := cmp.Diff(want, customer.Fold(again, z)); diff != "" {
			t.Errorf("stored in order, and all in any order with duplicates (-want +got):\n%s", diff)
		}
	})
}

func TestFoldDoesNotDependOnWhichOfTwoBodiesOfOneVersionCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, z := rapid.SliceOfN(rapid.Custom(anyFact), 0, 60).Draw(t, "facts"), merchantZone(t)
		again := rapid.Permutation(facts).Draw(t, "order")
		if diff := cmp.Diff(customer.Fold(facts, z), customer.Fold(again, z)); diff != "" {
			t.Errorf("in one order and another (-one +other):\n%s", diff)
		}
	})
}

// Invariant 2, Replayable: rebuilding gives identical bytes.
func TestFoldTwiceGivesTheSameBytesThatReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, z := history(t), merchantZone(t)
		p := customer.Fold(facts, z)
		first := encoded(t, p)
		if second := encoded(t, customer.Fold(facts, z)); first != second {
			t.Errorf("first\n%s\nthen\n%s", first, second)
		}
		var back customer.Folded
		if err := json.Unmarshal([]byte(first), &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, back); diff != "" {
			t.Errorf("through JSON (-before +after):\n%s", diff)
		}
	})
}

func TestFoldSharesNoMemoryWithItsFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, z := history(t), merchantZone(t)
		p := customer.Fold(facts, z)
		before := encoded(t, p)
		for _, f := range facts {
			scribble(f.Body)
		}
		if after := encoded(t, p); after != before {
			t.Errorf("writing on the facts changed the fold from\n%s\nto\n%s", before, after)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		facts, z := history(t), merchantZone(t)
		before := encoded(t, facts)
		p := customer.Fold(facts, z)
		if encoded(t, facts) != before {
			t.Errorf("folding changed the facts")
		}
		for name := range p.Attributes {
			p.Attributes[name] = "scribble"
		}
		for i := range p.Tags {
			p.Tags[i] = "scribble"
		}
		for i := range p.Records {
			p.Records[i] = "scribble"
		}
		if after := encoded(t, facts); after != before {
			t.Errorf("writing on the fold changed the facts from\n%s\nto\n%s", before, after)
		}
	})
}

// scribble overwrites what b points to.
func scribble(b customer.Body) {
	switch {
	case b.Contact != nil:
		b.Contact.City = "scribble"
		for name := range b.Contact.Attributes {
			b.Contact.Attributes[name] = "scribble"
		}
	case b.Tags != nil:
		for i := range b.Tags.Tags {
			b.Tags.Tags[i] = "scribble"
		}
	case b.Order != nil:
		b.Order.Current, b.Order.Items[0].Price = -1, -1
	case b.Checkout != nil:
		b.Checkout.URL, b.Checkout.Total.Minor = "scribble", -1
	case b.Consent != nil:
		b.Consent.Via = "scribble"
	case b.Summary != nil:
		b.Summary.Orders = -1
	case b.Activity != nil:
		b.Activity.Name = "scribble"
	}
}

func TestPruneHidesExpiry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, z := stored(history(t)), merchantZone(t)
		now := noon.Add(time.Duration(rapid.IntRange(0, 550*24).Draw(t, "hours")) * time.Hour)
		left := slices.DeleteFunc(slices.Clone(facts), func(f customer.Fact) bool {
			return !f.Expires.IsZero() && !f.Expires.After(now)
		})
		before, after := customer.Fold(facts, z).Prune(now), customer.Fold(left, z).Prune(now)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%d of %d facts expired (-before +after):\n%s", len(facts)-len(left), len(facts), diff)
		}
		if diff := cmp.Diff(after, after.Prune(now)); diff != "" {
			t.Errorf("pruned twice (-once +twice):\n%s", diff)
		}
	})
}

// Invariant 7, Absent is not empty.
func TestFoldNeverForgetsAField(t *testing.T) {
	known := func(c customer.Contact) []string {
		var names []string
		for name, value := range map[string]string{"email": string(c.Email), "phone": string(c.Phone), "first": c.FirstName, "city": c.City, "country": c.Country, "state": c.State} {
			if value != "" {
				names = append(names, name)
			}
		}
		for name, value := range c.Attributes {
			names = append(names, fmt.Sprint(name, value != ""))
		}
		slices.Sort(names)
		return names
	}
	rapid.Check(t, func(t *rapid.T) {
		facts := history(t)
		before := known(customer.Fold(facts, time.UTC).Contact)
		more := contact(person(t), day(1), anyContact(t))
		if more.Record == shop.Record("7") {
			more.Record = ada
		}
		after := known(customer.Fold(append(facts, more), time.UTC).Contact)
		for _, name := range before {
			if !slices.Contains(after, name) {
				t.Errorf("%s was known, and after %+v is not", name, *more.Body.Contact)
			}
		}
	})
}

// Invariant 5, Opt-out wins.
func TestFoldOptOutWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out := explicit(hub.Record("9"), instant(t), customer.Unsubscribed)
		facts := append(history(t), out)
		for _, f := range stored(facts) {
			c := f.Body.Consent
			if c != nil && c.Channel == customer.EmailChannel && c.State == customer.Subscribed && c.Explicit && f.At.After(out.At) {
				t.Skip("lifted")
			}
		}
		if p := customer.Fold(facts, time.UTC).Mail; p.State != customer.Unsubscribed || p.Since.Before(out.At) {
			t.Errorf("after an opt-out at %v mail is %+v", out.At, p)
		}
	})
}

// What is counted by day and what is told apart by properties are the same
// happenings.
func TestFoldDetailsNeverExceedCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		details := 0
		p := customer.Fold(history(t), merchantZone(t))
		for _, s := range p.Activity {
			days := map[int]customer.Count{}
			for _, d := range s.Details {
				details++
				sum := days[d.Day]
				days[d.Day] = customer.Count{N: sum.N + d.N, Seconds: sum.Seconds + d.Seconds}
			}
			for _, c := range s.Counts {
				if d := days[c.Day]; d.N > c.N || d.Seconds > c.Seconds && c.Seconds < 1<<30 {
					t.Errorf("on day %d happened %+v, in detail %+v", c.Day, c, d)
				}
				delete(days, c.Day)
			}
			if len(days) > 0 {
				t.Errorf("details of days that nothing happened: %v", days)
			}
		}
		if details > customer.MaxDetails || len(p.Goods) > customer.MaxGoods || len(p.Codes) > customer.MaxCodes {
			t.Errorf("%d details, %d goods, %d codes", details, len(p.Goods), len(p.Codes))
		}
	})
}

// Invariant 8, Money never lies.
func TestFoldBooksBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := stored(history(t))
		seen := map[customer.Currency]bool{}
		for _, b := range customer.Fold(facts, merchantZone(t)).Books {
			if seen[b.Currency] {
				t.Errorf("two books in %s", b.Currency)
			}
			seen[b.Currency] = true
			var orders int
			var net, kept int64
			for i, d := range b.Days {
				orders, net = orders+d.Orders, net+d.Net
				if i > 0 && b.Days[i-1].Day >= d.Day || d.Orders < 1 || d.Net < 1 {
					t.Errorf("day %+v is out of order or empty", d)
				}
			}
			for _, f := range facts {
				if o := f.Body.Order; o != nil && o.Currency == b.Currency {
					kept += o.Current
				}
			}
			if orders != b.Orders || net != b.Spend || b.Spend > kept || b.First.After(b.Last) {
				t.Errorf("book %+v: its days have %d orders of %d, its orders are worth %d", b, orders, net, kept)
			}
		}
	})
}

var folded customer.Folded

// BenchmarkFold folds a customer with five orders and twelve activities, and
// what else sources tell of one.
func BenchmarkFold(b *testing.B) {
	facts := everything()
	for i := range 3 {
		facts = append(facts, order(fmt.Sprint("b", i), day(-60*i-50), 4200))
	}
	for i := range 11 {
		facts = append(facts, activity("page_view", fmt.Sprint("b", i), day(-i)))
	}
	berlin := zone(b, "Europe/Berlin")
	b.ReportAllocs()
	for b.Loop() {
		folded = customer.Fold(facts, berlin)
	}
}
