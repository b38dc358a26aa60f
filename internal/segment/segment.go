// Package segment decides which customers a segment holds. A rule is an
// expression over the fields of the catalogue, see [Fields]; it is checked
// against their types before anything runs, and once compiled it cannot fail.
// Nothing here reads files, stores or clocks.
package segment

import (
	"time"

	"holdfast/internal/customer"
)

// A Definition is one segment as a playbook describes it.
type Definition struct {
	Name        string // in snake_case, unique
	Title       string
	Description string
	Persona     string // who these customers are
	Goal        string // what is wanted of them
	Priority    int    // which segment speaks for a customer in several: the greater
	When        string // the rule
}

// Settings are what rules depend on beside the profile.
type Settings struct {
	Zone     *time.Location    // the merchant's, in which days begin; UTC if nil
	Currency customer.Currency // of money fields
	Products []Product         // what the merchant says of products
}

func (s Settings) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// A Set is a playbook's compiled segments. It never changes, and is safe to
// use concurrently.
type Set struct {
	settings Settings
	rules    []rule // sorted by name
	order    []int  // indices of rules such that a rule comes after those it refers to
	terms    []term // what rules ask of products
	ranked   []int  // fields, by their place in the catalogue, of which rules ask the percentile
	cuts     []Cuts // by index of ranked; nil: not known
}

type rule struct {
	Definition
	condition condition
	root      *part
	needs     []string // segments it refers to
	acts      []string // activities it counts
	wares     []int    // terms it asks of products
}

// Compile checks all rules and compiles them. The error is of type
// [Problems] and holds everything that is wrong, not just the first.
func Compile(definitions []Definition, settings Settings) (*Set, error) {
	set := &Set{settings: settings, rules: sorted(definitions)}
	var problems Problems
	for i := range set.rules {
		problems = append(problems, compileRule(&set.rules[i], set)...)
	}
	order, cycles := topological(set.rules)
	if problems = append(problems, cycles...); len(problems) == 0 {
		problems = set.excluded(order)
	}
	if len(problems) > 0 {
		return nil, problems.inOrderOf(definitions)
	}
	set.order, set.cuts = order, make([]Cuts, len(set.ranked))
	return set, nil
}

// Definitions returns the segments, sorted by name.
func (s *Set) Definitions() []Definition {
	all := make([]Definition, len(s.rules))
	for i, r := range s.rules {
		all[i] = r.Definition
	}
	return all
}

// Settings returns what s was compiled with.
func (s *Set) Settings() Settings { return s.settings }

// An Evaluator applies a set to one customer after another, using the same
// memory again. It is not safe concurrently: have one a worker.
type Evaluator struct {
	set   *Set
	env   env
	names []string
}

// Evaluator returns a new evaluator of s.
func (s *Set) Evaluator() *Evaluator {
	return &Evaluator{set: s, env: s.env(), names: make([]string, 0, len(s.rules))}
}

func (s *Set) env() env {
	e := s.settings.env()
	e.in, e.shelf.terms, e.cuts = make([]bool, len(s.rules)), s.terms, s.cuts
	return e
}

// Of returns the names of the segments that hold p at now, sorted. The slice
// is valid until the next call. p's own list of segments is not looked at.
func (e *Evaluator) Of(p *customer.Profile, now time.Time) []string {
	e.evaluate(p, now)
	names := e.names[:0]
	for i, in := range e.env.in {
		if in {
			names = append(names, e.set.rules[i].Name)
		}
	}
	return names
}

func (e *Evaluator) evaluate(p *customer.Profile, now time.Time) {
	e.env.begin(p, now)
	for _, i := range e.set.order {
		e.env.in[i] = e.set.rules[i].condition(&e.env)
	}
}
