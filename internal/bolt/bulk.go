package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// Bulk says whether writes may return before they are on the disk, as they
// otherwise never do; Bulk(false) returns when everything is there. It is for
// seeding a file that can be made again: if the machine loses power in between,
// the whole file may be lost, also what was in it before. The end of the
// process alone loses nothing.
func (s *Store) Bulk(on bool) error {
	// Within a write transaction nobody else reads the setting, and its commit
	// already follows it.
	if err := s.db.Update(func(*bbolt.Tx) error { s.db.NoSync = on; return nil }); err != nil {
		return fmt.Errorf("switch bulk writing: %w", err)
	}
	if on {
		return nil
	}
	if err := s.db.Sync(); err != nil {
		return fmt.Errorf("sync after bulk writing: %w", err)
	}
	return nil
}
