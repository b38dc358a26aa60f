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
		fmt.Fprintf(w, "  %s, %s spent, first %s, last %s\n", counted(b.Orders, "order"), money(b.Spend, b.Currency), day(b.First), day(b.Last))
	}
	mail := string(p.Mail.State)
	if mail == "" {
		mail = "unknown"
	}
	fmt.Fprintf(w, "  mail: %s\n", mail)
	in := 0
	for _, r := range e.Segments {
		if r.In {
			in++
		}
	}
	fmt.Fprintf(w, "\nin %d of %s\n", in, counted(len(e.Segments), "segment"))
	for _, want := range []bool{true, false} {
		for _, r := range e.Segments {
			if r.In == want {
				fmt.Fprintf(w, "  %s\n", place(r))
				parts(w, r.Part, 2)
			}
		}
	}
	fmt.Fprintln(w, "\ncampaigns")
	for _, s := range e.Campaigns {
		fmt.Fprintf(w, "  %s: %s\n", s.Campaign, s.Why)
		if len(s.Sends) < 2 {
			continue
		}
		for _, send := range s.Sends {
			fmt.Fprintf(w, "      step %d: %s\n", send.Step, send.Why)
		}
	}
	return nil
}

// place says whether the customer is in a segment, and since when. What is
// stored follows the rule with the next night, or the next event.
func place(m console.Membership) string {
	switch stored := !m.Since.IsZero(); {
	case m.In && stored:
		return "yes  " + m.Segment + ", since " + day(m.Since)
	case m.In:
		return "yes  " + m.Segment + ", from the next night on"
	case stored:
		return "no   " + m.Segment + ", from the next night on; in it since " + day(m.Since)
	}
	return "no   " + m.Segment
}

// joins are how the conditions of a rule go together, in words.
var joins = map[string]string{"and": "all of", "or": "one of", "not": "not"}

// parts prints a rule's conditions with the values that decided them.
func parts(w io.Writer, p segment.Part, depth int) {
	mark := "✗"
	if p.True {
		mark = "✓"
	}
	of, text := p, strings.Join(strings.Fields(p.Text), " ")
	if p.Joins == "not" && p.Parts[0].Joins == "" {
		of = p.Parts[0] // in one line
	} else if p.Joins != "" {
		text = joins[p.Joins]
	}
	var values []string
	for _, v := range of.Values {
		values = append(values, v.Name+" = "+v.String())
	}
	line := strings.Repeat("  ", depth+1) + mark + " " + text
	if len(values) > 0 {
		line += "   (" + strings.Join(values, ", ") + ")"
	}
	fmt.Fprintln(w, line)
	for _, q := range of.Parts {
		parts(w, q, depth+1)
	}
}
