package playbook

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/internal/customer"
	starter "holdfast/playbook"
)

// shopper generates a customer of the kind that decides about the starter's
// segments, at their borders more often than not.
func shopper(t *rapid.T, zone *time.Location) *customer.Profile {
	p := &customer.Profile{ID: "c1"}
	days := func(name string) time.Time {
		n := rapid.OneOf(rapid.SampledFrom([]int{0, 3, 7, 30, 31, 60, 61, 90, 120, 121, 180, 270, 271, 365, 366}), rapid.IntRange(0, 600)).Draw(t, name)
		return now.AddDate(0, 0, -n)
	}
	if orders := rapid.IntRange(0, 6).Draw(t, "orders"); orders > 0 {
		b := customer.Book{Currency: "EUR", Orders: orders, Spend: int64(rapid.SampledFrom([]int{1200, 2999, 3000, 8000, 16000, 20000, 47999, 60000}).Draw(t, "spend")),
			Refunds: rapid.IntRange(0, 3).Draw(t, "refunds"), Refunded: int64(rapid.IntRange(0, 20000).Draw(t, "refunded"))}
		b.Discounted = rapid.IntRange(0, orders).Draw(t, "discounted")
		b.Last = days("last")
		b.First = b.Last
		if orders > 1 {
			b.First = b.Last.AddDate(0, 0, -rapid.IntRange(1, 400).Draw(t, "span"))
		}
		for range min(orders, 3) {
			at := days("day")
			b.Days = append(b.Days, customer.Day{Day: customer.DayOf(at, zone), Orders: 1, Net: 1000})
		}
		slices.SortFunc(b.Days, func(x, y customer.Day) int { return x.Day - y.Day })
		p.Books = []customer.Book{b}
		p.Derived = customer.Derived{R: rapid.IntRange(1, 5).Draw(t, "r"), F: rapid.IntRange(3, 5).Draw(t, "f"), M: rapid.IntRange(3, 5).Draw(t, "m")}
	}
	p.Created = days("created")
	p.Country = rapid.SampledFrom([]string{"", "DE", "FR"}).Draw(t, "country")
	p.Service.Open = rapid.IntRange(0, 2).Draw(t, "tickets")
	if rapid.Bool().Draw(t, "asked") {
		p.Surveys = customer.SurveyState{NPS: float64(rapid.IntRange(5, 8).Draw(t, "nps")), NPSAt: days("nps_at"), CSAT: rapid.SampledFrom([]float64{0.4, 0.5}).Draw(t, "csat"), CSATAt: days("csat_at")}
	}
	if p.Carts.Open = rapid.IntRange(0, 1).Draw(t, "carts"); p.Carts.Open > 0 {
		p.Carts.Last = days("cart")
	}
	return p
}

// byHand are rules of the starter playbook written in Go.
var byHand = map[string]func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool{
	"high_value_loyal": func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return b.Orders >= 4 && p.Derived.F >= 4 && p.Derived.M >= 4 && since(b.Last) <= 120
	},
	"highest_value": func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return p.Derived.M == 5 && b.Spend >= 200_00 && since(b.Last) <= 365 && !unhappy(p, b, since)
	},
	"loyal": func(_ *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return b.Orders >= 4 && since(b.Last) <= 180
	},
	"frequent_buyers": func(_ *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		n := 0
		for _, d := range b.Days {
			if ago := since(time.Unix(int64(d.Day)*86400+12*3600, 0)); ago >= 0 && ago < 180 {
				n += d.Orders
			}
		}
		return n >= 3
	},
	"new_signup": func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return b.Orders == 0 && since(p.Created) <= 60
	},
	"new": func(_ *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return b.Orders == 1 && since(b.First) <= 30
	},
	"at_risk": func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		if b.Orders < 2 || p.Service.Open > 0 || unhappy(p, b, since) {
			return false
		}
		gap := b.Last.Sub(b.First).Hours() / 24 / float64(b.Orders-1)
		ago := since(b.Last)
		return ago <= 365 && ago > 60 && float64(ago) > 2*gap
	},
	"lapsed": func(_ *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return b.Orders >= 1 && since(b.Last) > 365
	},
	"one_time_past_due": func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return b.Orders == 1 && since(b.Last) >= 61 && since(b.Last) <= 270 && !unhappy(p, b, since)
	},
	"dissatisfied": unhappy,
	"cart_abandoners": func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return p.Carts.Open >= 1 && since(p.Carts.Last) <= 3 && !unhappy(p, b, since)
	},
	"savers": func(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
		return b.Discounted >= 2 && 2*b.Discounted >= b.Orders && since(b.Last) <= 365 && !unhappy(p, b, since)
	},
	"tea_fans": func(p *customer.Profile, b customer.Book, _ func(time.Time) int) bool {
		tea, all := 0, 0
		for _, g := range p.Goods {
			if all += g.Units; strings.HasPrefix(g.SKU, "TEA-") {
				tea += g.Units
			}
		}
		return b.Orders >= 2 && all > 0 && float64(tea) >= 0.6*float64(all)
	},
	"german_speaking": func(p *customer.Profile, _ customer.Book, _ func(time.Time) int) bool {
		return p.Country == "DE"
	},
}

func unhappy(p *customer.Profile, b customer.Book, since func(time.Time) int) bool {
	s := p.Surveys
	return !s.NPSAt.IsZero() && s.NPS <= 6 && since(s.NPSAt) <= 90 || !s.CSATAt.IsZero() && s.CSAT < 0.5 && since(s.CSATAt) <= 90 ||
		p.Service.Open >= 2 || b.Orders > 0 && b.Refunds >= 2 && float64(b.Refunded) > 0.3*float64(b.Spend+b.Refunded) && since(b.Last) <= 180
}

func TestTheStarterRulesMeanWhatTheySay(t *testing.T) {
	book := load(t)
	zone := book.Business.Zone
	e := book.Rules.Evaluator()
	since := func(at time.Time) int { return customer.DayOf(now, zone) - customer.DayOf(at, zone) }
	rapid.Check(t, func(t *rapid.T) {
		p := shopper(t, zone)
		var b customer.Book
		if len(p.Books) > 0 {
			b = p.Books[0]
		}
		in := e.Of(p, now)
		for name, rule := range byHand {
			if got, want := slices.Contains(in, name), rule(p, b, since); got != want {
				t.Fatalf("%s: %v, by hand %v", name, got, want)
			}
		}
		occasional := b.Orders >= 1 && b.Orders <= 4 && since(b.Last) >= 31 && since(b.Last) <= 365 &&
			!slices.Contains(in, "high_value_loyal") && !slices.Contains(in, "at_risk") && !slices.Contains(in, "dissatisfied") && !slices.Contains(in, "unlikely_to_buy")
		if slices.Contains(in, "occasional") != occasional {
			t.Fatalf("occasional: %v, by hand %v", !occasional, occasional)
		}
	})
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

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(starter.FS); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStarterSegments(b *testing.B) {
	p := load(b)
	e, of := p.Rules.Evaluator(), elena()
	b.ReportAllocs()
	for b.Loop() {
		e.Of(of, now)
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
