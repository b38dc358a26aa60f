package mail

import (
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// filters are what may stand after | in a template. in and args are the kinds
// that they need; out is what they make, AnyKind for what they were given.
var filters = map[string]struct {
	usage   string
	in, out Kind
	least   int // of arguments
	args    []Kind
	apply   func(scope, any, []any) (any, error)
}{
	"default": {`{{ first_name | default: "friend" }}`, AnyKind, AnyKind, 1, []Kind{AnyKind}, func(_ scope, v any, args []any) (any, error) {
		if missing(v) || v == false {
			return args[0], nil
		}
		return v, nil
	}},
	"required": {`{{ last_order | required | date }}`, AnyKind, AnyKind, 0, nil, func(_ scope, v any, _ []any) (any, error) { return v, nil }},
	"money": {`{{ spend | money }}`, NumberKind, TextKind, 0, nil, onNumber(func(s scope, n float64, _ []any) (any, error) {
		return Amount(n, s.settings.Currency, s.settings.Language), nil
	})},
	"date": {`{{ last_order | date: "%-d %B %Y" }}`, DateKind, TextKind, 0, []Kind{TextKind}, func(s scope, v any, args []any) (any, error) {
		t, ok := v.(time.Time)
		if !ok {
			return nil, ErrValue
		}
		layout := "%-d %B %Y"
		if len(args) == 1 {
			layout, _ = args[0].(string)
		}
		return strftime(t.In(s.settings.zone()), layout)
	}},
	"round":      {`{{ aov | round }} or {{ aov | round: 2 }}`, NumberKind, NumberKind, 0, []Kind{NumberKind}, onNumber(round)},
	"floor":      {`{{ aov | floor }}`, NumberKind, NumberKind, 0, nil, onNumber(func(_ scope, n float64, _ []any) (any, error) { return finite(math.Floor(n)) })},
	"ceil":       {`{{ aov | ceil }}`, NumberKind, NumberKind, 0, nil, onNumber(func(_ scope, n float64, _ []any) (any, error) { return finite(math.Ceil(n)) })},
	"plus":       {`{{ orders | plus: 1 }}`, NumberKind, NumberKind, 1, []Kind{NumberKind}, operate(func(a, b float64) float64 { return a + b })},
	"minus":      {`{{ orders | minus: 1 }}`, NumberKind, NumberKind, 1, []Kind{NumberKind}, operate(func(a, b float64) float64 { return a - b })},
	"times":      {`{{ aov | times: 1.2 }}`, NumberKind, NumberKind, 1, []Kind{NumberKind}, operate(func(a, b float64) float64 { return a * b })},
	"divided_by": {`{{ spend | divided_by: 2 }}`, NumberKind, NumberKind, 1, []Kind{NumberKind}, operate(func(a, b float64) float64 { return a / b })},
	"upcase":     {`{{ city | upcase }}`, TextKind, TextKind, 0, nil, onText(func(s string, _ []any) string { return strings.ToUpper(s) })},
	"downcase":   {`{{ city | downcase }}`, TextKind, TextKind, 0, nil, onText(func(s string, _ []any) string { return strings.ToLower(s) })},
	"capitalize": {`{{ city | capitalize }}`, TextKind, TextKind, 0, nil, onText(func(s string, _ []any) string { return capitalize(s) })},
	"strip":      {`{{ company | strip }}`, TextKind, TextKind, 0, nil, onText(func(s string, _ []any) string { return strings.TrimSpace(s) })},
	"truncate":   {`{{ company | truncate: 40 }}`, TextKind, TextKind, 1, []Kind{NumberKind}, onText(truncate)},
	"append":     {`{{ city | append: "!" }}`, TextKind, TextKind, 1, []Kind{TextKind}, onText(func(s string, args []any) string { return s + word0(args) })},
	"prepend":    {`{{ city | prepend: "in " }}`, TextKind, TextKind, 1, []Kind{TextKind}, onText(func(s string, args []any) string { return word0(args) + s })},
	"remove":     {`{{ company | remove: "GmbH" }}`, TextKind, TextKind, 1, []Kind{TextKind}, onText(func(s string, args []any) string { return strings.ReplaceAll(s, word0(args), "") })},
	"replace":    {`{{ device | replace: "_", " " }}`, TextKind, TextKind, 2, []Kind{TextKind, TextKind}, onText(replace)},
	"url_encode": {`{{ city | url_encode }}`, TextKind, TextKind, 0, nil, onText(func(s string, _ []any) string { return url.QueryEscape(s) })},
	"join":       {`{{ interests | join: ", " }}`, ListKind, TextKind, 1, []Kind{TextKind}, join},
	"first":      {`{{ interests | first }}`, ListKind, TextKind, 0, nil, pick(func(n int) int { return 0 })},
	"last":       {`{{ interests | last }}`, ListKind, TextKind, 0, nil, pick(func(n int) int { return n - 1 })},
	"size":       {`{{ interests | size }}`, ListKind, NumberKind, 0, nil, func(_ scope, v any, _ []any) (any, error) { return float64(len(listed(v))), nil }},
}

func filterNames() []string { return slices.Sorted(maps.Keys(filters)) }

func onNumber(f func(scope, float64, []any) (any, error)) func(scope, any, []any) (any, error) {
	return func(s scope, v any, args []any) (any, error) {
		n, ok := v.(float64)
		if !ok {
			return nil, ErrValue
		}
		return f(s, n, args)
	}
}

func onText(f func(string, []any) string) func(scope, any, []any) (any, error) {
	return func(s scope, v any, args []any) (any, error) {
		text := f(printed(v, s.settings.zone()), args)
		if len(text) > maxSize {
			return nil, ErrValue
		}
		return text, nil
	}
}

func operate(f func(a, b float64) float64) func(scope, any, []any) (any, error) {
	return onNumber(func(_ scope, a float64, args []any) (any, error) {
		b, ok := args[0].(float64)
		if !ok {
			return nil, ErrValue
		}
		return finite(f(a, b))
	})
}

func finite(n float64) (any, error) {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, ErrValue
	}
	return n, nil
}

func round(_ scope, n float64, args []any) (any, error) {
	unit := 1.0
	if len(args) == 1 {
		places, ok := args[0].(float64)
		if !ok || places < 0 || places > 6 {
			return nil, ErrValue
		}
		unit = math.Pow10(int(places))
	}
	return finite(math.Round(n*unit) / unit)
}

// word0 is the first argument as a text.
func word0(args []any) string { return printed(args[0], time.UTC) }

func replace(s string, args []any) string {
	if word0(args) == "" {
		return s
	}
	return strings.ReplaceAll(s, word0(args), word0(args[1:]))
}

func capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// truncate cuts s to so many characters, the dots at its end included.
func truncate(s string, args []any) string {
	n, _ := args[0].(float64)
	runes := []rune(s)
	if float64(len(runes)) <= n {
		return s
	}
	return strings.TrimRightFunc(string(runes[:max(0, int(n)-1)]), unicode.IsSpace) + "…"
}

func join(s scope, v any, args []any) (any, error) {
	var parts []string
	for _, of := range listed(v) {
		parts = append(parts, printed(of, s.settings.zone()))
	}
	return strings.Join(parts, word0(args)), nil
}

func pick(which func(n int) int) func(scope, any, []any) (any, error) {
	return func(_ scope, v any, _ []any) (any, error) {
		all := listed(v)
		if len(all) == 0 {
			return nil, ErrValue
		}
		return all[which(len(all))], nil
	}
}
