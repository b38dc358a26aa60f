package campaign

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// Grace is how long after an entry into a segment its campaigns still start,
// so that a start lost to a crash is made up for by whoever plans next.
const Grace = 48 * time.Hour

// occurrenceLayout names an occurrence by the instant it starts at.
const occurrenceLayout = "20060102T150405Z"

// once is the occurrence of a campaign that a customer gets once.
const once = "once"

// Plan returns the sends to create for p at now, in order of their keys.
// previous are the segments p was in before, p.Derived.Segments those it is in
// now; sends are all that the ledger has of the customer. Plan is pure, and
// keys depend on what starts a campaign rather than on now: planned twice, by
// whomever, a mail is one send, and with the result among sends there is
// nothing more to plan. Save p's memberships before planning from them, since
// keys derive from their instants.
func Plan(r Rules, p customer.Profile, previous []customer.Membership, sends []customer.Send, now time.Time) []customer.Send {
	var planned []customer.Send
	for _, c := range r.Campaigns {
		i := slices.IndexFunc(p.Derived.Segments, func(m customer.Membership) bool { return m.Segment == c.Segment })
		if i < 0 {
			continue
		}
		m := p.Derived.Segments[i]
		entered := !slices.ContainsFunc(previous, func(b customer.Membership) bool { return b.Segment == m.Segment && b.Since.Equal(m.Since) })
		if start, ok := starts(c, m, entered, sends, now); ok {
			planned = append(planned, occurrence(c, p.ID, start, now)...)
		}
	}
	slices.SortFunc(planned, func(a, b customer.Send) int { return compareKeys(a.SendKey, b.SendKey) })
	return planned
}

// starts returns the instant that c starts at for a member of its segment, and
// whether it does.
func starts(c Campaign, m customer.Membership, entered bool, sends []customer.Send, now time.Time) (time.Time, bool) {
	start := m.Since
	if c.Every > 0 && now.After(start) {
		start = start.Add(now.Sub(start) / c.Every * c.Every)
	}
	if start.After(now) || c.Every <= 0 && !entered && now.Sub(start) > Grace {
		return time.Time{}, false
	}
	for _, s := range sends {
		if s.Campaign != c.Name {
			continue
		}
		if s.Occurrence == occurrenceOf(c, start) || s.Status == customer.Planned || s.Status == customer.Claimed {
			return time.Time{}, false
		}
		if c.Again < 0 || start.Before(startOf(s).Add(c.Again)) {
			return time.Time{}, false
		}
	}
	return start, true
}

// occurrence returns the sends of c for a customer from start on. For a
// customer of the control group that is one, of the first step, to be counted
// and never sent.
func occurrence(c Campaign, id customer.ID, start, now time.Time) []customer.Send {
	var sends []customer.Send
	due := start
	for i, step := range c.Steps {
		due = due.Add(step.Wait)
		s := customer.Send{
			SendKey: customer.SendKey{Customer: id, Campaign: c.Name, Occurrence: occurrenceOf(c, start), Step: i + 1},
			Status:  customer.Planned,
			Segment: c.Segment,
			Planned: now.UTC(),
			Due:     due.UTC(),
			Expires: now.UTC().Add(SendLife),
		}
		s.Variant, s.Template = variant(c, step, i+1, id)
		if heldOut(c, id) {
			s.Status, s.Settled = customer.HeldOut, now.UTC()
			return []customer.Send{s}
		}
		sends = append(sends, s)
	}
	return sends
}

func occurrenceOf(c Campaign, start time.Time) string {
	if c.Again < 0 && c.Every <= 0 {
		return once
	}
	return start.UTC().Format(occurrenceLayout)
}

// startOf returns when the occurrence of s started, as far as its key tells,
// else when it was planned.
func startOf(s customer.Send) time.Time {
	if t, err := time.Parse(occurrenceLayout, s.Occurrence); err == nil {
		return t
	}
	return s.Planned
}

// heldOut reports whether the customer is in c's control group. It depends on
// the two names alone, so that a customer stays in it.
func heldOut(c Campaign, id customer.ID) bool {
	return share("holdout", c.Name, string(id)) < c.Holdout
}

// variant returns the variant of a step that the customer gets, by weight, and
// its template.
func variant(c Campaign, s Step, number int, id customer.ID) (name, template string) {
	total := 0
	for _, v := range s.Variants {
		total += max(v.Weight, 1)
	}
	at := share("variant", c.Name, string(rune('0'+number)), string(id)) * float64(total)
	for _, v := range s.Variants {
		if at -= float64(max(v.Weight, 1)); at < 0 {
			return v.Name, v.Template
		}
	}
	return "", s.Template
}

// share maps names evenly onto [0, 1), always the same.
func share(names ...string) float64 {
	h := sha256.New()
	for _, n := range names {
		h.Write([]byte(n + "\x00"))
	}
	return float64(binary.BigEndian.Uint64(h.Sum(nil))>>11) / (1 << 53)
}

// compareKeys orders the keys of one customer's sends as they are stored.
func compareKeys(a, b customer.SendKey) int {
	switch x, y := a.String(), b.String(); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
