package customer

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Currency is an ISO 4217 code in capitals; "" means unknown.
type Currency string

// ParseCurrency accepts a three-letter code in any case. The error wraps
// [ErrInvalid].
func ParseCurrency(s string) (Currency, error) {
	s = strings.TrimSpace(s)
	if len(s) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return "", fmt.Errorf("%w: a currency is three letters such as EUR", ErrInvalid)
	}
	return Currency(strings.ToUpper(s)), nil
}

// Decimals returns how many digits the minor unit of c has (ISO 4217): 2 for
// nearly all, 0 for JPY and its like, 3 for KWD and its like, 4 for two units
// of account.
func (c Currency) Decimals() int {
	switch c {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	}
	return 2
}

// Money is an amount in minor units (cents) of one currency. The zero value is
// nothing of no currency.
type Money struct {
	Minor    int64    `json:"minor"`
	Currency Currency `json:"currency"`
}

// ParseMoney reads a decimal such as "600.00", "600.0", "-3" or "1e2" exactly;
// there is no float on the way. Digits beyond the minor unit must be zero, and
// the amount must fit int64. The error wraps [ErrInvalid].
func ParseMoney(amount string, c Currency) (Money, error) {
	minor, err := parseMinor(amount, c.Decimals())
	if err != nil {
		return Money{}, err
	}
	return Money{Minor: minor, Currency: c}, nil
}

func parseMinor(amount string, decimals int) (int64, error) {
	bad := func(why string) (int64, error) {
		return 0, fmt.Errorf("%w: an amount is a decimal number such as 19.99 (%s)", ErrInvalid, why)
	}
	s := strings.TrimSpace(amount)
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	mantissa, exponent := digits, 0
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		e, err := strconv.Atoi(digits[i+1:])
		if err != nil || e < -30 || e > 30 {
			return bad("exponent")
		}
		mantissa, exponent = digits[:i], e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := whole + fraction
	if all == "" || strings.Trim(all, "0123456789") != "" {
		return bad("not digits")
	}
	shift := decimals + exponent - len(fraction)
	if shift >= 0 {
		all += strings.Repeat("0", shift)
	} else {
		all = strings.Repeat("0", -shift) + all
		if strings.Trim(all[len(all)+shift:], "0") != "" {
			return bad("more digits than the currency has")
		}
		all = all[:len(all)+shift]
	}
	if all = strings.TrimLeft(all, "0"); all == "" {
		return 0, nil
	}
	if negative {
		all = "-" + all
	}
	minor, err := strconv.ParseInt(all, 10, 64)
	if err != nil {
		return bad("too large")
	}
	return minor, nil
}

// String prints m with its currency: "19.99 EUR".
func (m Money) String() string {
	s := m.Amount()
	if m.Currency == "" {
		return s
	}
	return s + " " + string(m.Currency)
}

// Amount prints m without its currency: "19.99".
func (m Money) Amount() string {
	d := m.Currency.Decimals()
	s := strconv.FormatInt(m.Minor, 10)
	sign := ""
	if m.Minor < 0 {
		sign, s = "-", s[1:]
	}
	if d == 0 {
		return sign + s
	}
	if len(s) <= d {
		s = strings.Repeat("0", d+1-len(s)) + s
	}
	return sign + s[:len(s)-d] + "." + s[len(s)-d:]
}

// AddMinor returns a+b, held at the ends of int64 instead of wrapping round:
// a sum that large is wrong already, and must not turn into a small one.
func AddMinor(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}
