package local

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"holdfast/internal/playbook"
)

// watchEvery is how often the playbook's files are looked at.
const watchEvery = 500 * time.Millisecond

// Watch puts the playbook in force again whenever a file of it has changed since
// the stack was opened, and tells how that went. Files that are being written
// are left alone until they rest.
func (s *Stack) Watch(ctx context.Context, tell func(error)) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for before := s.loaded; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := stamp(s.options.Playbook)
		if now == before && now != s.loaded {
			s.loaded = now
			tell(s.reload())
		}
		before = now
	}
}

// reload puts the playbook's files in force. With problems they are refused, and
// the playbook before stays.
func (s *Stack) reload() error {
	book, err := playbook.Load(s.options.Playbook)
	if err != nil {
		s.refused.Store(&err)
		return err
	}
	s.book.Store(book)
	s.refused.Store(nil)
	return nil
}

// Refused returns what is wrong with the playbook's files if they have changed
// and are not in force, else nil.
func (s *Stack) Refused() error {
	if err := s.refused.Load(); err != nil {
		return *err
	}
	return nil
}

// stamp sums up names, sizes and times of the files in fsys.
func stamp(fsys fs.FS) string {
	var b strings.Builder
	_ = fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error { // what cannot be read does not change
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}
