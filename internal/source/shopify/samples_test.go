package shopify

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

const samples = "../../../../shared/samples/shopify"

// sample returns an official payload, or skips the test where there are none.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Skipf("the official payloads are not here: %v", err)
	}
	return []byte(strings.ReplaceAll(string(body), "{shop}.myshopify.com", "example.myshopify.com"))
}

// headers looks up as a server does: whatever the case.
func headers(topic string) func(string) string {
	h := map[string]string{
		"x-shopify-topic":        topic,
		"x-shopify-shop-domain":  "Example.myshopify.com",
		"x-shopify-triggered-at": "2026-10-06T02:54:50.123456789Z",
	}
	return func(name string) string { return h[strings.ToLower(name)] }
}

// kinds names what events do, in order: record, then claim, fact and command.
func kinds(events []customer.Event) []string {
	var all []string
	for _, e := range events {
		s := strings.TrimPrefix(string(e.Record), "shopify/example.myshopify.com/")
		if e.Claim != nil {
			s += " claim"
			if e.Claim.Parent != "" {
				s += "→" + strings.TrimPrefix(string(e.Claim.Parent), "shopify/example.myshopify.com/")
			}
		}
		if e.Fact != nil {
			s += " " + e.Fact.Key
		}
		if e.Command != nil {
			s += " " + string(e.Command.Kind)
		}
		all = append(all, s)
	}
	return all
}

func TestEverySampleHasItsEffect(t *testing.T) {
	const (
		guest = "order/5778367414385"
		john  = "115310627314723954"
		bob   = "706405506930370084"
	)
	normal := []string{
		john + " claim contact/eflgcrtzs",
		guest + " claim→" + john + " order",
		guest + " consent/email/said",
	}
	bobs := []string{bob + " claim contact/eflcrtzsb"}
	started := []string{
		"603851970716743426 claim contact/eflcrtzs",
		"checkout/123123123 claim→603851970716743426 checkout",
		"cart/eeafa272cebfd4b22385bc4b645e762c claim→checkout/123123123",
	}
	for _, c := range []struct {
		file, topic string
		want        []string
	}{
		{"customers_create.json", "customers/create", bobs},
		{"customers_update.json", "customers/update", bobs},
		{"customers_enable.json", "customers/enable", bobs},
		{"customers_disable.json", "customers/disable", bobs},
		{"legacy/customers_create_pre_2025_01.json", "customers/create", []string{
			"706405506930370084 claim contact/efls", "706405506930370084 tags", "706405506930370084 consent/email/said"}},
		{"customers_delete.json", "customers/delete", []string{bob + " deleted"}},
		{"customers_merge.json", "customers/merge", nil},
		{"edge/customers_merge_completed.json", "customers/merge", []string{"7188389789809 merged merge"}},
		{"customers_purchasing_summary.json", "customers/purchasing_summary", []string{"1 summary"}},
		{"customer_tags_added.json", "customer.tags_added", []string{"1 tag/tag1", "1 tag/tag2"}},
		{"customer_tags_removed.json", "customer.tags_removed", []string{"1 tag/tag1", "1 tag/tag2"}},
		{"customers_email_marketing_consent_update.json", "customers_email_marketing_consent/update", []string{bob + " consent/email/said"}},
		{"customers_marketing_consent_update.json", "customers_marketing_consent/update", nil},
		{"customers_whats_app_marketing_consent_update.json", "customers_whats_app_marketing_consent/update", nil},
		{"customers_data_request.json", "customers/data_request", []string{"191167 export"}},
		{"customers_redact.json", "customers/redact", []string{"191167 erase", "order/299938 erase", "order/280263 erase", "order/220458 erase"}},
		{"shop_redact.json", "shop/redact", []string{"shop erase_account"}},
		{"app_uninstalled.json", "app/uninstalled", []string{"shop disconnect"}},
		{"orders_create.json", "orders/create", []string{
			john + " claim contact/eflgcrtzs", "order/820982911946154508 claim→" + john + " order"}},
		{"orders_cancelled.json", "orders/cancelled", []string{
			john + " claim contact/eflgcrtzs", "order/820982911946154508 claim→" + john + " order"}},
		{"edge/orders_create_normal.json", "orders/create", normal},
		{"edge/orders_create_normal.json", "orders/paid", normal},
		{"edge/orders_create_normal.json", "orders/updated", normal},
		{"edge/orders_create_normal.json", "orders/fulfilled", normal},
		{"edge/orders_create_normal.json", "orders/partially_fulfilled", normal},
		{"edge/orders_create_normal.json", "orders/edited", normal},
		{"edge/orders_create_multi_currency.json", "orders/create", normal},
		{"edge/orders_create_test_order.json", "orders/create", normal[:2]},
		{"edge/orders_create_guest_email_no_customer.json", "orders/create", append([]string{
			guest + " contact/eflgcrtz.company", guest + " claim order"}, normal[2:]...)},
		{"edge/orders_create_guest_pos_no_customer.json", "orders/create", append([]string{
			guest + " contact/g", guest + " claim order"}, normal[3:]...)},
		{"edge/orders_create_protected_data_redacted.json", "orders/create", append([]string{
			john + " claim contact/gsb"}, normal[1:]...)},
		{"legacy/order_rest_resource_with_refunds.json", "orders/updated", []string{
			"207119551 claim contact/epflgsb", "order/450789469 claim→207119551 order"}},
		{"refunds_create.json", "refunds/create", []string{
			"order/820982911946154508 refund/245135271310201194", "order/820982911946154508 refund/839212141605670573"}},
		{"edge/refunds_create_partial_with_adjustment.json", "refunds/create", []string{guest + " refund/179259969"}},
		{"order_transactions_create.json", "order_transactions/create", []string{"order/820982911946154508 payment/120560818172775265"}},
		{"checkouts_create.json", "checkouts/create", started},
		{"checkouts_update.json", "checkouts/update", started},
		{"checkouts_delete.json", "checkouts/delete", []string{"cart/eeafa272cebfd4b22385bc4b645e762c deleted"}},
		{"carts_create.json", "carts/create", []string{"cart/exampleCartId checkout"}},
		{"carts_update.json", "carts/update", []string{"cart/exampleCartId checkout"}},
	} {
		t.Run(c.topic+" from "+c.file, func(t *testing.T) {
			events, err := Parse(headers(c.topic), sample(t, c.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, kinds(events)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSamplesNobodyWantsAreUnwanted(t *testing.T) {
	for topic, file := range map[string]string{
		"discounts/create":         "discounts_create.json",
		"disputes/create":          "disputes_create.json",
		"customer.joined_segment":  "customer_joined_segment.json",
		"customer.left_segment":    "customer_left_segment.json",
		"bulk_operations/finish":   "bulk_operations_finish.json",
		"products/update; forged ": "shop_redact.json",
	} {
		if events, err := Parse(headers(topic), sample(t, file)); !errors.Is(err, ErrUnwanted) || len(events) > 0 {
			t.Errorf("%s: %v, %v", topic, kinds(events), err)
		}
	}
}
