package segment

import (
	"slices"
	"time"
)

// A condition is a compiled boolean expression. Where it needs what is not
// known of the customer, it is false.
type condition func(*env) bool

// typed is a checked and compiled expression. Which function is set depends on
// its type; each also tells whether the value is known.
type typed struct {
	Type
	number func(*env) (float64, bool)
	text   func(*env) (string, bool)
	date   func(*env) (time.Time, bool)
	list   func(*env) ([]string, bool)
	flag   condition
	known  condition // of a boolean; nil: always
	part   *part     // of a boolean

	field    *Field            // the field it is, nil for anything else
	raw      func(*env) string // what an adaptive value says; "" if it is unknown
	counts   *Field            // what a call yields, as a field of its own that only claims know
	about    *Field            // the field that a comparison is about, and what it asks of it
	claims   []claim
	constant any // float64, string, []string, []float64 or bool; nil if not constant
}

// words names the type of t in a message.
func (t typed) words() string {
	switch t.Type {
	case Money:
		return "an amount of money"
	case Boolean:
		return "a condition"
	case Adaptive:
		return "a value of any type"
	}
	return "a " + string(t.Type)
}

// subject returns the field that a comparison with t is about, nil for none.
func (t typed) subject() *Field {
	if t.field != nil {
		return t.field
	}
	return t.counts
}

func (t typed) numeric() bool { return t.Type == Number || t.Type == Money }

// as gives an adaptive value the type it is used as.
func (t typed) as(want Type) typed {
	if t.Type != Adaptive {
		return t
	}
	raw := t.raw
	switch want {
	case Number, Money:
		return typed{Type: Number, number: func(e *env) (float64, bool) { return parseNumber(raw(e)) }}
	case Text:
		return typed{Type: Text, text: func(e *env) (string, bool) {
			s := raw(e)
			return s, s != ""
		}}
	case List:
		return typed{Type: List, list: func(e *env) ([]string, bool) { return e.split(raw(e)) }}
	case Date:
		return typed{Type: Date, date: func(e *env) (time.Time, bool) { return parseDate(raw(e), e.zone) }}
	case Boolean:
		return typed{Type: Boolean,
			flag:  func(e *env) bool { return raw(e) == "true" },
			known: func(e *env) bool { s := raw(e); return s == "true" || s == "false" },
		}
	}
	return t
}

// parseDate reads an attribute as an instant, or as a day of the merchant's zone.
func parseDate(s string, zone *time.Location) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	return t, err == nil
}

// isKnown returns the condition that t has a value.
func (t typed) isKnown() condition {
	switch {
	case t.number != nil:
		return func(e *env) bool { _, ok := t.number(e); return ok }
	case t.text != nil:
		return func(e *env) bool { _, ok := t.text(e); return ok }
	case t.date != nil:
		return func(e *env) bool { _, ok := t.date(e); return ok }
	case t.list != nil:
		return func(e *env) bool { _, ok := t.list(e); return ok }
	case t.known != nil:
		return t.known
	}
	return func(*env) bool { return true }
}

func (f *Field) typed() typed {
	t := typed{Type: f.Type, number: f.number, text: f.text, date: f.date, list: f.list, field: f}
	if f.flag != nil {
		t.flag = func(e *env) bool { v, ok := f.flag(e); return v && ok }
		t.known = func(e *env) bool { _, ok := f.flag(e); return ok }
	}
	return t
}

func constantNumber(n float64) typed {
	return typed{Type: Number, constant: n, number: func(*env) (float64, bool) { return n, true }}
}

func constantText(s string) typed {
	return typed{Type: Text, constant: s, text: func(*env) (string, bool) { return s, true }}
}

func constantFlag(b bool) typed {
	return typed{Type: Boolean, constant: b, flag: func(*env) bool { return b }}
}

func constantDate(t time.Time) typed {
	return typed{Type: Date, date: func(*env) (time.Time, bool) { return t, true }}
}

func constantTexts(texts []string) typed {
	texts = slices.Clone(texts)
	return typed{Type: List, constant: texts, list: func(*env) ([]string, bool) { return texts, true }}
}
