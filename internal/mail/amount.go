package mail

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/osteele/tuesday"

	"holdfast/internal/customer"
)

var symbols = map[customer.Currency]string{"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "AUD": "A$", "CAD": "C$",
	"NZD": "NZ$", "INR": "₹", "KRW": "₩", "BRL": "R$", "MXN": "MX$", "ILS": "₪", "VND": "₫", "PLN": "zł", "CZK": "Kč"}

// Amount writes n, in major units, as readers of the language do: €1,234.50 in
// English, 1.234,50 € elsewhere. Whole amounts lose their decimals.
func Amount(n float64, c customer.Currency, language string) string {
	decimals := c.Decimals()
	if math.IsNaN(n) || math.IsInf(n, 0) {
		n = 0
	}
	s := strconv.FormatFloat(math.Abs(n), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	if strings.Trim(fraction, "0") == "" {
		fraction = ""
	}
	group, point := ",", "."
	english := language == "" || language == "en" || strings.HasPrefix(language, "en-")
	if !english {
		group, point = ".", ","
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if fraction != "" {
		whole += point + fraction
	}
	sign := ""
	if n < 0 {
		sign = "−"
	}
	symbol, ok := symbols[c]
	switch {
	case c == "":
		return sign + whole
	case !english || !ok:
		if !ok {
			symbol = string(c)
		}
		return sign + whole + "\u00a0" + symbol
	}
	return sign + symbol + whole
}

func strftime(t time.Time, layout string) (string, error) { return tuesday.Strftime(layout, t) }
