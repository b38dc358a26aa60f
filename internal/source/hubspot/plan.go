package hubspot

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// A Plan is what follows from the changes of one delivery. It depends on their
// set alone.
type Plan struct {
	// Dirty are the objects to read, each once, sorted.
	Dirty []Object
	// Events need no reading: deletions, merges, erasures.
	Events []customer.Event
	// Unwanted counts the changes that are of no use.
	Unwanted int

	associated map[Object]time.Time // when the latest change of an association of it occurred
}

// NewPlan returns what follows from changes. Since HubSpot sends several
// changes of an object in no order, and none of them whole, the object is read
// once for all of them.
func NewPlan(changes []Change) Plan {
	p := planning{dirty: map[Object]bool{}, erased: map[Object]bool{}, plan: Plan{associated: map[Object]time.Time{}}}
	for _, c := range changes {
		if !p.add(c) {
			p.plan.Unwanted++
		}
	}
	for o := range p.erased {
		delete(p.dirty, o)
	}
	p.plan.Dirty = slices.SortedFunc(maps.Keys(p.dirty), compareObjects)
	slices.SortStableFunc(p.plan.Events, compareEvents)
	p.plan.Events = slices.CompactFunc(p.plan.Events, func(a, b customer.Event) bool { return compareEvents(a, b) == 0 })
	return p.plan
}

type planning struct {
	plan          Plan
	dirty, erased map[Object]bool
}

// add reports whether c is of use.
func (p *planning) add(c Change) bool {
	if c.Action == "associationChange" {
		return p.associate(c)
	}
	o := Object{c.Portal, c.Type, c.ID}
	if o.Type == "" {
		return false
	}
	switch c.Action {
	case "creation", "propertyChange":
		p.dirty[o] = true
	case "restore":
		p.dirty[o] = true
		p.deleted(o, c, false)
	case "deletion":
		p.deleted(o, c, true)
	case "merge":
		return p.merge(c)
	case "privacyDeletion":
		if o.Type != contacts {
			return false
		}
		p.erased[o] = true
		p.plan.Events = append(p.plan.Events, customer.Event{Record: o.record(), Command: &customer.Command{Kind: customer.Erase, At: c.Occurred}})
	default:
		return false
	}
	return true
}

// associate marks both sides, since whose a thing is can only be read from it.
func (p *planning) associate(c Change) bool {
	used := false
	for _, o := range []Object{c.From, c.To} {
		if o.Type == "" {
			continue
		}
		used, p.dirty[o] = true, true
		if c.Occurred.After(p.plan.associated[o]) {
			p.plan.associated[o] = c.Occurred
		}
	}
	return used
}

// deleted notes that o went into the recycle bin or came out. A company is no
// record of anybody's: what it said of its contacts stays.
func (p *planning) deleted(o Object, c Change, gone bool) {
	if o.Type == companies {
		return
	}
	p.plan.Events = append(p.plan.Events, customer.Event{Record: o.record(), Fact: &customer.Fact{
		Record: o.record(), Key: "deleted", Version: c.version(), At: c.Occurred,
		Body: customer.Body{Deleted: &customer.Deleted{Deleted: gone}},
	}})
}

// merge joins all records but the one that survives, which can be a new one.
// Merged deals and tickets are simply gone: the survivor holds what they held.
func (p *planning) merge(c Change) bool {
	into := Object{c.Portal, c.Type, cmp.Or(c.New, c.Primary, c.ID)}
	p.dirty[into] = true
	gone := append([]string{c.Primary}, c.Merged...)
	slices.Sort(gone)
	for _, id := range slices.Compact(gone) {
		if id == "" || id == into.ID {
			continue
		}
		from := Object{c.Portal, c.Type, id}
		if c.Type == contacts {
			p.plan.Events = append(p.plan.Events, merged(from, into, c.Occurred))
		} else {
			p.deleted(from, c, true)
		}
	}
	return true
}

// merged says that HubSpot joined the contact from into another at an instant.
func merged(from, into Object, at time.Time) customer.Event {
	return customer.Event{
		Record: from.record(),
		Fact: &customer.Fact{Record: from.record(), Key: "merged", Version: customer.NewVersion(at, into.ID), At: at,
			Body: customer.Body{Merged: &customer.Merged{Into: into.record()}}},
		Command: &customer.Command{Kind: customer.Merge, At: at, Into: into.record()},
	}
}

func compareObjects(a, b Object) int {
	return cmp.Or(strings.Compare(a.Portal, b.Portal), strings.Compare(a.Type, b.Type), compareIDs(a.ID, b.ID))
}

// compareIDs orders numbers without leading zeros by size.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

func compareEvents(a, b customer.Event) int {
	return cmp.Or(strings.Compare(string(a.Record), string(b.Record)), strings.Compare(sortKey(a), sortKey(b)))
}

func sortKey(e customer.Event) string {
	if e.Fact != nil {
		return e.Fact.Key + " " + string(e.Fact.Version)
	}
	return string(e.Command.Kind) + " " + e.Command.At.Format(time.RFC3339Nano)
}
