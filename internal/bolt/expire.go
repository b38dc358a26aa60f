package bolt

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// expireBatch is how many values one write looks at, so that other writers get
// their turn.
const expireBatch = 2000

// Expire deletes the facts, sends and insights that expired by now, as
// DynamoDB does by itself, and returns how many. It may be stopped anywhere
// and run again.
func (s *Store) Expire(ctx context.Context, now time.Time) (int, error) {
	deleted := 0
	for _, bucket := range [][]byte{facts, sends, insights} {
		var from []byte
		for more := true; more; {
			err := s.update(ctx, func(tx *bbolt.Tx) error {
				keys, next, err := expired(tx, bucket, from, now)
				if err != nil {
					return err
				}
				for _, key := range keys {
					if err := remove(tx, bucket, key); err != nil {
						return err
					}
				}
				deleted += len(keys)
				from, more = next, next != nil
				return nil
			})
			if err != nil {
				return deleted, fmt.Errorf("delete what expired: %w", err)
			}
		}
	}
	return deleted, nil
}

// expired returns which of the next keys of a bucket have values that expired
// by now, and where to go on, nil at the end.
func expired(tx *bbolt.Tx, bucket, from []byte, now time.Time) (keys [][]byte, next []byte, err error) {
	c := tx.Bucket(bucket).Cursor()
	seen := 0
	for k, b := c.Seek(from); k != nil; k, b = c.Next() {
		if seen++; seen > expireBatch {
			return keys, append([]byte(nil), k...), nil
		}
		var v struct {
			Expires time.Time `json:"expires"`
		}
		if err := json.Unmarshal(b, &v); err != nil {
			return nil, nil, err
		}
		if !v.Expires.IsZero() && !v.Expires.After(now) {
			keys = append(keys, append([]byte(nil), k...))
		}
	}
	return keys, nil, nil
}

func remove(tx *bbolt.Tx, bucket, key []byte) error {
	if string(bucket) == string(sends) {
		return deleteSend(tx, key)
	}
	return tx.Bucket(bucket).Delete(key)
}
