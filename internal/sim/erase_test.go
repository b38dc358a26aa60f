package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/sim"
)

// remains returns what is left of whom the history erased: people for good,
// accounts up to an instant.
func (s state) remains(history []message) []string {
	var found []string
	for _, m := range history {
		for _, e := range m {
			if e.Command == nil {
				continue
			}
			switch e.Command.Kind {
			case customer.Erase:
				found = append(found, s.traces(e.Record)...)
				if i := customer.EmailIdentity(e.Command.Email); i != "" {
					found = append(found, s.traces(i)...)
				}
			case customer.EraseAccount:
				found = append(found, s.told(e.Record.Account(), e.Command.At)...)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// traces returns where an identity still occurs.
func (s state) traces(i customer.Identity) []string {
	var found []string
	for name, l := range s.links {
		if name == i || slices.Contains(l.Holders, i) || l.Email.To == i || l.Parent.To == i {
			found = append(found, fmt.Sprintf("invariant 6: %s is in the link of %s", i, name))
		}
	}
	for id, facts := range s.all {
		for _, f := range facts {
			if f.Record == i {
				found = append(found, fmt.Sprintf("invariant 6: %s is in the fact %s of %s", i, f.ID(), id))
			}
		}
	}
	for id, p := range s.profiles {
		if slices.Contains(p.Records, i) || customer.EmailIdentity(p.Email) == i {
			found = append(found, fmt.Sprintf("invariant 6: %s is in the profile of %s", i, id))
		}
	}
	return found
}

// told returns the facts that an account told up to an instant.
func (s state) told(a customer.Account, until time.Time) []string {
	var found []string
	for id, facts := range s.all {
		for _, f := range facts {
			if f.Record.Account() == a && f.Body != (customer.Body{}) && f.Body.Moved == nil && !f.Version.Time().After(until) {
				found = append(found, fmt.Sprintf("invariant 6: %s of %s is from before its account was erased", f.ID(), id))
			}
		}
	}
	return found
}

// alone returns what of the history has nothing to do with anybody who was
// erased: no record or address in common, over however many steps.
func alone(history []message) []message {
	touched := map[customer.Identity]bool{}
	names := func(m message) []customer.Identity {
		var all []customer.Identity
		for _, e := range m {
			all = append(all, e.Record)
			if e.Claim != nil {
				all = append(all, e.Claim.Parent, customer.EmailIdentity(e.Claim.Email), customer.PhoneIdentity(e.Claim.Phone))
			}
			if e.Command != nil {
				all = append(all, e.Command.Into, customer.EmailIdentity(e.Command.Email))
			}
		}
		return slices.DeleteFunc(all, func(i customer.Identity) bool { return i == "" })
	}
	for _, m := range history {
		for _, e := range m {
			if e.Command != nil && e.Command.Kind == customer.Erase {
				for _, i := range names(m) {
					touched[i] = true
				}
			}
		}
	}
	for range history {
		for _, m := range history {
			if all := names(m); slices.ContainsFunc(all, func(i customer.Identity) bool { return touched[i] }) {
				for _, i := range all {
					touched[i] = true
				}
			}
		}
	}
	var left []message
	for _, m := range history {
		if !slices.ContainsFunc(names(m), func(i customer.Identity) bool { return touched[i] }) {
			left = append(left, m)
		}
	}
	return left
}

// erasures adds to a history that people are erased.
func erasures(t *rapid.T, history []message) []message {
	for range rapid.IntRange(1, 2).Draw(t, "erasures") {
		c := &customer.Command{Kind: customer.Erase, At: start.AddDate(0, 0, 20), Email: rapid.SampledFrom(emails[:3]).Draw(t, "erased address")}
		m := message{{Record: rapid.SampledFrom(people).Draw(t, "erased"), Command: c}}
		if rapid.Bool().Draw(t, "with an order") {
			o := rapid.SampledFrom(orders).Draw(t, "erased order")
			m = append(m, customer.Event{Record: o, Command: &customer.Command{Kind: customer.Erase, At: c.At}})
		}
		history = append(history, m)
	}
	return history
}

// undisturbed returns s for one process that dies and fails anywhere, or for
// two of which none does. Of two, one may learn the place of a record, store a
// fact there after the other erased it, and die: the message comes again, and
// nothing says any more where that was.
func (s scenario) undisturbed() scenario {
	if s.workers = min(s.workers, 2); s.workers == 2 {
		s.plan = slices.DeleteFunc(s.plan, func(turn sim.Turn) bool { return turn.Fate != sim.Pass })
	}
	return s
}

// Invariant 6: whoever is erased stays so, whatever comes before and after and
// wherever the process dies, and nobody else is the worse for it.
func TestErasedStaysErased(t *testing.T) {
	open := stores(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := scenarios(rt, erasures(rt, histories(rt, 7))).undisturbed()
		end, _, err := final(t, open, s)
		if err != nil {
			rt.Fatalf("%v\n%v", s, err)
		}
		problems := append(end.wrong(), end.remains(s.history)...)
		for _, l := range end.lost(alone(s.history)) {
			problems = append(problems, "nobody asked to forget this: "+l)
		}
		if len(problems) > 0 {
			rt.Fatalf("%v\n%s", s, strings.Join(problems, "\n"))
		}
	})
}

// Invariant 6 for accounts: what a shop told before it was erased goes, what it
// tells after it is back stays.
func TestAnErasedAccountKeepsWhatItToldSince(t *testing.T) {
	open := stores(t)
	rapid.Check(t, func(rt *rapid.T) {
		until := start.Add(time.Duration(rapid.IntRange(0, 12).Draw(rt, "until")) * time.Hour)
		history := histories(rt, 7)
		var kept []message
		for _, m := range history {
			var left message
			for _, e := range m {
				if e.Record.Account() != shopA || e.Fact != nil && e.Fact.Version.Time().After(until) {
					left = append(left, e)
				}
			}
			kept = append(kept, left)
		}
		shop := message{{Record: shopA.Record("shop"), Command: &customer.Command{Kind: customer.EraseAccount, At: until}}}
		s := scenarios(rt, append(history, shop))
		s.workers = 1
		end, _, err := final(t, open, s)
		if err != nil {
			rt.Fatalf("%v\n%v", s, err)
		}
		// A link that was put back is settled when its record is next heard of.
		problems := slices.DeleteFunc(end.wrong(), func(p string) bool { return strings.Contains(p, "is not settled") })
		problems = append(problems, end.remains(s.history)...)
		problems = append(problems, end.lost(kept)...)
		if len(problems) > 0 {
			rt.Fatalf("%v\n%s", s, strings.Join(problems, "\n"))
		}
	})
}
