package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/plan"
)

// DiffNightCmd is `holdfast diff-night`.
type DiffNightCmd struct {
	Where
	From     string `help:"The earlier night: the latest at or before this instant; the one before the later night if not given." placeholder:"INSTANT"`
	To       string `help:"The later night: the latest at or before this instant; the latest if not given." placeholder:"INSTANT"`
	Examples int    `help:"Customers to show of each segment." default:"3"`
	Format   string `help:"text or json." enum:"text,json" default:"text"`
}

// Run prints why membership changed between two nights.
func (d DiffNightCmd) Run(c *Context) error {
	from, errFrom := instant("--from", d.From)
	to, errTo := instant("--to", d.To)
	if err := errors.Join(errFrom, errTo); err != nil {
		return errors.Join(errFrom, errTo)
	}
	if d.Examples < 0 {
		return usageError("--examples is 0 or more")
	}
	v, done, err := d.open(c.Ctx)
	if err != nil {
		return err
	}
	found, err := v.DiffNights(c.Ctx, from, to, d.Examples)
	if err = closeWith(err, done); errors.Is(err, customer.ErrNotFound) {
		return fmt.Errorf("there are no two such nights yet: %w", err)
	}
	if err != nil {
		return err
	}
	if d.Format == "json" {
		return printJSON(c.Out, found)
	}
	return diffText(c.Out, found)
}

func diffText(w io.Writer, d plan.NightDiff) error {
	fmt.Fprintf(w, "From the night of %s to that of %s, by the present playbook and what is known now.\n\n", d.From.Format(time.RFC3339), d.To.Format(time.RFC3339))
	rows := [][]string{{"SEGMENT", "BEFORE", "AFTER", "ENTERED", "LEFT", "COUNTED THEN"}}
	still := 0
	for _, s := range d.Segments {
		if s.Entered+s.Left == 0 && s.CountedBefore == s.Before && s.CountedAfter == s.After {
			still++
			continue
		}
		rows = append(rows, []string{s.Name, fmt.Sprint(s.Before), fmt.Sprint(s.After), fmt.Sprint(s.Entered), fmt.Sprint(s.Left), then(s)})
	}
	if len(rows) > 1 {
		if err := table(w, rows); err != nil {
			return err
		}
	}
	if still > 0 {
		fmt.Fprintf(w, "%s as before\n", counted(still, "segment"))
	}
	if slices.ContainsFunc(rows[1:], func(row []string) bool { return row[len(row)-1] != "" }) {
		fmt.Fprintln(w, "COUNTED THEN is what the nights counted themselves: the rule has changed since, or something arrived late.")
	}
	for _, s := range d.Segments {
		if len(s.Examples) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", s.Name)
		for _, e := range s.Examples {
			mark := "+"
			if e.Moved == plan.Leaves {
				mark = "-"
			}
			fmt.Fprintf(w, "  %s %s  %s\n", mark, e.Customer, e.Why)
		}
	}
	return nil
}

// then is what the nights counted themselves, where that is something else:
// facts came late, or the playbook has changed since.
func then(s plan.Change) string {
	if s.CountedBefore == s.Before && s.CountedAfter == s.After {
		return ""
	}
	word := func(n int64) string {
		if n < 0 {
			return "none"
		}
		return fmt.Sprint(n)
	}
	return word(s.CountedBefore) + " → " + word(s.CountedAfter)
}
