package pages

import (
	"strings"
	"testing"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

func TestNumbersInWords(t *testing.T) {
	for _, tt := range []struct{ name, got, want string }{
		{"a small count", count(0), "0"},
		{"three digits have no comma", count(999), "999"},
		{"thousands are apart", count(1234567), "1,234,567"},
		{"a negative one keeps its sign before its digits", count(int64(-123456)), "−123,456"},
		{"a rise", signed(1234), "+1,234"},
		{"a fall", signed(-3), "−3"},
		{"no change", signed(0), "±0"},
		{"money with cents", money(customer.Money{Minor: 1234567, Currency: "EUR"}), "12,345.67 EUR"},
		{"money without cents", money(customer.Money{Minor: 1234567, Currency: "JPY"}), "1,234,567 JPY"},
		{"money with three decimals", money(customer.Money{Minor: 1234567, Currency: "KWD"}), "1,234.567 KWD"},
		{"a loss below one", money(customer.Money{Minor: -5, Currency: "EUR"}), "−0.05 EUR"},
		{"money of no currency", money(customer.Money{Minor: 500}), "5.00"},
		{"a share", percent(0.61649), "61.6 %"},
		{"one", plural(1, "order", "orders"), "1 order"},
		{"none are many", plural(0, "order", "orders"), "0 orders"},
		{"a long fraction", rounded("49.322144510582014"), "49.32"},
		{"a short fraction", rounded("612.4"), "612.4"},
		{"a whole number", rounded("8"), "8"},
		{"a text with a dot", rounded("kelp.example.com"), "kelp.example.com"},
		{"a version is no number", rounded("1.2.345"), "1.2.345"},
		{"days", duration(50 * time.Hour), "2 days"},
		{"one hour", duration(119 * time.Minute), "1 hour"},
		{"minutes", duration(90 * time.Second), "1 minute"},
		{"an address breaks after its sign", string(address(customer.Email("a&b@example.com"))), "a&amp;b@<wbr>example.com"},
		{"a name without a title", title("", "win_back"), "Win back"},
		{"a name as its own title", title("win_back", "win_back"), "Win back"},
		{"a title", title("Win them back", "win_back"), "Win them back"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.ReplaceAll(tt.got, nbsp, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNoInstantIsPrintedAsNothing(t *testing.T) {
	if got := (frame{Zone: time.UTC}).Instant(time.Time{}); got != "" {
		t.Errorf("Instant(zero) = %q, want nothing", got)
	}
}

func TestEveryStatusHasWords(t *testing.T) {
	for _, s := range []customer.SendStatus{customer.Planned, customer.Claimed, customer.Sent, customer.Delivered, customer.Bounced,
		customer.Complained, customer.Skipped, customer.HeldOut, customer.Failed, customer.Unknown} {
		if statuses[s] == "" {
			t.Errorf("%s has no words", s)
		}
	}
}

func TestCampaignColumnsBalance(t *testing.T) {
	var row campaignRow
	reasons := map[string]int{}
	for _, s := range []customer.SendStatus{customer.Planned, customer.Claimed, customer.Sent, customer.Delivered, customer.Bounced,
		customer.Complained, customer.Skipped, customer.HeldOut, customer.Failed, customer.Unknown} {
		row.add(customer.Send{Status: s, Reason: "stopped"}, reasons)
	}
	failed := reasons["failed: "+campaign.Words("stopped")] + reasons["outcome never learnt"]
	if sum := row.Waiting + row.Sent + row.Skipped + row.HeldOut + failed; sum != row.Total || row.Total != 10 {
		t.Errorf("waiting, sent, skipped, held out and failed are %d, planned %d, want 10 of both", sum, row.Total)
	}
}

func TestSources(t *testing.T) {
	for _, tt := range []struct {
		record customer.Identity
		want   string
	}{
		{"shopify/kelp.myshopify.com/order/5", "Shopify, kelp.myshopify.com"},
		{"hubspot/77/3", "HubSpot, portal 77"},
		{"holdfast/mail/customer/c", "our mails"},
		{"woo/kelp/3", "Woo, kelp"},
		{"email/a@example.com", "email/a@example.com"},
	} {
		if got := sourceWords(tt.record); got != tt.want {
			t.Errorf("sourceWords(%q) = %q, want %q", tt.record, got, tt.want)
		}
	}
}
