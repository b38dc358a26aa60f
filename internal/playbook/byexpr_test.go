package playbook

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

// exprlang runs the starter's rules by plain expr-lang: programs compiled once,
// and an environment that is filled for each customer.
type exprlang struct {
	*somebody
	env      map[string]any
	programs []program // each after those it refers to
	member   map[string]bool
	names    []string
}

type program struct {
	*vm.Program
	name string
}

var refersTo = regexp.MustCompile(`in_segment\("(\w+)"\)`)

// byExpr compiles rules for expr-lang; s is whom they are asked about.
func byExpr(t testing.TB, rules []segment.Definition, s *somebody) *exprlang {
	x := &exprlang{somebody: s, env: map[string]any{}, member: map[string]bool{}}
	x.meet(&customer.Profile{})
	x.fill()
	options := append(x.functions(), expr.Env(x.env), expr.AsBool())
	for rest := slices.Clone(rules); len(rest) > 0; rest = rest[1:] {
		if slices.ContainsFunc(refersTo.FindAllStringSubmatch(rest[0].When, -1), func(m []string) bool { return !x.has(m[1]) }) {
			rest = append(rest, rest[0])
			continue
		}
		// What compares nil fails, in place of being false.
		when := strings.ReplaceAll(rest[0].When, `trend("page_view", 45) <`, `(trend("page_view", 45) ?? 1) <`)
		compiled, err := expr.Compile(when, options...)
		if err != nil {
			t.Fatalf("%s: %v", rest[0].Name, err)
		}
		x.programs = append(x.programs, program{compiled, rest[0].Name})
	}
	return x
}

func (x *exprlang) has(name string) bool {
	return slices.ContainsFunc(x.programs, func(p program) bool { return p.name == name })
}

// of returns the segments that hold p, sorted; the slice is valid until the next
// call.
func (x *exprlang) of(t testing.TB, p *customer.Profile) []string {
	x.meet(p)
	x.fill()
	x.names = x.names[:0]
	for _, rule := range x.programs {
		holds, err := expr.Run(rule.Program, x.env)
		if err != nil {
			t.Fatalf("%s: %v", rule.name, err)
		}
		if x.member[rule.name] = holds.(bool); holds.(bool) {
			x.names = append(x.names, rule.name)
		}
	}
	slices.Sort(x.names)
	return x.names
}
