package customer_test

import (
	"testing"

	"holdfast/internal/customer"
)

func TestActivitiesHappenSomewhere(t *testing.T) {
	for name, want := range map[string]customer.Touchpoint{
		"mail_clicked":                  customer.Mailbox,
		"event_attended":                customer.Offline,
		"mail_elsewhere_opened":         customer.Mailbox,
		"page_view":                     customer.Web,
		"product_viewed":                customer.Web,
		"products_searched":             customer.Web,
		"checkout_started":              customer.Web,
		"product_shared":                customer.Social,
		"screen_view":                   customer.App,
		"application_opened":            customer.App,
		"video_playback_started":        customer.Content,
		"help_viewed":                   customer.Support,
		"chat":                          customer.Support,
		"store_visited":                 customer.Offline,
		"quiz_finished":                 customer.Elsewhere,
		"pagerank":                      customer.Elsewhere,
		"":                              customer.Elsewhere,
		"signed_up":                     customer.Web,
		"in_store_visit":                customer.Offline,
		"support_article_found_helpful": customer.Support,
	} {
		if got := (customer.Activity{Name: name}).Touchpoint(); got != want {
			t.Errorf("%q happens at %s, want %s", name, got, want)
		}
	}
	for i, touchpoint := range customer.Touchpoints() {
		if touchpoint.Index() != i {
			t.Errorf("%s is number %d, want %d", touchpoint, touchpoint.Index(), i)
		}
	}
}
