package sim

import (
	"context"

	"holdfast/internal/customer"
	"holdfast/internal/ingest"
	"holdfast/internal/privacy"
)

// A Store is what a process keeps things in.
type Store interface {
	ingest.Store
	privacy.Store
	ScanProfiles(ctx context.Context, shard, shards int, cursor string) (page []customer.Profile, next string, err error)
	Insight(ctx context.Context, kind, date string) (customer.Insight, error)
}

// A Tapped store is one process's way to a store: every call passes the stage.
type Tapped struct {
	Process *Process
	Store   Store
	// Put, if set, is told of every customer with whom a fact is stored.
	Put func(customer.ID)
}

// value calls get when it is p's turn.
func value[T any](p *Process, name string, get func() (T, error)) (T, error) {
	var v T
	err := p.Call(name, func() (err error) {
		v, err = get()
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

type paged[T any] struct {
	page []T
	next string
}

func (t Tapped) Links(ctx context.Context, ids []customer.Identity) ([]customer.Link, error) {
	name := "Links"
	for _, id := range ids {
		name += " " + string(id)
	}
	return value(t.Process, name, func() ([]customer.Link, error) { return t.Store.Links(ctx, ids) })
}

func (t Tapped) PutLink(ctx context.Context, l customer.Link) error {
	return t.Process.Call("PutLink "+string(l.Identity), func() error { return t.Store.PutLink(ctx, l) })
}

func (t Tapped) DeleteLink(ctx context.Context, id customer.Identity) error {
	return t.Process.Call("DeleteLink "+string(id), func() error { return t.Store.DeleteLink(ctx, id) })
}

func (t Tapped) ScanLinks(ctx context.Context, cursor string) ([]customer.Link, string, error) {
	p, err := value(t.Process, "ScanLinks "+cursor, func() (paged[customer.Link], error) {
		page, next, err := t.Store.ScanLinks(ctx, cursor)
		return paged[customer.Link]{page, next}, err
	})
	return p.page, p.next, err
}

func (t Tapped) Profile(ctx context.Context, id customer.ID) (customer.Profile, error) {
	return value(t.Process, "Profile "+string(id), func() (customer.Profile, error) { return t.Store.Profile(ctx, id) })
}

func (t Tapped) PutProfile(ctx context.Context, p customer.Profile) error {
	return t.Process.Call("PutProfile "+string(p.ID), func() error { return t.Store.PutProfile(ctx, p) })
}

func (t Tapped) DeleteProfile(ctx context.Context, id customer.ID, version int64) error {
	return t.Process.Call("DeleteProfile "+string(id), func() error { return t.Store.DeleteProfile(ctx, id, version) })
}

func (t Tapped) ScanProfiles(ctx context.Context, shard, shards int, cursor string) ([]customer.Profile, string, error) {
	p, err := value(t.Process, "ScanProfiles "+cursor, func() (paged[customer.Profile], error) {
		page, next, err := t.Store.ScanProfiles(ctx, shard, shards, cursor)
		return paged[customer.Profile]{page, next}, err
	})
	return p.page, p.next, err
}

func (t Tapped) PutFact(ctx context.Context, id customer.ID, f customer.Fact) (bool, error) {
	return value(t.Process, "PutFact "+string(id)+" "+f.ID(), func() (bool, error) {
		if t.Put != nil {
			t.Put(id)
		}
		return t.Store.PutFact(ctx, id, f)
	})
}

func (t Tapped) Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error) {
	return value(t.Process, "Facts "+string(id), func() ([]customer.Fact, error) { return t.Store.Facts(ctx, id) })
}

func (t Tapped) DeleteFact(ctx context.Context, id customer.ID, fact string) error {
	return t.Process.Call("DeleteFact "+string(id)+" "+fact, func() error { return t.Store.DeleteFact(ctx, id, fact) })
}

func (t Tapped) Sends(ctx context.Context, id customer.ID) ([]customer.Send, error) {
	return value(t.Process, "Sends "+string(id), func() ([]customer.Send, error) { return t.Store.Sends(ctx, id) })
}

func (t Tapped) PutSend(ctx context.Context, s customer.Send) error {
	return t.Process.Call("PutSend "+string(s.Customer)+" "+s.String(), func() error { return t.Store.PutSend(ctx, s) })
}

func (t Tapped) DeleteSend(ctx context.Context, key customer.SendKey) error {
	return t.Process.Call("DeleteSend "+string(key.Customer)+" "+key.String(), func() error { return t.Store.DeleteSend(ctx, key) })
}

func (t Tapped) Insight(ctx context.Context, kind, date string) (customer.Insight, error) {
	return value(t.Process, "Insight "+kind+" "+date, func() (customer.Insight, error) { return t.Store.Insight(ctx, kind, date) })
}

func (t Tapped) Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error) {
	return value(t.Process, "Insights "+kind, func() ([]customer.Insight, error) { return t.Store.Insights(ctx, kind, from, to) })
}

func (t Tapped) PutInsight(ctx context.Context, i customer.Insight) error {
	return t.Process.Call("PutInsight "+i.Kind+" "+i.Date, func() error { return t.Store.PutInsight(ctx, i) })
}

func (t Tapped) DeleteInsight(ctx context.Context, kind, date string) error {
	return t.Process.Call("DeleteInsight "+kind+" "+date, func() error { return t.Store.DeleteInsight(ctx, kind, date) })
}
