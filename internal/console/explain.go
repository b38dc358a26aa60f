package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// An Explanation says why a customer is where they are.
type Explanation struct {
	At        time.Time        `json:"at"`
	Profile   customer.Profile `json:"profile"`
	Segments  []Membership     `json:"segments"`
	Campaigns []Standing       `json:"campaigns"` // as the playbook has them; then those it has no more
}

// A Membership says why a customer is in a segment as of now, or is not.
type Membership struct {
	segment.Reason
	// Since is when the customer entered, zero if they are not in it by what is
	// stored. That follows the rule with the next night, or the next event.
	Since time.Time `json:"since,omitzero"`
}

// A Standing is how a customer stands with a campaign.
type Standing struct {
	Campaign string       `json:"campaign"`
	Segment  string       `json:"segment"`
	Arm      playbook.Arm `json:"arm,omitempty"` // "" of a campaign that is gone
	// Status is that of the latest send, or [NotIn] or [Nothing].
	Status string `json:"status"`
	Why    string `json:"why"`             // in words
	Sends  []Sent `json:"sends,omitempty"` // in order of their keys
}

// A Sent is a send, and in words what became of it and why.
type Sent struct {
	customer.Send
	Why string `json:"why"`
}

// What a customer without sends of a campaign is.
const (
	NotIn   = "not_in_segment"
	Nothing = "nothing_planned" // and yet in the segment
)

// Explain says why the customer that who names is in their segments or not,
// and what each campaign did about them.
func (d *Desk) Explain(ctx context.Context, who string) (Explanation, error) {
	id, err := d.find(ctx, who)
	if err != nil {
		return Explanation{}, err
	}
	p, err := d.Parts.Store.Profile(ctx, id)
	if err != nil {
		return Explanation{}, stranger(err)
	}
	book, err := d.Parts.Playbook()
	if err != nil {
		return Explanation{}, err
	}
	sends, err := d.Parts.Store.Sends(ctx, id)
	if err != nil {
		return Explanation{}, fmt.Errorf("read sends: %w", err)
	}
	fit, err := d.Parts.Fit(ctx)
	if err != nil {
		return Explanation{}, err
	}
	return explain(book, fit, p, sends, d.Parts.Now()), nil
}

func explain(b *playbook.Playbook, fit night.Fit, p customer.Profile, sends []customer.Send, now time.Time) Explanation {
	e := Explanation{At: now.UTC(), Profile: p, Segments: []Membership{}, Campaigns: []Standing{}}
	for _, r := range b.Rules.Ranked(fit.Percentiles).Explain(&p, now) {
		since, _ := memberSince(p, r.Segment)
		e.Segments = append(e.Segments, Membership{r, since})
	}
	for _, c := range b.Campaigns {
		e.Campaigns = append(e.Campaigns, standing(b, c, p, of(c.Name, sends, b.Business.Zone), now))
	}
	for _, s := range sends {
		_, has := b.Campaign(s.Campaign)
		if has || slices.ContainsFunc(e.Campaigns, func(have Standing) bool { return have.Campaign == s.Campaign }) {
			continue
		}
		gone := Standing{Campaign: s.Campaign, Segment: s.Segment, Sends: of(s.Campaign, sends, b.Business.Zone)}
		last := current(gone.Sends)
		gone.Status, gone.Why = string(last.Status), last.Why+"; the campaign is not in the playbook any more"
		e.Campaigns = append(e.Campaigns, gone)
	}
	return e
}

// of returns the sends of a campaign.
func of(name string, sends []customer.Send, zone *time.Location) []Sent {
	var all []Sent
	for _, s := range sends {
		if s.Campaign == name {
			all = append(all, Sent{s, fate(s, zone)})
		}
	}
	return all
}

func standing(b *playbook.Playbook, c playbook.Campaign, p customer.Profile, sends []Sent, now time.Time) Standing {
	s := Standing{Campaign: c.Name, Segment: c.Segment, Arm: c.Arm(p.ID), Sends: sends}
	since, in := memberSince(p, c.Segment)
	switch {
	case len(sends) > 0:
		last := current(sends)
		s.Status, s.Why = string(last.Status), last.Why
	case !in:
		s.Status, s.Why = NotIn, "not in the segment "+c.Segment
	case c.Start == playbook.OnEntry && now.Sub(since) > campaign.Grace:
		s.Status, s.Why = Nothing, "in the segment since "+on(since, b.Business.Zone)+", and it starts on entering"
	default:
		s.Status, s.Why = Nothing, "in the segment since "+on(since, b.Business.Zone)+"; the next night plans it"
	}
	if s.Arm == playbook.Control && len(sends) == 0 {
		s.Why += "; would be held out"
	}
	return s
}

// current returns the send that says most of now: of the latest occurrence the
// first that waits, else the last.
func current(sends []Sent) Sent {
	last := sends[len(sends)-1]
	for _, s := range sends {
		if s.Occurrence == last.Occurrence && s.Status == customer.Planned {
			return s
		}
	}
	return last
}

// fate says in words what became of a send, and why.
func fate(s customer.Send, zone *time.Location) string {
	switch s.Status {
	case customer.Planned:
		if s.Reason != "" {
			return "put off until " + on(s.Due, zone) + ": " + campaign.Words(s.Reason)
		}
		return "planned for " + on(s.Due, zone)
	case customer.Claimed:
		return "being sent since " + on(s.Claimed, zone)
	case customer.HeldOut:
		return "held out on " + on(s.Settled, zone) + ": in the control group, which gets no mail, to compare with"
	case customer.Skipped:
		return "skipped on " + on(s.Settled, zone) + ": " + campaign.Words(s.Reason)
	case customer.Failed:
		return "failed on " + on(s.Settled, zone) + ": " + campaign.Words(s.Reason)
	case customer.Bounced:
		return "mailed on " + on(s.Accepted, zone) + ", and it bounced: " + campaign.Words(s.Reason)
	case customer.Complained:
		return "mailed on " + on(s.Accepted, zone) + ", and reported as spam"
	case customer.Unknown:
		return "claimed on " + on(s.Claimed, zone) + "; whether the mail service took it was never learnt, so it is not sent again"
	case customer.Delivered:
		return "mailed on " + on(s.Accepted, zone) + " and delivered"
	}
	return "mailed on " + on(s.Accepted, zone)
}

// on writes an instant to the minute, in the merchant's zone.
func on(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 January 2006, 15:04") }

// memberSince returns since when p is in a segment, and whether they are, by
// what is stored.
func memberSince(p customer.Profile, name string) (time.Time, bool) {
	i := slices.IndexFunc(p.Derived.Segments, func(m customer.Membership) bool { return m.Segment == name })
	if i < 0 {
		return time.Time{}, false
	}
	return p.Derived.Segments[i].Since, true
}
