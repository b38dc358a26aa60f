package demo

import (
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// null is a field that Shopify sends, and sends empty.
type null = any

type coin struct {
	Amount       string `json:"amount"`
	CurrencyCode string `json:"currency_code"`
}

// A price is an amount as the shop books it and as the buyer sees it.
type price struct {
	Shop        coin `json:"shop_money"`
	Presentment coin `json:"presentment_money"`
}

func amount(minor int64, c customer.Currency) string {
	return customer.Money{Minor: minor, Currency: c}.Amount()
}

func newPrice(minor int64, shop, buyer customer.Currency) price {
	return price{
		Shop:        coin{amount(minor, shop), string(shop)},
		Presentment: coin{amount(convert(minor, shop, buyer), buyer), string(buyer)},
	}
}

func gid(kind string, id int64) string { return fmt.Sprintf("gid://shopify/%s/%d", kind, id) }

// local writes t as Shopify does, with the shop's offset.
func (s *Shop) local(t time.Time) string { return t.In(s.zone).Format(time.RFC3339) }

// maybe is local for instants that may not come, or not yet as of at.
func (s *Shop) maybe(t, at time.Time) *string {
	if !past(t, at) {
		return nil
	}
	text := s.local(t)
	return &text
}

func zulu(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// text is nil for "".
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
