package plan

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
)

// Make plans the night at o.At. The same store and options give the same plan.
//
// It finds out of everybody what the night would, derives every customer with
// both playbooks, and follows their sends for [Nights] nights. It writes
// nothing, and reads sends of those customers only who have any coming.
func Make(ctx context.Context, o Options) (Plan, error) {
	workers := max(1, o.Workers)
	d := newDry(o.Store)
	m := &making{Options: o, dry: d}
	var err error
	if m.sides[0].fit, err = d.fit(ctx, o.Before, o.At, workers); err != nil {
		return Plan{}, err
	}
	m.sides[1].fit = m.sides[0].fit
	if m.scored = scoredAlike(o.Before, o.After); !m.scored {
		d.insights = map[string]customer.Insight{}
		if m.sides[1].fit, err = d.fit(ctx, o.After, o.At, workers); err != nil {
			return Plan{}, err
		}
	}
	m.sides[0].book, m.sides[1].book = o.Before.Dry(), o.After.Dry()
	m.alike = !o.Settings && len(o.Mails) == 0 && reflect.DeepEqual(o.Before.Campaigns, o.After.Campaigns)
	if m.pending, err = d.pending(ctx, o.At.AddDate(0, 0, Nights)); err != nil {
		return Plan{}, err
	}
	if m.dropped, err = d.waiting(ctx, removed(o.Before, o.After)); err != nil {
		return Plan{}, err
	}
	all := make([]*worker, workers)
	var group errgroup.Group
	for i := range workers {
		all[i] = m.worker()
		group.Go(func() error {
			return d.each(ctx, i, workers, func(page []customer.Profile) error {
				for _, p := range page {
					if err := all[i].customer(ctx, p); err != nil {
						return err
					}
				}
				return ctx.Err()
			})
		})
	}
	if err := group.Wait(); err != nil {
		return Plan{}, err
	}
	for _, w := range all[1:] {
		all[0].merge(w)
	}
	return m.plan(all[0]), nil
}

// making is what all workers of one plan share; it does not change meanwhile.
type making struct {
	Options
	dry   *dry
	sides [2]struct { // before and after
		book *playbook.Playbook
		fit  night.Fit
	}
	scored  bool                 // the sides score alike
	alike   bool                 // the sides differ in their segments only
	pending map[customer.ID]bool // who has sends coming already
	dropped map[string]int64     // sends that wait, of campaigns that are removed
}

func (m *making) worker() *worker {
	w := &worker{making: m, segments: map[string]*moves{}}
	for i, s := range m.sides {
		w.scorers[i] = night.ScorerOf(s.book, s.fit)
		w.campaigns[i] = map[string]*Outlook{}
	}
	return w
}

// removed returns the names of the campaigns of a that b has not.
func removed(a, b *playbook.Playbook) []string {
	var names []string
	for _, c := range a.Campaigns {
		if _, has := b.Campaign(c.Name); !has {
			names = append(names, c.Name)
		}
	}
	return names
}

// scoredAlike reports whether a night finds the same of everybody, and scores
// them alike, by either playbook.
func scoredAlike(a, b *playbook.Playbook) bool {
	return a.Business.Currency == b.Business.Currency && a.Business.Zone.String() == b.Business.Zone.String() &&
		a.Business.Margin == b.Business.Margin && a.Horizon == b.Horizon && a.Active == b.Active &&
		slices.Equal(a.Rules.Percentiles(), b.Rules.Percentiles())
}

// plan makes the plan of what the workers found.
func (m *making) plan(w *worker) Plan {
	p := Plan{At: m.At.UTC(), Customers: w.customers, Mails: m.Mails, Settings: m.Settings, Segments: []Segment{}, Campaigns: []Campaign{}}
	p.Changed = m.Settings || len(m.Mails) > 0
	before, after := definitions(m.Before), definitions(m.After)
	names := union(maps.Keys(before), maps.Keys(after), maps.Keys(w.segments))
	for _, name := range names {
		s := Segment{Name: name}
		if found := w.segments[name]; found != nil {
			s = found.segment(name, m.Examples, m)
		}
		old, had := before[name]
		new, has := after[name]
		s.Fate = fate(had, has, had && has && strings.Join(strings.Fields(old), " ") == strings.Join(strings.Fields(new), " "))
		p.Changed = p.Changed || s.Fate != Same || s.EnteredByChange+s.LeftByChange > 0
		p.Segments = append(p.Segments, s)
	}
	had, has := campaigns(m.Before), campaigns(m.After)
	for _, name := range union(maps.Keys(had), maps.Keys(has), maps.Keys(w.campaigns[0]), maps.Keys(w.campaigns[1])) {
		c := Campaign{Name: name, Dropped: m.dropped[name], Before: outlookOf(w.campaigns[0], name), After: outlookOf(w.campaigns[1], name)}
		old, was := had[name]
		new, is := has[name]
		c.Fate = fate(was, is, reflect.DeepEqual(old, new))
		p.Changed = p.Changed || c.Fate != Same || !reflect.DeepEqual(c.Before, c.After)
		p.Campaigns = append(p.Campaigns, c)
	}
	p.Cost = w.cost(p)
	return p
}

func fate(had, has, equal bool) Fate {
	switch {
	case !had && has:
		return Added
	case had && !has:
		return Removed
	case had && has && !equal:
		return Altered
	}
	return Same
}

func definitions(b *playbook.Playbook) map[string]string {
	all := map[string]string{}
	for _, d := range b.Segments {
		all[d.Name] = d.When
	}
	return all
}

// campaigns returns b's campaigns by name, without what is for people only.
func campaigns(b *playbook.Playbook) map[string]playbook.Campaign {
	all := map[string]playbook.Campaign{}
	for _, c := range b.Campaigns {
		c.Title, c.Description = "", ""
		all[c.Name] = c
	}
	return all
}

func outlookOf(all map[string]*Outlook, name string) Outlook {
	if o := all[name]; o != nil {
		return *o
	}
	return Outlook{}
}

func union(all ...func(func(string) bool)) []string {
	set := map[string]bool{}
	for _, names := range all {
		for name := range names {
			set[name] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// instants returns when the nights of the plan are due: every day at the same
// hour of the merchant's zone.
func (m *making) instants() [Nights + 1]time.Time {
	var all [Nights + 1]time.Time
	local := m.At.In(m.After.Business.Zone)
	for i := range all {
		all[i] = local.AddDate(0, 0, i).UTC()
	}
	return all
}
