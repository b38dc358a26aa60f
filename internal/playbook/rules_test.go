package playbook

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

// differ says where the starter's rules and those written by hand differ.
func differ(book *Playbook, d draw) string {
	got := book.Rules.Ranked(map[string]segment.Cuts{"aov": d.cuts}).Evaluator().Of(d.profile, now)
	return cmp.Diff(stranger(book.Business.Zone, d.cuts).in(d.profile), got, cmpopts.EquateEmpty())
}

func TestTheStarterRulesMeanWhatTheySay(t *testing.T) {
	book := load(t)
	customers := drawn(book.Business.Zone)
	rapid.Check(t, func(t *rapid.T) {
		if diff := differ(book, customers.Draw(t, "customer")); diff != "" {
			t.Fatalf("segments (-by hand +by the rules):\n%s", diff)
		}
	})
}

// The customers that the rules are compared on are of every kind: each rule is
// true of some and false of others.
func TestEveryStarterRuleIsTrueAndFalseOfSomebody(t *testing.T) {
	book := load(t)
	zone, draws := book.Business.Zone, 2000
	held, customers := map[string]int{}, drawn(zone)
	for i := range draws {
		d := customers.Example(i)
		if diff := differ(book, d); diff != "" {
			t.Fatalf("customer %d (-by hand +by the rules):\n%s", i, diff)
		}
		for _, name := range stranger(zone, d.cuts).in(d.profile) {
			held[name]++
		}
	}
	for _, d := range book.Segments {
		if n := held[d.Name]; n == 0 || n == draws {
			t.Errorf("%s holds %d of %d customers", d.Name, n, draws)
		}
		delete(held, d.Name)
	}
	if len(held) > 0 {
		t.Errorf("rules written by hand that are not in the starter: %v", held)
	}
}

// Nobody who is dissatisfied is offered anything: campaigns other than these
// leave them out.
func TestTheDissatisfiedAreSoldNothing(t *testing.T) {
	book := load(t)
	harmless := []string{"care", "onboarding", "first_steps", "follow_up", "thank_you", "vip", "journal", "origins"}
	e, zone := book.Rules.Evaluator(), book.Business.Zone
	rapid.Check(t, func(t *rapid.T) {
		p := shopper(t, zone)
		p.Surveys.NPS, p.Surveys.NPSAt = 2, now
		p.Attributes = map[string]string{"company": "Acme", "employees": "12", "values": "organic", "industry": rapid.SampledFrom([]string{"RETAIL", "RESTAURANTS"}).Draw(t, "industry"),
			"lifecycle_stage": rapid.SampledFrom([]string{"lead", "opportunity", "customer"}).Draw(t, "stage")}
		today := customer.DayOf(now, zone)
		p.Activity = []customer.Series{{Name: "product_viewed", Counts: []customer.Count{{Day: today, N: 9}}}}
		p.Goods = []customer.Good{{SKU: "BRW-PRE-08", Units: 1, Days: 1, First: today - 100, Last: today - 100}, {SKU: "TEA-ASS-250", Units: 9, Days: 3, First: today - 90, Last: today - 30}}
		in := e.Of(p, now)
		for _, c := range book.Campaigns {
			if slices.Contains(in, c.Segment) && !slices.Contains(harmless, c.Name) {
				t.Fatalf("%s goes to somebody who is dissatisfied, in %s", c.Name, c.Segment)
			}
		}
	})
}

// Every segment of the starter playbook says whom it means and what for, and
// every campaign's mails come out for somebody of whom hardly anything is known,
// or leave them out for a reason.
func TestTheStarterPlaybookIsWhole(t *testing.T) {
	p := load(t)
	for _, d := range p.Segments {
		if d.Title == "" || d.Description == "" || d.Persona == "" || d.Goal == "" || d.Priority == 0 {
			t.Errorf("segment %s lacks a title, description, persona, goal or priority", d.Name)
		}
	}
	skipped, want := map[string]string{}, map[string]string{}
	for name, variable := range senseless {
		want[name] = "render HTML part: mail needs " + variable
	}
	for _, c := range p.Campaigns {
		for i := range c.Steps {
			if _, err := p.Render(c.Name, i+1, c.Variant(i+1, "cnobody"), nobody(), links, now); err != nil {
				skipped[fmt.Sprintf("%s-%d", c.Name, i+1)] = err.Error()
			}
		}
	}
	if fmt.Sprint(skipped) != fmt.Sprint(want) {
		t.Errorf("skipped %v", skipped)
	}
}
