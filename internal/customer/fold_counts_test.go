package customer_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

// cart returns a cart in euros, changed by edits.
func cart(token string, at time.Time, minor int64, edits ...func(*customer.Checkout)) customer.Fact {
	return basket(shop.Record("cart", token), at, minor, edits...)
}

func checkout(token string, at time.Time, minor int64, edits ...func(*customer.Checkout)) customer.Fact {
	return basket(shop.Record("checkout", token), at, minor, edits...)
}

func basket(r customer.Identity, at time.Time, minor int64, edits ...func(*customer.Checkout)) customer.Fact {
	c := customer.Checkout{Total: customer.Money{Minor: minor, Currency: "EUR"}, URL: "https://brew.example/" + strconv.FormatInt(minor, 10),
		Items: []customer.Item{{Quantity: 1, Price: minor}}}
	for _, edit := range edits {
		edit(&c)
	}
	f := fact(r, "checkout", at, customer.Body{Checkout: &c})
	f.Expires = at.Add(customer.CartLife)
	return f
}

func of(cart string) func(*customer.Checkout) { return func(c *customer.Checkout) { c.Cart = cart } }
func completed(c *customer.Checkout)          { c.Completed = noon }
func emptied(c *customer.Checkout)            { c.Items = nil }
func from(checkout, cart string) func(*customer.Order) {
	return func(o *customer.Order) { o.Checkout, o.Cart = checkout, cart }
}

func activity(name, id string, at time.Time) customer.Fact {
	f := fact(ada, "activity/"+name+"/"+id, at, customer.Body{Activity: &customer.Activity{Name: name}})
	f.Expires = at.Add(customer.ActivityLife)
	return f
}

func TestFoldCarts(t *testing.T) {
	open := func(n int, last time.Time, minor int64) customer.CartState {
		return customer.CartState{Open: n, Last: last, Total: customer.Money{Minor: minor, Currency: "EUR"}, URL: "https://brew.example/" + strconv.FormatInt(minor, 10)}
	}
	none := customer.CartState{}
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  customer.CartState
	}{
		{"a cart with something in it is open", []customer.Fact{cart("a", noon, 10)}, open(1, noon, 10)},
		{"an empty one is not", []customer.Fact{cart("a", noon, 0, emptied)}, none},
		{"one that was emptied is not any more", []customer.Fact{cart("a", day(1), 0, emptied), cart("a", noon, 10)}, none},
		{"the latest of two is told, both are counted", []customer.Fact{cart("b", day(1), 20), cart("a", noon, 10)}, open(2, day(1), 20)},
		{"one of 30 days before the latest is counted still", []customer.Fact{cart("a", noon, 10), cart("b", day(30), 20)}, open(2, day(30), 20)},
		{"an older one is not", []customer.Fact{cart("a", noon.Add(-1), 10), cart("b", day(30), 20)}, open(1, day(30), 20)},
		{"a cart that became a checkout is that checkout", []customer.Fact{cart("a", noon, 10), checkout("x", noon, 20, of("a"))}, open(1, noon, 20)},
		{"even if the cart is told a little later", []customer.Fact{checkout("x", noon, 20, of("a")), cart("a", day(1), 10)}, open(1, noon, 20)},
		{"a cart that changes weeks after its checkout is a new one", []customer.Fact{checkout("x", noon, 20, of("a")), cart("a", day(8), 10)}, open(2, day(8), 10)},
		{"a cart that names itself is open", []customer.Fact{cart("a", noon, 10, of("a"))}, open(1, noon, 10)},
		{"a completed checkout is closed, and its cart with it", []customer.Fact{cart("a", noon, 10), checkout("x", noon, 20, of("a"), completed)}, none},
		{"an order closes its checkout", []customer.Fact{checkout("x", noon, 20), order("1", noon, 20, from("x", ""))}, none},
		{"an order closes its cart", []customer.Fact{cart("a", noon, 10), order("1", noon, 20, from("", "a"))}, none},
		{"an order closes before they come, and for good", []customer.Fact{order("1", noon, 20, from("x", "a")), cart("a", day(60), 10), checkout("x", day(60), 20)}, none},
		{"an order that does not count closes too", []customer.Fact{checkout("x", noon, 20), order("1", noon, 20, from("x", ""), cancelled)}, none},
		{"an order of another cart closes nothing", []customer.Fact{cart("a", noon, 10), order("1", noon, 20, from("y", "b"))}, open(1, noon, 10)},
		{"an order without a cart closes nothing", []customer.Fact{cart("a", noon, 10), order("1", noon, 20)}, open(1, noon, 10)},
		{"an order of another shop closes nothing", []customer.Fact{basket(customer.Account("shopify/malt").Record("cart", "a"), noon, 10), order("1", noon, 20, from("", "a"))}, open(1, noon, 10)},
		{"a token with slashes is closed too", []customer.Fact{cart("Z2N/wL==", noon, 10), order("1", noon, 20, from("", "Z2N/wL=="))}, none},
		{"deleting a checkout closes it", []customer.Fact{checkout("x", noon, 20), deleted(shop.Record("checkout", "x"), day(1), true)}, none},
		{"and leaves its cart closed", []customer.Fact{cart("a", noon, 10), checkout("x", noon, 20, of("a")), deleted(shop.Record("checkout", "x"), day(1), true)}, none},
		{"a deletion that was taken back does not", []customer.Fact{checkout("x", noon, 20), deleted(shop.Record("checkout", "x"), day(1), false)}, open(1, noon, 20)},
		{"deleting a ticket of the same number closes nothing", []customer.Fact{cart("7", noon, 10), deleted(shop.Record("ticket", "7"), noon, true)}, open(1, noon, 10)},
		{"deleting the customer closes nothing", []customer.Fact{cart("7", noon, 10), deleted(shop.Record("7"), noon, true)}, open(1, noon, 10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Carts); diff != "" {
				t.Errorf("carts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFoldService(t *testing.T) {
	ticket := func(id string, opened time.Time, closed time.Time) customer.Fact {
		return fact(hub.Record("ticket", id), "ticket", opened, customer.Body{Ticket: &customer.Ticket{Opened: opened, Closed: closed}})
	}
	facts := []customer.Fact{
		ticket("1", day(3), time.Time{}), ticket("2", day(1), day(2)), ticket("3", noon, time.Time{}),
		modified(ticket("3", noon, day(4)), day(4)),
		ticket("4", day(9), time.Time{}), deleted(hub.Record("ticket", "4"), day(9), true),
	}
	want := customer.TicketState{Tickets: 3, Open: 1, Last: day(3)}
	if diff := cmp.Diff(want, customer.Fold(facts, time.UTC).Service); diff != "" {
		t.Errorf("three tickets, one closed, one closed later, and a deleted one (-want +got):\n%s", diff)
	}
}

func TestFoldDeals(t *testing.T) {
	deal := func(id string, won bool, minor int64, c customer.Currency) customer.Fact {
		return fact(hub.Record("deal", id), "deal", noon, customer.Body{Deal: &customer.Deal{Won: won, Amount: customer.Money{Minor: minor, Currency: c}}})
	}
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  customer.DealState
	}{
		{"won ones are added, open and lost ones counted", []customer.Fact{deal("1", true, 100, "EUR"), deal("2", true, 50, "EUR"), deal("3", false, 900, "EUR")},
			customer.DealState{Deals: 3, Won: 2, Value: customer.Money{Minor: 150, Currency: "EUR"}}},
		{"the currency that most have is told", []customer.Fact{deal("1", true, 9900, "EUR"), deal("2", true, 5, "USD"), deal("3", true, 6, "USD")},
			customer.DealState{Deals: 3, Won: 3, Value: customer.Money{Minor: 11, Currency: "USD"}}},
		{"of two as frequent the first by name", []customer.Fact{deal("1", true, 5, "USD"), deal("2", true, 9, "EUR")},
			customer.DealState{Deals: 2, Won: 2, Value: customer.Money{Minor: 9, Currency: "EUR"}}},
		{"amounts without a currency are no value, however many", []customer.Fact{deal("1", true, 5, ""), deal("2", true, 6, ""), deal("3", true, 9, "EUR")},
			customer.DealState{Deals: 3, Won: 3, Value: customer.Money{Minor: 9, Currency: "EUR"}}},
		{"deleted ones are gone", []customer.Fact{deal("1", true, 5, "EUR"), deleted(hub.Record("deal", "1"), noon, true)}, customer.DealState{}},
		{"ones taken out again are not", []customer.Fact{deal("1", false, 5, "EUR"), deleted(hub.Record("deal", "1"), noon, false)}, customer.DealState{Deals: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := customer.Fold(c.facts, time.UTC)
			if diff := cmp.Diff(c.want, p.Deals); diff != "" {
				t.Errorf("deals (-want +got):\n%s", diff)
			}
			if p.Books != nil {
				t.Errorf("deals made books: %v", p.Books)
			}
		})
	}
}

func TestFoldActivity(t *testing.T) {
	first := customer.DayOf(noon, time.UTC)
	late := noon.Add(11*time.Hour + 30*time.Minute)
	for _, c := range []struct {
		name  string
		zone  string
		facts []customer.Fact
		want  []customer.Series
	}{
		{"counts by name and day, sorted", "UTC", []customer.Fact{
			activity("page_view", "3", day(2)), activity("page_view", "1", noon), activity("page_view", "2", late), activity("login", "1", noon),
		}, []customer.Series{
			{Name: "login", Counts: []customer.Count{{Day: first, N: 1}}},
			{Name: "page_view", Counts: []customer.Count{{Day: first, N: 2}, {Day: first + 2, N: 1}}}}},
		{"the same one twice is one", "UTC", []customer.Fact{activity("login", "1", noon), activity("login", "1", noon)},
			[]customer.Series{{Name: "login", Counts: []customer.Count{{Day: first, N: 1}}}}},
		{"days are the merchant's", "Europe/Berlin", []customer.Fact{activity("login", "1", late)},
			[]customer.Series{{Name: "login", Counts: []customer.Count{{Day: first + 1, N: 1}}}}},
		{"a series spans its window and no more", "UTC", []customer.Fact{
			activity("login", "1", noon), activity("login", "2", day(1)), activity("login", "3", day(customer.ActivityWindow)),
		}, []customer.Series{{Name: "login", Counts: []customer.Count{{Day: first + 1, N: 1}, {Day: first + customer.ActivityWindow, N: 1}}}}},
		{"each series has a window of its own", "UTC", []customer.Fact{activity("login", "1", noon), activity("page_view", "1", day(300))},
			[]customer.Series{{Name: "login", Counts: []customer.Count{{Day: first, N: 1}}}, {Name: "page_view", Counts: []customer.Count{{Day: first + 300, N: 1}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, zone(t, c.zone)).Activity); diff != "" {
				t.Errorf("activity (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFoldSeen(t *testing.T) {
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  time.Time
	}{
		{"an activity of theirs", []customer.Fact{activity("page_view", "1", noon), order("1", day(-1), 5)}, noon},
		{"an order", []customer.Fact{activity("page_view", "1", noon), order("1", day(1), 5)}, day(1)},
		{"an order that does not count is no sign of life", []customer.Fact{order("1", day(1), 5, isTest)}, time.Time{}},
		{"a click in a mail", []customer.Fact{activity("mail_clicked", "1", noon)}, noon},
		{"a mail that reached them is not their doing", []customer.Fact{activity("mail_delivered", "1", noon)}, time.Time{}},
		{"nor are pictures that a mail program fetched", []customer.Fact{activity("mail_opened", "1", noon)}, time.Time{}},
		{"a cart is told on its own", []customer.Fact{cart("a", noon, 10)}, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.Fold(c.facts, time.UTC).Seen; !got.Equal(c.want) {
				t.Errorf("seen is %v, want %v", got, c.want)
			}
		})
	}
}

func TestPrune(t *testing.T) {
	p := customer.Fold([]customer.Fact{order("1", day(-500), 5), cart("a", noon, 10), activity("login", "1", day(-100)), activity("login", "2", noon), activity("mail_opened", "1", day(-100))}, time.UTC)
	first := customer.DayOf(noon, time.UTC)
	t.Run("at once it changes nothing", func(t *testing.T) {
		if diff := cmp.Diff(p, p.Prune(noon)); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
	t.Run("carts go before their facts can", func(t *testing.T) {
		want := p
		want.Carts = customer.CartState{}
		if diff := cmp.Diff(want, p.Prune(day(90))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("activities go day by day, and an empty series goes whole", func(t *testing.T) {
		want := []customer.Series{{Name: "login", Counts: []customer.Count{{Day: first, N: 1}}}}
		if diff := cmp.Diff(want, p.Prune(day(350)).Activity); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("at last the orders remain, and that they were a sign of life", func(t *testing.T) {
		want := customer.Folded{Books: p.Books, Seen: day(-500)}
		want.Records = p.Records
		if diff := cmp.Diff(want, p.Prune(day(1000))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("the fold it came from keeps what it has", func(t *testing.T) {
		if len(p.Activity) != 2 || len(p.Activity[0].Counts) != 2 {
			t.Errorf("activity is %v", p.Activity)
		}
	})
}

func TestOnlyTheLatestActivitiesAreCounted(t *testing.T) {
	var facts []customer.Fact
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range customer.MaxSeries + 5 {
		at := day.AddDate(0, 0, i)
		facts = append(facts, customer.Fact{Record: "segment/web/1", Key: fmt.Sprintf("activity/n%02d/x", i), Version: customer.NewVersion(at, ""), At: at,
			Body: customer.Body{Activity: &customer.Activity{Name: fmt.Sprintf("n%02d", i)}}})
	}
	got := customer.Fold(facts, time.UTC).Activity
	if len(got) != customer.MaxSeries || got[0].Name != "n05" || got[customer.MaxSeries-1].Name != fmt.Sprintf("n%02d", customer.MaxSeries+4) {
		t.Errorf("%d series from %s to %s", len(got), got[0].Name, got[len(got)-1].Name)
	}
}
