package pages

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// count prints a whole number with its thousands apart: "12,345".
func count[N int | int64](n N) string {
	return grouped(strconv.FormatInt(int64(n), 10))
}

// money prints an amount with its currency: "12,345.60 EUR".
func money(m customer.Money) string {
	s := bare(m.Minor, m.Currency)
	if m.Currency != "" {
		s += nbsp + string(m.Currency)
	}
	return s
}

// bare prints an amount without its currency: "12,345.60".
func bare(minor int64, c customer.Currency) string {
	whole, fraction, ok := strings.Cut(customer.Money{Minor: minor, Currency: c}.Amount(), ".")
	if !ok {
		return grouped(whole)
	}
	return grouped(whole) + "." + fraction
}

// grouped puts a comma before every third digit from the right.
func grouped(digits string) string {
	digits, negative := strings.CutPrefix(digits, "-")
	var b strings.Builder
	if negative {
		b.WriteString("−")
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// signed prints a change: "+3", "−2", "±0".
func signed(n int64) string {
	switch {
	case n > 0:
		return "+" + count(n)
	case n == 0:
		return "±0"
	}
	return count(n)
}

// percent prints a share or a relative error: "61.6 %", "−4.2 %".
func percent(share float64) string {
	return strings.Replace(strconv.FormatFloat(100*share, 'f', 1, 64), "-", "−", 1) + nbsp + "%"
}

// plural prints a count with its word: "1 order", "2 orders".
func plural[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1" + nbsp + one
	}
	return count(n) + nbsp + many
}

const dayLayout = "2 Jan 2006"

// Instant prints an instant to the minute in the merchant's zone, nothing for none.
func (f frame) Instant(t time.Time) template.HTML { return f.time(t, dayLayout+", 15:04") }

// Day prints the day of an instant in the merchant's zone, nothing for none.
func (f frame) Day(t time.Time) template.HTML { return f.time(t, dayLayout) }

// time needs no escaping: layouts and instants have no markup.
func (f frame) time(t time.Time, layout string) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + strings.ReplaceAll(t.In(f.Zone).Format(layout), " ", nbsp) + `</time>`)
}

// duration prints a time span in whole days, hours or minutes.
func duration(d time.Duration) string {
	switch {
	case d >= 24*time.Hour:
		return plural(int64(d/(24*time.Hour)), "day", "days")
	case d >= time.Hour:
		return plural(int64(d/time.Hour), "hour", "hours")
	}
	return plural(int64(d/time.Minute), "minute", "minutes")
}

// spoken makes plain words of a name such as page_view: "page view".
func spoken(name string) string { return strings.ReplaceAll(name, "_", " ") }

// capital makes the first letter of s a capital one.
func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// rounded shortens a number to two decimals; anything else stays as it is.
func rounded(value string) string {
	_, decimals, ok := strings.Cut(value, ".")
	n, err := strconv.ParseFloat(value, 64)
	if !ok || len(decimals) <= 2 || err != nil {
		return value
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}

// address lets a long mail address break after its @ rather than anywhere.
func address(e any) template.HTML {
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(fmt.Sprint(e)), "@", "@<wbr>"))
}
