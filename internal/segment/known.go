package segment

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// Asked returns, by segment, the fields and custom attributes that its rule
// looks at and that are not known of every customer, sorted.
func (s *Set) Asked() map[string][]string {
	all := make(map[string][]string, len(s.rules))
	for _, r := range s.rules {
		var names []string
		r.root.asked(func(name string) {
			f, isField := FieldNamed(name)
			if isField && !f.Always || strings.HasPrefix(name, "custom.") {
				names = append(names, name)
			}
		})
		slices.Sort(names)
		all[r.Name] = slices.Compact(names)
	}
	return all
}

// Counted returns, by segment, the activities that its rule counts, sorted.
func (s *Set) Counted() map[string][]string {
	all := make(map[string][]string, len(s.rules))
	for _, r := range s.rules {
		all[r.Name] = slices.Compact(slices.Sorted(slices.Values(r.acts)))
	}
	return all
}

// Shopped returns, by segment, what its rule asks of products, sorted.
func (s *Set) Shopped() map[string][]string {
	all := make(map[string][]string, len(s.rules))
	for _, r := range s.rules {
		var terms []string
		for _, i := range r.wares {
			terms = append(terms, s.terms[i].String())
		}
		slices.Sort(terms)
		all[r.Name] = slices.Compact(terms)
	}
	return all
}

// Bought calls each with what rules ask of products and p has bought, each
// once.
func (e *Evaluator) Bought(p *customer.Profile, now time.Time, each func(what string)) {
	e.env.begin(p, now)
	for i, t := range e.set.terms {
		found := false
		e.env.goods(i, func(*customer.Good) { found = true })
		if found {
			each(t.String())
		}
	}
}

func (p *part) asked(each func(name string)) {
	for _, name := range p.names {
		each(name)
	}
	for _, of := range p.parts {
		of.asked(each)
	}
}

// Known reports whether a field, or custom attribute as custom.name, is known
// of p at now.
func (e *Evaluator) Known(p *customer.Profile, now time.Time, name string) bool {
	if attribute, ok := strings.CutPrefix(name, "custom."); ok {
		return p.Attributes[attribute] != ""
	}
	i, ok := byName[name]
	if !ok {
		return false
	}
	e.env.begin(p, now)
	_, known := catalogue[i].value(&e.env)
	return known
}

// List returns what p has in a field that is a list, nil if nothing is known.
func (e *Evaluator) List(p *customer.Profile, now time.Time, name string) []string {
	f, ok := FieldNamed(name)
	if !ok || f.list == nil {
		return nil
	}
	e.env.begin(p, now)
	all, _ := f.list(&e.env)
	return slices.Clone(all)
}

// TypeOf returns the narrowest type that all values of a custom attribute have:
// number, boolean, date or text. Empty ones say nothing.
func TypeOf(values iter.Seq[string]) string {
	number, flag, date, some := true, true, true, false
	for v := range values {
		if v == "" {
			continue
		}
		some = true
		_, isNumber := parseNumber(v)
		_, isDate := parseDate(v, time.UTC)
		number, flag, date = number && isNumber, flag && (v == "true" || v == "false"), date && isDate
	}
	switch {
	case !some:
		return string(Text)
	case flag:
		return string(Boolean)
	case number:
		return string(Number)
	case date:
		return string(Date)
	}
	return string(Text)
}

var word = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Word reports whether an attribute's name can be written after "custom."; any
// other is written custom["…"].
func Word(name string) bool { return word.MatchString(name) }
