package bolt

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"holdfast/internal/customer"
)

func sendKey(k customer.SendKey) []byte { return []byte(string(k.Customer) + "\x00" + k.String()) }

// Send returns the send of a key, or an error wrapping customer.ErrNotFound.
func (s *Store) Send(ctx context.Context, k customer.SendKey) (customer.Send, error) {
	var send customer.Send
	err := s.view(ctx, func(tx *bbolt.Tx) error { return get(tx, sends, sendKey(k), &send) })
	if err != nil {
		return customer.Send{}, fmt.Errorf("read send %s of %s: %w", k, k.Customer, err)
	}
	return send, nil
}

// PutSend stores send as the version after send.Version, the one it was read
// at, 0 for a new one. The error wraps customer.ErrConflict if another version
// is stored, customer.ErrInvalid if the key could be taken for another.
func (s *Store) PutSend(ctx context.Context, send customer.Send) error {
	key := sendKey(send.SendKey)
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		if send.Customer == "" || send.Campaign == "" || strings.Contains(send.Campaign, "#") {
			return fmt.Errorf("%w: a send needs a customer and a campaign without #", customer.ErrInvalid)
		}
		if err := unchanged(tx, sends, key, send.Version); err != nil {
			return err
		}
		if err := unindex(tx, key); err != nil {
			return err
		}
		send.Version++
		if err := put(tx, sends, key, send); err != nil {
			return err
		}
		return index(tx, key, send)
	})
	if err != nil {
		return fmt.Errorf("store send %s of %s: %w", send.SendKey, send.Customer, err)
	}
	return nil
}

// Sends returns all sends of a customer, sorted by key.
func (s *Store) Sends(ctx context.Context, id customer.ID) ([]customer.Send, error) {
	var found []customer.Send
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		return each(tx, sends, string(id)+"\x00", func(send customer.Send) { found = append(found, send) })
	})
	if err != nil {
		return nil, fmt.Errorf("read sends of %s: %w", id, err)
	}
	return found, nil
}

// DeleteSend deletes a send; one that is not there is fine.
func (s *Store) DeleteSend(ctx context.Context, k customer.SendKey) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error { return deleteSend(tx, sendKey(k)) })
	if err != nil {
		return fmt.Errorf("delete send %s of %s: %w", k, k.Customer, err)
	}
	return nil
}

func deleteSend(tx *bbolt.Tx, key []byte) error {
	if err := unindex(tx, key); err != nil {
		return err
	}
	return tx.Bucket(sends).Delete(key)
}

// unindex takes what is stored under key out of the indexes.
func unindex(tx *bbolt.Tx, key []byte) error {
	var stored customer.Send
	err := get(tx, sends, key, &stored)
	if errors.Is(err, customer.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if k := dueKey(stored, key); k != nil {
		if err := tx.Bucket(due).Delete(k); err != nil {
			return err
		}
	}
	return tx.Bucket(campaigns).Delete(campaignKey(stored, key))
}

func index(tx *bbolt.Tx, key []byte, send customer.Send) error {
	if k := dueKey(send, key); k != nil {
		if err := tx.Bucket(due).Put(k, key); err != nil {
			return err
		}
	}
	return tx.Bucket(campaigns).Put(campaignKey(send, key), key)
}

// campaignKey is campaign, status and the send's own key.
func campaignKey(s customer.Send, key []byte) []byte {
	return []byte(s.Campaign + "\x00" + string(s.Status) + "\x00" + string(key))
}
