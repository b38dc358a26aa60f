package identity

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// settleAll gives every record around l its place, again until nothing is left
// to write. Whatever somebody else writes meanwhile is seen by the last look
// of one of the two: each looks again after its own last write.
func (r Registry) settleAll(ctx context.Context, l customer.Link, now time.Time) ([]Place, error) {
	var all []Place
	for range 20 {
		g := r.graph(ctx)
		places, wrote, err := r.settle(ctx, g, l.Identity, g.concerned(l), now)
		if err != nil {
			return nil, err
		}
		for _, p := range all { // what moved before may not be concerned any more
			if !slices.ContainsFunc(places, func(q Place) bool { return q.Record == p.Record }) {
				places = append(places, p)
			}
		}
		if all = places; !wrote {
			return all, nil
		}
	}
	return nil, fmt.Errorf("settle records: %w", customer.ErrConflict)
}

// Resettle gives the records that have an address their places again, after one
// that shared it was erased in the middle of being placed, and returns those
// that moved.
func (r Registry) Resettle(ctx context.Context, address customer.Identity, now time.Time) ([]Place, error) {
	var moved []Place
	g := r.graph(ctx)
	for _, h := range g.link(address).Holders {
		l := g.link(h)
		if l.Version == 0 || !slices.Contains(addresses(l), address) {
			continue
		}
		places, err := r.settleAll(ctx, l, now)
		if err != nil {
			return nil, err
		}
		moved = append(moved, places...)
	}
	return moved, g.err
}

// concerned returns the records, standing for themselves, whose group may have
// changed with l: those around its addresses, present and past, those that
// share an address with these, and whoever is in a group with any of them.
func (g *graph) concerned(l customer.Link) []customer.Identity {
	found := map[customer.Identity]bool{g.root(l.Identity): true}
	if l.Founder != "" {
		found[g.root(l.Founder)] = true
	}
	around := map[customer.Identity]bool{}
	for _, root := range slices.Sorted(maps.Keys(found)) {
		for _, a := range addresses(g.link(root)) {
			around[a] = true
		}
	}
	for _, a := range append(addresses(l), l.Unsettled...) {
		around[a] = a.IsAddress()
	}
	// At most three addresses lie between two records of one group: a phone
	// number, the mail address, a phone number.
	for range 3 {
		for _, a := range slices.Sorted(maps.Keys(around)) {
			for _, h := range g.link(a).Holders {
				root := g.root(h)
				found[root] = true
				for _, further := range addresses(g.link(root)) {
					around[further] = true
				}
			}
		}
	}
	for _, root := range slices.Sorted(maps.Keys(found)) {
		for _, m := range g.members(root) {
			found[m] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// settle gives each concerned record that stands for itself its customer, and
// record the customer of its root. It reports whether it wrote anything.
func (r Registry) settle(ctx context.Context, g *graph, record customer.Identity, concerned []customer.Identity, now time.Time) ([]Place, bool, error) {
	var places []Place
	done := map[customer.Identity]bool{}
	anything := false
	own := g.root(record)
	for _, root := range append([]customer.Identity{own}, concerned...) {
		if done[root] || g.link(root).Version == 0 && root != own {
			continue
		}
		done[root] = true
		h := g.home(root)
		if g.err != nil {
			return nil, false, g.err
		}
		place, wrote, err := r.place(ctx, g, root, h, now)
		if err != nil {
			return nil, false, err
		}
		anything = anything || wrote
		if root != record && (wrote || len(place.From) > 0) {
			places = append(places, place.moved())
		}
		if root != own {
			continue
		}
		if place, wrote, err = r.place(ctx, g, record, h, now); err != nil {
			return nil, false, err
		}
		anything = anything || wrote
		places = append([]Place{place}, places...)
	}
	return places, anything, g.err
}

// place writes that the facts of record belong to h, and reports whether it
// had to.
func (r Registry) place(ctx context.Context, g *graph, record customer.Identity, h home, now time.Time) (Place, bool, error) {
	l := g.link(record)
	if l.Customer == h.id && l.Founder == h.founder {
		return placeOf(l), false, nil
	}
	if l.Seen.IsZero() {
		l.Seen = now.UTC() // nothing was heard of it yet but that something is its
	}
	l = l.At(h.id, h.founder)
	if err := r.put(ctx, l); err != nil {
		return Place{}, false, err
	}
	l.Version++
	g.links[record] = l
	return placeOf(l), true, nil
}

func placeOf(l customer.Link) Place {
	p := Place{Record: l.Identity, Customer: l.Customer, From: l.From, Since: since(l), Has: addresses(l), Unsettled: len(l.Unsettled) > 0}
	for _, i := range l.Unsettled {
		if i.IsAddress() && i != l.Email.To && i != l.Phone.To {
			p.Had = append(p.Had, i)
		}
	}
	return p
}

// moved returns the place of a record that moves because of another. What is
// to be settled around the record itself is not done with that.
func (p Place) moved() Place {
	p.Unsettled, p.Had = false, nil
	return p
}

// since orders the states of a link. A link that was erased and came back
// begins to count anew, but later.
func since(l customer.Link) customer.Version {
	return customer.NewVersion(l.Seen, fmt.Sprintf("%012d", l.Version))
}

// Follow gives records that belong to others the customer of theirs, after
// that one may have moved, and returns the places of those that are not where
// they were.
func (r Registry) Follow(ctx context.Context, records []customer.Identity, now time.Time) ([]Place, error) {
	g := r.graph(ctx)
	g.load(records)
	var places []Place
	for _, record := range records {
		root := g.link(g.root(record))
		if g.err != nil {
			return nil, g.err
		}
		if root.Customer == "" || g.link(record).Version == 0 {
			continue
		}
		p, wrote, err := r.place(ctx, g, record, home{root.Customer, root.Founder}, now)
		if errors.Is(err, customer.ErrConflict) {
			return r.Follow(ctx, records, now)
		}
		if err != nil {
			return nil, err
		}
		if wrote || len(p.From) > 0 {
			places = append(places, p.moved())
		}
	}
	return places, nil
}
