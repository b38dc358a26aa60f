package plan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// A Ledger has everything of one customer that sending needs, in memory, over a
// store that it only reads. It is what the mailer works on when nothing is
// really sent.
type Ledger struct {
	Reads   Reads // nil: there is nothing beyond what the ledger has
	Profile customer.Profile
	Sends   []customer.Send

	links map[customer.Identity]customer.Link
}

// Reads are what a ledger looks up when the mailer asks.
type Reads interface {
	Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error)
	Link(ctx context.Context, i customer.Identity) (customer.Link, error)
}

// quarter is the interval at which dispatch runs.
const quarter = campaign.DefaultRetry

// Send does what dispatch and mailer do from an instant until another, with b:
// sends that are due are claimed, checked and, if welcome, taken for accepted.
func (l *Ledger) Send(ctx context.Context, b *playbook.Playbook, from, until time.Time) error {
	m := campaign.Mailer{Store: ledgerStore{l}, Transport: accepting{}, Playbook: b,
		Tokens: campaign.Tokens{Keys: [][]byte{{0}}}, PublicURL: "https://holdfast.example"}
	now := from
	for {
		i := l.next()
		if i < 0 {
			return nil
		}
		s := l.Sends[i]
		if at := tick(s.Due); at.After(now) {
			now = at
		}
		if !now.Before(until) {
			return nil
		}
		after, err := m.Handle(ctx, s.SendKey, now)
		if err != nil {
			return fmt.Errorf("plan mails: %w", err)
		}
		if after.Status == customer.Planned && !after.Due.After(now) {
			return fmt.Errorf("plan mails: send %s/%s stays where it is: %w", s.Customer, s.SendKey, customer.ErrInvalid)
		}
	}
}

// tick returns the first run of dispatch at or after t.
func tick(t time.Time) time.Time {
	if at := t.Truncate(quarter); at.Equal(t) {
		return at
	}
	return t.Truncate(quarter).Add(quarter)
}

// next returns the index of the planned send that is due first, -1 if none is
// planned.
func (l *Ledger) next() int {
	best := -1
	for i, s := range l.Sends {
		if s.Status == customer.Planned && (best < 0 || before(s, l.Sends[best])) {
			best = i
		}
	}
	return best
}

// before reports whether dispatch lists s before t.
func before(s, t customer.Send) bool {
	return cmp.Or(s.Due.Compare(t.Due), strings.Compare(s.SendKey.String(), t.SendKey.String())) < 0
}

// accepting takes every mail and sends none.
type accepting struct{}

func (accepting) Send(context.Context, campaign.Message) (string, error) { return "planned", nil }
func (accepting) Quota(context.Context) (campaign.Quota, error) {
	return campaign.Quota{Max24Hours: -1}, nil
}

// ledgerStore is a ledger as the mailer sees it.
type ledgerStore struct{ *Ledger }

func (l ledgerStore) Profile(context.Context, customer.ID) (customer.Profile, error) {
	return l.Ledger.Profile, nil
}

func (l ledgerStore) Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error) {
	if l.Reads == nil {
		return nil, nil
	}
	return l.Reads.Facts(ctx, id)
}

func (l ledgerStore) Link(ctx context.Context, i customer.Identity) (customer.Link, error) {
	if have, ok := l.links[i]; ok {
		return have, nil
	}
	if l.Reads == nil {
		return customer.Link{}, fmt.Errorf("link: %w", customer.ErrNotFound)
	}
	found, err := l.Reads.Link(ctx, i)
	if err == nil {
		if l.links == nil {
			l.links = map[customer.Identity]customer.Link{}
		}
		l.links[i] = found
	}
	return found, err
}

// PutLink is never called by a mailer.
func (l ledgerStore) PutLink(context.Context, customer.Link) error { return customer.ErrConflict }

func (l ledgerStore) find(k customer.SendKey) int {
	return slices.IndexFunc(l.Ledger.Sends, func(s customer.Send) bool { return s.SendKey == k })
}

func (l ledgerStore) Send(_ context.Context, k customer.SendKey) (customer.Send, error) {
	if i := l.find(k); i >= 0 {
		return l.Ledger.Sends[i], nil
	}
	return customer.Send{}, fmt.Errorf("send %s: %w", k, customer.ErrNotFound)
}

func (l ledgerStore) Sends(context.Context, customer.ID) ([]customer.Send, error) {
	return slices.Clone(l.Ledger.Sends), nil
}

func (l ledgerStore) PutSend(_ context.Context, s customer.Send) error {
	i := l.find(s.SendKey)
	if i < 0 || l.Ledger.Sends[i].Version != s.Version {
		return customer.ErrConflict
	}
	s.Version++
	l.Ledger.Sends[i] = s
	return nil
}

// DueSends is never called by a mailer; so is ClaimedSends.
func (l ledgerStore) DueSends(context.Context, time.Time, string, int) ([]customer.SendKey, string, error) {
	return nil, "", nil
}

func (l ledgerStore) ClaimedSends(context.Context, time.Time, string, int) ([]customer.SendKey, string, error) {
	return nil, "", nil
}
