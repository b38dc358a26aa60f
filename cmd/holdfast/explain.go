package main

import (
	"fmt"
	"io"
	"strings"

	"holdfast/internal/console"
	"holdfast/internal/segment"
)

// ExplainCmd is `holdfast explain`.
type ExplainCmd struct {
	Where
	Who    string `arg:"" help:"Customer id, mail address, phone number, or record such as shopify/shop.myshopify.com/123."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run prints why a customer is where they are.
func (e ExplainCmd) Run(c *Context) error {
	v, done, err := e.open(c.Ctx)
	if err != nil {
		return err
	}
	found, err := v.Explain(c.Ctx, e.Who)
	if err := closeWith(err, done); err != nil {
		return err
	}
	if e.Format == "json" {
		return printJSON(c.Out, found)
	}
	return explainText(c.Out, found)
}

func explainText(w io.Writer, e console.Explanation) error {
	p := e.Profile
	fmt.Fprintf(w, "customer %s, known as %s\n", p.ID, join(p.Records, "an order or address only"))
	for _, b := range p.Books {
		fmt.Fprintf(w, "  %d orders, %s spent, first %s, last %s\n", b.Orders, money(b.Spend, b.Currency), day(b.First), day(b.Last))
	}
	mail := string(p.Mail.State)
	if mail == "" {
		mail = "unknown"
	}
	fmt.Fprintf(w, "  mail: %s\n\nsegments\n", mail)
	for _, r := range e.Segments {
		mark := "no "
		if r.In {
			mark = "yes"
		}
		fmt.Fprintf(w, "  %s  %s\n", mark, r.Segment)
		parts(w, r.Part, 2)
	}
	fmt.Fprintln(w, "\ncampaigns")
	for _, s := range e.Campaigns {
		fmt.Fprintf(w, "  %s (%s): %s\n", s.Campaign, s.Arm, s.Status)
		for _, send := range s.Sends {
			fmt.Fprintf(w, "      %s  %s %s\n", send.SendKey, send.Status, send.Reason)
		}
	}
	return nil
}

// parts prints a rule's conditions with the values that decided them.
func parts(w io.Writer, p segment.Part, depth int) {
	mark := "✗"
	if p.True {
		mark = "✓"
	}
	var values []string
	for _, v := range p.Values {
		value := "unknown"
		if v.Known {
			value = v.Value
		}
		values = append(values, v.Name+" = "+value)
	}
	text := p.Text
	if p.Joins != "" {
		text = p.Joins
	}
	line := strings.Repeat("  ", depth+1) + mark + " " + text
	if len(values) > 0 {
		line += "   (" + strings.Join(values, ", ") + ")"
	}
	fmt.Fprintln(w, line)
	for _, q := range p.Parts {
		parts(w, q, depth+1)
	}
}
