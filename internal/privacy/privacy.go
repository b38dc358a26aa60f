// Package privacy forgets people, and tells them what is known.
package privacy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/identity"
)

// A Store is what forgetting and telling need of one.
type Store interface {
	identity.Store
	DeleteLink(ctx context.Context, id customer.Identity) error
	ScanLinks(ctx context.Context, cursor string) (page []customer.Link, next string, err error)
	Profile(ctx context.Context, id customer.ID) (customer.Profile, error)
	PutProfile(ctx context.Context, p customer.Profile) error
	DeleteProfile(ctx context.Context, id customer.ID, version int64) error
	Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error)
	DeleteFact(ctx context.Context, id customer.ID, fact string) error
	Sends(ctx context.Context, id customer.ID) ([]customer.Send, error)
	DeleteSend(ctx context.Context, key customer.SendKey) error
	Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error)
	PutInsight(ctx context.Context, i customer.Insight) error
	DeleteInsight(ctx context.Context, kind, date string) error
}

// A Desk carries out what the law grants a person.
type Desk struct {
	Store      Store
	Tombstones Tombstones
	Zone       *time.Location
}

// Obey carries out a command about record. Merge is not among them.
func (d Desk) Obey(ctx context.Context, record customer.Identity, c customer.Command, now time.Time) error {
	switch c.Kind {
	case customer.Erase:
		return d.Erase(ctx, []customer.Identity{record, customer.EmailIdentity(c.Email), customer.PhoneIdentity(c.Phone)}, now)
	case forget:
		return d.again(ctx, record, c, now)
	case customer.EraseAccount:
		return d.EraseAccount(ctx, record.Account(), c.At)
	case customer.Export:
		return d.note(ctx, record, c)
	case customer.Disconnect:
		return d.disconnect(ctx, record.Account(), c.At)
	}
	return fmt.Errorf("%w: command %q", customer.ErrInvalid, c.Kind)
}

// Erase forgets the people behind identities: profile, facts, sends and links
// go, tombstones stay, so that no late event and no import brings them back.
// Of an address, everybody who has it is forgotten.
//
// Invariant: the tombstones stand before the first thing goes; the facts, which
// say whose links there are, go after those; and the links by which who asked
// found the facts go last. A process that dies in between is repeated by the
// message that asked, and finds what is left.
func (d Desk) Erase(ctx context.Context, identities []customer.Identity, now time.Time) error {
	identities = slices.DeleteFunc(slices.Clone(identities), func(i customer.Identity) bool { return i == "" })
	for _, i := range identities {
		if err := d.Tombstones.put(ctx, i, now); err != nil {
			return err
		}
	}
	for _, i := range identities {
		if err := d.eraseIdentity(ctx, i, identities, now); err != nil {
			return err
		}
	}
	return nil
}

// eraseIdentity forgets whomever i leads to, and then i. all are the names
// under which the same people may be kept. Whoever stored a fact of theirs and
// found the link in place did so before it was dropped: the last look, after
// that, finds it.
func (d Desk) eraseIdentity(ctx context.Context, i customer.Identity, all []customer.Identity, now time.Time) error {
	ids, holders, err := d.who(ctx, i)
	if err != nil {
		return err
	}
	for range 20 {
		for _, id := range ids {
			if err := d.erase(ctx, id, append(slices.Clone(holders), all...), now); err != nil {
				return err
			}
		}
		if err := d.unlink(ctx, i, holders, all); err != nil {
			return err
		}
		left, err := d.left(ctx, ids)
		if err != nil || !left {
			return err
		}
	}
	return fmt.Errorf("erase identity: %w", customer.ErrConflict)
}

// unlink drops i and the links that lead from it, and what is kept under the
// names of these alone.
func (d Desk) unlink(ctx context.Context, i customer.Identity, holders, all []customer.Identity) error {
	stored, err := d.Store.Links(ctx, []customer.Identity{i})
	if err != nil {
		return fmt.Errorf("read link: %w", err)
	}
	if err := d.clear(ctx, i.ID(), all); err != nil {
		return err
	}
	for _, l := range stored { // of which there may be no fact yet
		for _, address := range addresses(l) {
			if err := d.release(ctx, address, i); err != nil {
				return err
			}
		}
	}
	for _, name := range append(slices.Clone(holders), i) {
		if err := d.Store.DeleteLink(ctx, name); err != nil {
			return fmt.Errorf("drop link: %w", err)
		}
	}
	return nil
}

// left reports whether any of these customers has facts.
func (d Desk) left(ctx context.Context, ids []customer.ID) (bool, error) {
	for _, id := range ids {
		facts, err := d.Store.Facts(ctx, id)
		if err != nil {
			return false, fmt.Errorf("read facts: %w", err)
		}
		if len(facts) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// who returns the customers that an identity leads to, and the stored records
// by which it does, those first to which others belong.
func (d Desk) who(ctx context.Context, i customer.Identity) ([]customer.ID, []customer.Identity, error) {
	names := []customer.Identity{i}
	if i.IsAddress() {
		stored, err := d.Store.Links(ctx, names)
		if err != nil {
			return nil, nil, fmt.Errorf("read address: %w", err)
		}
		names = nil
		for _, l := range stored {
			names = l.Holders
		}
		holders, err := d.Store.Links(ctx, names)
		if err != nil {
			return nil, nil, fmt.Errorf("read holders: %w", err)
		}
		names = nil
		for _, l := range holders {
			if l.Email.To == i || l.Phone.To == i {
				names = append(names, l.Identity)
			}
		}
	}
	var ids []customer.ID
	for _, name := range names {
		id, err := identity.Find(ctx, d.Store, name)
		if err != nil && !errors.Is(err, customer.ErrNotFound) {
			return nil, nil, err
		}
		if err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	_, path, err := d.links(ctx, names, nil)
	if err != nil {
		return nil, nil, err
	}
	names = nil
	for _, l := range slices.Backward(path) {
		names = append(names, l.Identity)
	}
	return ids, names, nil
}
