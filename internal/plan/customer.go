package plan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/night"
)

// A worker plans one customer after another, and sums up.
type worker struct {
	*making
	scorers   [2]*night.Scorer
	segments  map[string]*moves
	campaigns [2]map[string]*Outlook
	customers int64
	work      [2]work
	nights    [Nights + 1]time.Time
}

// work is what a side would do to the store and the mail service.
type work struct {
	changed  int64 // profiles written tonight
	planned  int64 // sends planned, in all nights
	handled  int64 // sends that were claimed
	accepted int64 // of them accepted
}

// moves is what happens to one segment.
type moves struct {
	Segment
	found []found
}

// found is an example before it is put into words.
type found struct {
	Example
	profile customer.Profile
	derived [2]customer.Derived
}

// customer plans what the nights do to one customer.
func (w *worker) customer(ctx context.Context, p customer.Profile) error {
	if p.Empty() {
		return nil
	}
	if w.nights[0].IsZero() {
		w.nights = w.instants()
	}
	derived := w.derive(p)
	for i := range derived {
		w.work[i].changed += one(!night.Same(p.Derived, derived[i]))
	}
	if p.Anonymous() {
		return nil // in segments, but no customer, and without an address
	}
	w.customers++
	w.move(p, derived)
	return w.mails(ctx, p, derived)
}

// derive returns what tonight makes of p, on both sides. Scores are the dear
// part, and mostly the same.
func (w *worker) derive(p customer.Profile) (derived [2]customer.Derived) {
	scores := w.scorers[0].Score(&p, w.At)
	derived[0] = w.scorers[0].Place(p, scores, w.At)
	if !w.scored {
		scores = w.scorers[1].Score(&p, w.At)
	}
	derived[1] = w.scorers[1].Place(p, scores, w.At)
	return derived
}

// move counts the customer in the segments that they are in, enter or leave.
func (w *worker) move(p customer.Profile, derived [2]customer.Derived) {
	lists := [3][]customer.Membership{p.Derived.Segments, derived[0].Segments, derived[1].Segments}
	for _, name := range names(lists) {
		was, old, now := in(lists[0], name), in(lists[1], name), in(lists[2], name)
		s := w.segments[name]
		if s == nil {
			s = &moves{}
			w.segments[name] = s
		}
		s.Before += one(was)
		s.After += one(now)
		s.Entered += one(!was && now)
		s.Left += one(was && !now)
		s.EnteredByChange += one(now && !old)
		s.LeftByChange += one(old && !now)
		if moved := direction(was, old, now); moved != "" {
			s.example(found{Example{Customer: p.ID, Moved: moved, ByChange: old != now}, p, derived}, w.Examples)
		}
	}
}

// direction returns which way a customer moves who was in a segment or not, is
// in it by the old rules or not, and by the new ones or not; "" for no way.
func direction(was, old, now bool) Direction {
	switch {
	case !was && now:
		return Enters
	case was && !now:
		return Leaves
	case was && now && !old:
		return Stays
	case !was && !now && old:
		return Waits
	}
	return ""
}

// names returns the names of three sorted lists, each once. Most customers stay
// where they are, so that the first list is often all.
func names(lists [3][]customer.Membership) []string {
	all := make([]string, 0, len(lists[0])+2)
	for _, list := range lists {
		for _, m := range list {
			if !slices.Contains(all, m.Segment) {
				all = append(all, m.Segment)
			}
		}
	}
	return all
}

func in(list []customer.Membership, name string) bool {
	return slices.ContainsFunc(list, func(m customer.Membership) bool { return m.Segment == name })
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// example keeps the most telling examples: by the change first, then by id.
func (s *moves) example(f found, most int) {
	i, _ := slices.BinarySearchFunc(s.found, f, func(a, b found) int {
		return cmp.Or(cmp.Compare(one(b.ByChange), one(a.ByChange)), cmp.Compare(a.Customer, b.Customer))
	})
	if i >= most {
		return
	}
	s.found = slices.Insert(s.found, i, f)
	s.found = s.found[:min(len(s.found), most)]
}

// A course is what a customer is in, night after night, if nobody does anything.
type course [Nights]customer.Derived

// courses returns the courses of p on both sides, from tonight's on.
func (w *worker) courses(p customer.Profile, tonight [2]customer.Derived) (all [2]course) {
	all[0][0], all[1][0] = tonight[0], tonight[1]
	for n := 1; n < Nights; n++ {
		var scores customer.Derived
		for i, s := range w.scorers {
			p.Derived = all[i][n-1]
			if i == 0 || !w.scored {
				scores = s.Score(&p, w.nights[n])
			}
			scores.Night, scores.Segments = p.Derived.Night, p.Derived.Segments
			all[i][n] = s.Place(p, scores, w.nights[n])
		}
	}
	return all
}

func (c *course) equals(o *course) bool {
	for n := range c {
		if !slices.Equal(c[n].Segments, o[n].Segments) {
			return false
		}
	}
	return true
}

// mails follows the customer's sends through the nights, on both sides; at once
// where campaigns and segments are the same on both.
func (w *worker) mails(ctx context.Context, p customer.Profile, derived [2]customer.Derived) error {
	r := &reading{Store: w.Store, id: p.ID}
	c := w.courses(p, derived)
	if w.alike && c[0].equals(&c[1]) {
		return w.follow(ctx, []int{0, 1}, p, &c[1], r)
	}
	if err := w.follow(ctx, []int{0}, p, &c[0], r); err != nil {
		return err
	}
	return w.follow(ctx, []int{1}, p, &c[1], r)
}

// reading reads a customer's sends when they are needed, once.
type reading struct {
	Store
	id    customer.ID
	sends []customer.Send
	done  bool
}

func (r *reading) read(ctx context.Context) ([]customer.Send, error) {
	if !r.done {
		found, err := r.Sends(ctx, r.id)
		if err != nil {
			return nil, fmt.Errorf("read sends %s: %w", r.id, err)
		}
		r.sends, r.done = found, true
	}
	return slices.Clone(r.sends), nil
}

// follow follows the sends with the playbook of the first of sides, and counts
// them for all of sides.
func (w *worker) follow(ctx context.Context, sides []int, p customer.Profile, c *course, r *reading) error {
	book := w.sides[sides[0]].book
	var l *Ledger // nil until there is something to follow
	var before []customer.Send
	for n, at := range w.nights[:Nights] {
		p.Derived = c[n]
		if l == nil {
			if !(n == 0 && w.pending[p.ID]) && !campaign.Starts(book, &p, at) {
				continue
			}
			sends, err := r.read(ctx)
			if err != nil {
				return err
			}
			l, before = &Ledger{Reads: w.Store, Profile: p, Sends: sends}, slices.Clone(sends)
		}
		l.Profile.Derived = p.Derived
		planned := l.Add(campaign.Plan(book, l.Profile, l.Sends, at))
		if err := l.Send(ctx, book, at, w.nights[n+1]); err != nil {
			return err
		}
		for _, i := range sides {
			w.work[i].planned += planned
			if n == 0 {
				w.count(i, before, l.Sends, (*Outlook).tonight)
			}
		}
	}
	if l == nil {
		return nil
	}
	for _, i := range sides {
		w.count(i, before, l.Sends, (*Outlook).week)
		w.work[i].sends(before, l.Sends)
	}
	return nil
}

// Add puts planned sends into the ledger, and returns how many there are.
func (l *Ledger) Add(sends []customer.Send) int64 {
	for _, s := range sends {
		s.Version = 1
		l.Sends = append(l.Sends, s)
	}
	return int64(len(sends))
}

// count adds up what became of the sends that were planned before, or are new.
func (w *worker) count(i int, before, after []customer.Send, part func(*Outlook) *Mails) {
	for n, s := range after {
		if n < len(before) && before[n].Status != customer.Planned {
			continue
		}
		o := w.campaigns[i][s.Campaign]
		if o == nil {
			o = &Outlook{}
			w.campaigns[i][s.Campaign] = o
		}
		part(o).add(s)
	}
}

func (o *Outlook) tonight() *Mails { return &o.Tonight }
func (o *Outlook) week() *Mails    { return &o.Week }

// sends adds what the mailer did.
func (k *work) sends(before, after []customer.Send) {
	for n, s := range after {
		if n < len(before) && before[n].Status != customer.Planned || s.Status == customer.Planned || s.Status == customer.HeldOut {
			continue
		}
		k.handled++
		k.accepted += one(s.Status == customer.Sent)
	}
}

func (m *Mails) add(s customer.Send) {
	switch s.Status {
	case customer.Planned:
	case customer.HeldOut:
		m.HeldOut++
	case customer.Skipped:
		if m.Skipped == nil {
			m.Skipped = map[string]int64{}
		}
		m.Skipped[s.Reason]++
	default:
		m.Sent++
	}
}
