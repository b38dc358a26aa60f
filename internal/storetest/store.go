// Package storetest says what a store must do, as one suite of tests that
// every store passes. Nothing that is deployed imports it.
package storetest

import (
	"context"
	"testing"
	"time"

	"holdfast/internal/customer"
)

// A Store is what the suite asks of a store. Versions: a value is put with the
// version it was read at, 0 for a new one, is stored with the next, and is
// refused with customer.ErrConflict if another version is stored.
type Store interface {
	Link(context.Context, customer.Identity) (customer.Link, error)
	Links(context.Context, []customer.Identity) ([]customer.Link, error)
	PutLink(context.Context, customer.Link) error
	DeleteLink(context.Context, customer.Identity) error
	ScanLinks(ctx context.Context, cursor string) (page []customer.Link, next string, err error)

	PutFact(context.Context, customer.ID, customer.Fact) (replaced bool, err error)
	Facts(context.Context, customer.ID) ([]customer.Fact, error)
	DeleteFact(ctx context.Context, id customer.ID, factID string) error

	Profile(context.Context, customer.ID) (customer.Profile, error)
	PutProfile(context.Context, customer.Profile) error
	DeleteProfile(ctx context.Context, id customer.ID, version int64) error
	ScanProfiles(ctx context.Context, shard, shards int, cursor string) (page []customer.Profile, next string, err error)

	Send(context.Context, customer.SendKey) (customer.Send, error)
	PutSend(context.Context, customer.Send) error
	Sends(context.Context, customer.ID) ([]customer.Send, error)
	DeleteSend(context.Context, customer.SendKey) error
	DueSends(ctx context.Context, before time.Time, cursor string, limit int) (page []customer.SendKey, next string, err error)
	ClaimedSends(ctx context.Context, before time.Time, cursor string, limit int) (page []customer.SendKey, next string, err error)
	CampaignSends(ctx context.Context, campaign, cursor string) (page []customer.Send, next string, err error)

	Insight(ctx context.Context, kind, date string) (customer.Insight, error)
	PutInsight(context.Context, customer.Insight) error
	Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error)
	LatestInsight(ctx context.Context, kind string) (customer.Insight, error)
	DeleteInsight(ctx context.Context, kind, date string) error
}

// Run holds the store that open gives to the contract. open returns an empty
// store every time, and closes it by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, part := range []struct {
		name string
		test func(*testing.T, Store)
	}{
		{"links", links},
		{"facts", facts},
		{"profiles", profiles},
		{"shards", shards},
		{"sends", sends},
		{"waiting sends", waitingSends},
		{"insights", insights},
		{"anything", anything},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open(t)) })
	}
}
