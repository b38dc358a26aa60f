package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"holdfast/internal/playbook"
)

// CheckCmd is `holdfast check`.
type CheckCmd struct {
	Where
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// A checked is what a check found.
type checked struct {
	Problems playbook.Problems `json:"problems"`
	Warnings playbook.Problems `json:"warnings"`
}

// Run prints everything that is wrong with the playbook. It leaves with 1 if
// anything is; warnings do not count.
func (k CheckCmd) Run(c *Context) error {
	book, err := loadPlaybook(k.Playbook)
	var found checked
	if err != nil && !errors.As(err, &found.Problems) {
		return err
	}
	if err == nil {
		found.Warnings = book.Warnings()
	}
	found.Problems, found.Warnings = found.Problems.In(k.Playbook), found.Warnings.In(k.Playbook)
	if k.Format == "json" {
		err = printJSON(c.Out, found)
	} else {
		err = k.text(c.Out, found, book)
	}
	if err == nil && len(found.Problems) > 0 {
		return exitWith(exitError)
	}
	return err
}

func (k CheckCmd) text(w io.Writer, found checked, book *playbook.Playbook) error {
	for _, p := range found.Problems {
		fmt.Fprintf(w, "%s\n\n", p)
	}
	for _, p := range found.Warnings {
		p.Message = "warning: " + p.Message
		fmt.Fprintf(w, "%s\n\n", p)
	}
	if n := len(found.Problems); n > 0 {
		_, err := fmt.Fprintf(w, "%s in %s\n", counted(n, "problem"), k.Playbook)
		return err
	}
	mails := 0
	for _, of := range book.Campaigns {
		mails += len(of.Steps)
	}
	_, err := fmt.Fprintf(w, "%s is fine: %s, %s, %s\n", k.Playbook, counted(len(book.Segments), "segment"),
		counted(len(book.Campaigns), "campaign"), counted(mails, "mail"))
	if n := len(found.Warnings); err == nil && n > 0 {
		_, err = fmt.Fprintln(w, counted(n, "warning"))
	}
	return err
}

// loadPlaybook reads the playbook in dir. The error is [playbook.Problems]
// unless there is no such directory.
func loadPlaybook(dir string) (*playbook.Playbook, error) {
	files, err := playbookFiles(dir)
	if err != nil {
		return nil, err
	}
	return playbook.Load(files)
}

func playbookFiles(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if err == nil && info.IsDir() {
		return os.DirFS(dir), nil
	}
	return nil, fmt.Errorf("there is no playbook in %s: name its directory with --playbook", dir)
}

// counted returns "1 mail" or "3 mails".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
