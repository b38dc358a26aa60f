package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
// its addresses, its link. The profile is folded again from what is left.
func (d Desk) eraseRecord(ctx context.Context, l customer.Link, asked time.Time) error {
	facts, err := d.Store.Facts(ctx, l.Customer)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	var left []customer.Fact
	back := false
	for _, f := range facts {
		newer := f.Version.Time().After(asked)
		if f.Record != l.Identity || newer {
			back = back || f.Record == l.Identity
			left = append(left, f)
			continue
		}
		if err := d.Store.DeleteFact(ctx, l.Customer, f.ID()); err != nil {
			return fmt.Errorf("drop fact: %w", err)
		}
	}
	if err := d.refold(ctx, l.Customer, left); err != nil {
		return err
	}
	if back {
		return nil
	}
	for _, address := range []customer.Identity{l.Email.To, l.Phone.To} {
		if err := d.release(ctx, address, l.Identity); err != nil {
			return err
		}
	}
	if err := d.Store.DeleteLink(ctx, l.Identity); err != nil {
		return fmt.Errorf("drop link: %w", err)
	}
	return nil
}

// refold writes the profile of what is left of a customer, or drops it with
// its sends if nothing is.
func (d Desk) refold(ctx context.Context, id customer.ID, left []customer.Fact) error {
	if len(left) == 0 {
		sends, err := d.Store.Sends(ctx, id)
		if err != nil {
			return fmt.Errorf("read sends: %w", err)
		}
		for _, s := range sends {
			if err := d.Store.DeleteSend(ctx, s.SendKey); err != nil {
				return fmt.Errorf("drop send: %w", err)
			}
		}
		return d.dropProfile(ctx, id)
	}
	for range 20 {
		p, err := d.Store.Profile(ctx, id)
		if errors.Is(err, customer.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read profile: %w", err)
		}
		p.Folded = customer.Fold(left, d.Zone)
		if err = d.Store.PutProfile(ctx, p); err == nil {
			return nil
		}
		if !errors.Is(err, customer.ErrConflict) {
			return fmt.Errorf("write profile: %w", err)
		}
		if left, err = d.Store.Facts(ctx, id); err != nil {
			return fmt.Errorf("read facts: %w", err)
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
