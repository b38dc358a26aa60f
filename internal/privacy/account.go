package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// The kinds of insight that privacy keeps.
const (
	// DataRequests are requests for a copy of somebody's data, still to be met.
	DataRequests = "data_request"
	// Disconnected are the accounts that withdrew our access.
	Disconnected = "disconnected"
)

// accountTombstone marks until when everything of an account was forgotten.
func accountTombstone(a customer.Account) customer.Identity {
	return "gone/account/" + customer.Identity(a)
}

// EraseAccount forgets everything that an account ever told us: its records'
// facts, and the customers whom nobody else knows. A customer who is known to
// another account keeps what that one said.
//
// It reads all links, so it takes a while for a large shop; a process that
// stops in the middle is repeated by the message that asked, and finds less
// each time.
func (d Desk) EraseAccount(ctx context.Context, a customer.Account, asked time.Time) error {
	if err := d.forgetUntil(ctx, a, asked); err != nil {
		return err
	}
	cursor := ""
	for {
		page, next, err := d.Store.ScanLinks(ctx, cursor)
		if err != nil {
			return fmt.Errorf("scan links: %w", err)
		}
		for _, l := range page {
			if l.Identity.IsAddress() || l.Identity.Account() != a {
				continue
			}
			if err := d.eraseRecord(ctx, l, asked); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		cursor = next
	}
}

// forgetUntil leaves the account's tombstone.
func (d Desk) forgetUntil(ctx context.Context, a customer.Account, asked time.Time) error {
	stored, err := d.Store.Links(ctx, []customer.Identity{accountTombstone(a)})
	if err != nil {
		return fmt.Errorf("read tombstone: %w", err)
	}
	l := customer.Link{Identity: accountTombstone(a)}
	if len(stored) > 0 {
		l = stored[0]
	}
	if !asked.After(l.Erased) {
		return nil
	}
	l.Erased = asked.UTC()
	if err := d.Store.PutLink(ctx, l); err != nil {
		return fmt.Errorf("put tombstone: %w", err)
	}
	return nil
}

// eraseRecord forgets one record: its facts, its place among the holders of
// its addresses, its link. The profile is folded again from what is left. A
// record of which something was said since stays, with that alone.
func (d Desk) eraseRecord(ctx context.Context, l customer.Link, asked time.Time) error {
	facts, err := d.Store.Facts(ctx, l.Customer)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	facts = slices.DeleteFunc(facts, func(f customer.Fact) bool { return f.Record != l.Identity })
	places := append(befores(facts), l.Identity.ID())
	places = append(places, l.From...)
	slices.Sort(places)
	places = slices.DeleteFunc(slices.Compact(places), func(id customer.ID) bool { return id == l.Customer })
	back := false
	for _, id := range append(places, l.Customer) {
		newer, err := d.forget(ctx, id, l.Identity, asked)
		if err != nil {
			return err
		}
		back = back || newer // as long as a place has any, the link leads there
	}
	if back {
		return nil
	}
	for _, address := range addresses(l) {
		if err := d.release(ctx, address, l.Identity); err != nil {
			return err
		}
	}
	if err := d.Store.DeleteLink(ctx, l.Identity); err != nil {
		return fmt.Errorf("drop link: %w", err)
	}
	return d.restore(ctx, l)
}

// restore puts a link back if something new was stored of its record while it
// was dropped.
func (d Desk) restore(ctx context.Context, l customer.Link) error {
	facts, err := d.Store.Facts(ctx, l.Customer)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	i := slices.IndexFunc(facts, func(f customer.Fact) bool { return f.Record == l.Identity })
	if i < 0 {
		return nil
	}
	l.Version = 0
	if err := d.Store.PutLink(ctx, l); err != nil && !errors.Is(err, customer.ErrConflict) {
		return fmt.Errorf("put back link: %w", err)
	}
	for _, address := range addresses(l) {
		if err := d.hold(ctx, address, l.Identity); err != nil {
			return err
		}
	}
	return nil
}

// hold lists a record among the holders of an address again.
func (d Desk) hold(ctx context.Context, address, record customer.Identity) error {
	if address == "" {
		return nil
	}
	for range 20 {
		stored, err := d.Store.Links(ctx, []customer.Identity{address})
		if err != nil {
			return fmt.Errorf("read address: %w", err)
		}
		l := customer.Link{Identity: address}
		if len(stored) > 0 {
			l = stored[0]
		}
		if slices.Contains(l.Holders, record) {
			return nil
		}
		l.Holders = append(l.Holders, record)
		slices.Sort(l.Holders)
		if err = d.Store.PutLink(ctx, l); !errors.Is(err, customer.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("hold address: %w", customer.ErrConflict)
}

// forget takes away what a customer has of a record from before an instant,
// and reports whether there is something newer.
func (d Desk) forget(ctx context.Context, id customer.ID, record customer.Identity, asked time.Time) (newer bool, err error) {
	facts, err := d.Store.Facts(ctx, id)
	if err != nil {
		return false, fmt.Errorf("read facts: %w", err)
	}
	kept := func(f customer.Fact) bool {
		return f.Record != record || f.Body != (customer.Body{}) && f.Body.Moved == nil && f.Version.Time().After(asked)
	}
	newer = slices.ContainsFunc(facts, func(f customer.Fact) bool { return f.Record == record && kept(f) })
	for _, f := range facts {
		if kept(f) || newer && (f.Body == (customer.Body{}) || f.Body.Moved != nil) {
			continue // marks stay with what they are of
		}
		if err := d.Store.DeleteFact(ctx, id, f.ID()); err != nil {
			return false, fmt.Errorf("drop fact: %w", err)
		}
	}
	return newer, d.refold(ctx, id)
}

// refold writes the profile of what is left of a customer, or drops it with
// its sends if nothing is. The profile is read before the facts, so that who
// stores one meanwhile is refused, or makes the write here refused.
func (d Desk) refold(ctx context.Context, id customer.ID) error {
	for range 20 {
		p, err := d.Store.Profile(ctx, id)
		if errors.Is(err, customer.ErrNotFound) {
			p, err = customer.Profile{ID: id}, nil
		}
		if err != nil {
			return fmt.Errorf("read profile: %w", err)
		}
		left, err := d.Store.Facts(ctx, id)
		if err != nil {
			return fmt.Errorf("read facts: %w", err)
		}
		before := p.Folded
		switch p.Folded = customer.Fold(left, d.Zone); {
		case len(left) == 0:
			if err = d.Store.DeleteProfile(ctx, id, p.Version); err == nil {
				return d.drop(ctx, id)
			}
		case p.Version == 0:
			return nil // nobody counted as a customer
		case reflect.DeepEqual(before, p.Folded):
			return nil
		default:
			if err = d.Store.PutProfile(ctx, p); err == nil {
				return nil
			}
		}
		if !errors.Is(err, customer.ErrConflict) {
			return fmt.Errorf("write profile: %w", err)
		}
	}
	return fmt.Errorf("write profile: %w", customer.ErrConflict)
}

// release takes a record off the holders of an address, and the address away
// if nobody holds it any more and nothing blocks it.
func (d Desk) release(ctx context.Context, address, record customer.Identity) error {
	if address == "" {
		return nil
	}
	for range 20 {
		stored, err := d.Store.Links(ctx, []customer.Identity{address})
		if err != nil {
			return fmt.Errorf("read address: %w", err)
		}
		if len(stored) == 0 {
			return nil
		}
		l := stored[0]
		var holders []customer.Identity
		for _, h := range l.Holders {
			if h != record {
				holders = append(holders, h)
			}
		}
		if len(holders) > 0 && len(holders) == len(l.Holders) {
			return nil
		}
		if len(holders) == 0 && l.Block == (customer.Block{}) {
			err = d.Store.DeleteLink(ctx, address)
		} else {
			l.Holders = holders
			err = d.Store.PutLink(ctx, l)
		}
		if !errors.Is(err, customer.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("release address: %w", customer.ErrConflict)
}

// note keeps a request for a copy of somebody's data until it is met. It names
// nobody: the record is enough to find the customer.
func (d Desk) note(ctx context.Context, record customer.Identity, c customer.Command) error {
	body, err := json.Marshal(map[string]any{"record": record, "reference": c.Reference, "asked": c.At.UTC()})
	if err != nil {
		return fmt.Errorf("note request: %w", err)
	}
	return d.Store.PutInsight(ctx, customer.Insight{
		Kind: DataRequests, Date: string(record.Account()) + "/" + c.Reference, Body: body,
		Expires: c.At.Add(60 * 24 * time.Hour),
	})
}

func (d Desk) disconnect(ctx context.Context, a customer.Account, at time.Time) error {
	body, err := json.Marshal(map[string]any{"account": a, "at": at.UTC()})
	if err != nil {
		return fmt.Errorf("note disconnection: %w", err)
	}
	return d.Store.PutInsight(ctx, customer.Insight{Kind: Disconnected, Date: strings.ReplaceAll(string(a), "#", "-"), Body: body})
}
