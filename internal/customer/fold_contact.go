package customer

import (
	"math"
	"slices"
	"time"
)

// contact takes each field from the latest state that gives it. What a merged
// record said counts only where the record that stayed says nothing; what an
// order or checkout said, only where no customer record does.
func (f *folding) contact() Contact {
	var c Contact
	for rank := range 3 {
		for _, fact := range f.facts {
			if fact.Body.Contact != nil && f.rank(fact.Record) == rank {
				c.overlay(*fact.Body.Contact)
			}
		}
	}
	return c
}

// rank is how much a record's word on the person weighs.
func (f *folding) rank(r Identity) int {
	switch {
	case !r.Person():
		return 0
	case !f.stands(r):
		return 1
	}
	return 2
}

// overlay takes from newer what it gives.
func (c *Contact) overlay(newer Contact) {
	for _, field := range newer.fields() {
		if field.value != "" {
			field.set(c, field.value)
		}
	}
	if !newer.Created.IsZero() && (c.Created.IsZero() || newer.Created.Before(c.Created)) {
		c.Created = newer.Created.UTC()
	}
	for name, value := range newer.Attributes {
		if value == "" {
			continue
		}
		if c.Attributes == nil {
			c.Attributes = map[string]string{}
		}
		c.Attributes[name] = value
	}
}

// tags starts, for each record, from its latest whole list and applies the
// single tags put on or taken off after it. The tags of a merged record count
// until the record that stayed says otherwise.
func (f *folding) tags() []string {
	type state struct {
		on      bool
		version Version
	}
	lists := map[Identity]Version{}
	tags := map[Identity]map[string]state{}
	for _, fact := range f.facts { // in order of version
		if fact.Body.Tags == nil {
			continue
		}
		lists[fact.Record] = fact.Version
		tags[fact.Record] = map[string]state{}
		for _, t := range fact.Body.Tags.Tags {
			tags[fact.Record][t] = state{true, fact.Version}
		}
	}
	for _, fact := range f.facts {
		t := fact.Body.Tag
		if t == nil || fact.Version < lists[fact.Record] {
			continue
		}
		if tags[fact.Record] == nil {
			tags[fact.Record] = map[string]state{}
		}
		if have := tags[fact.Record][t.Tag]; fact.Version >= have.version {
			tags[fact.Record][t.Tag] = state{t.On, fact.Version}
		}
	}
	var on []string
	for record, of := range tags {
		kept, since := f.standing(record)
		for tag, s := range of {
			overruled := kept != record && (lists[kept] > since || tags[kept][tag].version > s.version)
			if s.on && !overruled {
				on = append(on, tag)
			}
		}
	}
	slices.Sort(on)
	return slices.Compact(on)
}

// standing returns the record that r was merged into, through however many
// merges, and the version of the latest of these; r itself if it stands.
func (f *folding) standing(r Identity) (Identity, Version) {
	var since Version
	for range len(f.merged) {
		m, ok := f.merged[r]
		if !ok {
			break
		}
		r, since = m.into, max(since, m.version)
	}
	return r, since
}

// permission weighs what was said about a channel. An opt-out stands until an
// explicit opt-in that is later; at the same instant the opt-out wins. What a
// sync says counts only where the person never opted out, and of a merged
// record only where no other says anything.
func (f *folding) permission(ch Channel) Permission {
	var out, in, said, before Permission
	for _, fact := range f.facts { // in order of version, so the last one is the latest
		c := fact.Body.Consent
		if c == nil || c.Channel != ch || c.State == "" {
			continue
		}
		p := Permission{State: c.State, Since: fact.At.UTC(), Via: c.Via}
		switch {
		case c.State == Unsubscribed:
			out = later(out, p)
		case c.State == Subscribed && c.Explicit:
			in = later(in, p)
		case f.stands(fact.Record):
			said = later(said, p)
		default:
			before = later(before, p)
		}
	}
	if said.State == "" {
		said = before
	}
	switch {
	case out.State != "" && !in.Since.After(out.Since):
		return out
	case in.State != "" && !(said.State != Subscribed && said.Since.After(in.Since)):
		return in
	}
	return said
}

func later(a, b Permission) Permission {
	if a.State != "" && a.Since.After(b.Since) {
		return a
	}
	return b
}

func (f *folding) reported() Summary {
	var latest Summary
	for _, fact := range f.facts {
		if s := fact.Body.Summary; s != nil && f.stands(fact.Record) {
			latest = *s
		}
	}
	return latest
}

func (f *folding) surveys() SurveyState {
	var s SurveyState
	for _, fact := range f.facts {
		a := fact.Body.Survey
		if a == nil || !(a.Scale > 0 && 0 <= a.Score && a.Score <= a.Scale) || math.IsInf(a.Scale, 0) {
			continue // no answer on its own scale
		}
		switch {
		case a.Survey == "nps" && !fact.At.Before(s.NPSAt):
			s.NPS, s.NPSAt = a.Score/a.Scale*10, fact.At.UTC()
		case a.Survey == "csat" && !fact.At.Before(s.CSATAt):
			s.CSAT, s.CSATAt = a.Score/a.Scale, fact.At.UTC()
		}
	}
	return s
}

// seen is the latest instant of an order or of an activity that the customer
// did. Carts do not count: their facts are gone long before an activity's.
func (f *folding) seen(p Folded) time.Time {
	last := p.ordered()
	for _, fact := range f.facts {
		if a := fact.Body.Activity; a != nil && a.Own() && fact.At.After(last) {
			last = fact.At.UTC()
		}
	}
	return last
}

// ordered is the instant of the latest order that counts, zero without one.
func (p Folded) ordered() time.Time {
	var last time.Time
	for _, b := range p.Books {
		if b.Last.After(last) {
			last = b.Last
		}
	}
	return last
}
