package privacy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holdfast/internal/customer"
)

// What ingest leaves begins with these: the key of a fact that names a customer
// with whom a record's facts were before, or an address that it had.
const (
	trailKey   = "came/"
	addressKey = "had/"
)

// befores returns where the records of facts were before.
func befores(facts []customer.Fact) []customer.ID {
	var ids []customer.ID
	for _, f := range facts {
		if id, ok := strings.CutPrefix(f.Key, trailKey); ok {
			ids = append(ids, customer.ID(id))
		}
	}
	return ids
}

// A track is what there is of the people behind one customer.
type track struct {
	facts  []customer.Fact     // with the customer
	names  []customer.Identity // their records and addresses
	others []customer.ID       // other customers with whom facts of theirs may be
}

// track follows the people behind a customer, and the records by which they
// were found, to every customer they may be with: those that their links name,
// those they came from, and those of their own names. With these, things that
// belong to them may be left too; whatever else is there is somebody else's.
func (d Desk) track(ctx context.Context, id customer.ID, leading []customer.Identity) (track, error) {
	var t track
	var err error
	if t.facts, err = d.Store.Facts(ctx, id); err != nil {
		return t, fmt.Errorf("read facts: %w", err)
	}
	elsewhere := map[customer.ID][]customer.Fact{}
	parents := map[customer.Identity][]customer.Identity{}
	known := slices.DeleteFunc(slices.Clone(leading), customer.Identity.IsAddress)
	for {
		facts := slices.Clone(t.facts)
		for _, other := range t.others {
			for _, f := range elsewhere[other] {
				theirs := func(i customer.Identity) bool { return slices.Contains(t.names, i) }
				if theirs(f.Record) || slices.ContainsFunc(parents[f.Record], theirs) {
					facts = append(facts, f)
				}
			}
		}
		names, links, err := d.links(ctx, known, facts)
		if err != nil {
			return t, err
		}
		places := befores(facts)
		for _, i := range names {
			if !i.IsAddress() {
				places = append(places, i.ID())
			}
		}
		for _, l := range links {
			places = append(append(places, l.Customer), l.From...)
		}
		for _, other := range places {
			if _, ok := elsewhere[other]; ok || other == id || other == "" {
				continue
			}
			if elsewhere[other], err = d.Store.Facts(ctx, other); err != nil {
				return t, fmt.Errorf("read facts: %w", err)
			}
			if err := d.parents(ctx, elsewhere[other], parents); err != nil {
				return t, err
			}
		}
		others := slices.Sorted(maps.Keys(elsewhere))
		done := slices.Equal(names, t.names) && slices.Equal(others, t.others)
		if t.names, t.others = names, others; done {
			return t, nil
		}
	}
}

// parents adds to found whom the records of facts belong to.
func (d Desk) parents(ctx context.Context, facts []customer.Fact, found map[customer.Identity][]customer.Identity) error {
	var records []customer.Identity
	for _, f := range facts {
		records = append(records, f.Record)
	}
	slices.Sort(records)
	stored, err := d.Store.Links(ctx, slices.Compact(records))
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	for _, l := range stored {
		found[l.Identity] = []customer.Identity{l.Merged, l.Parent.To}
	}
	return nil
}
