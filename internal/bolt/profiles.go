package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"

	"go.etcd.io/bbolt"

	"holdfast/internal/customer"
)

// profileKey puts a hash before the id, so that a shard is a range of keys.
func profileKey(id customer.ID) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return append(binary.BigEndian.AppendUint32(nil, h.Sum32()), id...)
}

// Profile returns the profile of a customer, or an error wrapping
// customer.ErrNotFound.
func (s *Store) Profile(ctx context.Context, id customer.ID) (customer.Profile, error) {
	var p customer.Profile
	err := s.view(ctx, func(tx *bbolt.Tx) error { return get(tx, profiles, profileKey(id), &p) })
	if err != nil {
		return customer.Profile{}, fmt.Errorf("read profile %s: %w", id, err)
	}
	canonical(&p)
	return p, nil
}

// PutProfile stores p as the version after p.Version, the one it was read at,
// 0 for a new one. The error wraps customer.ErrConflict if another version is
// stored.
func (s *Store) PutProfile(ctx context.Context, p customer.Profile) error {
	key := profileKey(p.ID)
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		if err := unchanged(tx, profiles, key, p.Version); err != nil {
			return err
		}
		p.Version++
		return put(tx, profiles, key, p)
	})
	if err != nil {
		return fmt.Errorf("store profile %s: %w", p.ID, err)
	}
	return nil
}

// DeleteProfile deletes the profile that is stored as version; 0 says that
// there is none. The error wraps customer.ErrConflict if that is not so.
func (s *Store) DeleteProfile(ctx context.Context, id customer.ID, version int64) error {
	key := profileKey(id)
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		if err := unchanged(tx, profiles, key, version); err != nil {
			return err
		}
		return tx.Bucket(profiles).Delete(key)
	})
	if err != nil {
		return fmt.Errorf("delete profile %s: %w", id, err)
	}
	return nil
}

// ScanProfiles returns a page of one of shards equal parts of the profiles,
// shard counting from 0, and the cursor of the next page, "" at the end. Every
// profile that is there all the time is in exactly one shard, once.
func (s *Store) ScanProfiles(ctx context.Context, shard, shards int, cursor string) ([]customer.Profile, string, error) {
	if shard < 0 || shard >= shards {
		return nil, "", fmt.Errorf("scan profiles: %w: shard %d of %d, want one from 0 up to the number of shards", customer.ErrInvalid, shard, shards)
	}
	from, to := hashAt(shard, shards), hashAt(shard+1, shards)
	var page []customer.Profile
	next, size := "", 0
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(profiles).Cursor()
		start := binary.BigEndian.AppendUint32(nil, uint32(from))
		if cursor != "" {
			start = append(profileKey(customer.ID(cursor)), 0)
		}
		for k, b := c.Seek(start); k != nil && uint64(binary.BigEndian.Uint32(k)) < to; k, b = c.Next() {
			if size >= pageBytes {
				next = string(page[len(page)-1].ID)
				return nil
			}
			page = append(page, customer.Profile{})
			p := &page[len(page)-1]
			if err := json.Unmarshal(b, p); err != nil {
				return err
			}
			canonical(p)
			size += len(b)
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("scan profiles: %w", err)
	}
	return page, next, nil
}

// hashAt returns the first hash of a shard.
func hashAt(shard, shards int) uint64 { return uint64(shard) << 32 / uint64(shards) }

// canonical takes from p the empty lists that JSON tells from none.
func canonical(p *customer.Profile) {
	for i, s := range p.Activity {
		if len(s.Counts) == 0 {
			p.Activity[i].Counts = nil
		}
	}
}
