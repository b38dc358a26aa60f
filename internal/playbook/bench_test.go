package playbook

import (
	"slices"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

// compared are starter rules that plain expr-lang can run, too: they ask
// nothing that is unknown of the customer in these benchmarks.
var compared = []string{"high_value_loyal", "frequent_buyers", "loyal", "new", "new_signup", "lapsed", "tea_fans", "german_speaking"}

func scored() *customer.Profile {
	p := elena()
	p.Derived = customer.Derived{R: 4, F: 5, M: 5}
	return p
}

func comparedRules(b *testing.B) []segment.Definition {
	return slices.DeleteFunc(slices.Clone(load(b).Segments), func(d segment.Definition) bool { return !slices.Contains(compared, d.Name) })
}

func BenchmarkEightRules(b *testing.B) {
	set, err := segment.Compile(comparedRules(b), load(b).settings())
	if err != nil {
		b.Fatal(err)
	}
	e, p := set.Evaluator(), scored()
	b.ReportAllocs()
	for b.Loop() {
		e.Of(p, now)
	}
}

func BenchmarkEightRulesByHand(b *testing.B) {
	p, zone := scored(), load(b).Business.Zone
	since := func(at time.Time) int { return customer.DayOf(now, zone) - customer.DayOf(at, zone) }
	rules := make([]func(*customer.Profile, customer.Book, func(time.Time) int) bool, len(compared))
	for i, name := range compared {
		rules[i] = byHand[name]
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, rule := range rules {
			rule(p, p.Books[0], since)
		}
	}
}

func BenchmarkEightRulesByExprRun(b *testing.B) {
	p, settings := scored(), load(b).settings()
	ordersWithin := func(days int) int {
		n, today := 0, customer.DayOf(now, settings.Zone)
		for _, d := range p.Books[0].Days {
			if d.Day > today-days && d.Day <= today {
				n += d.Orders
			}
		}
		return n
	}
	daysSince := func(at time.Time) float64 {
		return float64(customer.DayOf(now, settings.Zone) - customer.DayOf(at, settings.Zone))
	}
	environment := func() map[string]any {
		values := segment.Values(p, now, settings)
		values["orders_within"], values["days_since"] = ordersWithin, daysSince
		return values
	}
	var programs []*vm.Program
	for _, d := range comparedRules(b) {
		program, err := expr.Compile(d.When, expr.Env(environment()), expr.AsBool())
		if err != nil {
			b.Fatal(err)
		}
		programs = append(programs, program)
	}
	b.ReportAllocs()
	for b.Loop() {
		of := environment()
		for _, program := range programs {
			if _, err := expr.Run(program, of); err != nil {
				b.Fatal(err)
			}
		}
	}
}
