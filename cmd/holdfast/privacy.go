package main

import (
	"bufio"
	"fmt"
	"strings"
)

// ExportCmd is `holdfast export`.
type ExportCmd struct {
	Where
	Who    string `arg:"" help:"Customer id, mail address, phone number, or record."`
	Format string `help:"json, the only one." enum:"json" default:"json"`
}

// Run prints all that is known of a customer.
func (e ExportCmd) Run(c *Context) error {
	v, done, err := e.open(c.Ctx)
	if err != nil {
		return err
	}
	found, err := v.Export(c.Ctx, e.Who)
	if err := closeWith(err, done); err != nil {
		return err
	}
	return printJSON(c.Out, found)
}

// EraseCmd is `holdfast erase`.
type EraseCmd struct {
	Where
	Who    string `arg:"" help:"Customer id, mail address, phone number, or record."`
	Yes    bool   `help:"Do not ask." short:"y"`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run forgets a customer, after asking.
func (e EraseCmd) Run(c *Context) error {
	if !e.Yes {
		fmt.Fprint(c.Err, "This forgets the customer for good: profile, facts, sends and identities. Type 'erase' to go on: ")
		answer, err := bufio.NewReader(c.In).ReadString('\n')
		if strings.TrimSpace(answer) != "erase" {
			fmt.Fprintln(c.Err)
			_ = err // an end of the input is a no as well
			return fmt.Errorf("nothing was erased; --yes skips the question")
		}
	}
	v, done, err := e.open(c.Ctx)
	if err != nil {
		return err
	}
	erased, err := v.Erase(c.Ctx, e.Who)
	if err := closeWith(err, done); err != nil {
		return err
	}
	if e.Format == "json" {
		return printJSON(c.Out, erased)
	}
	if erased.Customer == "" {
		_, err = fmt.Fprintln(c.Out, "nobody was known by that name; whoever comes with it later is refused")
		return err
	}
	_, err = fmt.Fprintf(c.Out, "customer %s is erased\n", erased.Customer)
	return err
}
