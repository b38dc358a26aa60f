package customer_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

// order returns a paid order in euros, changed by edits.
func order(id string, placed time.Time, total int64, edits ...func(*customer.Order)) customer.Fact {
	o := customer.Order{Number: "#" + id, Placed: placed, Currency: "EUR", Total: total, Current: total, Payment: "paid"}
	for _, edit := range edits {
		edit(&o)
	}
	return fact(shop.Record("order", id), "order", placed, customer.Body{Order: &o})
}

func refund(order, transaction string, at time.Time, minor int64, c customer.Currency) customer.Fact {
	return fact(shop.Record("order", order), "refund/"+transaction, at,
		customer.Body{Refund: &customer.Refund{Amount: customer.Money{Minor: minor, Currency: c}}})
}

func current(minor int64) func(*customer.Order) { return func(o *customer.Order) { o.Current = minor } }
func payment(state string) func(*customer.Order) {
	return func(o *customer.Order) { o.Payment = state }
}
func in(c customer.Currency) func(*customer.Order) { return func(o *customer.Order) { o.Currency = c } }
func items(of ...customer.Item) func(*customer.Order) {
	return func(o *customer.Order) { o.Items = of }
}
func buyer(m int64, c customer.Currency) func(*customer.Order) {
	return func(o *customer.Order) { o.Buyer = customer.Money{Minor: m, Currency: c} }
}
func isTest(o *customer.Order)    { o.Test = true }
func cancelled(o *customer.Order) { o.Cancelled = o.Placed.Add(time.Hour) }

// sold is a book of one order placed at noon.
func sold(spend, refunded int64, refunds int) []customer.Book {
	return []customer.Book{{Currency: "EUR", Orders: 1, Spend: spend, Refunded: refunded, Refunds: refunds, First: noon, Last: noon,
		Days: []customer.Day{{Day: customer.DayOf(noon, time.UTC), Orders: 1, Net: spend}}}}
}

// unsold is a book of refunds alone.
func unsold(refunded int64, refunds int) []customer.Book {
	return []customer.Book{{Currency: "EUR", Refunded: refunded, Refunds: refunds}}
}

func TestFoldRefunds(t *testing.T) {
	back := func(minor int64) customer.Fact { return refund("1", "r1", day(1), minor, "EUR") }
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  []customer.Book
	}{
		{"a refund after its order is subtracted", []customer.Fact{order("1", noon, 10000), back(4000)}, sold(6000, 4000, 1)},
		{"a refund before its order is subtracted", []customer.Fact{back(4000), order("1", noon, 10000)}, sold(6000, 4000, 1)},
		{"a refund whose order never came is not a book", []customer.Fact{back(4000)}, nil},
		{"a refund seen three times is subtracted once",
			[]customer.Fact{back(4000), order("1", noon, 10000), back(4000), back(4000)}, sold(6000, 4000, 1)},
		{"two refunds of the same amount are subtracted both",
			[]customer.Fact{order("1", noon, 10000), back(3000), refund("1", "r2", day(1), 3000, "EUR")}, sold(4000, 6000, 2)},
		{"an amount alone, while the order's current total stays",
			[]customer.Fact{order("1", noon, 10000, payment("partially_refunded")), back(4000)}, sold(6000, 4000, 1)},
		{"returned items that lower the current total are not subtracted twice",
			[]customer.Fact{order("1", noon, 10000, current(6000)), back(4000)}, sold(6000, 4000, 1)},
		{"returned items and an amount on top",
			[]customer.Fact{order("1", noon, 10000, current(6000)), back(4000), refund("1", "r2", day(2), 500, "EUR")}, sold(5500, 4500, 2)},
		{"returned items whose money has not gone back yet",
			[]customer.Fact{order("1", noon, 10000, current(6000))}, sold(6000, 0, 0)},
		{"an edit that raises the total raises the net", []customer.Fact{order("1", noon, 10000, current(13000))}, sold(13000, 0, 0)},
		{"a refund after an edit that raised the total is subtracted",
			[]customer.Fact{order("1", noon, 10000, current(13000)), back(3000)}, sold(10000, 3000, 1)},
		{"a later state of the order replaces an earlier one",
			[]customer.Fact{modified(order("1", noon, 10000, current(6000)), day(1)), order("1", noon, 10000)}, sold(6000, 0, 0)},
		{"a refund without a currency is in the order's", []customer.Fact{order("1", noon, 10000), refund("1", "r1", noon, 4000, "")}, sold(6000, 4000, 1)},
		{"a refund in the buyer's currency is taken at the order's rate",
			[]customer.Fact{order("1", noon, 10000, buyer(11000, "USD")), refund("1", "r1", noon, 5500, "USD")}, sold(5000, 5000, 1)},
		{"it is rounded to the nearest cent",
			[]customer.Fact{order("1", noon, 10000, buyer(11000, "USD")), refund("1", "r1", noon, 1, "USD")}, sold(9999, 1, 1)},
		{"refunds in the buyer's currency that are the whole in parts leave no cent",
			[]customer.Fact{order("1", noon, 10000, buyer(3, "USD")), refund("1", "a", noon, 1, "USD"), refund("1", "b", noon, 1, "USD"), refund("1", "c", noon, 1, "USD")},
			unsold(10000, 3)},
		{"a refund in the order's and one in the buyer's currency",
			[]customer.Fact{order("1", noon, 10000, buyer(11000, "USD")), refund("1", "a", noon, 5500, "USD"), back(2000)}, sold(3000, 7000, 2)},
		{"a refund of astronomic size does not turn into a small one",
			[]customer.Fact{order("1", noon, math.MaxInt64, buyer(1, "USD")), refund("1", "r1", noon, 2, "USD")}, unsold(math.MaxInt64, 1)},
		{"an order that cost its buyer nothing has no rate",
			[]customer.Fact{order("1", noon, 10000, buyer(0, "USD")), refund("1", "r1", noon, 5500, "USD")}, sold(10000, 0, 1)},
		{"a refund in a currency that the order does not know changes no sum",
			[]customer.Fact{order("1", noon, 10000), refund("1", "r1", noon, 5500, "USD")}, sold(10000, 0, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Books); diff != "" {
				t.Errorf("books (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFoldOrdersThatCount(t *testing.T) {
	record := shop.Record("order", "1")
	card, bag := customer.Item{Quantity: 1, Price: 5000, GiftCard: true}, customer.Item{Quantity: 1, Price: 5000}
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  []customer.Book
	}{
		{"a paid order counts", []customer.Fact{order("1", noon, 10000)}, sold(10000, 0, 0)},
		{"a partly paid order counts", []customer.Fact{order("1", noon, 10000, payment("partially_paid"))}, sold(10000, 0, 0)},
		{"an order seen twice counts once", []customer.Fact{order("1", noon, 10000), modified(order("1", noon, 10000), day(1))}, sold(10000, 0, 0)},
		{"a test does not", []customer.Fact{order("1", noon, 10000, isTest)}, nil},
		{"nor do the refunds of a test", []customer.Fact{order("1", noon, 10000, isTest), refund("1", "r1", noon, 100, "EUR")}, nil},
		{"a pending one does not", []customer.Fact{order("1", noon, 10000, payment("pending"))}, nil},
		{"an authorized one does not", []customer.Fact{order("1", noon, 10000, payment("authorized"))}, nil},
		{"a voided one does not", []customer.Fact{order("1", noon, 10000, payment("voided"))}, nil},
		{"an expired one does not", []customer.Fact{order("1", noon, 10000, payment("expired"))}, nil},
		{"one of which the payment is unknown does not", []customer.Fact{order("1", noon, 10000, payment(""))}, nil},
		{"a pending one that is paid later does", []customer.Fact{order("1", noon, 10000, payment("pending")), modified(order("1", noon, 10000), day(3))}, sold(10000, 0, 0)},
		{"a cancelled one does not", []customer.Fact{order("1", noon, 10000, cancelled)}, nil},
		{"nor where its money went back", []customer.Fact{order("1", noon, 10000, cancelled), refund("1", "r1", noon, 10000, "EUR")}, unsold(10000, 1)},
		{"one without value does not", []customer.Fact{order("1", noon, 0)}, nil},
		{"one of gift cards only does not", []customer.Fact{order("1", noon, 10000, items(card, card))}, nil},
		{"one of goods and a gift card does", []customer.Fact{order("1", noon, 10000, items(card, bag))}, sold(10000, 0, 0)},
		{"one whose items are unknown does", []customer.Fact{order("1", noon, 10000, items())}, sold(10000, 0, 0)},
		{"a fully refunded one does not", []customer.Fact{order("1", noon, 10000), refund("1", "r1", noon, 10000, "EUR")}, unsold(10000, 1)},
		{"one refunded by more than its total does not", []customer.Fact{order("1", noon, 10000), refund("1", "r1", noon, 12000, "EUR")}, unsold(12000, 1)},
		{"one with all items returned does not", []customer.Fact{order("1", noon, 10000, current(0)), refund("1", "r1", noon, 10000, "EUR")}, unsold(10000, 1)},
		{"one that its shop calls refunded does not, even if the refund is unknown", []customer.Fact{order("1", noon, 10000, payment("refunded"))}, nil},
		{"a deleted one does not", []customer.Fact{order("1", noon, 10000), deleted(record, day(1), true)}, nil},
		{"nor when it was deleted before it came", []customer.Fact{deleted(record, day(-1), true), order("1", noon, 10000)}, nil},
		{"one that was taken out again does", []customer.Fact{order("1", noon, 10000), deleted(record, day(1), true), deleted(record, day(2), false)}, sold(10000, 0, 0)},
		{"payments are in the order's own state", []customer.Fact{order("1", noon, 10000),
			fact(record, "payment/1", noon, customer.Body{Payment: &customer.Payment{Kind: "sale", Status: "success", Amount: customer.Money{Minor: 10000, Currency: "EUR"}}})}, sold(10000, 0, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Books); diff != "" {
				t.Errorf("books (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFoldBooks(t *testing.T) {
	first := customer.DayOf(noon, time.UTC)
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  []customer.Book
	}{
		{"two currencies have two books, the most used first", []customer.Fact{
			order("1", noon, 10000), order("2", day(1), 7000, in("USD")), order("3", day(2), 7000, in("USD")),
		}, []customer.Book{
			{Currency: "USD", Orders: 2, Spend: 14000, First: day(1), Last: day(2), Days: []customer.Day{{first + 1, 1, 7000}, {first + 2, 1, 7000}}},
			{Currency: "EUR", Orders: 1, Spend: 10000, First: noon, Last: noon, Days: []customer.Day{{first, 1, 10000}}},
		}},
		{"of two as much used, the first by name is first", []customer.Fact{order("1", noon, 1, in("USD")), order("2", noon, 1)}, []customer.Book{
			{Currency: "EUR", Orders: 1, Spend: 1, First: noon, Last: noon, Days: []customer.Day{{first, 1, 1}}},
			{Currency: "USD", Orders: 1, Spend: 1, First: noon, Last: noon, Days: []customer.Day{{first, 1, 1}}},
		}},
		{"several orders of one day are one day", []customer.Fact{
			order("3", day(1), 300), order("2", noon.Add(time.Hour), 50), order("1", noon, 7),
		}, []customer.Book{{Currency: "EUR", Orders: 3, Spend: 357, First: noon, Last: day(1), Days: []customer.Day{{first, 2, 57}, {first + 1, 1, 300}}}}},
		{"an order in another zone is kept in UTC", []customer.Fact{order("1", noon.In(time.FixedZone("", -5*3600)), 7)}, sold(7, 0, 0)},
		{"sums stay at the largest amount", []customer.Fact{order("1", noon, math.MaxInt64), order("2", noon, 1)}, []customer.Book{
			{Currency: "EUR", Orders: 2, Spend: math.MaxInt64, First: noon, Last: noon, Days: []customer.Day{{first, 2, math.MaxInt64}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Books); diff != "" {
				t.Errorf("books (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("of more days than are kept, the latest stay and the sums tell all", func(t *testing.T) {
		var facts []customer.Fact
		for i := range customer.MaxDays + 10 {
			facts = append(facts, order(string(rune('A'+i)), day(i), 100))
		}
		b := customer.Fold(facts, time.UTC).Books[0]
		if len(b.Days) != customer.MaxDays || b.Days[0].Day != first+10 || b.Orders != customer.MaxDays+10 || b.Spend != 100*(customer.MaxDays+10) || !b.First.Equal(noon) {
			t.Errorf("book is %+v", b)
		}
	})
}

func TestFoldDayBoundaries(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		placed     [2]string
		days       []int // orders by day
	}{
		{"a minute around midnight in UTC is two days", "UTC", [2]string{"2026-03-01T23:59:30Z", "2026-03-02T00:00:00Z"}, []int{1, 1}},
		{"in Berlin it is one", "Europe/Berlin", [2]string{"2026-03-01T23:59:30Z", "2026-03-02T00:00:00Z"}, []int{2}},
		{"midnight in Berlin is an hour earlier", "Europe/Berlin", [2]string{"2026-03-01T22:59:59Z", "2026-03-01T23:00:00Z"}, []int{1, 1}},
		{"the day clocks go forward has 23 hours: its last one", "Europe/Berlin", [2]string{"2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z"}, []int{2}},
		{"and the first after", "Europe/Berlin", [2]string{"2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"}, []int{1, 1}},
		{"the day clocks go back has 25 hours: its last one", "Europe/Berlin", [2]string{"2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z"}, []int{2}},
		{"and the first after it", "Europe/Berlin", [2]string{"2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"}, []int{1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var facts []customer.Fact
			for i, s := range c.placed {
				at, err := time.Parse(time.RFC3339, s)
				if err != nil {
					t.Fatal(err)
				}
				facts = append(facts, order(string(rune('1'+i)), at, 100))
			}
			var got []int
			for _, d := range customer.Fold(facts, zone(t, c.zone)).Books[0].Days {
				got = append(got, d.Orders)
			}
			if diff := cmp.Diff(c.days, got); diff != "" {
				t.Errorf("orders by day (-want +got):\n%s", diff)
			}
		})
	}
}
