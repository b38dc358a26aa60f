package segment

import (
	"maps"
	"math"
	"slices"
)

// possible reports rules that can hold for nobody, or for everybody. It looks
// at comparisons of one field with constants; of anything else it takes both to
// be possible, so it is silent where it does not know.
func (c *compiler) possible(n *node, root *part) {
	if n.kind == nameNode { // `true` and `false` are meant as they are
		return
	}
	if cases, ok := root.cases(true); ok && len(cases) == 0 {
		c.report(n, "no customer can ever be in this segment", "its conditions exclude each other")
		return
	}
	if cases, ok := root.cases(false); ok && len(cases) == 0 {
		c.report(n, "every customer is always in this segment", "the rule asks nothing; `true` says so plainly")
	}
}

// maxCases is how many ways a rule may come true before we give up.
const maxCases = 256

// A situation is one way in which a rule may come true: what it asks of each
// field, and of each condition that is not understood.
type situation struct {
	fields map[string]claim
	others map[string]bool
}

// A claim is what is asked of one field: unknown, or known and within bounds.
type claim struct {
	unknown  bool
	low      bound
	high     bound
	only     []string // texts; nil: any
	but      []string // texts
	anything bool     // of a text: only and but count, not the bounds
}

// A bound is an end of a range; open leaves the number itself out.
type bound struct {
	at   float64
	open bool
}

// cases returns the situations in which p is true, or false, without those
// that contradict themselves; ok is false if there are too many to tell.
func (p *part) cases(want bool) (all []situation, ok bool) {
	switch p.joins {
	case "not":
		return p.parts[0].cases(!want)
	case "and", "or":
		if (p.joins == "and") == want {
			return product(p.parts, want)
		}
		for _, of := range p.parts {
			some, ok := of.cases(want)
			if !ok || len(all)+len(some) > maxCases {
				return nil, false
			}
			all = append(all, some...)
		}
		return all, true
	}
	if p.claims == nil {
		return []situation{{others: map[string]bool{p.text: want}}}, true
	}
	claims := p.claims
	if !want {
		claims = complement(claims, p.about)
	}
	for _, of := range claims {
		if of, ok := of.and(p.about.domain()); ok || of.unknown {
			all = append(all, situation{fields: map[string]claim{p.about.Name: of}})
		}
	}
	return all, true
}

// product returns the situations in which all parts are as wanted.
func product(parts []*part, want bool) ([]situation, bool) {
	all := []situation{{}}
	for _, of := range parts {
		some, ok := of.cases(want)
		if !ok || len(all)*len(some) > 16*maxCases {
			return nil, false
		}
		var joined []situation
		for _, a := range all {
			for _, b := range some {
				if s, ok := a.and(b); ok {
					joined = append(joined, s)
				}
			}
		}
		if all = joined; len(all) > maxCases {
			return nil, false
		}
	}
	return all, true
}

// and joins two situations; ok is false if they exclude each other.
func (s situation) and(t situation) (joined situation, ok bool) {
	joined = situation{fields: maps.Clone(s.fields), others: maps.Clone(s.others)}
	if joined.fields == nil {
		joined.fields = map[string]claim{}
	}
	if joined.others == nil {
		joined.others = map[string]bool{}
	}
	for name, of := range t.fields {
		if have, both := joined.fields[name]; both {
			if of, ok = have.and(of); !ok {
				return joined, false
			}
		}
		joined.fields[name] = of
	}
	for text, value := range t.others {
		if have, both := joined.others[text]; both && have != value {
			return joined, false
		}
		joined.others[text] = value
	}
	return joined, true
}

// and joins two claims on one field; ok is false if they exclude each other.
func (c claim) and(d claim) (claim, bool) {
	if c.unknown || d.unknown {
		return claim{unknown: true}, c.unknown && d.unknown
	}
	c.but = slices.Concat(c.but, d.but)
	switch {
	case c.only == nil:
		c.only = d.only
	case d.only != nil:
		c.only = slices.DeleteFunc(slices.Clone(c.only), func(s string) bool { return !slices.Contains(d.only, s) })
	}
	if c.only != nil {
		left := slices.DeleteFunc(slices.Clone(c.only), func(s string) bool { return slices.Contains(c.but, s) })
		return c, len(left) > 0
	}
	if c.anything || d.anything {
		c.anything = true
		return c, true
	}
	if d.low.at > c.low.at || d.low.at == c.low.at && d.low.open {
		c.low = d.low
	}
	if d.high.at < c.high.at || d.high.at == c.high.at && d.high.open {
		c.high = d.high
	}
	return c, c.low.at < c.high.at || c.low.at == c.high.at && !c.low.open && !c.high.open
}

var (
	lowest  = bound{at: math.Inf(-1)}
	highest = bound{at: math.Inf(1)}
)

// complement returns the claims that hold of f where none of claims does.
func complement(claims []claim, f *Field) []claim {
	rest := []claim{{low: lowest, high: highest, anything: f.Type == Text}}
	if !f.Always {
		rest = append(rest, claim{unknown: true})
	}
	for _, of := range claims {
		var next []claim
		for _, not := range of.not() {
			for _, r := range rest {
				if both, ok := r.and(not); ok {
					next = append(next, both)
				}
			}
		}
		rest = next
	}
	return rest
}

// not returns the claims that hold where c does not.
func (c claim) not() []claim {
	known := claim{low: lowest, high: highest, anything: c.anything}
	switch {
	case c.unknown:
		return []claim{known}
	case c.anything && c.only != nil:
		known.but = c.only
		return []claim{known, {unknown: true}}
	case c.anything && c.but != nil:
		known.only = c.but
		return []claim{known, {unknown: true}}
	case c.anything:
		return []claim{{unknown: true}}
	}
	below, above := known, known
	below.high, above.low = bound{c.low.at, !c.low.open}, bound{c.high.at, !c.high.open}
	return []claim{below, above, {unknown: true}}
}
