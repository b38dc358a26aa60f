package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// Grace is how long after an entry into a segment its campaigns still start,
// so that a start lost to a crash is made up for by whoever plans next. A
// campaign that is new in the playbook starts for those who entered this
// lately, and for nobody who has been in the segment for longer.
const Grace = 48 * time.Hour

// occurrenceLayout names an occurrence by the instant it starts at.
const occurrenceLayout = "20060102T150405Z"

// Plan returns the sends to create for p at now, in order of their keys. sends
// are all that the ledger has of the customer.
//
// A campaign starts at the instant of p's entry into its segment or, while p
// is in the segment, at the latest turn of its rhythm, unless an earlier
// occurrence is still under way. Plan is pure, and keys depend on what starts a
// campaign rather than on now: planned twice, by whomever, a mail is one send,
// and with the result among sends there is nothing more to plan. Save p's
// memberships before planning from them, since keys derive from their instants.
func Plan(b *playbook.Playbook, p customer.Profile, sends []customer.Send, now time.Time) []customer.Send {
	var planned []customer.Send
	for i := range b.Campaigns {
		c := &b.Campaigns[i]
		for _, m := range p.Derived.Segments {
			if start, ok := starts(c, m, now); ok && !over(c, occurrenceOf(start), sends) {
				planned = append(planned, missing(occurrence(*c, p.ID, start, now), sends)...)
			}
		}
	}
	slices.SortFunc(planned, func(a, b customer.Send) int { return compareKeys(a.SendKey, b.SendKey) })
	return planned
}

// Starts reports whether any campaign starts for p by now, whatever the ledger
// has: if none does, Plan plans nothing.
func Starts(b *playbook.Playbook, p *customer.Profile, now time.Time) bool {
	for i := range b.Campaigns {
		for _, m := range p.Derived.Segments {
			if _, ok := starts(&b.Campaigns[i], m, now); ok {
				return true
			}
		}
	}
	return false
}

// starts returns the instant at which c starts for a member of a segment, and
// whether it does by now.
func starts(c *playbook.Campaign, m customer.Membership, now time.Time) (time.Time, bool) {
	start := m.Since
	if m.Segment != c.Segment || start.After(now) {
		return time.Time{}, false
	}
	if c.Start == playbook.While && c.Every > 0 {
		return start.Add(now.Sub(start) / c.Every * c.Every), true
	}
	return start, now.Sub(start) <= Grace
}

// over reports whether there is nothing to plan of an occurrence of c: another is
// under way, this one has held the customer out, or the ledger has all of it.
func over(c *playbook.Campaign, occurrence string, sends []customer.Send) bool {
	have := 0
	for i := range sends {
		switch s := &sends[i]; {
		case s.Campaign != c.Name:
		case s.Occurrence != occurrence:
			if s.Status == customer.Planned || s.Status == customer.Claimed {
				return true
			}
		case s.Status == customer.HeldOut:
			return true
		case s.Step <= len(c.Steps):
			have++
		}
	}
	return have == len(c.Steps)
}

// missing returns those of the sends of an occurrence that the ledger lacks.
func missing(wanted, sends []customer.Send) []customer.Send {
	for _, s := range sends {
		wanted = slices.DeleteFunc(wanted, func(w customer.Send) bool { return w.SendKey == s.SendKey })
	}
	return wanted
}

// occurrence returns the sends of c for a customer from start on. For a
// customer of the control group that is one, of the first step, to be counted
// and never sent.
func occurrence(c playbook.Campaign, id customer.ID, start, now time.Time) []customer.Send {
	var sends []customer.Send
	due := start
	for i, step := range c.Steps {
		due = due.Add(step.After)
		s := customer.Send{
			SendKey: customer.SendKey{Customer: id, Campaign: c.Name, Occurrence: occurrenceOf(start), Step: i + 1},
			Status:  customer.Planned,
			Segment: c.Segment,
			Planned: now.UTC(),
			Due:     due.UTC(),
			Expires: now.UTC().Add(SendLife),
		}
		word(c, &s)
		if c.Arm(id) == playbook.Control {
			s.Status, s.Settled = customer.HeldOut, now.UTC()
			return []customer.Send{s}
		}
		sends = append(sends, s)
	}
	return sends
}

// word gives s the variant and template that its step has for its customer. A
// variant that s has already stays if the step still has it.
func word(c playbook.Campaign, s *customer.Send) {
	step := c.Steps[s.Step-1]
	named := func(v playbook.Variant) bool { return v.Name == s.Variant }
	if !slices.ContainsFunc(step.Variants, named) {
		s.Variant = c.Variant(s.Step, s.Customer)
	}
	s.Template = step.Template
	if i := slices.IndexFunc(step.Variants, named); i >= 0 && step.Variants[i].Template != "" {
		s.Template = step.Variants[i].Template
	}
}

func occurrenceOf(start time.Time) string { return start.UTC().Format(occurrenceLayout) }

// startOf returns when the occurrence of s started, as far as its key tells,
// else when it was planned.
func startOf(s customer.Send) time.Time {
	if t, err := time.Parse(occurrenceLayout, s.Occurrence); err == nil {
		return t
	}
	return s.Planned
}

// compareKeys orders the keys of one customer's sends as they are stored.
func compareKeys(a, b customer.SendKey) int { return strings.Compare(a.String(), b.String()) }

// A Planner writes planned sends into the ledger.
type Planner struct {
	Store    Store
	Playbook *playbook.Playbook
}

// Plan creates the sends that the present segments of p start, and returns how
// many there were to create. Done again it creates nothing; if the process
// dies half way, doing it again within [Grace] creates the rest.
func (l Planner) Plan(ctx context.Context, p customer.Profile, now time.Time) (int, error) {
	if !Starts(l.Playbook, &p, now) {
		return 0, nil
	}
	sends, err := l.Store.Sends(ctx, p.ID)
	if err != nil {
		return 0, fmt.Errorf("read sends %s: %w", p.ID, err)
	}
	planned := Plan(l.Playbook, p, sends, now)
	for _, s := range planned {
		if err := putSend(ctx, l.Store, &s); err != nil && !errors.Is(err, customer.ErrConflict) {
			return 0, err
		}
	}
	return len(planned), nil
}
