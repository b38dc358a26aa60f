// Package privacy forgets people, and tells them what is known.
package privacy

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// Tombstones are what remains of the erased: keyed hashes of their identities,
// which say nothing to who does not hold the key.
type Tombstones struct {
	Store Store
	// Keys are the hash keys; the first writes, all are looked for, so that a
	// key can be replaced.
	Keys [][]byte
}

func (t Tombstones) name(key []byte, id customer.Identity) customer.Identity {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id))
	return customer.Identity("gone/" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil))))
}

// Erased reports whether a person with this identity was erased, or everything
// that its account had told by the time that said was said.
func (t Tombstones) Erased(ctx context.Context, id customer.Identity, said time.Time) (bool, error) {
	account := accountTombstone(id.Account())
	names := []customer.Identity{account}
	for _, key := range t.Keys {
		names = append(names, t.name(key, id))
	}
	found, err := t.Store.Links(ctx, names)
	if err != nil {
		return false, fmt.Errorf("read tombstone: %w", err)
	}
	for _, l := range found {
		if l.Identity != account || !said.After(l.Erased) {
			return true, nil
		}
	}
	return false, nil
}

func (t Tombstones) put(ctx context.Context, id customer.Identity, now time.Time) error {
	if id == "" {
		return nil
	}
	if len(t.Keys) == 0 {
		return errors.New("no key to hash the erased with")
	}
	err := t.Store.PutLink(ctx, customer.Link{Identity: t.name(t.Keys[0], id), Erased: now.UTC()})
	if errors.Is(err, customer.ErrConflict) {
		return nil // it stands already
	}
	if err != nil {
		return fmt.Errorf("put tombstone: %w", err)
	}
	return nil
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
//
// Invariant: the tombstones stand before the first thing goes, and the links
// that lead to the rest go last. A process that dies in between is repeated by
// the message that asked, and finds what is left.
func (d Desk) Erase(ctx context.Context, identities []customer.Identity, now time.Time) error {
	identities = slices.DeleteFunc(slices.Clone(identities), func(i customer.Identity) bool { return i == "" })
	ids := map[customer.ID]bool{}
	for _, i := range identities {
		id, err := identity.Find(ctx, d.Store, i)
		if errors.Is(err, customer.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		ids[id] = true
	}
	for _, i := range identities {
		if err := d.Tombstones.put(ctx, i, now); err != nil {
			return err
		}
	}
	for id := range ids {
		if err := d.erase(ctx, id, now); err != nil {
			return err
		}
	}
	for _, i := range identities {
		if err := d.Store.DeleteLink(ctx, i); err != nil {
			return fmt.Errorf("drop link: %w", err)
		}
	}
	return nil
}

// erase forgets one customer.
func (d Desk) erase(ctx context.Context, id customer.ID, now time.Time) error {
	facts, err := d.Store.Facts(ctx, id)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	links, err := d.links(ctx, facts)
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := d.Tombstones.put(ctx, l, now); err != nil {
			return err
		}
	}
	sends, err := d.Store.Sends(ctx, id)
	if err != nil {
		return fmt.Errorf("read sends: %w", err)
	}
	for _, s := range sends {
		if err := d.Store.DeleteSend(ctx, s.SendKey); err != nil {
			return fmt.Errorf("drop send: %w", err)
		}
	}
	for _, f := range facts {
		if err := d.Store.DeleteFact(ctx, id, f.ID()); err != nil {
			return fmt.Errorf("drop fact: %w", err)
		}
	}
	if err := d.dropProfile(ctx, id); err != nil {
		return err
	}
	for _, l := range links {
		if err := d.Store.DeleteLink(ctx, l); err != nil {
			return fmt.Errorf("drop link: %w", err)
		}
	}
	return nil
}

// links returns all identities of a customer: the records of the facts and
// their parents, and every address any of them ever gave.
func (d Desk) links(ctx context.Context, facts []customer.Fact) ([]customer.Identity, error) {
	found := map[customer.Identity]bool{}
	var records []customer.Identity
	for _, f := range facts {
		records = append(records, f.Record)
		if c := f.Body.Contact; c != nil {
			found[customer.EmailIdentity(c.Email)] = true
			found[customer.PhoneIdentity(c.Phone)] = true
		}
	}
	for len(records) > 0 {
		slices.Sort(records)
		stored, err := d.Store.Links(ctx, slices.Compact(records))
		if err != nil {
			return nil, fmt.Errorf("read links: %w", err)
		}
		for _, r := range records {
			found[r] = true
		}
		records = nil
		for _, l := range stored {
			found[l.Email.To], found[l.Phone.To] = true, true
			for _, parent := range []customer.Identity{l.Parent.To, l.Merged} {
				if parent != "" && !found[parent] {
					records = append(records, parent)
				}
			}
		}
	}
	delete(found, "")
	all := make([]customer.Identity, 0, len(found))
	for i := range found {
		all = append(all, i)
	}
	slices.Sort(all)
	return all, nil
}

func (d Desk) dropProfile(ctx context.Context, id customer.ID) error {
	for range 20 {
		p, err := d.Store.Profile(ctx, id)
		if errors.Is(err, customer.ErrNotFound) {
			return nil
		}
		if err == nil {
			err = d.Store.DeleteProfile(ctx, id, p.Version)
		}
		if err == nil {
			return nil
		}
		if !errors.Is(err, customer.ErrConflict) {
			return fmt.Errorf("drop profile: %w", err)
		}
	}
	return fmt.Errorf("drop profile: %w", customer.ErrConflict)
}
