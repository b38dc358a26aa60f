package plan

import (
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// segment puts the examples into words.
func (s *moves) segment(name string, most int, m *making) Segment {
	out := s.Segment
	out.Name = name
	for _, f := range s.found[:min(most, len(s.found))] {
		f.Why = f.why(name, m)
		out.Examples = append(out.Examples, f.Example)
	}
	return out
}

// why returns the conditions that decided about f: of the new rule, what differs
// from the old one if the change moved the customer, else whatever decided.
func (f found) why(name string, m *making) string {
	after, before := f.profile, f.profile
	after.Derived, before.Derived = f.derived[1], f.derived[0]
	now, has := reasonOf(m.After, m.sides[1].fit, after, m.At, name)
	old, had := reasonOf(m.Before, m.sides[0].fit, before, m.At, name)
	if !has {
		return "the segment is removed"
	}
	deciding := leaves(now.Part, now.In)
	if f.ByChange && had {
		written := texts(old.Part)
		if different := slices.DeleteFunc(slices.Clone(deciding), func(p segment.Part) bool { return slices.Contains(written, p.Text) }); len(different) > 0 {
			return sentence(different) + instead(now.Part, leaves(old.Part, old.In))
		}
		return "before: " + sentence(leaves(old.Part, old.In))
	}
	return sentence(deciding)
}

// reasonOf returns why the customer is in the segment of b or not, and whether
// b has it.
func reasonOf(b *playbook.Playbook, fit night.Fit, p customer.Profile, at time.Time, name string) (segment.Reason, bool) {
	for _, r := range b.Rules.Ranked(fit.Percentiles).Explain(&p, at) {
		if r.Segment == name {
			return r, true
		}
	}
	return segment.Reason{}, false
}

// Sentence returns the conditions because of which a customer is in a segment
// or not, with the values that they looked at.
func Sentence(r segment.Reason) string { return sentence(leaves(r.Part, r.In)) }

// leaves returns the conditions because of which p came out as it did: of an
// `and` that is false, or an `or` that is true, only those that made it so.
func leaves(p segment.Part, want bool) []segment.Part {
	if p.Joins == "" || p.Joins == "not" {
		return []segment.Part{p}
	}
	var all []segment.Part
	for _, of := range p.Parts {
		if of.True == want {
			all = append(all, leaves(of, want)...)
		}
	}
	return all
}

// texts returns the conditions of p as they are written.
func texts(p segment.Part) []string {
	all := []string{p.Text}
	for _, of := range p.Parts {
		all = append(all, texts(of)...)
	}
	return all
}

// most is how many conditions an example shows.
const most = 3

func sentence(parts []segment.Part) string {
	var all []string
	for i, p := range parts {
		if i == most {
			all = append(all, "…")
			break
		}
		all = append(all, condition(p))
	}
	return strings.Join(all, " and ")
}

// condition returns a condition with the values that it looked at.
func condition(p segment.Part) string {
	text := strings.Join(strings.Fields(p.Text), " ")
	if !p.True {
		text = "not " + text
		if p.Joins == "not" {
			text = strings.TrimPrefix(text, "not not ")
		}
	}
	var values []string
	for _, v := range valuesOf(p) {
		values = append(values, v.Name+" = "+v.String())
	}
	if len(values) == 0 {
		return text
	}
	return text + " (" + strings.Join(values, ", ") + ")"
}

func valuesOf(p segment.Part) []segment.Value {
	all := slices.Clone(p.Values)
	for _, of := range p.Parts {
		all = append(all, valuesOf(of)...)
	}
	return all
}

// instead says what stood in place of the new rule's conditions.
func instead(now segment.Part, old []segment.Part) string {
	written := texts(now)
	old = slices.DeleteFunc(slices.Clone(old), func(p segment.Part) bool { return slices.Contains(written, p.Text) })
	if len(old) == 0 {
		return ""
	}
	var all []string
	for _, p := range old[:min(most, len(old))] {
		all = append(all, strings.Join(strings.Fields(p.Text), " "))
	}
	return "; before: " + strings.Join(all, " and ")
}
