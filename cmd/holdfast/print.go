package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
)

// usageError is wrong input on the command line: exit code 64.
type usageError string

func (e usageError) Error() string { return string(e) + " (see --help)" }
func (usageError) ExitCode() int   { return exitUsage }

// exitWith ends the program with a code and without a word.
type exitWith int

func (exitWith) Error() string   { return "" }
func (e exitWith) ExitCode() int { return int(e) }

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table prints rows aligned; the first is the head.
func table(w io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, cell)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// closeWith closes what a command opened and joins what goes wrong with err.
func closeWith(err error, done func() error) error { return errors.Join(err, done()) }
