package plan

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// History is what comparing two nights reads.
type History interface {
	Profiles
	Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error)
	Insight(ctx context.Context, kind, date string) (customer.Insight, error)
	Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error)
}

// A NightDiff says why the customers of segments changed between two nights.
//
// It is worked out from the facts that are known now, by the present playbook:
// who was in a segment at a night is not stored. So it tells who left, too, and
// what about them changed. Where a night counted differently, because facts came
// late or the playbook has changed since, Counted says so.
type NightDiff struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Segments []Change  `json:"segments"` // by name
}

// A Change is how a segment changed between two nights.
type Change struct {
	Name    string `json:"name"`
	Before  int64  `json:"before"`
	After   int64  `json:"after"`
	Entered int64  `json:"entered"`
	Left    int64  `json:"left"`
	// CountedBefore and CountedAfter are the nights' own counts, -1 where a night
	// did not know the segment.
	CountedBefore int64     `json:"counted_before"`
	CountedAfter  int64     `json:"counted_after"`
	Examples      []Example `json:"examples,omitempty"`
}

// DiffNights compares the latest nights at or before two instants; zero ones
// stand for the latest night but one, and the latest. The error wraps
// [customer.ErrNotFound] if there are no two such nights.
func DiffNights(ctx context.Context, s History, b *playbook.Playbook, from, to time.Time, examples int) (NightDiff, error) {
	before, after, err := twoNights(ctx, s, from, to)
	if err != nil {
		return NightDiff{}, err
	}
	w := &between{History: s, book: b, at: [2]time.Time{before.At, after.At}, most: examples, changes: map[string]*changing{}}
	for i, snap := range []night.Snapshot{before, after} {
		stored, err := s.Insight(ctx, night.Fits, snap.At.UTC().Format(time.RFC3339))
		if err != nil {
			return NightDiff{}, fmt.Errorf("read fit of the night: %w", err)
		}
		fit, err := night.ParseFit(stored.Body)
		if err != nil {
			return NightDiff{}, err
		}
		w.fits[i], w.scorers[i] = fit, night.ScorerOf(b, fit)
	}
	if err := w.everybody(ctx); err != nil {
		return NightDiff{}, err
	}
	d := NightDiff{From: before.At.UTC(), To: after.At.UTC(), Segments: []Change{}}
	for _, r := range b.Rules.Definitions() {
		c := Change{Name: r.Name}
		if found := w.changes[r.Name]; found != nil {
			c = found.Change
			c.Name = r.Name
		}
		c.CountedBefore, c.CountedAfter = countedIn(before, r.Name), countedIn(after, r.Name)
		d.Segments = append(d.Segments, c)
	}
	return d, nil
}

func countedIn(s night.Snapshot, name string) int64 {
	if n, ok := s.Segments[name]; ok {
		return n.Customers
	}
	return -1
}

// twoNights returns the snapshots of the nights to compare.
func twoNights(ctx context.Context, s History, from, to time.Time) (before, after night.Snapshot, err error) {
	stored, err := s.Insights(ctx, night.Snapshots, "", "")
	if err != nil {
		return before, after, fmt.Errorf("list nights: %w", err)
	}
	var all []night.Snapshot
	for _, i := range stored {
		var snap night.Snapshot
		if err := json.Unmarshal(i.Body, &snap); err != nil {
			return before, after, fmt.Errorf("read snapshot: %w", err)
		}
		all = append(all, snap)
	}
	slices.SortFunc(all, func(a, b night.Snapshot) int { return a.At.Compare(b.At) })
	last := latest(all, to)
	if last < 0 {
		return before, after, fmt.Errorf("a night to compare: %w", customer.ErrNotFound)
	}
	first := last - 1
	if !from.IsZero() {
		first = latest(all, from)
	}
	if first < 0 || first >= last {
		return before, after, fmt.Errorf("an earlier night to compare with: %w", customer.ErrNotFound)
	}
	return all[first], all[last], nil
}

// latest returns the index of the latest night at or before an instant, of all
// if it is zero; -1 if there is none.
func latest(all []night.Snapshot, at time.Time) int {
	for i := len(all) - 1; i >= 0; i-- {
		if at.IsZero() || !all[i].At.After(at) {
			return i
		}
	}
	return -1
}

// between works out who was where at two nights.
type between struct {
	History
	book    *playbook.Playbook
	at      [2]time.Time
	fits    [2]night.Fit
	scorers [2]*night.Scorer
	most    int
	changes map[string]*changing
}

type changing struct{ Change }

func (w *between) everybody(ctx context.Context) error {
	for cursor, more := "", true; more; {
		page, next, err := w.ScanProfiles(ctx, 0, 1, cursor)
		if err != nil {
			return fmt.Errorf("scan profiles: %w", err)
		}
		for _, p := range page {
			facts, err := w.Facts(ctx, p.ID)
			if err != nil && !errors.Is(err, customer.ErrNotFound) {
				return fmt.Errorf("read facts: %w", err)
			}
			w.customer(p.ID, facts)
		}
		cursor, more = next, next != ""
	}
	return nil
}

// customer compares one customer at both nights.
func (w *between) customer(id customer.ID, facts []customer.Fact) {
	var then [2]customer.Profile
	for i, at := range w.at {
		known := slices.DeleteFunc(slices.Clone(facts), func(f customer.Fact) bool { return f.At.After(at) && !whose(f) })
		then[i] = customer.Profile{ID: id, Folded: customer.Fold(known, w.book.Business.Zone)}
		if then[i].Anonymous() {
			continue
		}
		then[i].Derived = w.scorers[i].Derive(then[i], at)
	}
	for _, name := range names([3][]customer.Membership{then[0].Derived.Segments, then[1].Derived.Segments}) {
		was, is := in(then[0].Derived.Segments, name), in(then[1].Derived.Segments, name)
		c := w.changes[name]
		if c == nil {
			c = &changing{}
			w.changes[name] = c
		}
		c.Before += one(was)
		c.After += one(is)
		c.Entered += one(!was && is)
		c.Left += one(was && !is)
		if was != is {
			c.example(Example{Customer: id, Moved: direction(was, is, is)}, w.most, func() string { return w.why(name, then) })
		}
	}
}

// whose reports whether f says to whom facts belong; that counts from the
// beginning, since facts are looked for where they belong now.
func whose(f customer.Fact) bool { return f.Body.Moved != nil || f.Body.Merged != nil }

// example keeps the examples with the smallest ids, those who enter first.
func (c *changing) example(e Example, most int, why func() string) {
	i, _ := slices.BinarySearchFunc(c.Examples, e, func(a, b Example) int {
		return cmp.Or(cmp.Compare(a.Moved, b.Moved), cmp.Compare(a.Customer, b.Customer))
	})
	if i >= most {
		return
	}
	e.Why = why()
	c.Examples = slices.Insert(c.Examples, i, e)
	c.Examples = c.Examples[:min(len(c.Examples), most)]
}

// why returns the conditions that turned between the nights, with the values at
// both.
func (w *between) why(name string, then [2]customer.Profile) string {
	if then[0].Anonymous() {
		return "a new customer"
	}
	if then[1].Anonymous() {
		return "not known any more"
	}
	var parts [2]segment.Part
	for i := range then {
		r, _ := reasonOf(w.book, w.fits[i], then[i], w.at[i], name)
		parts[i] = r.Part
	}
	turned := turned(parts[0], parts[1])
	if len(turned) > most {
		turned = append(turned[:most], "…")
	}
	return strings.Join(turned, " and ")
}

// turned returns the conditions of one rule that came out differently.
func turned(was, is segment.Part) []string {
	if was.True == is.True && was.Joins == "" {
		return nil
	}
	if was.Joins == "" {
		return []string{strings.Join(strings.Fields(is.Text), " ") + changed(was.Values, is.Values)}
	}
	var all []string
	for i := range is.Parts {
		all = append(all, turned(was.Parts[i], is.Parts[i])...)
	}
	return all
}

// changed writes values as "(recency_days: 59 → 61)".
func changed(was, is []segment.Value) string {
	var all []string
	for i := range is {
		a, b := was[i].String(), is[i].String()
		if a == b {
			all = append(all, is[i].Name+" = "+b)
			continue
		}
		all = append(all, is[i].Name+": "+a+" → "+b)
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}
