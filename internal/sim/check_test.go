package sim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"holdfast/internal/customer"
)

// A state is all that is stored.
type state struct {
	links    map[customer.Identity]customer.Link
	profiles map[customer.ID]customer.Profile
	facts    map[customer.ID][]customer.Fact // that count: none of a record that is marked as moved
	all      map[customer.ID][]customer.Fact
	sends    map[customer.ID][]customer.Send
}

func (w *world) read() (state, error) {
	s := state{links: map[customer.Identity]customer.Link{}, profiles: map[customer.ID]customer.Profile{},
		facts: map[customer.ID][]customer.Fact{}, all: map[customer.ID][]customer.Fact{}, sends: map[customer.ID][]customer.Send{}}
	for cursor, more := "", true; more; {
		page, next, err := w.store.ScanLinks(w.ctx, cursor)
		if err != nil {
			return s, err
		}
		for _, l := range page {
			s.links[l.Identity] = l
		}
		cursor, more = next, next != ""
	}
	for cursor, more := "", true; more; {
		page, next, err := w.store.ScanProfiles(w.ctx, 0, 1, cursor)
		if err != nil {
			return s, err
		}
		for _, p := range page {
			s.profiles[p.ID] = p
			w.touched[p.ID] = true
		}
		cursor, more = next, next != ""
	}
	for id := range w.touched {
		facts, err := w.store.Facts(w.ctx, id)
		if err != nil {
			return s, err
		}
		moved := map[customer.Identity]bool{}
		for _, f := range facts {
			s.all[id] = append(s.all[id], f)
			moved[f.Record] = moved[f.Record] || f.Body.Moved != nil
		}
		for _, f := range facts {
			if !moved[f.Record] && f.Body != (customer.Body{}) {
				s.facts[id] = append(s.facts[id], f)
			}
		}
		if s.sends[id], err = w.store.Sends(w.ctx, id); err != nil {
			return s, err
		}
	}
	return s, nil
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// customers returns each customer as the facts and the folded part say, ids
// aside, sorted.
func (s state) customers() []string {
	var all []string
	for id, facts := range s.facts {
		var names []string
		for _, f := range facts {
			names = append(names, f.ID()+" "+string(f.Version))
		}
		slices.Sort(names)
		all = append(all, strings.Join(names, "\n")+"\n"+text(s.profiles[id].Folded))
	}
	slices.Sort(all)
	return all
}

// wrong returns what is not as it must be when nothing is left to do, whatever
// happened before.
func (s state) wrong() []string {
	var found []string
	bad := func(format string, a ...any) { found = append(found, fmt.Sprintf(format, a...)) }
	for id, p := range s.profiles {
		if want := customer.Fold(s.all[id], zone); text(p.Folded) != text(want) {
			bad("invariant 2: the profile of %s is not the fold of its facts:\n%s\n%s", id, text(p.Folded), text(want))
		}
		_, alias := s.links[customer.AliasIdentity(id)]
		if alias && !p.Empty() {
			bad("%s lives, and is an alias", id)
		}
	}
	at := map[string]customer.ID{}
	for id, facts := range s.facts {
		if _, ok := s.profiles[id]; !ok && !(customer.Profile{Folded: customer.Fold(facts, zone)}).Empty() {
			bad("%s has facts and no profile", id)
		}
		for _, f := range facts {
			if other, ok := at[f.ID()]; ok {
				bad("%s is with two customers, %s and %s", f.ID(), id, other)
			}
			at[f.ID()] = id
			if l := s.links[f.Record]; l.Customer != id {
				bad("%s is with %s, its link says %q", f.ID(), id, l.Customer)
			}
		}
	}
	for i, l := range s.links {
		if len(l.From) > 0 || len(l.Unsettled) > 0 {
			bad("%s is not settled: from %v, unsettled %v", i, l.From, l.Unsettled)
		}
	}
	slices.Sort(found)
	return found
}

// latest returns of every fact in the history the version that must be kept.
func latest(history []message) map[string]customer.Version {
	best := map[string]customer.Version{}
	for _, m := range history {
		for _, e := range m {
			if e.Fact == nil {
				continue
			}
			f := *e.Fact
			f.Record = e.Record
			best[f.ID()] = max(best[f.ID()], f.Version)
		}
	}
	return best
}

// lost returns what is stored otherwise than the history says.
func (s state) lost(history []message) []string {
	var found []string
	stored := map[string]customer.Version{}
	for _, facts := range s.facts {
		for _, f := range facts {
			stored[f.ID()] = f.Version
		}
	}
	for id, v := range latest(history) {
		if stored[id] != v {
			found = append(found, fmt.Sprintf("%s is stored as %q, want %q", id, stored[id], v))
		}
	}
	slices.Sort(found)
	return found
}
