package plan

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"holdfast/internal/playbook"
)

// Pack returns the playbook in fsys as one archive, so that it can be sent to
// where the profiles are.
func Pack(fsys fs.FS) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !belongs(name) {
			return err
		}
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(source)
		}
		return err
	})
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("pack playbook: %w", err)
	}
	return buf.Bytes(), nil
}

// belongs reports whether a file is read by [playbook.Load].
func belongs(name string) bool {
	if dir, file := path.Split(name); dir != "" {
		return dir == "emails/" && strings.HasSuffix(file, ".liquid")
	}
	return path.Ext(name) == ".yaml"
}

// Unpack returns the files of an archive.
func Unpack(archive []byte) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("unpack playbook: %w", err)
	}
	return z, nil
}

// Rewritten returns the names of the mails of either playbook whose files
// differ; a layout that differs makes all mails differ, and stands for them.
func Rewritten(before, after fs.FS) []string {
	mails := map[string]bool{}
	for _, fsys := range []fs.FS{before, after} {
		entries, _ := fs.ReadDir(fsys, "emails") // none: no mail differs from it
		for _, e := range entries {
			name := "emails/" + e.Name()
			x, errX := fs.ReadFile(before, name)
			y, errY := fs.ReadFile(after, name)
			if errX == nil && errY == nil && !bytes.Equal(x, y) {
				mail, _, _ := strings.Cut(e.Name(), ".")
				mails[mail] = true
			}
		}
	}
	var names []string
	for name := range mails {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Resettled reports whether what applies to all segments or campaigns differs.
func Resettled(before, after *playbook.Playbook) bool {
	a, b := before.Business, after.Business
	a.Zone, b.Zone = nil, nil
	return a != b || before.Business.Zone.String() != after.Business.Zone.String() || before.Quiet != after.Quiet ||
		before.Active != after.Active || before.Horizon != after.Horizon || !slices.Equal(before.Caps, after.Caps)
}
