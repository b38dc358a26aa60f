package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/source/shopify"
)

var end = time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)

func small() *Shop { return New(Options{Seed: 7, Customers: 100, End: end}) }

// whole is the shop with the default options, made once.
var whole = sync.OnceValue(func() *Shop { return New(Options{Seed: 1, End: end}) })

// middle is a shop of a size to read every delivery of, made once.
var middle = sync.OnceValues(func() (*Shop, []Delivery) {
	s := New(Options{Seed: 2, Customers: 600, End: end})
	return s, slices.Collect(s.Deliveries())
})

func digest(s *Shop) string {
	h := sha256.New()
	for d := range s.Deliveries() {
		fmt.Fprintln(h, d.At, d.Source, d.Topic, d.Header)
		h.Write(d.Body)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestTheSameSeedMakesTheSameBytes(t *testing.T) {
	first := small()
	if a, b := digest(first), digest(small()); a != b {
		t.Errorf("two shops of one seed differ: %s, %s", a, b)
	}
	if a, b := digest(first), digest(first); a != b {
		t.Errorf("walking through the deliveries twice differs: %s, %s", a, b)
	}
	if a, b := digest(first), digest(New(Options{Seed: 8, Customers: 100, End: end})); a == b {
		t.Error("two seeds make the same shop")
	}
}

func TestDeliveriesComeInOrderWithinTheHistory(t *testing.T) {
	s, all := middle()
	before, since := time.Time{}, end.AddDate(0, -18, -1)
	for n, d := range all {
		if d.At.Before(before) || d.At.Before(since) || d.At.After(end) {
			t.Fatalf("delivery %d at %v, after %v; want order within %v and %v", n, d.At, before, since, end)
		}
		before = d.At
	}
	if len(all) != s.Len() {
		t.Errorf("%d deliveries, Len %d; want the same number", len(all), s.Len())
	}
	if last := whole().moments[whole().Len()-1].at; last.After(end) {
		t.Errorf("the last delivery of the whole shop is at %v, after the end", last)
	}
	if n := whole().Len(); n < 30000 || n > 60000 {
		t.Errorf("%d deliveries of the whole shop, want between 30,000 and 60,000", n)
	}
}

var large = regexp.MustCompile(`"id":\d{17,}[,}]`)

func TestBodiesAreJSONWithIDsBeyondWhatAFloatHolds(t *testing.T) {
	topics, beyond := map[string]int{}, map[string]int{}
	_, all := middle()
	for _, d := range all {
		if !json.Valid(d.Body) {
			t.Fatalf("%s %s: not JSON: %.200s", d.Source, d.Topic, d.Body)
		}
		topics[d.Topic]++
		if large.Match(d.Body) {
			beyond[d.Topic]++
		}
	}
	for _, topic := range []string{"orders/create", "orders/paid", "customers/update", "refunds/create"} {
		if beyond[topic] == 0 || beyond[topic] > topics[topic]/3 {
			t.Errorf("%d of %d %s have an id beyond 2^53; want some", beyond[topic], topics[topic], topic)
		}
	}
	for _, topic := range []string{
		"customers/create", "customers/update", "customers/enable", "customers/delete", "customers/merge", "customer.tags_added", "customer.tags_removed",
		"customers/purchasing_summary", "customers_email_marketing_consent/update", "customers_marketing_consent/update", "orders/create", "orders/paid",
		"orders/updated", "orders/cancelled", "orders/fulfilled", "orders/partially_fulfilled", "orders/delete", "refunds/create", "order_transactions/create",
		"checkouts/create", "checkouts/update", "checkouts/delete", "carts/create", "carts/update", "customers/data_request", "customers/redact",
	} {
		if topics[topic] == 0 {
			t.Errorf("no delivery of %s", topic)
		}
	}
	if topics["customers/redact"] < 2 {
		t.Errorf("%d erasures, want two people's", topics["customers/redact"])
	}
}

func TestTheShopLooksLikeOne(t *testing.T) {
	s := whole()
	var buyers, once, loyal, orders int
	share := map[string]int{}
	note := func(name string, yes bool) {
		if yes {
			share[name]++
		}
	}
	var gross int64
	for _, p := range s.people {
		if len(p.orders) > 0 {
			buyers++
			note("lapsed", p.orders[len(p.orders)-1].placed.Before(end.Add(-240*day)))
		}
		note("subscribed", p.accepts(end))
		if len(p.orders) == 1 {
			once++
		}
		if len(p.orders) >= 5 {
			loyal++
		}
	}
	for _, o := range s.orders() {
		orders++
		gross += o.total()
		note("refunded", len(o.refunds) > 0)
		note("refund before its order", o.late > 0)
		note("amount only", len(o.refunds) > 0 && len(o.refunds[0].lines) == 0)
		note("coded", o.code != "")
		note("test", o.test)
		note("voided", !o.voided.IsZero())
		note("cancelled", !o.cancelled.IsZero())
		note("foreign", o.presented != o.currency)
		note("guest", o.buyer == nil)
		note("pending", o.gateway == "Bank Deposit")
		note("winter", o.placed.Month() >= time.November)
	}
	within := func(name string, got, of int, low, high float64) {
		t.Helper()
		if r := float64(got) / float64(of); r < low || r > high {
			t.Errorf("%s: %d of %d = %.3f, want %.2f to %.2f", name, got, of, r, low, high)
		}
	}
	within("one-time buyers", once, buyers, 0.45, 0.65)
	within("five orders and more", loyal, buyers, 0.05, 0.2)
	within("lapsed", share["lapsed"], buyers, 0.15, 0.7)
	within("orders a buyer", orders, buyers, 1.7, 3)
	within("mean order, cents", int(gross), orders, 3500, 7500)
	within("subscribed", share["subscribed"], len(s.people), 0.5, 0.75)
	within("with a code", share["coded"], orders, 0.08, 0.35)
	within("refunded", share["refunded"], orders, 0.05, 0.14)
	within("amount only", share["amount only"], orders, 0.008, 0.04)
	within("refund before its order", share["refund before its order"], orders, 0.001, 0.01)
	within("test", share["test"], orders, 0.002, 0.02)
	within("voided", share["voided"], orders, 0.005, 0.04)
	within("cancelled", share["cancelled"], orders, 0.015, 0.06)
	within("in another currency", share["foreign"], orders, 0.05, 0.25)
	within("without account", share["guest"], orders, 0.02, 0.06)
	within("bank transfer", share["pending"], orders, 0.05, 0.13)
	within("in the one winter's two months", share["winter"], orders, 0.11, 0.3)
}

// The numbers that regulators keep free for films and books, and the
// domains that RFC 2606 keeps free for examples.
var (
	fictionalPhone = regexp.MustCompile(`^(\+49(3023125|6990009|4066969|2214710|8999998)\d{3}|\+3363998\d{4}|\+447700900\d{3}|\+1\d{3}55501\d{2})$`)
	fictionalMail  = regexp.MustCompile(`^[a-z0-9._]+@[a-z-]+\.example\.(com|org|net)$`)
	anyMail        = regexp.MustCompile(`[\w.+-]+@[\w.-]+`)
)

func TestNobodyIsReal(t *testing.T) {
	s := whole()
	mails, numbers := map[string]bool{}, map[string]bool{}
	for _, p := range s.people {
		if _, err := customer.ParseEmail(p.email); err != nil || !fictionalMail.MatchString(p.email) || mails[p.email] {
			t.Errorf("address %q: want a new one under example.com, .org or .net (%v)", p.email, err)
		}
		if p.phone != "" && (!fictionalPhone.MatchString(p.phone) || numbers[p.phone]) {
			t.Errorf("phone %q: want a new one of a range reserved for fiction", p.phone)
		}
		mails[p.email], numbers[p.phone] = true, true
	}
	_, all := middle()
	for _, d := range all {
		for _, m := range anyMail.FindAll(d.Body, -1) {
			if !fictionalMail.Match(m) {
				t.Fatalf("%s: address %q is not of a domain for examples", d.Topic, m)
			}
		}
	}
}

// TestMoneyAddsUp compares the amounts of every order body with one another.
func TestMoneyAddsUp(t *testing.T) {
	type body struct {
		Currency           string     `json:"currency"`
		Subtotal           string     `json:"subtotal_price"`
		Total              string     `json:"total_price"`
		Current            string     `json:"current_total_price"`
		Discounts          string     `json:"total_discounts"`
		Status             string     `json:"financial_status"`
		LineItems          []wireLine `json:"line_items"`
		TotalShippingPrice price      `json:"total_shipping_price_set"`
	}
	cents := func(s string) int64 {
		m, err := customer.ParseMoney(s, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		return m.Minor
	}
	_, all := middle()
	for _, d := range all {
		if !strings.HasPrefix(d.Topic, "orders/") || d.Topic == "orders/delete" {
			continue
		}
		var b body
		if err := json.Unmarshal(d.Body, &b); err != nil {
			t.Fatal(err)
		}
		var goods, shares int64
		for _, l := range b.LineItems {
			goods += cents(l.Price) * int64(l.Quantity)
			for _, a := range l.DiscountAllocations {
				shares += cents(a.Amount)
			}
		}
		want := []int64{goods - cents(b.Discounts), cents(b.Discounts), cents(b.Subtotal) + cents(b.TotalShippingPrice.Shop.Amount)}
		if diff := cmp.Diff(want, []int64{cents(b.Subtotal), shares, cents(b.Total)}); diff != "" {
			t.Fatalf("subtotal, discount shares, total (-want +got):\n%s%s", diff, d.Body)
		}
		if now := cents(b.Current); now < 0 || now > cents(b.Total) || b.Status == "refunded" && now != 0 {
			t.Fatalf("current total %s of %s, %s", b.Current, b.Total, b.Status)
		}
	}
}

func TestOurOwnReaderUnderstandsEveryShopifyDelivery(t *testing.T) {
	orders, seen := map[customer.Identity]bool{}, 0
	s, all := middle()
	for _, d := range all {
		if d.Source != Shopify {
			continue
		}
		events, err := shopify.Parse(func(name string) string {
			for k, v := range d.Header {
				if strings.EqualFold(k, name) {
					return v
				}
			}
			return ""
		}, d.Body)
		if err != nil && !errors.Is(err, shopify.ErrUnwanted) {
			t.Fatalf("%s: %v\n%s", d.Topic, err, d.Body)
		}
		for _, e := range events {
			seen++
			if e.Fact != nil && e.Fact.Body.Order != nil {
				orders[e.Record] = true
			}
		}
	}
	if len(orders) != len(s.orders()) || seen == 0 {
		t.Errorf("%d orders were read, %d were made", len(orders), len(s.orders()))
	}
}

func TestRepetitionsAreTheSameDelivery(t *testing.T) {
	seen, same, other := map[string]Delivery{}, 0, 0
	_, all := middle()
	for _, d := range all {
		if d.Source != Shopify {
			continue
		}
		id := d.Header["X-Shopify-Webhook-Id"]
		if first, ok := seen[id]; ok {
			same++
			if diff := cmp.Diff(first.Header, d.Header); diff != "" || !bytes.Equal(first.Body, d.Body) {
				t.Fatalf("a repetition differs: %s", diff)
			}
		}
		seen[id] = d
		sum := sha256.Sum256(append([]byte(d.Topic+d.Header["X-Shopify-Triggered-At"]), d.Body...))
		if first, ok := seen[string(sum[:])]; ok && first.Header["X-Shopify-Webhook-Id"] != id {
			other++
		}
		seen[string(sum[:])] = d
	}
	if same == 0 || other == 0 {
		t.Errorf("%d repetitions under the same id, %d under another; want both", same, other)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(Options{Seed: 1, End: end})
	}
}

func BenchmarkDeliveries(b *testing.B) {
	s := New(Options{Seed: 1, End: end})
	var n, size int
	for b.Loop() {
		for d := range s.Deliveries() {
			n++
			size += len(d.Body)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/delivery")
	b.ReportMetric(float64(size)/float64(n), "bytes/delivery")
}
