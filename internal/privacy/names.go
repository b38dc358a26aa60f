package privacy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holdfast/internal/customer"
)

// unshared returns all but the addresses that somebody else has by now.
func (d Desk) unshared(ctx context.Context, all []customer.Identity) ([]customer.Identity, error) {
	var names []customer.Identity
	for _, i := range all {
		shared, err := d.shared(ctx, i, all)
		if err != nil {
			return nil, err
		}
		if shared {
			continue
		}
		names = append(names, i)
	}
	return names, nil
}

// shared reports whether a record that is not among own has the address now.
// Those among own that hold it are taken off it.
func (d Desk) shared(ctx context.Context, address customer.Identity, own []customer.Identity) (bool, error) {
	if !address.IsAddress() {
		return false, nil
	}
	stored, err := d.Store.Links(ctx, []customer.Identity{address})
	if err != nil || len(stored) == 0 {
		return false, err
	}
	holders, err := d.Store.Links(ctx, stored[0].Holders)
	if err != nil {
		return false, fmt.Errorf("read holders: %w", err)
	}
	for _, l := range holders {
		if slices.Contains(own, l.Identity) || l.Email.To != address && l.Phone.To != address {
			continue
		}
		for _, h := range stored[0].Holders {
			if !slices.Contains(own, h) {
				continue
			}
			if err := d.release(ctx, address, h); err != nil {
				return false, err
			}
		}
		return true, nil
	}
	return false, nil
}

// links returns all identities of a customer, sorted: these records and those
// of the facts, their parents, and every address any of them ever gave; and
// the links of the records.
func (d Desk) links(ctx context.Context, records []customer.Identity, facts []customer.Fact) ([]customer.Identity, []customer.Link, error) {
	found := map[customer.Identity]bool{}
	records = slices.Clone(records)
	for _, f := range facts {
		records = append(records, f.Record)
		records = append(records, became(f)...)
	}
	for _, address := range named(facts) {
		found[address] = true
	}
	var links []customer.Link
	for len(records) > 0 {
		slices.Sort(records)
		stored, err := d.Store.Links(ctx, slices.Compact(records))
		if err != nil {
			return nil, nil, fmt.Errorf("read links: %w", err)
		}
		for _, r := range records {
			found[r] = true
		}
		links = append(links, stored...)
		records = nil
		for _, l := range stored {
			for _, address := range addresses(l) {
				found[address] = true
			}
			for _, parent := range []customer.Identity{l.Parent.To, l.Merged} {
				if parent != "" && !found[parent] {
					records = append(records, parent)
				}
			}
		}
	}
	delete(found, "")
	return slices.Sorted(maps.Keys(found)), links, nil
}

// named returns the addresses that facts name, "" among them.
func named(facts []customer.Fact) []customer.Identity {
	var all []customer.Identity
	for _, f := range facts {
		if had, ok := strings.CutPrefix(f.Key, addressKey); ok {
			all = append(all, customer.Identity(had))
		}
		if c := f.Body.Contact; c != nil {
			all = append(all, customer.EmailIdentity(c.Email), customer.PhoneIdentity(c.Phone))
		}
		if c := f.Claim; c != nil {
			all = append(all, customer.EmailIdentity(c.Email), customer.PhoneIdentity(c.Phone))
		}
	}
	return all
}

// addresses returns the addresses that a record has, and those it had that are
// not noted with its facts yet.
func addresses(l customer.Link) []customer.Identity {
	all := append([]customer.Identity{l.Email.To, l.Phone.To}, l.Unsettled...)
	return slices.DeleteFunc(all, func(i customer.Identity) bool { return !i.IsAddress() })
}

// became returns the records of the checkout and the cart that became the
// fact's order, of which nothing else may be known but that.
func became(f customer.Fact) []customer.Identity {
	var records []customer.Identity
	add := func(kind, token string) {
		if token != "" {
			records = append(records, f.Record.Account().Record(kind, token))
		}
	}
	if o := f.Body.Order; o != nil {
		add("checkout", o.Checkout)
		add("cart", o.Cart)
	}
	if c := f.Body.Checkout; c != nil {
		add("cart", c.Cart)
	}
	return records
}
