package main

import "fmt"

// ReplayCmd is `holdfast replay`.
type ReplayCmd struct {
	Where
	Verify bool   `help:"Only compare; exit with 1 if a profile differs from its facts."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run folds all profiles again.
func (r ReplayCmd) Run(c *Context) error {
	v, done, err := r.open(c.Ctx)
	if err != nil {
		return err
	}
	result, err := v.Replay(c.Ctx, r.Verify)
	if err := closeWith(err, done); err != nil {
		return err
	}
	if r.Format == "json" {
		err = printJSON(c.Out, result)
	} else {
		_, err = fmt.Fprintf(c.Out, "%d profiles, %d different from their facts, %d written\n", result.Profiles, result.Different, result.Rewritten)
	}
	if err == nil && r.Verify && result.Different > 0 {
		return exitWith(exitError)
	}
	return err
}

// QuarantineCmd is `holdfast quarantine`.
type QuarantineCmd struct {
	Where
	Retry  bool     `help:"Apply them again; what is understood by now leaves the quarantine."`
	IDs    []string `arg:"" optional:"" name:"id" help:"Only these, by the ids that the list shows."`
	Format string   `help:"text or json." enum:"text,json" default:"text"`
}

// Run lists the quarantine, or tries it again.
func (q QuarantineCmd) Run(c *Context) error {
	v, done, err := q.open(c.Ctx)
	if err != nil {
		return err
	}
	if q.Retry {
		result, err := v.Retry(c.Ctx, q.IDs)
		if err := closeWith(err, done); err != nil {
			return err
		}
		if q.Format == "json" {
			return printJSON(c.Out, result)
		}
		_, err = fmt.Fprintf(c.Out, "%d tried, %d applied\n", result.Tried, result.Applied)
		return err
	}
	list, err := v.Quarantine(c.Ctx)
	if err := closeWith(err, done); err != nil {
		return err
	}
	if q.Format == "json" {
		return printJSON(c.Out, list)
	}
	if len(list) == 0 {
		_, err = fmt.Fprintln(c.Out, "the quarantine is empty")
		return err
	}
	rows := [][]string{{"id", "source", "topic", "bytes", "reason"}}
	for _, e := range list {
		rows = append(rows, []string{e.ID, e.Source, e.Topic, fmt.Sprint(e.Bytes), e.Reason})
	}
	return table(c.Out, rows)
}
