package orders

import (
	"bytes"
	"math"
)

// A mark is what stands before the fraction of an amount.
type mark byte

const (
	badAmount   = "amount not understood"
	hugeAmount  = "amount too large"
	commaAmount = "decimal comma in a file of decimal points"
	pointAmount = "decimal point in a file of decimal commas"
)

// Amounts of rows that have none: further lines of an order, and orders that do
// not count. Every amount is greater.
const (
	blank = math.MinInt64
	void  = math.MinInt64 + 1
)

// amountOf reads an amount in units of 10^-decimals, exactly; digits beyond are
// rounded, half away from zero, which it reports. It reports why it cannot, ""
// if it can.
func amountOf(b []byte, m mark, decimals int) (minor int64, rounded bool, why string) {
	i, negative := 0, false
	if i < len(b) && b[i] == '-' {
		negative, i = true, 1
	}
	var n uint64
	start := i
	for i < len(b) && b[i]-'0' <= 9 {
		n = n*10 + uint64(b[i]-'0')
		i++
	}
	if i > start && i-start+decimals <= 18 {
		left := decimals
		if i < len(b) && b[i] == byte(m) && len(b)-i-1 <= decimals {
			for i++; i < len(b) && b[i]-'0' <= 9; i++ {
				n = n*10 + uint64(b[i]-'0')
				left--
			}
		}
		if i == len(b) {
			for ; left > 0; left-- {
				n *= 10
			}
			if n > math.MaxInt64 {
				return 0, false, hugeAmount
			}
			if negative {
				return -int64(n), false, ""
			}
			return int64(n), false, ""
		}
	}
	return slowAmount(b, m, decimals)
}

// slowAmount reads "€ 1.234,50", "(12.00)", "12-", "1'234.5", "1.2e3".
func slowAmount(b []byte, m mark, decimals int) (int64, bool, string) {
	whole, fraction, exponent, negative, why := partsOf(b, m)
	if why != "" {
		return 0, false, why
	}
	digits := append(whole, fraction...)
	point := len(whole) + exponent + decimals // digits before the unit's end
	var n uint64
	rounded := false
	for i := range max(point, len(digits)) {
		c := byte('0')
		if i < len(digits) {
			c = digits[i]
		}
		if i >= point {
			if i == max(point, 0) && point >= 0 && c >= '5' {
				n++
			}
			rounded = rounded || c != '0'
			continue
		}
		if n > math.MaxInt64/10 {
			return 0, false, hugeAmount
		}
		n = n*10 + uint64(c-'0')
	}
	if n > math.MaxInt64 {
		return 0, false, hugeAmount
	}
	if negative {
		return -int64(n), rounded, ""
	}
	return int64(n), rounded, ""
}

// partsOf takes an amount apart: the digits before and after the mark, and the
// power of ten.
func partsOf(b []byte, m mark) (whole, fraction []byte, exponent int, negative bool, why string) {
	negative = len(b) > 1 && b[0] == '(' && b[len(b)-1] == ')'
	seen, group := false, 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			if seen {
				fraction = append(fraction, c)
			} else {
				whole = append(whole, c)
			}
			group++
		case c == '-' && (len(whole) == 0 || i == len(b)-1):
			negative = true
		case c == byte(m) && !seen:
			seen, group = true, 0
		case c == '.' || c == ',':
			// A thousands separator: three digits follow, and no fraction went before.
			if seen || !threeFollow(b[i+1:]) {
				if m == '.' && c == ',' {
					return nil, nil, 0, false, commaAmount
				} else if m == ',' && c == '.' {
					return nil, nil, 0, false, pointAmount
				}
				return nil, nil, 0, false, badAmount
			}
			group = 0
		case (c == 'e' || c == 'E') && group > 0 && i+1 < len(b) && bytes.IndexByte([]byte("+-0123456789"), b[i+1]) >= 0:
			e, ok := exponentOf(b[i+1:])
			if !ok {
				return nil, nil, 0, false, badAmount
			}
			return whole, fraction, e, negative, ""
		case c >= '0' && c <= '9', c == ' ', c == '\'', c == '+', c == '(', c == ')', c == '$', c >= 0x80:
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			// The currency, written before or after.
			if group > 0 && i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '9' {
				return nil, nil, 0, false, badAmount
			}
		default:
			return nil, nil, 0, false, badAmount
		}
	}
	if len(whole)+len(fraction) == 0 {
		return nil, nil, 0, false, badAmount
	}
	return whole, fraction, 0, negative, ""
}

func threeFollow(b []byte) bool {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n == 3
}

func exponentOf(b []byte) (int, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	e := number(b)
	if negative {
		return -e, e >= 0 && e <= 30
	}
	return e, e >= 0 && e <= 30
}

// markOf finds the decimal mark of a column from some of its values: the one
// that a fraction of one or two digits follows, or that comes after the other.
// Without any such value it is the point, or the comma in a file of semicolons.
func markOf(values [][]byte, delim byte) mark {
	var votes [2]int
	for _, v := range values {
		comma, point, last := 0, 0, byte(0)
		digits := 0
		for _, c := range v {
			switch {
			case c == ',':
				comma, last, digits = comma+1, c, 0
			case c == '.':
				point, last, digits = point+1, c, 0
			case c >= '0' && c <= '9':
				digits++
			}
		}
		sole := comma+point == 1
		switch {
		case last == ',' && (sole && digits != 3 || comma == 1 && point > 0):
			votes[0]++
		case last == '.' && (sole && digits != 3 || point == 1 && comma > 0):
			votes[1]++
		}
	}
	if votes[0] > votes[1] || votes[0] == votes[1] && votes[0] == 0 && delim == ';' {
		return ','
	}
	return '.'
}
