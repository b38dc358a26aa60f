package mail

import (
	"maps"
	"slices"
	"strings"

	"holdfast/internal/segment"
)

// names are the variables that stand at one place of a template.
type names struct {
	vocabulary Vocabulary          // nil: anything goes
	own        map[string]Variable // assigned, or of a loop
	sure       []string            // known here, since a condition asked
}

// variable checks that w can be shown here. lenient: it may be missing.
func (p *parsing) variable(w word, lenient bool) (Variable, bool) {
	name := strings.Join(w.path(), ".")
	of, ok := p.names.own[name]
	if !ok && p.names.vocabulary == nil {
		return Variable{}, true
	}
	if !ok {
		of, ok = p.names.vocabulary.lookup(name)
	}
	if !ok {
		known := slices.Sorted(maps.Keys(p.names.vocabulary))
		known = append(known, slices.Sorted(maps.Keys(p.names.own))...)
		p.reportWord(w, "unknown variable `"+w.text+"`", segment.DidYouMean(name, known))
		return of, false
	}
	if !of.Always && !lenient && !slices.Contains(p.names.sure, name) {
		p.reportWord(w, "some customers have no `"+w.text+"`",
			"write {{ "+w.text+" | default: \"…\" }}, or {{ "+w.text+" | required }} to leave them out of the mail")
	}
	return of, true
}

// with returns n for a branch in which the variables named are known.
func (n names) with(sure []string) names {
	n.sure = slices.Concat(n.sure, sure)
	n.own = maps.Clone(n.own)
	return n
}

// maybe adds what was assigned inside a branch or loop, which may not have been
// run.
func (n names) maybe(inside names) {
	for name, of := range inside.own {
		if _, ok := n.own[name]; !ok && !strings.HasPrefix(name, "forloop.") {
			n.own[name] = Variable{of.Kind, false}
		}
	}
}
