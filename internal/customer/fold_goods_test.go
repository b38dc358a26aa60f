package customer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func codes(of ...string) func(*customer.Order) { return func(o *customer.Order) { o.Codes = of } }
func channel(name string) func(*customer.Order) {
	return func(o *customer.Order) { o.Channel = name }
}
func discount(minor int64) func(*customer.Order) {
	return func(o *customer.Order) { o.Discount = minor }
}

func TestFoldGoods(t *testing.T) {
	first := customer.DayOf(noon, time.UTC)
	tea := customer.Item{SKU: "TEA-1", Product: "77", Title: "Assam", Category: "tea", Quantity: 2}
	with := func(edit func(*customer.Item)) customer.Item {
		i := tea
		edit(&i)
		return i
	}
	assam := customer.Good{SKU: "TEA-1", Title: "Assam", Category: "tea", Units: 2, Days: 1, First: first, Last: first}
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  []customer.Good
	}{
		{"what an order holds was bought", []customer.Fact{order("1", noon, 5, items(tea))}, []customer.Good{assam}},
		{"units add up, and days are counted once", []customer.Fact{order("1", noon, 5, items(tea, tea)), order("2", noon.Add(time.Hour), 5, items(tea)), order("3", day(9), 5, items(tea))},
			[]customer.Good{{SKU: "TEA-1", Title: "Assam", Category: "tea", Units: 8, Days: 2, First: first, Last: first + 9}}},
		{"the latest order names it, be it delivered first", []customer.Fact{order("2", day(9), 5, items(with(func(i *customer.Item) { i.Title, i.Category = "Assam Gold", "" }))), order("1", noon, 5, items(tea))},
			[]customer.Good{{SKU: "TEA-1", Title: "Assam Gold", Category: "tea", Units: 4, Days: 2, First: first, Last: first + 9}}},
		{"the latest bought comes first", []customer.Fact{order("1", day(-1), 5, items(customer.Item{SKU: "A", Quantity: 1})), order("2", noon, 5, items(tea))},
			[]customer.Good{assam, {SKU: "A", Units: 1, Days: 1, First: first - 1, Last: first - 1}}},
		{"without an article number the product's id tells it apart", []customer.Fact{order("1", noon, 5, items(with(func(i *customer.Item) { i.SKU = "" })))},
			[]customer.Good{{SKU: "77", Title: "Assam", Category: "tea", Units: 2, Days: 1, First: first, Last: first}}},
		{"without either its title does", []customer.Fact{order("1", noon, 5, items(customer.Item{Title: "Assam", Quantity: 1}))},
			[]customer.Good{{Title: "Assam", Units: 1, Days: 1, First: first, Last: first}}},
		{"orders in another currency hold goods, too", []customer.Fact{order("1", noon, 5, items(tea), in("USD"))}, []customer.Good{assam}},
		{"what came back whole was not kept", []customer.Fact{order("1", noon, 5, items(tea)), refund("1", "r", noon, 5, "EUR")}, nil},
		{"cancelled and test orders hold nothing", []customer.Fact{order("1", noon, 5, items(tea), cancelled), order("2", noon, 5, items(tea), isTest)}, nil},
		{"gift cards are no goods", []customer.Fact{order("1", noon, 5, items(customer.Item{SKU: "GIFT", Quantity: 1, GiftCard: true}, tea))}, []customer.Good{assam}},
		{"nor is a line that was taken out", []customer.Fact{order("1", noon, 5, items(with(func(i *customer.Item) { i.Quantity = 0 })))}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Goods); diff != "" {
				t.Errorf("goods (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("of too many those bought last are kept", func(t *testing.T) {
		var facts []customer.Fact
		for i := range customer.MaxGoods + 3 {
			facts = append(facts, order(fmt.Sprint(i), day(i), 5, items(customer.Item{SKU: fmt.Sprint("S", i), Quantity: 1})))
		}
		got := customer.Fold(facts, time.UTC).Goods
		if len(got) != customer.MaxGoods || got[customer.MaxGoods-1].SKU != "S3" {
			t.Errorf("%d goods, the oldest is %v", len(got), got[len(got)-1])
		}
	})
}

func TestFoldDiscounts(t *testing.T) {
	p := customer.Fold([]customer.Fact{
		order("1", noon, 500, codes("hello10", " TEA "), discount(50)), order("2", day(2), 500, discount(70)), order("3", day(3), 500, channel("pos")),
		order("4", day(4), 500, codes("HELLO10", "")), order("5", day(5), 500, codes("NEVER"), cancelled), order("6", day(6), 500, codes("NEVER"), isTest),
	}, time.UTC)
	if b := p.Books[0]; b.Discounted != 3 || b.Saved != 120 || b.Offline != 1 {
		t.Errorf("%d orders with a discount saved %d, %d were placed offline", b.Discounted, b.Saved, b.Offline)
	}
	if diff := cmp.Diff([]string{"HELLO10", "TEA"}, p.Codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

func did(name, id string, at time.Time, properties ...string) customer.Fact {
	f := activity(name, id, at)
	f.Body.Activity.Properties = map[string]string{}
	for i := 0; i < len(properties); i += 2 {
		f.Body.Activity.Properties[properties[i]] = properties[i+1]
	}
	return f
}

func TestFoldDetails(t *testing.T) {
	first := customer.DayOf(noon, time.UTC)
	help := []customer.Property{{Name: "category", Value: "help"}}
	long := "a value that is longer than anybody would write into a rule"
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  customer.Series
	}{
		{"the same on one day is one detail, with its seconds added up", []customer.Fact{
			did("page_view", "1", noon, "category", "help", "seconds", "90"), did("page_view", "2", noon, "category", "help", "seconds", "30.4"), did("page_view", "3", day(1), "category", "help"),
		}, customer.Series{Counts: []customer.Count{{Day: first, N: 2, Seconds: 120}, {Day: first + 1, N: 1}},
			Details: []customer.Detail{{customer.Count{Day: first, N: 2, Seconds: 120}, help}, {customer.Count{Day: first + 1, N: 1}, help}}}},
		{"what is different every time is left out", []customer.Fact{did("page_view", "1", noon, "path", "/a", "title", "A", "utm_source", "x", "checkout_id", "7", "note", long)},
			customer.Series{Counts: []customer.Count{{Day: first, N: 1}}}},
		{"of many properties the telling ones are kept", []customer.Fact{did("page_view", "1", noon, "a", "1", "b", "2", "category", "help", "price", "9", "sku", "S")},
			customer.Series{Counts: []customer.Count{{Day: first, N: 1}}, Details: []customer.Detail{{customer.Count{Day: first, N: 1}, []customer.Property{
				{Name: "category", Value: "help"}, {Name: "price", Value: "9"}, {Name: "sku", Value: "S"}}}}}},
		{"minutes are seconds, too", []customer.Fact{did("page_view", "1", noon, "minutes", "1.5")},
			customer.Series{Counts: []customer.Count{{Day: first, N: 1, Seconds: 90}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Name = "page_view"
			if diff := cmp.Diff([]customer.Series{c.want}, customer.Fold(c.facts, time.UTC).Activity); diff != "" {
				t.Errorf("activity (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("of too many the latest of all activities are kept, and all are counted", func(t *testing.T) {
		var facts []customer.Fact
		for i := range customer.MaxDetails {
			facts = append(facts, did("page_view", fmt.Sprint(i), day(i), "category", "help"), did("searched", fmt.Sprint(i), day(i), "query", "tea"))
		}
		for _, s := range customer.Fold(facts, time.UTC).Activity {
			if n := len(s.Details); n != customer.MaxDetails/2 || s.Details[0].Day != first+customer.MaxDetails/2 || len(s.Counts) != customer.MaxDetails {
				t.Errorf("%s has %d details from day %d and %d days", s.Name, n, s.Details[0].Day-first, len(s.Counts))
			}
		}
	})
	t.Run("of too many of one day the first by name and properties are kept", func(t *testing.T) {
		var facts []customer.Fact
		for i := range customer.MaxDetails {
			facts = append(facts, did("page_view", fmt.Sprint(i), noon, "category", fmt.Sprintf("c%02d", i)))
		}
		facts = append(facts, did("a", "1", noon, "category", "z"))
		got := customer.Fold(facts, time.UTC).Activity
		if len(got[0].Details) != 1 || len(got[1].Details) != customer.MaxDetails-1 || got[1].Details[0].Property("category") != "c00" {
			t.Errorf("details are %+v", got)
		}
	})
}
