package plan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/plan"
)

func TestTheCustomersWarn(t *testing.T) {
	b := load(t, "segments.yaml", "when: orders >= 4 and recency_days <= 180", "when: orders >= 1 and csat >= 0.5",
		"segments.yaml", "when: rfm.m == 5 and spend >= 200 and recency_days <= 365 and not in_segment(\"dissatisfied\")", "when: orders >= 1 and recency_days <= 5000",
		"segments.yaml", "when: orders >= 2 and percentile(aov) >= 80 and discount_share < 0.5 and recency_days <= 365", "when: orders >= 1 and recency_days <= 480")
	l, err := plan.Survey(t.Context(), memory{profiles: invented(400)}, b, at)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "warnings.txt", l.Warnings(b).Error()+"\n")
	few, err := plan.Survey(t.Context(), memory{profiles: invented(20)}, b, at)
	if err != nil {
		t.Fatal(err)
	}
	if w := few.Warnings(b); len(w) > 0 {
		t.Errorf("twenty customers warn: %v", w)
	}
}

func TestWhatTheDataHasBesideTheCatalogueIsSeen(t *testing.T) {
	m := memory{profiles: invented(30)}
	for i := range m.profiles {
		m.profiles[i].Activity = []customer.Series{{Name: "lesson_done", Details: []customer.Detail{{Of: []customer.Property{{Name: "course", Value: "1"}}}, {Of: []customer.Property{{Name: "level", Value: "2"}}}}}}
		m.profiles[i].Goods = []customer.Good{{SKU: "COF-1", Units: 1}}
		m.profiles[i].Attributes = map[string]string{"plan": []string{"free", "pro", "pro"}[i%3], "seats": "12", "Shoe size": "44", "company": "Acme",
			"nickname": string(m.profiles[i].ID)}
	}
	l, err := plan.Survey(t.Context(), m, load(t), at)
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Seen{
		{Name: `custom["Shoe size"]`, Customers: 30, Type: "number", Example: "44"},
		{Name: "custom.nickname", Customers: 30, Type: "text"}, // of one customer each, so none is shown
		{Name: "custom.plan", Customers: 30, Type: "text", Example: "pro"},
		{Name: "custom.seats", Customers: 30, Type: "number", Example: "12"},
	}
	if diff := cmp.Diff(want, l.Attributes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]plan.Seen{{Name: "lesson_done", Customers: 30, Properties: []string{"course", "level"}}}, l.Activities); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]plan.Seen{{Name: "coffee", Customers: 30}}, l.Categories); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]plan.Seen{{Name: "consumable", Customers: 30}}, l.Tags); diff != "" {
		t.Error(diff)
	}
}

func TestWhatNobodyDoesOrBuysIsProbablyMisspelt(t *testing.T) {
	b := load(t, "segments.yaml", "when: orders >= 4 and recency_days <= 180", `when: count("lesson_don", 30) >= 1 or bought("category:cofee") or bought("COF-*") or count("lesson_done", 30, "x == 'y'") > 1`)
	m := memory{profiles: invented(120)}
	for i := range m.profiles {
		m.profiles[i].Activity = nil
	}
	warned := func() (all []string) {
		l, err := plan.Survey(t.Context(), m, b, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range l.Warnings(b) {
			if strings.Contains(p.Message, "lesson_don") || strings.Contains(p.Message, "COF") || strings.Contains(p.Message, "cofee") {
				all = append(all, p.Message+", "+p.Suggestion)
			}
		}
		return all
	}
	if all := warned(); len(all) > 0 {
		t.Errorf("where nothing is told of anybody, it warns of %q", all)
	}
	m.profiles[0].Activity = []customer.Series{{Name: "lesson_done"}}
	m.profiles[0].Goods = []customer.Good{{SKU: "COF-1", Units: 1}}
	want := []string{"no activity `lesson_don` of anybody is known, did you mean `lesson_done`?", "nobody has bought `category:cofee`, did you mean `coffee`?"}
	if diff := cmp.Diff(want, warned()); diff != "" {
		t.Error(diff)
	}
}

// Two nights a day apart: who came in, who left, and what about them changed.
func TestTwoNightsAreToldApart(t *testing.T) {
	b := load(t)
	s := shop(t, 0)
	zone := b.Business.Zone
	id := customer.ID("cbbbbbbbbbbbbbbbb")
	record := customer.Account("shopify/test").Record("1")
	order := func(n string, at time.Time) customer.Fact {
		return customer.Fact{Record: customer.Account("shopify/test").Record("order", n), Key: "order", Version: customer.NewVersion(at, ""), At: at,
			Body: customer.Body{Order: &customer.Order{Placed: at, Currency: "EUR", Total: 4000, Current: 4000, Payment: "paid"}}}
	}
	contact := customer.Contact{FirstName: "Mia", Created: at.AddDate(0, 0, -200)}
	facts := []customer.Fact{
		{Record: record, Key: customer.ContactKey("", contact), Version: customer.NewVersion(contact.Created, ""), At: contact.Created, Body: customer.Body{Contact: &contact}},
		order("1", at.AddDate(0, 0, -31)),
	}
	store := func(facts []customer.Fact) {
		t.Helper()
		for _, f := range facts {
			if _, err := s.PutFact(t.Context(), id, f); err != nil {
				t.Fatal(err)
			}
		}
		p, err := s.Profile(t.Context(), id)
		if err != nil {
			p = customer.Profile{ID: id}
		}
		all, err := s.Facts(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		p.Folded = customer.Fold(all, zone)
		if err := s.PutProfile(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	store(facts)
	if _, err := plan.DiffNights(t.Context(), s, b, time.Time{}, time.Time{}, 3); err == nil {
		t.Error("two nights were found where there is none")
	}
	run(t, s, b, at.AddDate(0, 0, -1))
	store([]customer.Fact{order("2", at.Add(-time.Hour))})
	run(t, s, b, at)
	d, err := plan.DiffNights(t.Context(), s, b, time.Time{}, time.Time{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	var changed []plan.Change
	for _, c := range d.Segments {
		if c.Before != c.CountedBefore || c.After != c.CountedAfter {
			t.Errorf("%s: %d → %d, the nights counted %d → %d", c.Name, c.Before, c.After, c.CountedBefore, c.CountedAfter)
		}
		if c.Entered+c.Left > 0 {
			changed = append(changed, c)
		}
	}
	raw, err := json.MarshalIndent(changed, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "nights.json", string(raw)+"\n")
	if _, err := plan.DiffNights(t.Context(), s, b, at, at.AddDate(0, 0, -1), 3); err == nil {
		t.Error("the nights were compared backwards")
	}
}

// A rule that asks for a percentile is judged by where it lies among the
// customers there are, whether or not a night has counted them.
func TestPercentilesAreThoseOfTheCustomersThereAre(t *testing.T) {
	b := load(t, "segments.yaml", "when: orders >= 4 and recency_days <= 180", "when: percentile(orders) >= 75")
	m := memory{profiles: make([]customer.Profile, 40)}
	for i := range m.profiles {
		m.profiles[i].ID = customer.ID(fmt.Sprintf("c%02d", i))
		m.profiles[i].Email = customer.Email(fmt.Sprintf("c%02d@example.com", i))
		m.profiles[i].Books = []customer.Book{{Currency: "EUR", Orders: 1 + i, Spend: 1000, First: at, Last: at}}
	}
	l, err := plan.Survey(t.Context(), m, b, at)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Sizes["loyal"]; got != 10 {
		t.Errorf("%d of 40 have more orders than three quarters of them, want 10", got)
	}
}
