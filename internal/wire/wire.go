// Package wire puts the use cases together from their parts, in one way for
// the functions on AWS and for the stack in one process. Nothing is decided
// here.
package wire

import (
	"context"
	"strings"
	"sync"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/identity"
	"holdfast/internal/ingest"
	"holdfast/internal/keys"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/privacy"
)

// A Store is everything the use cases keep.
type Store interface {
	ingest.Store
	campaign.Store
	privacy.Store
	night.Store
	LatestInsight(ctx context.Context, kind string) (customer.Insight, error)
}

// Secrets looks secrets up by name.
type Secrets = keys.Secrets

// The names of the secrets.
const (
	ShopifySecrets = keys.Shopify
	HubspotSecrets = keys.Hubspot
	HubspotToken   = keys.HubspotToken
	SegmentSecrets = keys.Segment
	TokenKey       = keys.Token
	ErasureKey     = keys.Erasure
)

// Parts are what the use cases are made of.
type Parts struct {
	Store    Store
	Secrets  Secrets
	Playbook func() (*playbook.Playbook, error) // the one valid now
	// Accounts are those whose deliveries count, separated by commas; "" is all
	// that are signed rightly.
	Accounts string
	// FitFor is how long a night's fit is used before a newer one is looked for.
	FitFor time.Duration
	Now    func() time.Time

	mu     sync.Mutex
	fit    night.Fit
	fitted time.Time
}

// Tokens returns who signs and verifies the links in mails.
func (p *Parts) Tokens(ctx context.Context) (campaign.Tokens, error) {
	all, err := keys.Values(ctx, p.Secrets, keys.Token)
	return campaign.Tokens{Keys: all}, err
}

// Desk returns who forgets and tells.
func (p *Parts) Desk(ctx context.Context) (privacy.Desk, error) {
	all, err := keys.Values(ctx, p.Secrets, keys.Erasure)
	if err != nil {
		return privacy.Desk{}, err
	}
	book, err := p.Playbook()
	if err != nil {
		return privacy.Desk{}, err
	}
	return privacy.Desk{Store: p.Store, Tombstones: privacy.Tombstones{Store: p.Store, Keys: all}, Zone: book.Business.Zone}, nil
}

// Ingester returns who applies deliveries of sources; none are needed to apply
// events from within.
func (p *Parts) Ingester(ctx context.Context, sources map[string]ingest.Source) (*ingest.Ingester, error) {
	desk, err := p.Desk(ctx)
	if err != nil {
		return nil, err
	}
	book, err := p.Playbook()
	if err != nil {
		return nil, err
	}
	fit, err := p.Fit(ctx)
	if err != nil {
		return nil, err
	}
	scorers := sync.Pool{New: func() any { return night.ScorerOf(book, fit) }}
	planner := campaign.Planner{Store: p.Store, Playbook: book}
	return &ingest.Ingester{
		Store:    p.Store,
		Registry: identity.Registry{Store: p.Store, Erased: desk.Tombstones.Erased},
		Zone:     book.Business.Zone,
		Sources:  sources,
		Derive: func(c customer.Profile, now time.Time) customer.Derived {
			s := scorers.Get().(*night.Scorer)
			defer scorers.Put(s)
			return s.Derive(c, now)
		},
		Plan: func(ctx context.Context, c customer.Profile, now time.Time) error {
			_, err := planner.Plan(ctx, c, now)
			return err
		},
		Obey:  desk.Obey,
		Known: known(p.Accounts),
	}, nil
}

// known returns who tells listed accounts from others, nil for no list. What is
// told from within is of no source's account.
func known(list string) func(customer.Account) bool {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	accounts := map[customer.Account]bool{}
	for a := range strings.SplitSeq(list, ",") {
		accounts[customer.Account(strings.ToLower(strings.TrimSpace(a)))] = true
	}
	return func(a customer.Account) bool { return accounts[a] }
}

// Fit returns the fit of the latest night, the zero one before the first.
func (p *Parts) Fit(ctx context.Context) (night.Fit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	if !p.fitted.IsZero() && now.Sub(p.fitted) < p.FitFor {
		return p.fit, nil
	}
	fit, err := night.LatestFit(ctx, p.Store)
	if err != nil {
		return night.Fit{}, err
	}
	p.fit, p.fitted = fit, now
	return fit, nil
}

// Night returns who recalculates everybody.
func (p *Parts) Night(context.Context) (*night.Night, error) {
	book, err := p.Playbook()
	if err != nil {
		return nil, err
	}
	n := night.Of(p.Store, book)
	n.Plan = campaign.Planner{Store: p.Store, Playbook: book}.Plan
	n.Spare = 30 * time.Second
	return n, nil
}
