package bolt

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"holdfast/internal/customer"
)

func insightKey(kind, date string) []byte { return []byte(kind + "\x00" + date) }

// Insight returns one insight, or an error wrapping customer.ErrNotFound.
func (s *Store) Insight(ctx context.Context, kind, date string) (customer.Insight, error) {
	var i customer.Insight
	err := s.view(ctx, func(tx *bbolt.Tx) error { return get(tx, insights, insightKey(kind, date), &i) })
	if err != nil {
		return customer.Insight{}, fmt.Errorf("read insight %s of %s: %w", kind, date, err)
	}
	return i, nil
}

// PutInsight stores i in place of one of the same kind and date.
func (s *Store) PutInsight(ctx context.Context, i customer.Insight) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error { return put(tx, insights, insightKey(i.Kind, i.Date), i) })
	if err != nil {
		return fmt.Errorf("store insight %s of %s: %w", i.Kind, i.Date, err)
	}
	return nil
}

// Insights returns the insights of a kind with from ≤ date ≤ to, by date; ""
// leaves that end open.
func (s *Store) Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error) {
	var found []customer.Insight
	prefix := kind + "\x00"
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(insights).Cursor()
		for k, b := c.Seek([]byte(prefix + from)); k != nil; k, b = c.Next() {
			date, ok := strings.CutPrefix(string(k), prefix)
			if !ok || to != "" && date > to {
				return nil
			}
			var i customer.Insight
			if err := json.Unmarshal(b, &i); err != nil {
				return err
			}
			found = append(found, i)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read insights %s: %w", kind, err)
	}
	return found, nil
}

// LatestInsight returns the insight of a kind with the greatest date, or an
// error wrapping customer.ErrNotFound.
func (s *Store) LatestInsight(ctx context.Context, kind string) (customer.Insight, error) {
	var i customer.Insight
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(insights).Cursor()
		last := c.Prev
		if k, _ := c.Seek([]byte(kind + "\x01")); k == nil {
			last = c.Last
		}
		k, b := last()
		if !strings.HasPrefix(string(k), kind+"\x00") {
			return customer.ErrNotFound
		}
		return json.Unmarshal(b, &i)
	})
	if err != nil {
		return customer.Insight{}, fmt.Errorf("read latest insight %s: %w", kind, err)
	}
	return i, nil
}

// DeleteInsight deletes an insight; one that is not there is fine.
func (s *Store) DeleteInsight(ctx context.Context, kind, date string) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(insights).Delete(insightKey(kind, date)) })
	if err != nil {
		return fmt.Errorf("delete insight %s of %s: %w", kind, date, err)
	}
	return nil
}
