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

// A Store keeps links. A link carries the version it was read at; PutLink
// returns [customer.ErrConflict] if that is not the stored one.
type Store interface {
	// Links returns those of ids that are stored, as they are now.
	Links(ctx context.Context, ids []customer.Identity) ([]customer.Link, error)
	PutLink(ctx context.Context, l customer.Link) error
}

// A Registry brings the links up to date with what sources claim.
type Registry struct {
	Store Store
	// Erased reports whether what was said at an instant is of a person, or an
	// account, that was erased since. A nil Erased means that nobody was.
	Erased func(ctx context.Context, id customer.Identity, said time.Time) (bool, error)
}

// A Place is where a record's facts belong.
type Place struct {
	Record   customer.Identity
	Customer customer.ID
	// From are customers with whom facts of the record may be left behind.
	From []customer.ID
	// Unsettled: [Registry.Arrived] is to be told once the facts of all places
	// returned together are where they belong.
	Unsettled bool
}

// Resolve brings the links up to date with what was said of whom record
// belongs to, and returns where its facts belong, first, and every other
// record whose place changed in consequence. claims may be empty, and merged
// "". It returns [customer.ErrErased] if the record, or a person it is claimed
// for, was erased; then it changed nothing.
//
// A link keeps the version of the claim that made a tie, not of later ones
// that only confirm it: a write for each of those would double the cost of a
// webhook. So a late claim can undo a tie that was confirmed since. Whoever
// stores facts therefore calls Resolve once more, with the claims of all the
// facts it finds stored, and is told the right place then.
//
// Invariant: an address lists every record whose claim names it, and a record
// lists every customer who may hold facts of it. So the places are a function
// of the links, and whoever resolves any of these records next finds work left
// over by a process that died.
func (r Registry) Resolve(ctx context.Context, record customer.Identity, claims []customer.Claim, merged customer.Identity, now time.Time) ([]Place, error) {
	for range 20 {
		places, err := r.resolve(ctx, record, claims, merged, now)
		if !errors.Is(err, customer.ErrConflict) {
			return places, err
		}
	}
	return nil, fmt.Errorf("resolve identity: %w", customer.ErrConflict)
}

func (r Registry) resolve(ctx context.Context, record customer.Identity, claims []customer.Claim, merged customer.Identity, now time.Time) ([]Place, error) {
	g := r.graph(ctx)
	around := []customer.Identity{record}
	for _, c := range claims {
		around = append(around, c.Parent)
	}
	g.load(around)
	l := g.link(record)
	next := l
	for _, c := range claims {
		next = next.Ties(c)
	}
	if merged != "" && merged != record {
		next.Merged = merged
	}
	changed := !sameTies(l, next)
	if l.Version > 0 && !changed && len(l.Unsettled) == 0 {
		root := g.link(g.root(record))
		if g.err != nil {
			return nil, g.err
		}
		if root.Customer != "" && root.Customer == l.Customer {
			return []Place{placeOf(l)}, nil
		}
	}
	if l.Version == 0 || changed {
		if err := r.refuseErased(ctx, g, next, claims); err != nil {
			return nil, err
		}
	}
	return r.relink(ctx, g, l, next, now)
}

func (r Registry) graph(ctx context.Context) *graph {
	return &graph{ctx: ctx, store: r.Store, links: map[customer.Identity]customer.Link{}}
}

// sameTies reports whether a and b are bound to the same. A newer version of
// the same tie is not worth a write, for the facts have it.
func sameTies(a, b customer.Link) bool {
	return a.Merged == b.Merged && a.Parent.To == b.Parent.To && a.Email.To == b.Email.To && a.Phone.To == b.Phone.To
}

func (r Registry) refuseErased(ctx context.Context, g *graph, next customer.Link, claims []customer.Claim) error {
	if r.Erased == nil {
		return nil
	}
	var said time.Time
	for _, c := range claims {
		if t := c.Version.Time(); t.After(said) {
			said = t
		}
	}
	seen := map[customer.Identity]bool{"": true}
	for _, id := range []customer.Identity{next.Identity, parent(next), g.root(parent(next)), next.Email.To, next.Phone.To} {
		if seen[id] || g.err != nil {
			continue
		}
		seen[id] = true
		erased, err := r.Erased(ctx, id, said)
		if err != nil {
			return fmt.Errorf("look for tombstone: %w", err)
		}
		if erased {
			return customer.ErrErased
		}
	}
	return g.err
}

// relink writes next in place of l and gives every record that is concerned
// its place.
func (r Registry) relink(ctx context.Context, g *graph, l, next customer.Link, now time.Time) ([]Place, error) {
	if next.Version == 0 {
		next.Seen = now.UTC()
	}
	if p := parent(next); p != "" && len(addresses(l)) == 0 && len(l.Unsettled) == 0 {
		// A thing without addresses, given to a known customer, changes no group.
		if root := g.link(g.root(p)); root.Customer != "" && len(root.Unsettled) == 0 && g.err == nil {
			next = next.At(root.Customer, root.Founder)
			return []Place{placeOf(next)}, r.put(ctx, next)
		}
	}
	// The addresses come first: a process that dies after them leaves a holder
	// too many, which its own link disowns.
	if parent(next) == "" {
		for _, a := range addresses(next) {
			if err := r.hold(ctx, g, a, next.Identity); err != nil {
				return nil, err
			}
		}
	}
	if len(l.Unsettled) == 0 || !sameTies(l, next) {
		next.Unsettled = append(slices.Clone(l.Unsettled), next.Identity)
		next.Unsettled = append(next.Unsettled, addresses(l)...)
		slices.Sort(next.Unsettled)
		next.Unsettled = slices.Compact(next.Unsettled)
		g.links[next.Identity] = next
		h := g.home(g.root(next.Identity))
		if g.err != nil {
			return nil, g.err
		}
		next = next.At(h.id, h.founder)
		if err := r.put(ctx, next); err != nil {
			return nil, err
		}
	}
	g = r.graph(ctx) // read afresh, for what follows decides
	return r.settle(ctx, g, next.Identity, g.concerned(next), now)
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
	for root := range found {
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
		for _, a := range slices.Collect(maps.Keys(around)) {
			for _, h := range g.link(a).Holders {
				root := g.root(h)
				found[root] = true
				for _, further := range addresses(g.link(root)) {
					around[further] = true
				}
			}
		}
	}
	for _, root := range slices.Collect(maps.Keys(found)) {
		for _, m := range g.members(root) {
			found[m] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// settle gives each concerned record that stands for itself its customer, and
// record the customer of its root.
func (r Registry) settle(ctx context.Context, g *graph, record customer.Identity, concerned []customer.Identity, now time.Time) ([]Place, error) {
	var places []Place
	done := map[customer.Identity]bool{}
	for _, root := range append([]customer.Identity{g.root(record)}, concerned...) {
		if done[root] || g.link(root).Version == 0 && root != g.root(record) {
			continue
		}
		done[root] = true
		h := g.home(root)
		if g.err != nil {
			return nil, g.err
		}
		place, changed, err := r.place(ctx, g, root, h, now)
		if err != nil {
			return nil, err
		}
		if root != record && changed {
			places = append(places, place)
		}
		if root == g.root(record) {
			own, _, err := r.place(ctx, g, record, h, now)
			if err != nil {
				return nil, err
			}
			places = append([]Place{own}, places...)
		}
	}
	return places, g.err
}

// place writes that the facts of record belong to h.
func (r Registry) place(ctx context.Context, g *graph, record customer.Identity, h home, now time.Time) (Place, bool, error) {
	l := g.link(record)
	if l.Customer == h.id && l.Founder == h.founder {
		return placeOf(l), len(l.From) > 0, nil
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
	return Place{Record: l.Identity, Customer: l.Customer, From: l.From, Unsettled: len(l.Unsettled) > 0}
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
		p, changed, err := r.place(ctx, g, record, home{root.Customer, root.Founder}, now)
		if errors.Is(err, customer.ErrConflict) {
			return r.Follow(ctx, records, now)
		}
		if err != nil {
			return nil, err
		}
		if changed {
			places = append(places, p)
		}
	}
	return places, nil
}

// hold lists record among the holders of an address.
func (r Registry) hold(ctx context.Context, g *graph, address, record customer.Identity) error {
	l := g.link(address)
	if g.err != nil || slices.Contains(l.Holders, record) {
		return g.err
	}
	l.Holders = append(slices.Clone(l.Holders), record)
	slices.Sort(l.Holders)
	return r.put(ctx, l)
}

// Arrived records that no fact of the place's record is left with its From,
// and that whoever had to move because of the record has moved.
func (r Registry) Arrived(ctx context.Context, p Place) error {
	for range 20 {
		g := r.graph(ctx)
		l := g.link(p.Record)
		if g.err != nil || l.Version == 0 {
			return g.err
		}
		left := slices.DeleteFunc(slices.Clone(l.From), func(id customer.ID) bool { return slices.Contains(p.From, id) })
		if len(left) == len(l.From) && len(l.Unsettled) == 0 {
			return nil
		}
		l.From, l.Unsettled = left, nil
		if err := r.put(ctx, l); !errors.Is(err, customer.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("record arrival: %w", customer.ErrConflict)
}

func (r Registry) put(ctx context.Context, l customer.Link) error {
	if err := r.Store.PutLink(ctx, l); err != nil {
		return fmt.Errorf("write link: %w", err)
	}
	return nil
}

// addresses returns the addresses by which l may be grouped.
func addresses(l customer.Link) []customer.Identity {
	var all []customer.Identity
	for _, t := range []customer.Tie{l.Email, l.Phone} {
		if t.To != "" {
			all = append(all, t.To)
		}
	}
	return all
}
