package segment

import (
	"slices"
	"time"

	"holdfast/internal/customer"
)

// Cuts say where the percentiles of a field lie: Cuts[k-1] is the least value
// that at least k percent of all customers lie strictly below. They are as long
// as there are such values. Nil: not known.
type Cuts []float64

// Of returns how many whole percent of all customers have less than v, 0 to 99.
func (c Cuts) Of(v float64) int {
	n, _ := slices.BinarySearchFunc(c, v, func(cut, v float64) int {
		if cut <= v {
			return -1
		}
		return 1
	})
	return n
}

// Percentiles returns the fields of which rules ask the percentile, in the
// order in which [Evaluator.Measure] gives their values.
func (s *Set) Percentiles() []string {
	names := make([]string, len(s.ranked))
	for i, f := range s.ranked {
		names[i] = catalogue[f].Name
	}
	return names
}

// Measure calls each with those fields of p whose percentile rules ask, by
// their place in [Set.Percentiles], as far as they are known.
func (e *Evaluator) Measure(p *customer.Profile, now time.Time, each func(i int, value float64)) {
	e.env.begin(p, now)
	for i, f := range e.set.ranked {
		if v, ok := catalogue[f].number(&e.env); ok {
			each(i, v)
		}
	}
}

// Ranked returns s with knowledge of where the percentiles of fields lie, by
// name; of any other it knows none, and what rules ask of them is unknown.
func (s *Set) Ranked(cuts map[string]Cuts) *Set {
	ranked := *s
	ranked.cuts = make([]Cuts, len(s.ranked))
	for i, name := range s.Percentiles() {
		ranked.cuts[i] = cuts[name]
	}
	return &ranked
}

func (c *compiler) percentile(n *node) (typed, bool) {
	of := n.parts[0]
	t, ok := c.value(of)
	if !ok {
		return t, false
	}
	if t.field == nil || !t.numeric() {
		return c.report(of, "`percentile` needs a field that is a number", "write it as `percentile(spend)`")
	}
	if slices.ContainsFunc(scoreFields, func(f Field) bool { return f.Name == t.field.Name }) {
		return c.report(of, "`"+t.field.Name+"` is a number of the night itself, which has no percentile", "compare it as it is")
	}
	field := byName[t.field.Name]
	i := slices.Index(c.set.ranked, field)
	if i < 0 {
		i = len(c.set.ranked)
		c.set.ranked = append(c.set.ranked, field)
	}
	number := t.number
	return c.counted(n, func(e *env) (float64, bool) {
		v, ok := number(e)
		return float64(e.cuts[i].Of(v)), ok && e.cuts[i] != nil
	}).between(0, 99), true
}
