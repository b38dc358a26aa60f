// Package identity decides which records belong to one customer.
//
// A record stands for itself, or belongs to another: its source merged it, or
// claims it for that one (an order for its buyer). The records that stand for
// themselves are grouped: those with the same mail address, at most one of
// each source account, are one customer; a record without a mail address joins
// the one customer who has its phone number, if there is exactly one. The
// grouping is a function of the latest claims alone, so that it does not
// depend on the order in which they came. Which facts move in consequence is
// worked out here; moving them is ingest's.
package identity

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holdfast/internal/customer"
)

// graph reads links as it needs them, each once.
type graph struct {
	ctx   context.Context
	store Store
	links map[customer.Identity]customer.Link
	err   error // the first failure; what is returned afterwards means nothing
}

// link returns the stored link of id; one that is not stored is zero but for
// its identity.
func (g *graph) link(id customer.Identity) customer.Link {
	if l, ok := g.links[id]; ok {
		return l
	}
	g.load([]customer.Identity{id})
	return g.links[id]
}

func (g *graph) load(ids []customer.Identity) {
	var missing []customer.Identity
	for _, id := range ids {
		if _, ok := g.links[id]; !ok && id != "" {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 || g.err != nil {
		return
	}
	links, err := g.store.Links(g.ctx, missing)
	if err != nil {
		g.err = fmt.Errorf("read links: %w", err)
		return
	}
	for _, id := range missing {
		g.links[id] = customer.Link{Identity: id}
	}
	for _, l := range links {
		g.links[l.Identity] = l
	}
}

// parent returns the record that id belongs to, "" if it stands for itself.
func parent(l customer.Link) customer.Identity {
	return cmp.Or(l.Merged, l.Parent.To)
}

// root follows id to the record that stands for itself. Records that a source
// merged in a ring are settled on the first of them by name.
func (g *graph) root(id customer.Identity) customer.Identity {
	path := []customer.Identity{id}
	for {
		next := parent(g.link(path[len(path)-1]))
		if next == "" || g.err != nil {
			return path[len(path)-1]
		}
		if i := slices.Index(path, next); i >= 0 {
			return slices.Min(path[i:])
		}
		path = append(path, next)
	}
}

// roots returns those of the holders of an address that stand for themselves
// and have it still.
func (g *graph) roots(address customer.Identity, has func(customer.Link) bool) []customer.Identity {
	if address == "" {
		return nil
	}
	holders := g.link(address).Holders
	g.load(holders)
	var roots []customer.Identity
	for _, h := range holders {
		if g.root(h) == h && parent(g.link(h)) == "" && has(g.link(h)) {
			roots = append(roots, h)
		}
	}
	slices.Sort(roots)
	return slices.Compact(roots)
}

// members returns the records, all standing for themselves, that make one
// customer with root. root is among them.
func (g *graph) members(root customer.Identity) []customer.Identity {
	l := g.link(root)
	email, phone := l.Email.To, l.Phone.To
	if email == "" && phone != "" {
		email = g.emailOf(phone)
	}
	var group []customer.Identity
	if email != "" {
		group = g.byEmail(email)
	}
	if !slices.Contains(group, root) && l.Email.To == "" && phone != "" {
		group = g.byPhone(phone, group)
	}
	if !slices.Contains(group, root) {
		// Another record of the same account has the address: that does not
		// make them one.
		return []customer.Identity{root}
	}
	return group
}

// byEmail returns the records that have the address, one of each account, and
// those that have no address of their own but the phone number of one of them.
func (g *graph) byEmail(email customer.Identity) []customer.Identity {
	group := onePerAccount(nil, g.roots(email, func(l customer.Link) bool { return l.Email.To == email }))
	phones := map[customer.Identity]bool{}
	for _, m := range group {
		if p := g.link(m).Phone.To; p != "" {
			phones[p] = true
		}
	}
	for _, p := range slices.Sorted(maps.Keys(phones)) {
		if g.emailOf(p) == email {
			group = onePerAccount(group, g.phoneOnly(p))
		}
	}
	return group
}

// byPhone returns the records that have the number, no mail address, and no
// place in joined, the group of the number's mail address.
func (g *graph) byPhone(phone customer.Identity, joined []customer.Identity) []customer.Identity {
	left := slices.DeleteFunc(g.phoneOnly(phone), func(r customer.Identity) bool { return slices.Contains(joined, r) })
	return onePerAccount(nil, left)
}

func (g *graph) phoneOnly(phone customer.Identity) []customer.Identity {
	return g.roots(phone, func(l customer.Link) bool { return l.Phone.To == phone && l.Email.To == "" })
}

// emailOf returns the one mail address that goes with a phone number, "" if
// there is none or more than one.
func (g *graph) emailOf(phone customer.Identity) customer.Identity {
	var email customer.Identity
	for _, r := range g.roots(phone, func(l customer.Link) bool { return l.Phone.To == phone && l.Email.To != "" }) {
		e := g.link(r).Email.To
		if email != "" && e != email {
			return ""
		}
		email = e
	}
	return email
}

// onePerAccount adds records to group, but of the customers' own records only
// one of each account: the source's oldest, going by its ids.
func onePerAccount(group, records []customer.Identity) []customer.Identity {
	taken := map[customer.Account]bool{}
	for _, m := range group {
		if m.Person() {
			taken[m.Account()] = true
		}
	}
	records = slices.SortedFunc(slices.Values(records), func(a, b customer.Identity) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(string(a), string(b)))
	})
	for _, r := range records {
		if r.Person() {
			if taken[r.Account()] {
				continue
			}
			taken[r.Account()] = true
		}
		group = append(group, r)
	}
	return group
}

// A home is a customer id and the record it was derived from.
type home struct {
	id      customer.ID
	founder customer.Identity
}

// home returns the customer of the group of root. The member first seen
// decides: its customer stays if the record that founded it is in the group,
// so that an id outlives merges and moves of address; else its own identity
// founds one.
func (g *graph) home(root customer.Identity) home {
	group := g.members(root)
	eldest := slices.MinFunc(group, func(a, b customer.Identity) int {
		return cmp.Or(g.link(a).Seen.Compare(g.link(b).Seen), strings.Compare(string(a), string(b)))
	})
	l := g.link(eldest)
	if l.Customer != "" && l.Founder != "" && slices.Contains(group, g.root(l.Founder)) {
		return home{l.Customer, l.Founder}
	}
	return home{eldest.ID(), eldest}
}

// Find returns the customer that id, a record, an address or an alias, points
// to. It returns [customer.ErrNotFound] if nobody has it.
func Find(ctx context.Context, store Store, id customer.Identity) (customer.ID, error) {
	g := &graph{ctx: ctx, store: store, links: map[customer.Identity]customer.Link{}}
	l := g.link(id)
	var found customer.ID
	switch {
	case !id.IsAddress():
		found = cmp.Or(g.link(g.root(id)).Customer, l.Customer)
	default:
		for _, h := range l.Holders {
			root := g.root(h)
			if r := g.link(root); r.Email.To == id || r.Phone.To == id {
				found = g.home(root).id
				break
			}
		}
	}
	if g.err != nil {
		return "", g.err
	}
	if found == "" {
		return "", fmt.Errorf("find customer: %w", customer.ErrNotFound)
	}
	return found, nil
}
