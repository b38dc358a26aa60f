package bolt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"holdfast/internal/customer"
)

// Link returns what is stored of an identity, or an error wrapping
// customer.ErrNotFound.
func (s *Store) Link(ctx context.Context, i customer.Identity) (customer.Link, error) {
	var l customer.Link
	err := s.view(ctx, func(tx *bbolt.Tx) error { return get(tx, links, []byte(i), &l) })
	if err != nil {
		return customer.Link{}, fmt.Errorf("read link: %w", err)
	}
	return l, nil
}

// Links returns the links of those identities that have one, in the order
// asked; of an identity asked for twice, once.
func (s *Store) Links(ctx context.Context, ids []customer.Identity) ([]customer.Link, error) {
	var found []customer.Link
	asked := make(map[customer.Identity]bool, len(ids))
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for _, i := range ids {
			if asked[i] {
				continue
			}
			asked[i] = true
			var l customer.Link
			err := get(tx, links, []byte(i), &l)
			if errors.Is(err, customer.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			found = append(found, l)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	return found, nil
}

// PutLink stores l as the version after l.Version, the one it was read at, 0
// for a new one. The error wraps customer.ErrConflict if another version is
// stored.
func (s *Store) PutLink(ctx context.Context, l customer.Link) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		if err := unchanged(tx, links, []byte(l.Identity), l.Version); err != nil {
			return err
		}
		l.Version++
		return put(tx, links, []byte(l.Identity), l)
	})
	if err != nil {
		return fmt.Errorf("store link: %w", err)
	}
	return nil
}

// DeleteLink deletes what is stored of an identity, if anything is.
func (s *Store) DeleteLink(ctx context.Context, i customer.Identity) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(links).Delete([]byte(i)) })
	if err != nil {
		return fmt.Errorf("delete link: %w", err)
	}
	return nil
}

// ScanLinks returns a page of all links, and the cursor of the next page, ""
// at the end. A cursor may hold an address: it is personal data.
func (s *Store) ScanLinks(ctx context.Context, cursor string) ([]customer.Link, string, error) {
	var page []customer.Link
	next, size := "", 0
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(links).Cursor()
		start := []byte(cursor)
		if cursor != "" {
			start = append(start, 0)
		}
		for k, b := c.Seek(start); k != nil; k, b = c.Next() {
			if size >= pageBytes {
				next = string(page[len(page)-1].Identity)
				return nil
			}
			var l customer.Link
			if err := json.Unmarshal(b, &l); err != nil {
				return err
			}
			page = append(page, l)
			size += len(b)
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("scan links: %w", err)
	}
	return page, next, nil
}
