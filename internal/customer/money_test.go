package customer_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"holdfast/internal/customer"
)

func TestParseMoney(t *testing.T) {
	accepted := []struct {
		name, in string
		currency customer.Currency
		want     int64
	}{
		{"two decimals are cents", "600.00", "EUR", 60000},
		{"GraphQL leaves a zero out", "600.0", "EUR", 60000},
		{"a whole number has no point", "600", "EUR", 60000},
		{"a point at the end is allowed", "600.", "EUR", 60000},
		{"a point at the beginning is allowed", ".5", "EUR", 50},
		{"a price no float can hold is exact", "0.29", "EUR", 29},
		{"a large price no float can hold is exact", "90071992547409.93", "EUR", 9007199254740993},
		{"zeros beyond the cents are nothing", "19.990000", "EUR", 1999},
		{"zeros in front are nothing", "0019.99", "EUR", 1999},
		{"zero is zero", "0", "EUR", 0},
		{"minus zero is zero", "-0.00", "EUR", 0},
		{"a negative amount", "-3", "EUR", -300},
		{"a plus sign is allowed", "+3", "EUR", 300},
		{"spaces around it go", " 3.50\n", "EUR", 350},
		{"an exponent moves the point", "1e2", "EUR", 10000},
		{"an exponent with a sign", "1.5E+2", "EUR", 15000},
		{"a negative exponent", "1999e-2", "EUR", 1999},
		{"an exponent that leaves zeros only", "100e-4", "EUR", 1},
		{"yen have no decimals", "600", "JPY", 600},
		{"yen may come with zeros", "600.00", "JPY", 600},
		{"dinars have three decimals", "1.234", "KWD", 1234},
		{"dinars with two decimals", "1.23", "KWD", 1230},
		{"units of account have four decimals", "1.2345", "CLF", 12345},
		{"an unknown currency has two", "1.23", "", 123},
		{"the largest amount", "92233720368547758.07", "EUR", math.MaxInt64},
		{"the smallest amount", "-92233720368547758.08", "EUR", math.MinInt64},
	}
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			got, err := customer.ParseMoney(c.in, c.currency)
			if want := (customer.Money{Minor: c.want, Currency: c.currency}); err != nil || got != want {
				t.Errorf("ParseMoney(%q, %q) = %v, %v; want %v", c.in, c.currency, got, err, want)
			}
		})
	}
	rejected := []struct {
		name, in string
		currency customer.Currency
	}{
		{"nothing", "", "EUR"},
		{"a point alone", ".", "EUR"},
		{"a sign alone", "-", "EUR"},
		{"two minus signs", "--3", "EUR"},
		{"minus and plus", "-+3", "EUR"},
		{"plus and minus", "+-3", "EUR"},
		{"a tenth of a cent", "19.999", "EUR"},
		{"half a yen", "0.5", "JPY"},
		{"four decimals of dinars", "1.2345", "KWD"},
		{"a comma for thousands", "1,000.00", "EUR"},
		{"a decimal comma", "19,99", "EUR"},
		{"two points", "1.2.3", "EUR"},
		{"a space inside", "1 000", "EUR"},
		{"a currency sign", "€19.99", "EUR"},
		{"words", "NaN", "EUR"},
		{"infinity", "Inf", "EUR"},
		{"hexadecimal digits", "0x10", "EUR"},
		{"digits parted by underscores", "1_000", "EUR"},
		{"digits of another script", "١٢", "EUR"},
		{"an exponent without a number", "e5", "EUR"},
		{"an exponent without digits", "1e", "EUR"},
		{"two exponents", "1e2e3", "EUR"},
		{"an exponent with a point", "1e1.5", "EUR"},
		{"an exponent that would take a machine's memory", "1e999999999", "EUR"},
		{"2^63 cents", "92233720368547758.08", "EUR"},
		{"one cent below the smallest amount", "-92233720368547758.09", "EUR"},
		{"2^63 yen", "9223372036854775808", "JPY"},
		{"twenty digits", "18446744073709551616", "JPY"},
	}
	for _, c := range rejected {
		t.Run(c.name+" is refused", func(t *testing.T) {
			got, err := customer.ParseMoney(c.in, c.currency)
			if got != (customer.Money{}) || !errors.Is(err, customer.ErrInvalid) {
				t.Errorf("ParseMoney(%q, %q) = %v, %v; want ErrInvalid", c.in, c.currency, got, err)
			}
		})
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"600.0", "-3", "1e2", "100e-4", "-92233720368547758.08", "9223372036854775807", ".5", "+1."} {
		f.Add(s, "EUR")
		f.Add(s, "JPY")
		f.Add(s, "KWD")
	}
	f.Fuzz(func(t *testing.T, s, currency string) {
		m, err := customer.ParseMoney(s, customer.Currency(currency))
		if err != nil {
			return
		}
		if again, err := customer.ParseMoney(m.Amount(), m.Currency); err != nil || again != m {
			t.Errorf("%q parses to %v, and that to %v, %v", s, m, again, err)
		}
	})
}

func TestMoneyString(t *testing.T) {
	for _, c := range []struct {
		name, want string
		in         customer.Money
	}{
		{"cents follow a point", "19.99 EUR", customer.Money{Minor: 1999, Currency: "EUR"}},
		{"small amounts have a zero in front", "0.05 EUR", customer.Money{Minor: 5, Currency: "EUR"}},
		{"negative small amounts too", "-0.05 EUR", customer.Money{Minor: -5, Currency: "EUR"}},
		{"negative amounts", "-19.99 EUR", customer.Money{Minor: -1999, Currency: "EUR"}},
		{"yen have no point", "600 JPY", customer.Money{Minor: 600, Currency: "JPY"}},
		{"negative yen", "-600 JPY", customer.Money{Minor: -600, Currency: "JPY"}},
		{"dinars have three decimals", "1.234 KWD", customer.Money{Minor: 1234, Currency: "KWD"}},
		{"units of account have four", "0.0001 UYW", customer.Money{Minor: 1, Currency: "UYW"}},
		{"no currency prints none", "1.00", customer.Money{Minor: 100}},
		{"the zero value is nothing", "0.00", customer.Money{}},
		{"the largest amount", "92233720368547758.07 EUR", customer.Money{Minor: math.MaxInt64, Currency: "EUR"}},
		{"the smallest amount", "-92233720368547758.08 EUR", customer.Money{Minor: math.MinInt64, Currency: "EUR"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.String(); got != c.want {
				t.Errorf("String() = %q, want %q", got, c.want)
			}
		})
	}
}

func TestParseCurrency(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     customer.Currency
	}{
		{"capitals stay", "EUR", "EUR"},
		{"small letters become capitals", " eur ", "EUR"},
		{"nothing is refused", "", ""},
		{"two letters are refused", "EU", ""},
		{"four letters are refused", "EURO", ""},
		{"a sign is refused", "€", ""},
		{"digits are refused", "978", ""},
		{"letters that only become ASCII as capitals are refused", "uſd", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := customer.ParseCurrency(c.in)
			if got != c.want || (c.want == "") != errors.Is(err, customer.ErrInvalid) {
				t.Errorf("ParseCurrency(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

func FuzzParseCurrency(f *testing.F) {
	for _, s := range []string{"eur", "uſd", "Aſ", "ıll", "€"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := customer.ParseCurrency(s)
		if err != nil {
			return
		}
		if again, err := customer.ParseCurrency(string(c)); err != nil || again != c || len(c) != 3 {
			t.Errorf("%q parses to %q, and that to %q, %v", s, c, again, err)
		}
		if !strings.EqualFold(strings.TrimSpace(s), string(c)) {
			t.Errorf("%q parses to %q", s, c)
		}
	})
}

func TestAddMinor(t *testing.T) {
	for _, c := range []struct {
		name       string
		a, b, want int64
	}{
		{"adds", 2, 3, 5},
		{"subtracts", 2, -3, -1},
		{"reaches the upper end", math.MaxInt64 - 1, 1, math.MaxInt64},
		{"stays at the upper end", math.MaxInt64, 1, math.MaxInt64},
		{"stays at the lower end", math.MinInt64, -1, math.MinInt64},
		{"does not take the ends together for too much", math.MaxInt64, math.MinInt64, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.AddMinor(c.a, c.b); got != c.want {
				t.Errorf("AddMinor(%d, %d) = %d, want %d", c.a, c.b, got, c.want)
			}
		})
	}
}
