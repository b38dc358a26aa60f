// Package playtest runs a playbook's own tests: what a marketer says of one
// invented customer, and which segments and mails that should come to. It uses
// the rules of the fold, the night and the mailer themselves, and stores nothing.
package playtest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"holdfast/internal/playbook"
)

// Folder is where a playbook keeps its tests.
const Folder = "tests"

// A Report says how the tests went.
type Report struct {
	Files []File `json:"files"`
	// Untested are the segments that no test expects anybody to be in.
	Untested []string `json:"untested"`
}

// A File is what came of one file of tests.
type File struct {
	Name     string            `json:"name"` // below the playbook
	Tests    int               `json:"tests"`
	Failed   int               `json:"failed"` // tests
	Problems playbook.Problems `json:"problems,omitempty"`
}

// Failed reports whether anything did.
func (r Report) Failed() bool {
	return slices.ContainsFunc(r.Files, func(f File) bool { return len(f.Problems) > 0 })
}

// Run runs all tests in the folder tests of the playbook b in fsys. A test that
// cannot be read has failed.
func Run(b *playbook.Playbook, fsys fs.FS) (Report, error) {
	entries, err := fs.ReadDir(fsys, Folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Report{}, fmt.Errorf("read tests: %w", err)
	}
	report := Report{Files: []File{}, Untested: []string{}}
	tested := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".yaml" {
			continue
		}
		name := path.Join(Folder, e.Name())
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return Report{}, fmt.Errorf("read tests: %w", err)
		}
		report.Files = append(report.Files, runFile(b, name, string(source), tested))
	}
	for _, d := range b.Segments {
		if !tested[d.Name] {
			report.Untested = append(report.Untested, d.Name)
		}
	}
	return report, nil
}

// runFile runs the tests of one file, and notes the segments that they expect
// somebody to be in.
func runFile(b *playbook.Playbook, name, source string, tested map[string]bool) File {
	f := File{Name: name}
	tests, places, wrong := parse(name, source)
	if len(wrong) > 0 {
		f.Problems, f.Failed = wrong, 1
		return f
	}
	for i, t := range tests {
		f.Tests++
		problems := run(b, t, places.test(i))
		if len(problems) > 0 {
			f.Failed++
		}
		f.Problems = append(f.Problems, problems...)
		for _, s := range slices.Concat(t.Expect.In, t.Expect.Segments) {
			tested[s] = true
		}
	}
	return f
}

// run runs one test.
func run(b *playbook.Playbook, t Test, at place) playbook.Problems {
	s, err := newScene(b, t)
	var wrong *sceneError
	if errors.As(err, &wrong) {
		return playbook.Problems{at.problem(wrong.path, title(t)+wrong.message, wrong.suggestion)}
	}
	if err != nil {
		return playbook.Problems{at.problem(nil, title(t)+err.Error(), "")}
	}
	problems := s.segments(at)
	if t.Expect.Mails != nil {
		problems = append(problems, s.mails(at)...)
	}
	return problems
}

func title(t Test) string {
	if t.Name == "" {
		return ""
	}
	return strings.TrimSpace(t.Name) + ": "
}
