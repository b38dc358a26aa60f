package shopify

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

const order1 = customer.Identity(shop + "order/5778367414385")

func TestAnOrderIsReadWhole(t *testing.T) {
	events := parse(t, "orders/create", anOrder().with(object{"buyer_accepts_marketing": true}))
	if diff := cmp.Diff([]string{
		"9007199254740993 claim contact/epflgcrtzsb.company",
		"order/5778367414385 claim→9007199254740993 order",
		"order/5778367414385 consent/email/said",
	}, kinds(events)); diff != "" {
		t.Error(diff)
	}
	placed := time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)
	want := &customer.Order{
		Number: "#1001", Placed: placed, Currency: "EUR", Total: 10000, Current: 10000, Discount: 500, Payment: "paid", Channel: "web",
		Codes: []string{"HELLO"}, Checkout: "84ad78572dae", Cart: "Z2NwLXVz%2FMDFK",
		Items: []customer.Item{{Product: "788032119674292922", Title: "Tea", Quantity: 2, Price: 10500}},
	}
	f := find(t, events, "order").Fact
	if diff := cmp.Diff(want, f.Body.Order); diff != "" {
		t.Error(diff)
	}
	if !f.At.Equal(placed) || !f.Version.Time().Equal(placed.Add(2*time.Second)) {
		t.Errorf("at %v, version %v", f.At, f.Version)
	}
}

func TestWhoseAnOrderIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields object
		want   customer.Claim
	}{
		{"the shop's customer's, whatever address it gives", object{"email": "other@example.com"}, customer.Claim{Parent: shop + "9007199254740993"}},
		{"a guest's with an e-mail", object{"customer": nil}, customer.Claim{Email: "guest@example.com"}},
		{"a guest's with a contact e-mail", object{"customer": nil, "email": "", "contact_email": "Guest2@example.com"}, customer.Claim{Email: "guest2@example.com"}},
		{"a guest's with a phone", object{"customer": nil, "email": "", "phone": "+4315880"}, customer.Claim{Phone: "+4315880"}},
		{"nobody's yet, paid in the shop", object{"customer": nil, "email": "", "phone": nil}, customer.Claim{}},
		{"nobody's yet, with a customer that is only a shell", object{"customer": object{"email": nil}, "email": nil}, customer.Claim{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := find(t, parse(t, "orders/create", anOrder().with(c.fields)), "order")
			c.want.Version = e.Fact.Version
			if diff := cmp.Diff(&c.want, e.Claim); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAGuestIsDescribedUnderTheOrder(t *testing.T) {
	events := parse(t, "orders/create", anOrder().with(object{"customer": nil, "billing_address": object{
		"first_name": "Gus", "last_name": "Guest", "city": "Graz", "country_code": "at", "zip": "8010", "phone": "555-SHIP"}}))
	want := &customer.Contact{Email: "guest@example.com", FirstName: "Gus", LastName: "Guest", Language: "de-AT", Country: "AT", City: "Graz", Postcode: "8010"}
	e := find(t, events, "contact")
	if diff := cmp.Diff(want, e.Fact.Body.Contact); diff != "" || e.Record != order1 || e.Claim != nil {
		t.Errorf("under %s: %s", e.Record, diff)
	}
}

func TestTheCustomerInAnOrderIsAsOldAsItSays(t *testing.T) {
	e := parse(t, "orders/updated", anOrder())[0]
	if want := time.Date(2026, 10, 6, 2, 54, 50, 0, time.UTC); !e.Fact.At.Equal(want) {
		t.Errorf("with its own time: %v", e.Fact.At)
	}
	e = parse(t, "orders/updated", anOrder().with(object{"customer": aCustomer().with(object{"updated_at": nil})}))[0]
	if want := time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC); !e.Fact.At.Equal(want) {
		t.Errorf("without, when the order was placed: %v", e.Fact.At)
	}
}

func TestOrdersThatAreNoSales(t *testing.T) {
	for name, fields := range map[string]object{
		"a test order":                      {"test": true},
		"a voided order":                    {"financial_status": "voided"},
		"an expired order":                  {"financial_status": "expired"},
		"an authorized order":               {"financial_status": "authorized"},
		"an order of unknown payment":       {"financial_status": nil},
		"a cancelled order":                 {"cancelled_at": "2026-10-06T00:00:00Z"},
		"an order for nothing":              {"total_price": "0.00", "total_price_set": inEUR("0.00"), "current_total_price": "0.00", "current_total_price_set": inEUR("0.00")},
		"an order of gift cards only":       {"line_items": []object{{"quantity": 1, "price": "100.00", "gift_card": true}}},
		"an order of which nothing is left": {"current_total_price": "0.00", "current_total_price_set": inEUR("0.00"), "financial_status": "refunded"},
	} {
		if books := fold(parse(t, "orders/create", anOrder().with(fields))).Books; len(books) > 0 {
			t.Errorf("%s counts: %+v", name, books)
		}
	}
	if books := fold(parse(t, "orders/paid", anOrder())).Books; len(books) != 1 || books[0].Spend != 10000 {
		t.Errorf("a paid order counts %+v", books)
	}
	t.Run("a test order gives no consent", func(t *testing.T) {
		for _, k := range kinds(parse(t, "orders/create", anOrder().with(object{"test": true, "buyer_accepts_marketing": true}))) {
			if k == "order/5778367414385 consent/email/said" {
				t.Error(k)
			}
		}
	})
}

func TestMoneyIsTheShops(t *testing.T) {
	set := func(shop, buyer string) object {
		return object{"shop_money": object{"amount": shop, "currency_code": "USD"}, "presentment_money": object{"amount": buyer, "currency_code": "JPY"}}
	}
	o := anOrder().with(object{
		"currency": "USD", "presentment_currency": "JPY", "total_price": "108.00", "total_price_set": set("108.00", "15984"),
		"current_total_price": "108.00", "current_total_price_set": set("108.00", "15984"), "total_discounts": "0.00",
		"line_items": []object{{"quantity": 1, "price": "108.00", "price_set": set("108.00", "15984")}},
	})
	got := find(t, parse(t, "orders/create", o), "order").Fact.Body.Order
	if got.Currency != "USD" || got.Total != 10800 || got.Buyer != (customer.Money{Minor: 15984, Currency: "JPY"}) || got.Items[0].Price != 10800 {
		t.Errorf("got %+v", got)
	}
	t.Run("a refund in the buyer's currency is taken at the order's rate", func(t *testing.T) {
		refund := parse(t, "refunds/create", aRefund(aTransaction().with(object{"amount": "7992", "currency": "JPY"})))
		if b := fold(parse(t, "orders/create", o), refund).Books[0]; b.Currency != "USD" || b.Refunded != 5400 || b.Spend != 5400 {
			t.Errorf("got %+v", b)
		}
	})
	t.Run("of two accounts of one refund the shop's own amount stays", func(t *testing.T) {
		order := parse(t, "orders/create", o)
		buyers := aTransaction().with(object{"amount": "7992", "currency": "JPY"})
		seen := parse(t, "order_transactions/create", buyers)
		own := parse(t, "refunds/create", aRefund(buyers.with(object{"amount_set": object{"shop_money": object{"amount": "54.01", "currency": "USD"}}})))
		for _, p := range []customer.Folded{fold(order, seen, own), fold(own, seen, order)} {
			if b := p.Books[0]; b.Refunded != 5401 || b.Refunds != 1 {
				t.Errorf("got %+v", b)
			}
		}
	})
	t.Run("a line in a third currency counts by its plain price", func(t *testing.T) {
		third := o.with(object{"line_items": []object{{"quantity": 1, "price": "108.00", "price_set": inEUR("99.00")}}})
		if got := find(t, parse(t, "orders/create", third), "order").Fact.Body.Order; got.Items[0].Price != 10800 {
			t.Errorf("got %+v", got.Items)
		}
	})
	t.Run("a refund without currency is in the shop's, minor units and all", func(t *testing.T) {
		yen := object{"shop_money": object{"amount": "0", "currency_code": "JPY"}}
		body := aRefund(aTransaction().with(object{"amount": "30", "currency": nil})).with(object{"total_duties_set": yen})
		got := find(t, parse(t, "refunds/create", body), "refund").Fact.Body.Refund
		if got.Amount != (customer.Money{Minor: 30, Currency: "JPY"}) {
			t.Errorf("got %v", got.Amount)
		}
	})
	t.Run("a currency without minor units has none", func(t *testing.T) {
		yen := anOrder().with(object{"currency": "JPY", "total_price": "600", "current_total_price": "600.0", "total_price_set": nil,
			"current_total_price_set": nil, "total_discounts": "0", "line_items": []object{}})
		if got := find(t, parse(t, "orders/create", yen), "order").Fact.Body.Order; got.Total != 600 || got.Current != 600 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestRefunds(t *testing.T) {
	order := parse(t, "orders/updated", anOrder())
	for _, c := range []struct {
		name     string
		body     object
		refunded int64
		refunds  int
	}{
		{"an amount without items counts", aRefund(aTransaction()), 3000, 1},
		{"what went back is the transactions' sum, not the items'", aRefund(aTransaction()).with(object{"refund_line_items": []object{
			{"subtotal": 89.99, "total_tax": 0, "subtotal_set": inEUR("89.99")}}}), 3000, 1},
		{"two transactions count both", aRefund(aTransaction(), aTransaction().with(object{"id": 32, "amount": "1.50"})), 3150, 2},
		{"a pending one does not count", aRefund(aTransaction().with(object{"status": "pending"})), 0, 0},
		{"a failed one does not count", aRefund(aTransaction().with(object{"status": "failure"})), 0, 0},
		{"a null currency is the shop's", aRefund(aTransaction().with(object{"currency": nil})).with(object{"total_duties_set": inEUR("0.00")}), 3000, 1},
		{"an unknown currency is the order's", aRefund(aTransaction().with(object{"currency": nil})), 3000, 1},
		{"the shop's own amount goes before the buyer's", aRefund(aTransaction().with(object{"amount": "32.10", "currency": "USD", "amount_set": object{
			"shop_money": object{"amount": "30.00", "currency": "EUR"}}})), 3000, 1},
		{"no transactions are no money", aRefund(), 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			refund := parse(t, "refunds/create", c.body)
			for name, p := range map[string]customer.Folded{"after its order": fold(order, refund), "before its order": fold(refund, order)} {
				if b := p.Books[0]; b.Refunded != c.refunded || b.Refunds != c.refunds || b.Spend != 10000-c.refunded {
					t.Errorf("%s: %+v", name, b)
				}
			}
			for _, e := range refund {
				if e.Record != order1 || e.Claim != nil {
					t.Errorf("the refund is under %s", e.Record)
				}
			}
		})
	}
}

func TestARefundCountsOnceFromThreeSources(t *testing.T) {
	bare := aTransaction().with(object{"currency": nil})
	deliveries := [][]customer.Event{
		parse(t, "orders/updated", anOrder().with(object{"refunds": []object{aRefund(bare)}, "financial_status": "partially_refunded"})),
		parse(t, "refunds/create", aRefund(bare)),
		parse(t, "order_transactions/create", aTransaction()),
	}
	want := fold(deliveries...)
	if b := want.Books[0]; b.Refunded != 3000 || b.Refunds != 1 {
		t.Fatalf("got %+v", b)
	}
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.SampledFrom(deliveries), 0, 5).Draw(t, "again")
		shuffled := rapid.Permutation(slices.Concat(deliveries, some)).Draw(t, "order")
		if diff := cmp.Diff(want, fold(shuffled...)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestOtherTransactionsArePayments(t *testing.T) {
	events := parse(t, "order_transactions/create", aTransaction().with(object{"kind": "capture", "currency": "EUR"}))
	want := &customer.Payment{Kind: "capture", Status: "success", Amount: customer.Money{Minor: 3000, Currency: "EUR"}}
	if diff := cmp.Diff(want, find(t, events, "payment/31").Fact.Body.Payment); diff != "" {
		t.Error(diff)
	}
}

func TestALaterStateOfAnOrderStays(t *testing.T) {
	created := parse(t, "orders/create", anOrder())
	cancelled := parse(t, "orders/cancelled", anOrder().with(object{"updated_at": "2026-10-07T00:00:00Z", "cancelled_at": "2026-10-07T00:00:00Z"}))
	if n := len(fold(cancelled, created).Books); n != 0 {
		t.Errorf("the creation, arriving last, revives a cancelled order: %d books", n)
	}
	deleted := parse(t, "orders/delete", object{"id": 5778367414385})
	if diff := cmp.Diff([]string{"order/5778367414385 deleted"}, kinds(deleted)); diff != "" {
		t.Error(diff)
	}
	if n := len(fold(deleted, created).Books); n != 0 {
		t.Errorf("a deleted order counts: %d books", n)
	}
}

func TestAnEditOfAnOrderIsNoState(t *testing.T) {
	events := parse(t, "orders/edited", object{"order_edit": object{"id": 1, "order_id": 5778367414385, "line_items": object{"additions": []object{}}}})
	if len(events) > 0 {
		t.Errorf("got %v", kinds(events))
	}
}
