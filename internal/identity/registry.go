package identity

import (
	"context"
	"errors"
	"fmt"
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
	// Since orders the places that a record had: the later has the greater.
	Since customer.Version
	// Has are the addresses that the record has.
	Has []customer.Identity
	// Had are addresses that the record had before; they are known until
	// [Registry.Arrived] is told.
	Had []customer.Identity
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
	if err := r.refuseErased(ctx, g, next, latest(claims)); err != nil {
		return nil, err
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

// latest returns when the newest of claims was made, zero if there is none.
func latest(claims []customer.Claim) time.Time {
	var said time.Time
	for _, c := range claims {
		if t := c.Version.Time(); t.After(said) {
			said = t
		}
	}
	return said
}

func (r Registry) refuseErased(ctx context.Context, g *graph, next customer.Link, said time.Time) error {
	if r.Erased == nil {
		return nil
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

// flight is how long after a record was first seen a process may still be
// storing what it was told before.
const flight = time.Hour

// Refuse returns [customer.ErrErased] if the record's link binds it to somebody
// who was erased, or to an account that was since something was said. That can
// only be if the link was put while they were: whoever stores facts asks after
// that. A link was not that has stood for an hour and is none of the claims'
// making.
func (r Registry) Refuse(ctx context.Context, record customer.Identity, claims []customer.Claim, said, now time.Time) error {
	g := r.graph(ctx)
	l := g.link(record)
	if g.err != nil || l.Version > 0 && l.Seen.Before(now.Add(-flight)) && !madeBy(l, claims) {
		return g.err
	}
	return r.refuseErased(ctx, g, l, said)
}

// madeBy reports whether a tie of l may be due to one of claims.
func madeBy(l customer.Link, claims []customer.Claim) bool {
	return l.Merged != "" || slices.ContainsFunc(claims, func(c customer.Claim) bool {
		return slices.Contains([]customer.Version{l.Parent.Version, l.Email.Version, l.Phone.Version}, c.Version)
	})
}

// Bind brings the link of a known record up to date with what stored facts
// claim, whoever was erased of those they name, so that an erasure finds the
// record with them. [Registry.Resolve] may have left it otherwise: a late claim
// undid its tie, and the process died before it saw the facts.
func (r Registry) Bind(ctx context.Context, record customer.Identity, claims []customer.Claim, now time.Time) error {
	g := r.graph(ctx)
	if known := g.link(record).Version > 0; g.err != nil || !known {
		return g.err
	}
	r.Erased = nil
	_, err := r.Resolve(ctx, record, claims, "", now)
	return err
}

// Forgotten reports whether somebody to whom the record's link binds it, or its
// account, was ever erased.
func (r Registry) Forgotten(ctx context.Context, record customer.Identity) (bool, error) {
	g := r.graph(ctx)
	l := g.link(record)
	if g.err != nil {
		return false, g.err
	}
	err := r.refuseErased(ctx, g, l, time.Time{})
	if errors.Is(err, customer.ErrErased) {
		return true, nil
	}
	return false, err
}

// relink writes next in place of l and gives every record that is concerned
// its place.
func (r Registry) relink(ctx context.Context, g *graph, l, next customer.Link, now time.Time) ([]Place, error) {
	if next.Version == 0 {
		next.Seen = now.UTC()
	}
	// The addresses come first: a process that dies after them leaves a holder
	// too many, which its own link disowns. A merged record holds its
	// addresses as well, though they group nobody: an erasure asks who has them.
	for _, a := range addresses(next) {
		if slices.Contains(addresses(l), a) {
			continue // it is listed, unless the record was erased meanwhile
		}
		if err := r.hold(ctx, g, a, next.Identity); err != nil {
			return nil, err
		}
	}
	if p := parent(next); p != "" && len(addresses(l)) == 0 && len(l.Unsettled) == 0 {
		// A thing without addresses, given to a known customer, changes no group.
		if root := g.link(g.root(p)); root.Customer != "" && len(root.Unsettled) == 0 && g.err == nil {
			next = next.At(root.Customer, root.Founder)
			err := r.put(ctx, next)
			next.Version++
			return []Place{placeOf(next)}, err
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
	return r.settleAll(ctx, next, now)
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

// Arrived records that no fact of the place's record is left with its From
// alone, and that whoever had to move because of the record has moved. It
// returns [customer.ErrConflict] if the record's place is another by now: then
// facts may have come where they were taken from.
func (r Registry) Arrived(ctx context.Context, p Place) error {
	g := r.graph(ctx)
	l := g.link(p.Record)
	if g.err != nil || len(l.From) == 0 && (len(l.Unsettled) == 0 || !p.Unsettled) {
		return g.err
	}
	if since(l) != p.Since {
		return fmt.Errorf("record arrival: %w", customer.ErrConflict)
	}
	l.From = nil
	if p.Unsettled {
		l.Unsettled = nil
	}
	return r.put(ctx, l)
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
