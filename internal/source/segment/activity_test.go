package segment

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func TestPropertiesOfActivities(t *testing.T) {
	viewed := func(more object) object { return call("page", more) }
	for _, c := range []struct {
		name string
		body object
		want map[string]string
	}{
		{"a page has path, title, category and where the visitor came from", viewed(object{"name": "Shipping", "category": "help", "properties": object{
			"url": "https://shop.example/help/shipping?email=a@b.example#top", "path": "/help/shipping", "title": "Shipping", "referrer": "https://www.Google.com/search?q=secret", "search": "?email=a@b.example",
		}}), map[string]string{"name": "Shipping", "category": "help", "path": "/help/shipping", "title": "Shipping", "referrer": "google.com"}},
		{"the context fills in, and tells the campaign", viewed(object{"context": object{
			"ip": "8.8.8.8", "page": object{"path": "/a?token=1", "title": "A", "referrer": "https://b.example/x"}, "campaign": object{"name": "Spring", "source": "news", "medium": "email", "term": nil},
		}}), map[string]string{"path": "/a", "title": "A", "referrer": "b.example", "utm_campaign": "Spring", "utm_source": "news", "utm_medium": "email"}},
		{"a path is taken from a URL", viewed(object{"properties": object{"url": "http://www.example.com"}}), map[string]string{"path": "/"}},
		{"a page of which nothing is known has no properties", viewed(nil), nil},
		{"numbers and truth values are kept as written", track("Product Viewed", object{"product_id": 507, "price": 18.90, "Sale Item": true, "variant": nil, "id": json19}),
			map[string]string{"product_id": "507", "price": "18.9", "sale_item": "true", "id": "706405506930370084"}},
		{"of a list of products, which", track("Cart Viewed", object{"products": []any{
			object{"product_id": "a", "category": "tea"}, object{"sku": "b", "category": "tea"}, object{"name": "C; c", "category": "care"}, nil, 3,
		}}), map[string]string{"products": "a; b; C, c", "categories": "tea; care"}},
		{"links lose what they may give away", track("Link Clicked", object{"href": "https://u:p@x.example/reset/?token=1#frag", "password": "x", "resetToken": "y", "note": "see http://x.example?a"}),
			map[string]string{"href": "https://x.example/reset/", "note": "see http://x.example?a"}},
		{"an object's values have both names, and what is named so itself wins", track("Quiz Done", object{"answers": object{"Use Case": "office", "n": []any{1, 2}}, "answers_n": 7}),
			map[string]string{"answers_use_case": "office", "answers_n": "7"}},
		{"of two ways to one name the first by its letters stays", track("X", object{"a": object{"b_c": 1}, "a_b": object{"c": 2}}), map[string]string{"a_b_c": "1"}},
		{"what cannot be seen is dropped", track("X", object{"a": "b\x00\ufffd\u2028c\n\td", "": 1, "  ": 2}), map[string]string{"a": "b c  d"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := parse(t, Source{Shop: true}, c.body)[0]
			if diff := cmp.Diff(c.want, e.Fact.Body.Activity.Properties); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("of too many properties the telling ones stay", func(t *testing.T) {
		p := object{"price": 3, "category": "tea"}
		for i := range 100 {
			p[fmt.Sprintf("a%03d", i)] = strings.Repeat("x", 1000)
		}
		got := parse(t, Source{}, track("X", p))[0].Fact.Body.Activity.Properties
		want := map[string]string{"price": "3", "category": "tea"}
		for i := range maxProperties - 2 {
			want[fmt.Sprintf("a%03d", i)] = strings.Repeat("x", longest)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// json19 is a number beyond what a float holds exactly.
const json19 = 706405506930370084

func TestNamesBecomeSnakeCase(t *testing.T) {
	for name, want := range map[string]string{
		"Product Viewed": "product_viewed", "productViewed": "product_viewed", "PRODUCT_VIEWED": "product_viewed", " product--viewed! ": "product_viewed",
		"Order #12": "order_12", "Utm2Source": "utm2_source", "Größe": "größe", "产品": "产品", "": "", "...": "", "a.b/c": "a_b_c", "_id": "id",
		strings.Repeat("ab ", 40): strings.Repeat("ab_", 21) + "a",
	} {
		if got := snake(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestPurchases(t *testing.T) {
	lines := []any{
		object{"product_id": "p1", "sku": "S1", "name": "Tea", "brand": "K", "category": "tea", "variant": "100 g", "price": "19.90", "quantity": "2"},
		object{"product_id": 2, "price": 0.1 + 0.2},
	}
	order := func(more object) object {
		p := object{"order_id": "o/1", "total": 30.099999999999998, "currency": "EUR"}
		maps.Copy(p, more)
		return track("Order Completed", p)
	}
	plain := customer.Order{Placed: noon, Currency: "EUR", Total: 3010, Current: 3010, Payment: "paid", Channel: "web", Checkout: "o%2F1"}
	with := func(edit func(*customer.Order)) customer.Body {
		o := plain
		edit(&o)
		return customer.Body{Order: &o}
	}
	total := func(minor int64) func(*customer.Order) {
		return func(o *customer.Order) { o.Total, o.Current = minor, minor }
	}
	refund := func(minor int64, c customer.Currency) customer.Body {
		return customer.Body{Refund: &customer.Refund{Amount: customer.Money{Minor: minor, Currency: c}}}
	}
	for _, c := range []struct {
		name string
		body object
		want customer.Body
	}{
		{"a float's error is rounded away", order(nil), with(func(*customer.Order) {})},
		{"revenue is without shipping and tax", order(object{"total": nil, "revenue": "25", "shipping": 3, "tax": "2.5"}), with(total(3050))},
		{"total wins over revenue", order(object{"revenue": "25", "shipping": 3}), with(func(*customer.Order) {})},
		{"value will do", order(object{"total": nil, "value": 25}), with(total(2500))},
		{"yen have no cents", order(object{"currency": "jpy", "total": "1500"}), with(func(o *customer.Order) { total(1500)(o); o.Currency = "JPY" })},
		{"without a currency it is the merchant's", order(object{"currency": nil}), with(func(o *customer.Order) { o.Currency = "CHF" })},
		{"everything that is told is kept", order(object{"coupon": "WELCOME", "discount": "2.50", "checkout_id": "c1", "cart_id": "k1", "order_number": "1001", "products": lines, "created_at": "2026-10-04T12:00:00Z"}),
			with(func(o *customer.Order) {
				o.Codes, o.Discount, o.Checkout, o.Cart, o.Number, o.Placed = []string{"WELCOME"}, 250, "c1", "k1", "1001", noon.AddDate(0, 0, -1)
				o.Items = []customer.Item{
					{Product: "p1", SKU: "S1", Title: "Tea", Vendor: "K", Category: "tea", Variant: "100 g", Quantity: 2, Price: 3980},
					{Product: "2", Quantity: 1, Price: 30},
				}
			})},
		{"a placing to come is not believed", order(object{"created_at": "2027-10-04T12:00:00Z"}), with(func(*customer.Order) {})},
		{"a refund", track("Order Refunded", object{"order_id": "o1", "total": "-12.50", "currency": "EUR"}), refund(1250, "EUR")},
		{"a refund of products", track("Order Refunded", object{"order_id": "o1", "products": lines}), refund(4010, "CHF")},
		{"an NPS of ten at most", track("NPS Survey Answered", object{"score": "9"}), customer.Body{Survey: &customer.Survey{Survey: "nps", Score: 9, Scale: 10}}},
		{"a CSAT of five", track("Survey Completed", object{"survey_type": "CSAT after delivery", "rating": 4}), customer.Body{Survey: &customer.Survey{Survey: "csat", Score: 4, Scale: 5}}},
		{"a scale of their own", track("Survey Completed", object{"name": "Taste", "score": 80, "scale": 100}), customer.Body{Survey: &customer.Survey{Survey: "taste", Score: 80, Scale: 100}}},
		{"an open ticket", track("Support Ticket Opened", object{"ticket_id": "7", "priority": "high", "category": "delivery"}),
			customer.Body{Ticket: &customer.Ticket{Opened: noon, Priority: "high", Category: "delivery", Stage: "open"}}},
		{"a closed one says when it was opened", track("Ticket Solved", object{"ticketId": "7", "openedAt": "2026-10-01T12:00:00Z"}),
			customer.Body{Ticket: &customer.Ticket{Opened: noon.AddDate(0, 0, -4), Closed: noon, Stage: "closed"}}},
		{"one that is closed, whatever its state is called", track("Ticket Closed", object{"ticket_id": "7", "status": "archived"}),
			customer.Body{Ticket: &customer.Ticket{Opened: noon, Closed: noon, Stage: "archived"}}},
		{"one whose state is closed", track("Ticket Updated", object{"ticket_id": "7", "status": "Solved"}),
			customer.Body{Ticket: &customer.Ticket{Opened: noon, Closed: noon, Stage: "Solved"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			events := parse(t, Source{Currency: "CHF"}, c.body)
			if diff := cmp.Diff(c.want, events[0].Fact.Body); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("a started checkout", func(t *testing.T) {
		e := parse(t, Source{}, track("Checkout Started", object{"checkout_id": "c1", "cart_id": "k1", "value": 40.1, "currency": "EUR", "products": lines, "checkout_url": "https://x.example/c?t=1"}))[1]
		want := customer.Checkout{Total: customer.Money{Minor: 4010, Currency: "EUR"}, URL: "https://x.example/c", Cart: "k1", Items: e.Fact.Body.Checkout.Items}
		if diff := cmp.Diff(want, *e.Fact.Body.Checkout); diff != "" || len(want.Items) != 2 || !e.Fact.Expires.Equal(noon.Add(customer.CartLife)) {
			t.Error(diff)
		}
	})
}
