package wire

import (
	"context"
	"errors"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/function/subscriber"
)

// Mailer returns who sends mails through a transport.
func (p *Parts) Mailer(ctx context.Context, t campaign.Transport, publicURL string) (campaign.Mailer, error) {
	tokens, err := p.Tokens(ctx)
	if err != nil {
		return campaign.Mailer{}, err
	}
	book, err := p.Playbook()
	return campaign.Mailer{Store: p.Store, Transport: t, Playbook: book, Tokens: tokens, PublicURL: publicURL}, err
}

// Feedback returns who takes what the mail service reports.
func (p *Parts) Feedback(ctx context.Context) (campaign.Feedback, error) {
	tokens, err := p.Tokens(ctx)
	if err != nil {
		return campaign.Feedback{}, err
	}
	store, err := p.following(ctx)
	return campaign.Feedback{Store: store, Tokens: tokens}, err
}

// Subscriber returns who answers the pages that mails link to.
func (p *Parts) Subscriber(ctx context.Context) (subscriber.Desk, error) {
	tokens, err := p.Tokens(ctx)
	if err != nil {
		return subscriber.Desk{}, err
	}
	book, err := p.Playbook()
	if err != nil {
		return subscriber.Desk{}, err
	}
	store, err := p.following(ctx)
	if err != nil {
		return subscriber.Desk{}, err
	}
	return subscriber.Desk{
		Unsubscriber: campaign.Unsubscriber{Store: store, Tokens: tokens},
		Preferences:  campaign.Preferences{Store: store, Tokens: tokens},
		Business:     book.Business.Name,
		Apply:        p.Apply,
	}, nil
}

// Apply applies events from within.
func (p *Parts) Apply(ctx context.Context, events []customer.Event, now time.Time) error {
	if len(events) == 0 {
		return nil
	}
	in, err := p.Ingester(ctx, nil)
	if err != nil {
		return err
	}
	return in.Apply(ctx, events, now)
}

// following is a store for what happens after a mail was sent. It finds a
// customer under the ids they had before a merge as well: mails still carry
// them. And it keeps nothing of the address of a person who was erased since.
type following struct {
	Store
	erased func(ctx context.Context, id customer.Identity, said time.Time) (bool, error)
	now    func() time.Time
}

func (p *Parts) following(ctx context.Context) (following, error) {
	desk, err := p.Desk(ctx)
	return following{p.Store, desk.Tombstones.Erased, p.Now}, err
}

// PutLink stores l, unless it is the first word on an erased person's address.
func (s following) PutLink(ctx context.Context, l customer.Link) error {
	if l.Version == 0 && l.Identity.IsAddress() {
		erased, err := s.erased(ctx, l.Identity, s.now())
		if err != nil || erased {
			return err
		}
	}
	return s.Store.PutLink(ctx, l)
}

func (s following) Profile(ctx context.Context, id customer.ID) (customer.Profile, error) {
	for range 10 {
		p, err := s.Store.Profile(ctx, id)
		if err == nil && !p.Empty() || err != nil && !errors.Is(err, customer.ErrNotFound) {
			return p, err
		}
		links, lookup := s.Links(ctx, []customer.Identity{customer.AliasIdentity(id)})
		if lookup != nil {
			return p, lookup
		}
		if len(links) == 0 || links[0].Customer == id {
			return p, err
		}
		id = links[0].Customer
	}
	return customer.Profile{}, customer.ErrNotFound
}
