package privacy

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// Tombstones are what remains of the erased: keyed hashes of their identities,
// which say nothing to who does not hold the key.
type Tombstones struct {
	Store Store
	// Keys are the hash keys; the first writes, all are looked for, so that a
	// key can be replaced.
	Keys [][]byte
}

func (t Tombstones) name(key []byte, id customer.Identity) customer.Identity {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id))
	return customer.Identity("gone/" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil))))
}

// Erased reports whether a person with this identity was erased, or everything
// that its account had told by the time that said was said.
func (t Tombstones) Erased(ctx context.Context, id customer.Identity, said time.Time) (bool, error) {
	account := accountTombstone(id.Account())
	names := []customer.Identity{account}
	for _, key := range t.Keys {
		names = append(names, t.name(key, id))
	}
	found, err := t.Store.Links(ctx, names)
	if err != nil {
		return false, fmt.Errorf("read tombstone: %w", err)
	}
	for _, l := range found {
		if l.Identity != account || !said.After(l.Erased) {
			return true, nil
		}
	}
	return false, nil
}

// person reports whether a person with this identity was erased.
func (t Tombstones) person(ctx context.Context, id customer.Identity) (bool, error) {
	if id == "" {
		return false, nil
	}
	var names []customer.Identity
	for _, key := range t.Keys {
		names = append(names, t.name(key, id))
	}
	found, err := t.Store.Links(ctx, names)
	if err != nil {
		return false, fmt.Errorf("read tombstone: %w", err)
	}
	return len(found) > 0, nil
}

func (t Tombstones) put(ctx context.Context, id customer.Identity, now time.Time) error {
	if id == "" {
		return nil
	}
	if len(t.Keys) == 0 {
		return errors.New("no key to hash the erased with")
	}
	err := t.Store.PutLink(ctx, customer.Link{Identity: t.name(t.Keys[0], id), Erased: now.UTC()})
	if errors.Is(err, customer.ErrConflict) {
		return nil // it stands already
	}
	if err != nil {
		return fmt.Errorf("put tombstone: %w", err)
	}
	return nil
}
