package shopify

import (
	"cmp"
	"fmt"
	"math"

	"holdfast/internal/customer"
)

// A moneySet is one amount as the shop counts it and as the buyer saw it.
type moneySet struct {
	Shop        *money `json:"shop_money"`
	Presentment *money `json:"presentment_money"`
}

// money comes with its currency under three names, depending on the body.
type money struct {
	Amount       amount `json:"amount"`
	CurrencyCode string `json:"currency_code"`
	Currency     string `json:"currency"`
	Camel        string `json:"currencyCode"`
}

// code returns the currency of m, "" for nil or XXX, which means none.
func (m *money) code() customer.Currency {
	if m == nil {
		return ""
	}
	for _, s := range []string{m.CurrencyCode, m.Currency, m.Camel} {
		if c := currency(s); c != "" {
			return c
		}
	}
	return ""
}

// shopCode returns the shop's currency, "" if s does not tell.
func (s *moneySet) shopCode() customer.Currency {
	if s == nil {
		return ""
	}
	return s.Shop.code()
}

func currency(s string) customer.Currency {
	c, err := customer.ParseCurrency(s)
	if err != nil || c == "XXX" {
		return ""
	}
	return c
}

// inShop returns an amount in the shop's currency, from set if it is there and
// in that currency, else from plain. given is false if neither is.
func inShop(field string, set *moneySet, plain amount, shop customer.Currency) (m customer.Money, given bool, err error) {
	value := plain
	if set != nil && set.Shop != nil && set.Shop.Amount != "" {
		c := set.Shop.code()
		switch {
		case c == "" || shop == "" || c == shop:
			value, shop = set.Shop.Amount, cmp.Or(shop, c)
		case plain == "":
			return customer.Money{}, false, invalid(field, "is in another currency than the rest; one currency is needed")
		}
	}
	if value == "" {
		return customer.Money{Currency: shop}, false, nil
	}
	m, err = parseMoney(field, value, shop)
	return m, err == nil, err
}

func parseMoney(field string, a amount, c customer.Currency) (customer.Money, error) {
	m, err := customer.ParseMoney(string(a), c)
	if err != nil {
		return customer.Money{}, fmt.Errorf("%s: %w", field, err)
	}
	return m, nil
}

// times returns the price of quantity pieces.
func times(field string, price int64, quantity int) (int64, error) {
	if quantity < 0 || quantity > 1_000_000 {
		return 0, invalid(field, "must be a number of pieces, 0 to 1000000")
	}
	if quantity > 0 && (price > math.MaxInt64/int64(quantity) || price < math.MinInt64/int64(quantity)) {
		return 0, invalid(field, "too large an amount")
	}
	return price * int64(quantity), nil
}
