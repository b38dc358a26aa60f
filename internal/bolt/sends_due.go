package bolt

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"holdfast/internal/customer"
)

// DueSends returns up to limit keys of planned sends that are due at or before
// an instant, the oldest first, and the cursor of the next page, "" at the end.
func (s *Store) DueSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	return s.waitingSends(ctx, customer.Planned, before, cursor, limit)
}

// ClaimedSends is as [Store.DueSends], of claimed sends by when they were claimed.
func (s *Store) ClaimedSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	return s.waitingSends(ctx, customer.Claimed, before, cursor, limit)
}

func (s *Store) waitingSends(ctx context.Context, status customer.SendStatus, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	if limit < 1 {
		return nil, "", fmt.Errorf("list %s sends: %w: limit %d, want at least 1", status, customer.ErrInvalid, limit)
	}
	prefix := string(status) + "\x00"
	// Nothing that is due at the instant sorts after it with a 1 for the 0
	// that follows an instant in a key.
	end := []byte(prefix + instant(before) + "\x01")
	var keys []customer.SendKey
	next := ""
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		last := ""
		c := tx.Bucket(due).Cursor()
		for k, key := c.Seek([]byte(prefix + cursor)); k != nil && bytes.HasPrefix(k, []byte(prefix)) && bytes.Compare(k, end) < 0; k, key = c.Next() {
			at := strings.TrimPrefix(string(k), prefix)
			if at == cursor {
				continue
			}
			if len(keys) == limit {
				next = last
				return nil
			}
			var of customer.SendKey
			if err := get(tx, sends, key, &of); err != nil {
				return err
			}
			keys = append(keys, of)
			last = at
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("list %s sends: %w", status, err)
	}
	return keys, next, nil
}

// CampaignSends returns a page of the sends of a campaign, those of one status
// together, and the cursor of the next page, "" at the end.
func (s *Store) CampaignSends(ctx context.Context, campaign, cursor string) ([]customer.Send, string, error) {
	prefix := campaign + "\x00"
	var page []customer.Send
	next, size := "", 0
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		last := ""
		c := tx.Bucket(campaigns).Cursor()
		for k, key := c.Seek([]byte(prefix + cursor)); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, key = c.Next() {
			at := strings.TrimPrefix(string(k), prefix)
			if at == cursor {
				continue
			}
			if size >= pageBytes {
				next = last
				return nil
			}
			var send customer.Send
			if err := get(tx, sends, key, &send); err != nil {
				return err
			}
			size += len(tx.Bucket(sends).Get(key))
			page = append(page, send)
			last = at
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("read sends of campaign %s: %w", campaign, err)
	}
	return page, next, nil
}

// dueKey is status, instant and the send's own key while it waits for
// somebody, else nil.
func dueKey(s customer.Send, key []byte) []byte {
	switch s.Status {
	case customer.Planned:
		return []byte(string(s.Status) + "\x00" + instant(s.Due) + "\x00" + string(key))
	case customer.Claimed:
		return []byte(string(s.Status) + "\x00" + instant(s.Claimed) + "\x00" + string(key))
	}
	return nil
}

// instant writes t in UTC so that texts sort as instants do.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }
