package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"holdfast/internal/local"
	"holdfast/internal/plan"
	"holdfast/internal/playbook"
)

// CheckCmd is `holdfast check`.
type CheckCmd struct {
	Where
	NoData bool   `help:"Look at the files only, even if there are customers to ask."`
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
		look, ok, err := k.look(c, k.NoData)
		if err != nil {
			return err
		}
		if ok {
			found.Warnings = append(found.Warnings, look.Warnings(book)...)
		}
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

// look asks the customers that can be reached, if any can. A stack that was
// named must be reached; one on this machine may be too old or too busy to answer.
func (w Where) look(c *Context, not bool) (look plan.Look, ok bool, err error) {
	if not || !w.reachable() {
		return plan.Look{}, false, nil
	}
	files, err := playbookFiles(w.Playbook)
	if err != nil {
		return plan.Look{}, false, nil
	}
	book, err := packed(files, w.Playbook)
	if err != nil {
		return plan.Look{}, false, nil
	}
	v, done, err := w.open(c.Ctx)
	if err == nil {
		look, err = v.Look(c.Ctx, book)
		err = closeWith(err, done)
	}
	if err != nil && w.Stack == "" {
		fmt.Fprintf(c.Err, "holdfast: the customers in %s were not asked: %v\n", w.Data, err)
		return plan.Look{}, false, nil
	}
	return look, err == nil, err
}

// reachable reports whether there is a system to ask.
func (w Where) reachable() bool {
	if w.Stack != "" {
		return true
	}
	if _, ok := w.running(); ok {
		return true
	}
	_, err := os.Stat(filepath.Join(w.Data, local.DataFile))
	return err == nil
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
