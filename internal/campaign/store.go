package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// A Store keeps what sending needs. Reads see every write that returned before
// them (consistent reads). A write carries the version that its value was read
// at, 0 for a new one, fails with [customer.ErrConflict] if that is not the
// stored version any more, and stores version+1. What is not there is
// [customer.ErrNotFound].
type Store interface {
	Profile(ctx context.Context, id customer.ID) (customer.Profile, error)
	// Facts returns all facts of a customer, none for an unknown one.
	Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error)

	Link(ctx context.Context, i customer.Identity) (customer.Link, error)
	PutLink(ctx context.Context, l customer.Link) error

	Send(ctx context.Context, k customer.SendKey) (customer.Send, error)
	// Sends returns all sends of a customer, none for an unknown one.
	Sends(ctx context.Context, id customer.ID) ([]customer.Send, error)
	PutSend(ctx context.Context, s customer.Send) error

	Ledger
}

// A Ledger lists sends by state. A list may lag behind the writes.
type Ledger interface {
	// DueSends returns at most limit keys of planned sends that are due at or
	// before an instant, from cursor on ("" is the beginning), and the cursor
	// of the rest, "" at the end.
	DueSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error)
	// ClaimedSends returns in the same way sends claimed at or before an instant.
	ClaimedSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error)
}

// SendLife is how long a send is kept after it was planned.
const SendLife = 400 * 24 * time.Hour

// attempts is how often a write is tried on the version it finds.
const attempts = 8

// updateSend applies change to the stored send until the write is made on the
// version it was read at; change reports whether there is anything to write.
// It returns the send as stored, or [customer.ErrNotFound] if there is none.
func updateSend(ctx context.Context, store Store, k customer.SendKey, change func(*customer.Send) bool) (customer.Send, error) {
	for range attempts {
		s, err := store.Send(ctx, k)
		if err != nil {
			return customer.Send{}, fmt.Errorf("read send %s/%s: %w", k.Customer, k, err)
		}
		if !change(&s) {
			return s, nil
		}
		switch err := putSend(ctx, store, &s); {
		case err == nil:
			return s, nil
		case !errors.Is(err, customer.ErrConflict):
			return customer.Send{}, err
		}
	}
	return customer.Send{}, fmt.Errorf("update send %s/%s: %w", k.Customer, k, customer.ErrConflict)
}

// putSend writes s and gives it the version it then has.
func putSend(ctx context.Context, store Store, s *customer.Send) error {
	if err := store.PutSend(ctx, *s); err != nil {
		return fmt.Errorf("write send %s/%s: %w", s.Customer, s.SendKey, err)
	}
	s.Version++
	return nil
}

// updateBlock applies change to what blocks an address, whether or not
// anything is stored of the address yet; change reports whether there is
// anything to write. It returns the link as stored.
func updateBlock(ctx context.Context, store Store, e customer.Email, change func(*customer.Block) bool) (customer.Link, error) {
	for range attempts {
		l, err := linkOf(ctx, store, e)
		if err != nil {
			return customer.Link{}, err
		}
		if !change(&l.Block) {
			return l, nil
		}
		switch err := store.PutLink(ctx, l); {
		case err == nil:
			l.Version++
			return l, nil
		case !errors.Is(err, customer.ErrConflict):
			return customer.Link{}, fmt.Errorf("write the block of an address: %w", err)
		}
	}
	return customer.Link{}, fmt.Errorf("write the block of an address: %w", customer.ErrConflict)
}

// linkOf returns the link of an address, one of version 0 if nothing is stored.
func linkOf(ctx context.Context, store Store, e customer.Email) (customer.Link, error) {
	l, err := store.Link(ctx, customer.EmailIdentity(e))
	switch {
	case errors.Is(err, customer.ErrNotFound):
		return customer.Link{Identity: customer.EmailIdentity(e)}, nil
	case err != nil:
		return customer.Link{}, fmt.Errorf("read the link of an address: %w", err)
	}
	return l, nil
}
