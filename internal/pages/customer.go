package pages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/segment"
)

// shownFacts is how much of a timeline is shown at first.
const shownFacts = 60

type customerPage struct {
	frame
	customer.Profile
	Name       string
	Company    []labelled
	Books      []bookView
	Expected   *expectation
	Bought     []goodView
	Timeline   []moment
	Facts      int // in all
	Everything bool
	In, Out    []reasonView
	Sends      []sendView
}

type labelled struct{ Label, Value string }

// A bookView is what a customer bought in one currency.
type bookView struct {
	customer.Book
	Spend, Average, Back customer.Money
	Off                  customer.Money // by discounts
	Recency              int            // days since the last order
	Gap                  int            // days between orders on average, 0 below two
}

// A reasonView is one segment, why the customer is in it or is not, and since
// when.
type reasonView struct {
	segment.Reason
	Since time.Time
	// Stored: the profile says the same as the rule does now.
	Stored bool
}

func isNotFound(err error) bool { return errors.Is(err, customer.ErrNotFound) }

func (s Site) customer(r *http.Request) (answer, error) {
	ctx := r.Context()
	id, err := customer.ParseID(r.PathValue("id"))
	if err != nil {
		return answer{}, customer.ErrNotFound
	}
	p, err := s.resolve(ctx, id)
	if err != nil {
		return answer{}, err
	}
	if p.ID != id {
		return answer{redirect: "/customers/" + string(p.ID)}, nil
	}
	c := customerPage{frame: s.frame(nameOf(p), "customers"), Profile: p, Name: nameOf(p), Everything: r.FormValue("facts") == "all"}
	for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
		c.Company = append(c.Company, labelled{capital(spoken(name)), p.Attributes[name]})
	}
	c.books()
	c.Expected = expected(p.Derived.Outlook, s.Playbook().Business.Currency, c.Now, c.Zone)
	c.Bought = bought(p.Goods, c.Zone)
	rules, err := s.rules(ctx)
	if err != nil {
		return answer{}, err
	}
	c.reasons(rules)
	if err := s.timeline(ctx, &c); err != nil {
		return answer{}, err
	}
	sends, err := s.Store.Sends(ctx, p.ID)
	if err != nil {
		return answer{}, fmt.Errorf("read sends %s: %w", p.ID, err)
	}
	c.Sends = c.sendViews(s.Playbook(), sends)
	return answer{template: "customer", data: c}, nil
}

// rules returns the playbook's rules, with the percentiles of the latest night.
func (s Site) rules(ctx context.Context) (*segment.Set, error) {
	fit, err := night.LatestFit(ctx, s.Store)
	if err != nil {
		return nil, err
	}
	return s.Playbook().Rules.Ranked(fit.Percentiles), nil
}

func (c *customerPage) books() {
	today := customer.DayOf(c.Now, c.Zone)
	for _, b := range c.Profile.Books {
		v := bookView{Book: b, Spend: customer.Money{Minor: b.Spend, Currency: b.Currency}, Back: customer.Money{Minor: b.Refunded, Currency: b.Currency},
			Off: customer.Money{Minor: b.Saved, Currency: b.Currency}}
		if b.Orders > 0 {
			v.Average = customer.Money{Minor: (b.Spend + int64(b.Orders)/2) / int64(b.Orders), Currency: b.Currency}
			v.Recency = max(0, today-customer.DayOf(b.Last, c.Zone))
		}
		if b.Orders > 1 {
			v.Gap = int(b.Last.Sub(b.First).Hours()/24) / (b.Orders - 1)
		}
		c.Books = append(c.Books, v)
	}
}

func (c *customerPage) reasons(rules *segment.Set) {
	since := map[string]time.Time{}
	for _, m := range c.Derived.Segments {
		since[m.Segment] = m.Since
	}
	for _, r := range rules.Explain(&c.Profile, c.Now) {
		at, member := since[r.Segment]
		r.Title = title(r.Title, r.Segment)
		v := reasonView{Reason: r, Since: at, Stored: member == r.In}
		if r.In {
			c.In = append(c.In, v)
		} else {
			c.Out = append(c.Out, v)
		}
	}
}

// timeline gives c the facts of its customer, the latest first.
func (s Site) timeline(ctx context.Context, c *customerPage) error {
	facts, err := s.Store.Facts(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read facts %s: %w", c.ID, err)
	}
	slices.SortFunc(facts, func(a, b customer.Fact) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID(), b.ID()))
	})
	facts = told(facts)
	c.Facts = len(facts)
	if !c.Everything {
		facts = facts[:min(shownFacts, len(facts))]
	}
	book := s.Playbook()
	for _, f := range facts {
		c.Timeline = append(c.Timeline, momentOf(f, book))
	}
	return nil
}

// told returns the facts that tell something of the customer: not those of
// records that went elsewhere, nor the marks that records leave when they move.
func told(facts []customer.Fact) []customer.Fact {
	elsewhere := map[customer.Identity]bool{}
	for _, f := range facts {
		elsewhere[f.Record] = elsewhere[f.Record] || f.Body.Moved != nil
	}
	return slices.DeleteFunc(facts, func(f customer.Fact) bool { return elsewhere[f.Record] || f.Body == customer.Body{} })
}

// Place returns where the customer lives, as far as it is known.
func (c customerPage) Place() string {
	var known []string
	for _, part := range []string{strings.TrimSpace(c.Postcode + " " + c.City), c.Region, c.Country} {
		if part != "" {
			known = append(known, part)
		}
	}
	return strings.Join(known, ", ")
}
