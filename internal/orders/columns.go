package orders

import (
	"bytes"
	"math"
	"math/bits"
	"strings"

	"holdfast/internal/customer"
)

// excluded reports why a row is not an order at all, -1 if it may be one.
func (p *parser) excluded(c *cell) Why {
	if len(c.get(roleCancelled)) > 0 {
		return Cancelled
	}
	status := c.get(roleStatus)
	if len(status) == 0 {
		return -1
	}
	switch s := strings.TrimPrefix(strings.ToLower(string(status)), "wc-"); s {
	case "paid", "completed", "processing", "succeeded":
		return -1
	case "refunded":
		return Refunded
	case "voided", "void", "cancelled", "canceled", "failed", "declined", "expired", "draft", "checkout-draft", "test", "trash", "pending payment", "blocked", "incomplete":
		return Cancelled
	case "pending":
		if p.sniff.shape.Export == "WooCommerce" || p.sniff.shape.Export == "Stripe" {
			return Cancelled // not paid; at Shopify it is an order that is
		}
	default:
		if strings.HasPrefix(s, "requires_") { // Stripe's payments that wait for something
			return Cancelled
		}
	}
	return -1
}

// currency returns the block's number of a currency.
func (p *parser) currency(b *block, name []byte) (uint8, string) {
	if len(name) == 0 && b.plain {
		return 0, ""
	}
	if code, ok := b.money[string(name)]; ok {
		return code, ""
	}
	var c customer.Currency
	if len(name) == 0 {
		c = p.opts.Currency
	} else if sign, ok := signs[string(name)]; ok {
		c = sign
	} else {
		var err error
		if c, err = customer.ParseCurrency(string(name)); err != nil {
			return 0, "currency not understood"
		}
	}
	if len(b.codes) > math.MaxUint8 {
		return 0, "more than 256 currencies"
	}
	code := uint8(len(b.codes))
	for i, known := range b.codes {
		if known == c {
			code = uint8(i)
		}
	}
	if int(code) == len(b.codes) {
		b.codes = append(b.codes, c)
	}
	b.money[string(name)] = code
	return code, ""
}

// signs are the currencies that one sign means, beyond doubt or nearly so.
var signs = map[string]customer.Currency{"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "C$": "CAD", "A$": "AUD", "R$": "BRL", "₹": "INR", "zł": "PLN", "Kč": "CZK"}

// named returns the name of a row's currency, from its column, or from the amount
// if there is none.
func (p *parser) named(c *cell) []byte {
	if !c.b.plain {
		return c.get(roleCurrency)
	}
	return written(c.get(p.paid))
}

// written returns the currency that is written with an amount, such as the sign
// of "€ 12" or the code of "12 USD"; nothing if it is unknown.
func written(amount []byte) []byte {
	if n := len(amount); n == 0 || amount[0]-'0' <= 9 && amount[n-1]-'0' <= 9 {
		return nil
	}
	const figures = "0123456789.,'()+- \u00a0\u202f"
	name := bytes.Trim(amount, figures)
	if _, ok := signs[string(name)]; ok {
		return name
	}
	if _, err := customer.ParseCurrency(string(name)); err == nil {
		return name
	}
	return nil
}

// finer is how many digits more a unit price may have than its currency.
const finer = 4

// amount returns the row's amount less what was refunded of it, [blank] if it
// has none, and whether all of it was refunded.
func (p *parser) amount(c *cell, currency customer.Currency) (cents int64, rounded, refunded bool, why string) {
	decimals := currency.Decimals()
	if p.sniff.shape.product {
		cents, rounded, why = p.product(c, decimals)
		return cents, rounded, false, why
	}
	v := c.get(roleAmount)
	if len(v) == 0 {
		return blank, false, false, ""
	}
	if cents, rounded, why = amountOf(v, p.sniff.mark, decimals); why != "" {
		return 0, false, false, why
	}
	if back := c.get(roleRefunded); len(back) > 0 && cents > 0 {
		less, _, why := amountOf(back, p.sniff.mark, decimals)
		if why != "" {
			return 0, false, false, why
		}
		if less < 0 {
			less = -less
		}
		if cents -= less; cents <= 0 {
			return 0, false, true, ""
		}
	}
	return cents, rounded, false, ""
}

// product returns quantity × unit price, rounded once.
func (p *parser) product(c *cell, decimals int) (cents int64, rounded bool, why string) {
	price := c.get(rolePrice)
	count := c.get(roleQuantity)
	if len(price) == 0 || len(count) == 0 {
		return 0, false, "quantity or price is empty"
	}
	unit, rounded, why := amountOf(price, p.sniff.mark, decimals+finer)
	if why != "" {
		return 0, false, why
	}
	n, fraction, why := amountOf(bytes.TrimSpace(count), p.sniff.mark, 0)
	if why != "" || fraction {
		return 0, false, "quantity not understood"
	}
	negative := (unit < 0) != (n < 0)
	over, low := bits.Mul64(magnitude(unit), magnitude(n))
	const scale = 10_000
	if over >= scale {
		return 0, false, hugeAmount
	}
	q, rest := bits.Div64(over, low, scale)
	if rest >= scale/2 {
		q++
	}
	if q > math.MaxInt64 {
		return 0, false, hugeAmount
	}
	if cents = int64(q); negative {
		cents = -cents
	}
	return cents, rounded || rest != 0, ""
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}
