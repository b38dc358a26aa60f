package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"holdfast/internal/playbook"
	"holdfast/internal/playtest"
)

// TestCmd is `holdfast test`.
type TestCmd struct {
	Playbook string `help:"Directory of the playbook." default:"playbook" placeholder:"DIR"`
	Format   string `help:"text or json." enum:"text,json" default:"text"`
}

// Run runs the playbook's own tests. It leaves with 1 if one fails, or if the
// playbook has problems.
func (t TestCmd) Run(c *Context) error {
	files, err := playbookFiles(t.Playbook)
	if err != nil {
		return err
	}
	book, err := playbook.Load(files)
	var wrong playbook.Problems
	if errors.As(err, &wrong) {
		return fmt.Errorf("the playbook in %s has %s:\n%w", t.Playbook, counted(len(wrong), "problem"), wrong.In(t.Playbook))
	}
	if err != nil {
		return err
	}
	report, err := playtest.Run(book, files)
	if err != nil {
		return err
	}
	for i := range report.Files {
		report.Files[i].Problems = report.Files[i].Problems.In(t.Playbook)
	}
	if t.Format == "json" {
		err = printJSON(c.Out, report)
	} else {
		err = t.text(c.Out, report)
	}
	if err == nil && report.Failed() {
		return exitWith(exitError)
	}
	return err
}

func (t TestCmd) text(w io.Writer, r playtest.Report) error {
	tests, failed := 0, 0
	for _, f := range r.Files {
		tests, failed = tests+f.Tests, failed+f.Failed
		for _, p := range f.Problems {
			fmt.Fprintf(w, "%s\n\n", p)
		}
	}
	if len(r.Files) == 0 {
		_, err := fmt.Fprintf(w, "there are no tests in %s/%s: docs/playbook.md shows how to write one\n", t.Playbook, playtest.Folder)
		return err
	}
	if len(r.Untested) > 0 {
		fmt.Fprintf(w, "no test expects anybody in: %s\n", strings.Join(r.Untested, ", "))
	}
	if failed > 0 {
		_, err := fmt.Fprintf(w, "%d of %s failed\n", failed, counted(max(tests, failed), "test"))
		return err
	}
	_, err := fmt.Fprintf(w, "%s passed in %s\n", counted(tests, "test"), counted(len(r.Files), "file"))
	return err
}
