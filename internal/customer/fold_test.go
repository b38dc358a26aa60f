package customer_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

const (
	shop = customer.Account("shopify/brew")
	hub  = customer.Account("hubspot/77")
	ada  = customer.Identity("shopify/brew/5")
)

// noon is the instant from which the tests count days.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func day(n int) time.Time { return noon.AddDate(0, 0, n) }

func fact(r customer.Identity, key string, at time.Time, b customer.Body) customer.Fact {
	return customer.Fact{Record: r, Key: key, Version: customer.NewVersion(at, ""), At: at, Body: b}
}

// modified returns f as a state that its source modified at another instant.
func modified(f customer.Fact, at time.Time) customer.Fact {
	f.Version = customer.NewVersion(at, "")
	return f
}

func contact(r customer.Identity, at time.Time, c customer.Contact) customer.Fact {
	return fact(r, customer.ContactKey("", c), at, customer.Body{Contact: &c})
}

func merged(r, into customer.Identity, at time.Time) customer.Fact {
	return fact(r, "merged", at, customer.Body{Merged: &customer.Merged{Into: into}})
}

func deleted(r customer.Identity, at time.Time, gone bool) customer.Fact {
	return fact(r, "deleted", at, customer.Body{Deleted: &customer.Deleted{Deleted: gone}})
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestFoldOfNothing(t *testing.T) {
	if diff := cmp.Diff(customer.Folded{}, customer.Fold(nil, time.UTC)); diff != "" {
		t.Errorf("no facts say something (-want +got):\n%s", diff)
	}
}

func TestFoldRecords(t *testing.T) {
	ghost := customer.Identity("shopify/brew/6")
	view := fact(ghost, "activity/page_view/1", noon, customer.Body{Activity: &customer.Activity{Name: "page_view"}})
	view.Expires = noon.Add(customer.ActivityLife)
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  []customer.Identity
	}{
		{"records of people are listed once and sorted", []customer.Fact{
			contact(ada, noon, customer.Contact{City: "Graz"}),
			contact(ada, noon, customer.Contact{Email: "ada@example.com"}),
			contact(hub.Record("9"), noon, customer.Contact{City: "Graz"}),
		}, []customer.Identity{hub.Record("9"), ada}},
		{"orders and carts are no people", []customer.Fact{
			contact(shop.Record("order", "1"), noon, customer.Contact{City: "Graz"}),
		}, nil},
		{"a merged record is still one of the customer's", []customer.Fact{merged(ghost, ada, noon)}, []customer.Identity{ghost}},
		{"a record of which all facts expire is not listed", []customer.Fact{view}, nil},
		{"a record that moved to another customer is not listed", []customer.Fact{
			contact(ada, noon, customer.Contact{City: "Graz"}),
			fact(ada, "moved", noon, customer.Body{Moved: &customer.Moved{To: "caaaaaaaaaaaaaaaa"}}),
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Records); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFoldLeavesOutWhatMoved(t *testing.T) {
	facts := everything()
	want := customer.Fold(facts, time.UTC)
	bob := shop.Record("8")
	for _, f := range everything() {
		f.Record = customer.Identity("zendesk/help/" + string(f.Record))
		facts = append(facts, f, fact(f.Record, "moved", day(-300), customer.Body{Moved: &customer.Moved{To: bob.ID()}}))
	}
	if diff := cmp.Diff(want, customer.Fold(facts, time.UTC)); diff != "" {
		t.Errorf("facts of moved records count (-want +got):\n%s", diff)
	}
}

func TestFoldKeepsTheLatestState(t *testing.T) {
	city := func(name string, at time.Time) customer.Fact { return contact(ada, at, customer.Contact{City: name}) }
	older, newer := city("Graz", noon), city("Wien", day(1))
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  string
	}{
		{"in order", []customer.Fact{older, newer}, "Wien"},
		{"out of order", []customer.Fact{newer, older}, "Wien"},
		{"with duplicates", []customer.Fact{newer, older, newer, older}, "Wien"},
		{"of two bodies at one version the choice is the same", []customer.Fact{city("Graz", noon), city("Wien", noon)}, "Wien"},
		{"whichever comes first", []customer.Fact{city("Wien", noon), city("Graz", noon)}, "Wien"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.Fold(c.facts, time.UTC).City; got != c.want {
				t.Errorf("city is %q, want %q", got, c.want)
			}
		})
	}
}

func TestFoldDeleted(t *testing.T) {
	nine := hub.Record("9")
	known := func(r customer.Identity) customer.Fact { return contact(r, noon, customer.Contact{City: "Graz"}) }
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  bool
	}{
		{"nobody put them away", []customer.Fact{known(ada)}, false},
		{"their only source put them away", []customer.Fact{known(ada), deleted(ada, day(1), true)}, true},
		{"even if it knew something later", []customer.Fact{modified(known(ada), day(2)), deleted(ada, day(1), true)}, true},
		{"one of two sources put them away", []customer.Fact{known(ada), known(nine), deleted(ada, day(1), true)}, false},
		{"both sources put them away", []customer.Fact{deleted(nine, day(1), true), deleted(ada, day(1), true)}, true},
		{"their source took them out again", []customer.Fact{deleted(ada, day(1), true), deleted(ada, day(2), false)}, false},
		{"a merged record is put away, the one that stayed is not",
			[]customer.Fact{known(ada), deleted(shop.Record("6"), day(1), true), merged(shop.Record("6"), ada, noon)}, false},
		{"the record that stayed is put away, the merged one is not",
			[]customer.Fact{deleted(ada, day(1), true), known(shop.Record("6")), merged(shop.Record("6"), ada, noon)}, true},
		{"what expires says nothing of another record's being there",
			[]customer.Fact{deleted(nine, day(1), true), activity("page_view", "1", noon)}, true},
		{"an order is put away, not its customer", []customer.Fact{deleted(shop.Record("order", "1"), noon, true)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.Fold(c.facts, time.UTC).Deleted; got != c.want {
				t.Errorf("deleted is %v, want %v", got, c.want)
			}
		})
	}
}

// everything returns facts that set every field of a fold.
func everything() []customer.Fact {
	ticket := hub.Record("ticket", "3")
	return append([]customer.Fact{
		contact(ada, noon, customer.Contact{Email: "ada@example.com", Phone: "+4930901820", FirstName: "Ada", LastName: "L",
			Language: "de-AT", Country: "AT", Region: "Stmk", City: "Graz", Postcode: "8010", TimeZone: "Europe/Vienna",
			State: "enabled", Created: day(-90), Attributes: map[string]string{"company": "Brew"}}),
		deleted(ada, noon, true),
		fact(ada, "tags", noon, customer.Body{Tags: &customer.Tags{Tags: []string{"vip", "b2b"}}}),
		fact(ada, "blocked/bounce", noon, customer.Body{Blocked: &customer.Blocked{Email: "ada@example.com", Reason: "bounce"}}),
		consent(ada, noon, customer.EmailChannel, customer.Subscribed, "form"),
		consent(ada, noon, customer.SMSChannel, customer.Unsubscribed, ""),
		order("1", day(-40), 5000, items(customer.Item{SKU: "TEA-1", Title: "Tea", Quantity: 1}), codes("HELLO")), order("2", day(-3), 2500), refund("2", "r1", day(-2), 500, "EUR"),
		cart("t1", noon, 1999),
		fact(ticket, "ticket", noon, customer.Body{Ticket: &customer.Ticket{Opened: noon}}),
		fact(hub.Record("deal", "4"), "deal", noon, customer.Body{Deal: &customer.Deal{Won: true, Amount: customer.Money{Minor: 7, Currency: "EUR"}}}),
		survey("nps", noon, 9, 10), survey("csat", noon, 4, 5),
		fact(ada, "summary", noon, customer.Body{Summary: &customer.Summary{Orders: 2, Spend: customer.Money{Minor: 7500, Currency: "EUR"}}}),
	}, activity("page_view", "1", noon))
}

func TestFoldedJSON(t *testing.T) {
	p := customer.Fold(everything(), time.UTC)
	encoded, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a fold comes back from JSON as it was", func(t *testing.T) {
		var back customer.Folded
		if err := json.Unmarshal(encoded, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, back); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
	t.Run("a profile comes back from JSON as it was", func(t *testing.T) {
		before := customer.Profile{ID: ada.ID(), Version: 3, Folded: p, Derived: customer.Derived{Night: noon, R: 5,
			Segments: []customer.Membership{{Segment: "vip", Since: noon}}}}
		b, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		var after customer.Profile
		if err := json.Unmarshal(b, &after); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
	t.Run("what is known of a person stands at the top, under the words of rules and pages", func(t *testing.T) {
		var got map[string]json.RawMessage
		if err := json.Unmarshal(encoded, &got); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"records", "email", "phone", "first_name", "last_name", "language", "country", "region", "city",
			"postcode", "time_zone", "state", "created", "attributes", "tags", "deleted", "blocked", "mail", "sms", "books", "goods", "codes", "carts",
			"service", "deals", "surveys", "reported", "activity", "seen"} {
			if _, ok := got[word]; !ok {
				t.Errorf("%q is missing", word)
			}
			delete(got, word)
		}
		for word := range got {
			t.Errorf("%q is not expected", word)
		}
	})
	t.Run("nothing is the shortest document", func(t *testing.T) {
		if got, err := json.Marshal(customer.Fold(nil, time.UTC)); string(got) != "{}" || err != nil {
			t.Errorf("is %s, %v", got, err)
		}
	})
}

func TestDays(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		name string
		at   time.Time
		zone *time.Location
		want int
	}{
		{"the epoch is day 0", time.Unix(0, 0), time.UTC, 0},
		{"a moment before it is day -1", time.Unix(0, -1), time.UTC, -1},
		{"an evening in UTC is the next day in Berlin", time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC), berlin, 20455},
		{"a moment earlier is not", time.Date(2026, 1, 1, 22, 59, 59, 999, time.UTC), berlin, 20454},
		{"in summer the day begins an hour earlier", time.Date(2026, 7, 1, 22, 0, 0, 0, time.UTC), berlin, 20636},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.DayOf(c.at, c.zone); got != c.want {
				t.Errorf("DayOf(%v) = %d, want %d", c.at, got, c.want)
			}
		})
	}
}

func TestStartOf(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		day        time.Time
		want       string
	}{
		{"midnight in UTC", "UTC", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), "2026-03-29T00:00:00Z"},
		{"the day clocks go forward", "Europe/Berlin", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), "2026-03-29T00:00:00+01:00"},
		{"the day after", "Europe/Berlin", time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), "2026-03-30T00:00:00+02:00"},
		{"the day clocks go back", "Europe/Berlin", time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), "2026-10-25T00:00:00+02:00"},
		{"a day without a midnight begins at one", "America/Santiago", time.Date(2026, 9, 6, 0, 0, 0, 0, time.UTC), "2026-09-06T01:00:00-03:00"},
		{"so it does east of Greenwich", "Africa/Cairo", time.Date(2026, 4, 24, 0, 0, 0, 0, time.UTC), "2026-04-24T01:00:00+03:00"},
		{"of two midnights the first counts", "America/Havana", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), "2026-11-01T00:00:00-04:00"},
		{"a day that Samoa left out begins with the next", "Pacific/Apia", time.Date(2011, 12, 30, 0, 0, 0, 0, time.UTC), "2011-12-31T00:00:00+14:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := customer.StartOf(customer.DayOf(c.day, time.UTC), zone(t, c.zone)).Format(time.RFC3339)
			if got != c.want {
				t.Errorf("StartOf = %s, want %s", got, c.want)
			}
		})
	}
	for _, name := range []string{"Europe/Berlin", "America/Santiago", "Africa/Cairo", "America/Havana", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns"} {
		t.Run("every day of "+name+" begins where the one before ends", func(t *testing.T) {
			z := zone(t, name)
			for d := range 30000 {
				start := customer.StartOf(d, z)
				if on, before := customer.DayOf(start, z), customer.DayOf(start.Add(-1), z); on != d || before != d-1 {
					t.Fatalf("StartOf(%d) = %v is in day %d, after day %d", d, start, on, before)
				}
			}
		})
	}
}
