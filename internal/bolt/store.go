// Package bolt keeps customers in one file, so that the whole system runs and
// remembers with nothing installed. It decides nothing; what may be written
// when is said by conditions on versions, as in the dynamo package. There is
// one writer at a time; reads go on beside it, each on one state of the file.
package bolt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"holdfast/internal/customer"
)

// pageBytes is how much a page of a scan holds before it ends.
const pageBytes = 1 << 20

var (
	profiles  = []byte("profiles")
	facts     = []byte("facts")
	links     = []byte("identities")
	sends     = []byte("sends")
	due       = []byte("due")      // index of sends that wait
	campaigns = []byte("campaign") // index of sends by campaign
	insights  = []byte("insights")
)

// Options say how a store is opened; the zero value is fine.
type Options struct {
	// Wait is how long to wait for another process to let go of the file;
	// zero means one second.
	Wait time.Duration
}

// A Store reads and writes one file. It is safe for concurrent use. What it
// returns belongs to the caller. Lists and maps that are stored empty come
// back nil.
type Store struct{ db *bbolt.DB }

// Open opens the file at path, or makes it. The error says so if another
// process holds the file.
func Open(path string, o Options) (*Store, error) {
	if o.Wait == 0 {
		o.Wait = time.Second
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: o.Wait, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("open store %s: another process holds the file; stop the other holdfast, or give this one another file: %w", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	s := &Store{db: db}
	err = s.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{profiles, facts, links, sends, due, campaigns, insights} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), db.Close())
	}
	return s, nil
}

// Close waits for what runs and lets go of the file.
func (s *Store) Close() error {
	if err := s.db.Sync(); err != nil {
		return errors.Join(fmt.Errorf("close store: %w", err), s.db.Close())
	}
	return s.db.Close()
}

// view reads in one state of the file.
func (s *Store) view(ctx context.Context, read func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.db.View(read)
}

// update writes all or nothing.
func (s *Store) update(ctx context.Context, write func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.db.Update(write)
}

// get reads the value of a key into v, or returns customer.ErrNotFound.
func get(tx *bbolt.Tx, bucket, key []byte, v any) error {
	b := tx.Bucket(bucket).Get(key)
	if b == nil {
		return customer.ErrNotFound
	}
	return json.Unmarshal(b, v)
}

func put(tx *bbolt.Tx, bucket, key []byte, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("%w: %w", customer.ErrInvalid, err)
	}
	return tx.Bucket(bucket).Put(key, b.Bytes())
}

// unchanged returns customer.ErrConflict unless version is what is stored
// under key, 0 for nothing.
func unchanged(tx *bbolt.Tx, bucket, key []byte, version int64) error {
	var stored struct {
		Version int64 `json:"version"`
	}
	err := get(tx, bucket, key, &stored)
	switch {
	case errors.Is(err, customer.ErrNotFound):
		if version != 0 {
			return customer.ErrConflict
		}
		return nil
	case err != nil:
		return err
	case version == 0 || stored.Version != version:
		return customer.ErrConflict
	}
	return nil
}

// each reads the values of all keys that begin with prefix.
func each[T any](tx *bbolt.Tx, bucket []byte, prefix string, add func(T)) error {
	c, first := tx.Bucket(bucket).Cursor(), []byte(prefix)
	for k, b := c.Seek(first); k != nil && bytes.HasPrefix(k, first); k, b = c.Next() {
		var v T
		if err := json.Unmarshal(b, &v); err != nil {
			return err
		}
		add(v)
	}
	return nil
}
