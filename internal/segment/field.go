package segment

import (
	"slices"
	"time"
)

// A Type is what sort of value a field or expression has.
type Type string

const (
	Number  Type = "number"
	Money   Type = "money" // a number, in major units of the merchant's currency
	Text    Type = "text"
	Boolean Type = "boolean"
	Date    Type = "date" // an instant
	List    Type = "list" // of texts
	// Adaptive is the type of a custom attribute: it takes the type of what it
	// is compared with.
	Adaptive Type = "custom"
)

// A Field is one thing that rules and mails may ask of a customer. Under this
// name it appears everywhere.
type Field struct {
	Name    string `json:"name"`
	Type    Type   `json:"type"`
	Unit    string `json:"unit,omitempty"` // days, orders, "major units"…; "" without one
	Meaning string `json:"meaning"`
	Source  string `json:"source"` // which facts it comes from
	Example string `json:"example"`
	// Always says that every customer has it; other fields may be unknown.
	Always bool        `json:"always"`
	within *[2]float64 // of what a call yields, least and greatest; nil: no limit

	number func(*env) (float64, bool)
	text   func(*env) (string, bool)
	flag   func(*env) (value, known bool)
	date   func(*env) (time.Time, bool)
	list   func(*env) ([]string, bool)
}

// Fields returns the catalogue, in the order in which it is best read.
func Fields() []Field { return slices.Clone(catalogue) }

// FieldNamed returns the field of that name, and whether there is one.
func FieldNamed(name string) (Field, bool) {
	i, ok := byName[name]
	if !ok {
		return Field{}, false
	}
	return catalogue[i], true
}

var catalogue = slices.Concat(personFields, orderFields, goodsFields, scoreFields, visitFields, serviceFields, attributeFields)

var byName = func() map[string]int {
	m := make(map[string]int, len(catalogue))
	for i, f := range catalogue {
		m[f.Name] = i
	}
	return m
}()

func number(name, unit, meaning, source, example string, get func(*env) (float64, bool)) Field {
	return Field{Name: name, Type: Number, Unit: unit, Meaning: meaning, Source: source, Example: example, number: get}
}

func money(name, meaning, source, example string, get func(*env) (float64, bool)) Field {
	return Field{Name: name, Type: Money, Unit: "major units of the merchant's currency", Meaning: meaning, Source: source, Example: example, number: get}
}

func text(name, meaning, source, example string, get func(*env) string) Field {
	return Field{Name: name, Type: Text, Meaning: meaning, Source: source, Example: example, text: func(e *env) (string, bool) {
		s := get(e)
		return s, s != ""
	}}
}

func date(name, meaning, source, example string, get func(*env) time.Time) Field {
	return Field{Name: name, Type: Date, Meaning: meaning, Source: source, Example: example, date: func(e *env) (time.Time, bool) {
		t := get(e)
		return t, !t.IsZero()
	}}
}

func boolean(name, meaning, source, example string, get func(*env) (value, known bool)) Field {
	return Field{Name: name, Type: Boolean, Meaning: meaning, Source: source, Example: example, flag: get}
}

func list(name, meaning, source, example string, get func(*env) ([]string, bool)) Field {
	return Field{Name: name, Type: List, Meaning: meaning, Source: source, Example: example, list: get}
}

// always marks a field that every customer has.
func (f Field) always() Field {
	f.Always = true
	return f
}
