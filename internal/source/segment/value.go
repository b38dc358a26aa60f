package segment

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An object holds what people put into traits, properties and context. Its
// numbers are [json.Number], as written.
type object map[string]any

func (o *object) UnmarshalJSON(data []byte) error {
	*o = nil
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var m map[string]any
	if d.Decode(&m) == nil {
		*o = m
	}
	return nil
}

// text returns the first of the named values that says something.
func (o object) text(names ...string) string {
	for _, name := range names {
		if s := scalar(o[name]); s != "" {
			return s
		}
	}
	return ""
}

func (o object) object(name string) object {
	m, _ := o[name].(map[string]any)
	return m
}

// list returns the objects in the named list.
func (o object) list(name string) []object {
	values, _ := o[name].([]any)
	var all []object
	for _, v := range values {
		if m, ok := v.(map[string]any); ok {
			all = append(all, object(m))
		}
	}
	return all
}

// normal returns o with its names in snake case. Of several names that become
// one, the first that says something stays, by the order of their letters.
func (o object) normal() object {
	all := make(object, len(o))
	for _, name := range slices.Sorted(maps.Keys(o)) {
		short := snake(name)
		if _, taken := all[short]; !taken && short != "" && said(o[name]) {
			all[short] = o[name]
		}
	}
	return all
}

func said(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return scalar(v) != ""
}

// scalar returns a text, number or truth value as text, "" for anything else
// and for what programs write in place of nothing.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		switch s := strings.TrimSpace(strings.Map(printable, v)); s {
		case "null", "undefined", "NaN", "[object Object]":
			return ""
		default:
			return s
		}
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// printable makes spaces of line breaks and drops what cannot be seen.
func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), r == utf8.RuneError:
		return -1
	}
	return r
}

// longest is how many bytes of a value are kept.
const longest = 200

// value returns v as one text: a list's elements are separated by semicolons.
func value(v any) string {
	values, ok := v.([]any)
	if !ok {
		return cut(scalar(v), longest)
	}
	var parts []string
	for _, v := range values {
		s := strings.ReplaceAll(scalar(v), ";", ",")
		if s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return joined(parts)
}

// joined joins as many parts as a value has room for, each whole.
func joined(parts []string) string {
	s := ""
	for _, p := range parts {
		switch {
		case s == "":
			s = cut(p, longest)
		case len(s)+2+len(p) <= longest:
			s += "; " + p
		}
	}
	return s
}

// cut returns at most n bytes of s, whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimSpace(s[:n])
}

// snake returns a name in snake case: "Product Viewed", "productViewed" and
// "product-viewed" are product_viewed. At most 64 bytes.
func snake(name string) string {
	var b strings.Builder
	before := rune(0)
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) || r == utf8.RuneError:
			r = '_'
		case unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)):
			b.WriteByte('_')
		}
		if r != '_' || before != '_' {
			b.WriteRune(unicode.ToLower(r))
		}
		before = r
	}
	return strings.Trim(cut(strings.Trim(b.String(), "_"), 64), "_")
}

// secret reports whether a value of this name is better not kept anywhere.
func secret(name string) bool {
	for _, part := range []string{"password", "passwd", "secret", "token", "credit_card", "card_number", "cardnumber", "cvv", "cvc", "iban", "api_key", "authorization"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name == "ssn" || name == "pin"
}

// parseTime reads RFC 3339, a date with or without a time of day, in UTC, and
// seconds or milliseconds since 1970. It returns zero for anything else, and
// for years that nobody can mean.
func parseTime(s string) time.Time {
	var at time.Time
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if at = time.UnixMilli(n); n < 1e11 {
			at = time.Unix(n, 0)
		}
	} else {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				at = t
				break
			}
		}
	}
	if at = at.UTC(); at.Year() < 1900 || at.Year() > 9998 {
		return time.Time{}
	}
	return at
}
