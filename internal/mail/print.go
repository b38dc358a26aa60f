package mail

import (
	"errors"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"holdfast/internal/customer"
)

// An escape makes a text safe where it will stand.
type escape func(string) (string, error)

// escapeText is for HTML, between tags and in attributes with quotes.
func escapeText(s string) (string, error) {
	s, err := visible(s)
	return html.EscapeString(s), err
}

// escapeLink is for the beginning of an address that a reader may follow.
func escapeLink(s string) (string, error) {
	lower := strings.ToLower(s)
	for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
		if strings.HasPrefix(lower, scheme) {
			return escapeText(s)
		}
	}
	return "", ErrLink
}

// visible drops what cannot be seen and could deceive: control characters other
// than line breaks and tabs, and marks that turn the direction of writing.
func visible(s string) (string, error) {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, s), nil
}

// printed writes a value as a reader wants it.
func printed(v any, zone *time.Location) string {
	switch v := v.(type) {
	case nil, blank:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.In(zone).Format("2 January 2006")
	case []string:
		return strings.Join(v, ", ")
	case []any:
		parts := make([]string, len(v))
		for i, of := range v {
			parts[i] = printed(of, zone)
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

var symbols = map[customer.Currency]string{"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "AUD": "A$", "CAD": "C$",
	"NZD": "NZ$", "INR": "₹", "KRW": "₩", "BRL": "R$", "MXN": "MX$", "ILS": "₪", "VND": "₫", "PLN": "zł", "CZK": "Kč"}

// Amount writes n, in major units, as readers of the language do: €1,234.50 in
// English, 1.234,50 € elsewhere. Whole amounts have no decimals.
func Amount(n float64, c customer.Currency, language string) string {
	digits := strconv.FormatFloat(math.Abs(n), 'f', c.Decimals(), 64)
	whole, fraction, _ := strings.Cut(digits, ".")
	group, point := ",", "."
	english := language == "" || language == "en" || strings.HasPrefix(language, "en-")
	if !english {
		group, point = ".", ","
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if strings.Trim(fraction, "0") != "" {
		whole += point + fraction
	}
	sign := ""
	if n < 0 && strings.Trim(digits, "0.") != "" {
		sign = "−"
	}
	symbol, ok := symbols[c]
	switch {
	case c == "":
		return sign + whole
	case english && ok:
		return sign + symbol + whole
	case !ok:
		symbol = string(c)
	}
	return sign + whole + "\u00a0" + symbol
}

var zeroTime time.Time

var errFormat = errors.New("no format of a date")

// strftime writes t by a format such as "%-d %B %Y". Months and days have their
// English names.
func strftime(t time.Time, format string) (string, error) {
	directives := map[string]string{"Y": "2006", "y": "06", "m": "01", "-m": "1", "d": "02", "-d": "2", "e": "_2", "B": "January", "b": "Jan",
		"A": "Monday", "a": "Mon", "H": "15", "I": "03", "-I": "3", "M": "04", "p": "PM", "Z": "MST", "F": "2006-01-02"}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		rest := format[i+1:]
		n := 1
		if strings.HasPrefix(rest, "-") {
			n = 2
		}
		if len(rest) < n {
			return "", errFormat
		}
		if rest[:n] == "%" {
			b.WriteByte('%')
		} else if layout, ok := directives[rest[:n]]; ok {
			b.WriteString(t.Format(layout))
		} else {
			return "", fmt.Errorf("%w: %%%s", errFormat, rest[:n])
		}
		i += n
	}
	return b.String(), nil
}
