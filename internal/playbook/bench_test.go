package playbook

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
	starter "holdfast/playbook"
)

// compared are the starter's rules in all three ways, and customers of every
// kind to apply them to.
type compared struct {
	rules     *segment.Evaluator
	hand      *somebody
	expr      *exprlang
	customers []*customer.Profile
}

func compare(t testing.TB) compared {
	book := load(t)
	zone, of := book.Business.Zone, make(segment.Cuts, 99)
	for k := range of {
		of[k] = 0.375 * float64(k+1)
	}
	c := compared{rules: book.Rules.Ranked(map[string]segment.Cuts{"aov": of}).Evaluator(), hand: stranger(zone, of)}
	c.expr = byExpr(t, book.Segments, stranger(zone, of))
	customers := drawn(zone)
	for i := range 256 {
		c.customers = append(c.customers, customers.Example(i).profile)
	}
	return c
}

// agree fails t where one of the three has other segments than the rules.
func (c compared) agree(t testing.TB) {
	for _, p := range c.customers {
		want := slices.Clone(c.rules.Of(p, now))
		if diff := cmp.Diff(want, c.hand.in(p), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("by hand (-rules +hand):\n%s", diff)
		}
		if diff := cmp.Diff(want, c.expr.of(t, p), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("by expr-lang (-rules +expr):\n%s", diff)
		}
	}
}

func (c compared) time(b *testing.B, in func(*customer.Profile) []string) {
	c.agree(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		in(c.customers[i%len(c.customers)])
		i++
	}
}

func TestHandAndExprLangAgreeWithTheStarterRules(t *testing.T) { compare(t).agree(t) }

func BenchmarkStarterRules(b *testing.B) {
	c := compare(b)
	c.time(b, func(p *customer.Profile) []string { return c.rules.Of(p, now) })
}

func BenchmarkStarterRulesByHand(b *testing.B) {
	c := compare(b)
	c.time(b, c.hand.in)
}

func BenchmarkStarterRulesByExprRun(b *testing.B) {
	c := compare(b)
	c.time(b, func(p *customer.Profile) []string { return c.expr.of(b, p) })
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(starter.FS); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	p, of := load(b), elena()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Render("thank_you", 1, "", of, links, now); err != nil {
			b.Fatal(err)
		}
	}
}
