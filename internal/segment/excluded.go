package segment

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// excluded reports rules that can hold for nobody because of the segments they
// refer to. order is such that a rule comes after those.
func (s *Set) excluded(order []int) Problems {
	var problems Problems
	roots := map[string]*part{}
	for _, i := range order {
		r := &s.rules[i]
		roots[r.Name] = r.root.within(roots)
		if len(r.needs) == 0 {
			continue
		}
		if cases, ok := roots[r.Name].cases(true); ok && len(cases) == 0 {
			when := strings.TrimSpace(r.When)
			problems = append(problems, Problem{Segment: r.Name, To: utf8.RuneCountInString(when), Text: when, Message: "no customer can ever be in this segment",
				Suggestion: "its conditions and those of " + strings.Join(quoted(r.needs), ", ") + " exclude each other"})
		}
	}
	return problems
}

// within returns p with the rules of other segments in place of their names.
func (p *part) within(roots map[string]*part) *part {
	if name, ok := strings.CutPrefix(p.text, `in_segment("`); ok && p.joins == "" {
		if of := roots[strings.TrimSuffix(name, `")`)]; of != nil {
			return of
		}
		return p
	}
	if p.joins == "" {
		return p
	}
	out := *p
	out.parts = slices.Clone(p.parts)
	for i, of := range out.parts {
		out.parts[i] = of.within(roots)
	}
	return &out
}

func quoted(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = "`" + name + "`"
	}
	return all
}
