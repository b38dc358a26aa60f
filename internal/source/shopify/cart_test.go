package shopify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func aCheckout() object {
	return object{"token": "84ad78572dae", "cart_token": "Z2NwLXVz/MDFK", "email": "ada@example.com", "phone": nil, "customer_locale": "de",
		"updated_at": "2026-10-05T09:50:00+02:00", "completed_at": nil, "currency": "EUR", "total_price": "100.00",
		"abandoned_checkout_url": "https://example.com/recover", "line_items": []object{{"quantity": 1, "variant_price": "100.00", "title": "Tea"}}}
}

func aCart() object {
	return object{"id": "Z2NwLXVz/MDFK", "token": "Z2NwLXVz/MDFK", "updated_at": "2026-10-05T07:40:00.000Z", "line_items": []object{
		{"quantity": 2, "price": "50.00", "line_price": "100.00", "price_set": inEUR("50.00"), "line_price_set": inEUR("100.00")}}}
}

func TestACartWaitsUntilItIsBought(t *testing.T) {
	cart := parse(t, "carts/update", aCart())
	checkout := parse(t, "checkouts/update", aCheckout())
	order := parse(t, "orders/create", anOrder())

	t.Run("a cart is open", func(t *testing.T) {
		want := customer.CartState{Open: 1, Last: time.Date(2026, 10, 5, 7, 40, 0, 0, time.UTC), Total: customer.Money{Minor: 10000, Currency: "EUR"}}
		if diff := cmp.Diff(want, fold(cart).Carts); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("with its checkout it is one", func(t *testing.T) {
		got := fold(checkout, cart).Carts
		if got.Open != 1 || got.URL != "https://example.com/recover" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("an order closes both", func(t *testing.T) {
		if diff := cmp.Diff(customer.CartState{}, fold(order, cart, checkout).Carts); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a completed checkout is closed", func(t *testing.T) {
		done := parse(t, "checkouts/update", aCheckout().with(object{"completed_at": "2026-10-05T10:00:00Z"}))
		if diff := cmp.Diff(customer.CartState{}, fold(done).Carts); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a cart belongs to whom its checkout belongs to", func(t *testing.T) {
		if diff := cmp.Diff([]string{"checkout/84ad78572dae contact/eg", "checkout/84ad78572dae claim checkout",
			"cart/Z2NwLXVz%2FMDFK claim→checkout/84ad78572dae"}, kinds(checkout)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"cart/Z2NwLXVz%2FMDFK checkout"}, kinds(cart)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("what was put in expires, whom it told us of does not", func(t *testing.T) {
		if f := find(t, checkout, "checkout").Fact; !f.Expires.Equal(f.At.Add(customer.CartLife)) {
			t.Errorf("expires %v", f.Expires)
		}
		if f := find(t, checkout, "contact").Fact; !f.Expires.IsZero() {
			t.Errorf("expires %v", f.Expires)
		}
	})
}

func TestADeletedCheckoutIsNamedByWhatTheStubHas(t *testing.T) {
	for _, c := range []struct {
		name, want string
		body       object
	}{
		{"its token", "checkout/84ad78572dae deleted", object{"id": 1, "token": "84ad78572dae", "cart_token": "c"}},
		{"its cart's token", "cart/c deleted", object{"id": 1, "cart_token": "c"}},
		{"its number", "checkout/1 deleted", object{"id": 1, "cart_token": nil}},
	} {
		if diff := cmp.Diff([]string{c.want}, kinds(parse(t, "checkouts/delete", c.body))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	gone := parse(t, "checkouts/delete", object{"id": 1, "token": "84ad78572dae"})
	if diff := cmp.Diff(customer.CartState{}, fold(gone, parse(t, "checkouts/create", aCheckout())).Carts); diff != "" {
		t.Error(diff)
	}
}
