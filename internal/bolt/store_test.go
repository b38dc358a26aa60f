package bolt_test

import (
	"path/filepath"
	"testing"

	"holdfast/internal/bolt"
	"holdfast/internal/storetest"
)

func open(t testing.TB) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "holdfast.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		s := open(t)
		if err := s.Bulk(true); err != nil { // the suite asks nothing of the disk
			t.Fatal(err)
		}
		return s
	})
}
