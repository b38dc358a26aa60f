package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"holdfast/internal/customer"
)

func factKey(id customer.ID, factID string) []byte { return []byte(string(id) + "\x00" + factID) }

// PutFact stores f under its customer, if no fact of f.ID() is there or the
// stored Version is smaller; replaced says which. The error wraps
// customer.ErrStale if the same version or a greater one is stored.
func (s *Store) PutFact(ctx context.Context, id customer.ID, f customer.Fact) (replaced bool, err error) {
	key := factKey(id, f.ID())
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		var stored struct {
			Version customer.Version `json:"version"`
		}
		err := get(tx, facts, key, &stored)
		switch {
		case err == nil && stored.Version >= f.Version:
			return customer.ErrStale
		case err != nil && !errors.Is(err, customer.ErrNotFound):
			return err
		}
		replaced = err == nil
		return put(tx, facts, key, f)
	})
	if err != nil {
		return false, fmt.Errorf("store fact of %s: %w", id, err)
	}
	return replaced, nil
}

// Facts returns all facts of a customer, sorted by ID, expired ones that are
// still there included; none for an unknown customer.
func (s *Store) Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error) {
	var found []customer.Fact
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		return each(tx, facts, string(id)+"\x00", func(f customer.Fact) { found = append(found, f) })
	})
	if err != nil {
		return nil, fmt.Errorf("read facts of %s: %w", id, err)
	}
	return found, nil
}

// DeleteFact deletes the fact whose ID is factID; one that is not there is fine.
func (s *Store) DeleteFact(ctx context.Context, id customer.ID, factID string) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(facts).Delete(factKey(id, factID)) })
	if err != nil {
		return fmt.Errorf("delete fact of %s: %w", id, err)
	}
	return nil
}
