package main

import (
	"fmt"
	"io"
	"strings"

	"holdfast/internal/plan"
	"holdfast/internal/segment"
)

// FieldsCmd is `holdfast fields`.
type FieldsCmd struct {
	Where
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// A vocabulary is what rules and mails may ask.
type vocabulary struct {
	Fields    []segment.Field    `json:"fields"`
	Functions []segment.Function `json:"functions"`
	// Attributes and Activities are there in the data, if there is any.
	Attributes []plan.Seen `json:"attributes,omitempty"`
	Activities []plan.Seen `json:"activities,omitempty"`
	Categories []plan.Seen `json:"categories,omitempty"`
	Tags       []plan.Seen `json:"tags,omitempty"`      // of products
	Customers  int64       `json:"customers,omitempty"` // in the data
}

// Run prints every field and function that a rule may use.
func (f FieldsCmd) Run(c *Context) error {
	v := vocabulary{Fields: segment.Fields(), Functions: segment.Functions()}
	look, _, err := f.look(c, false)
	if err != nil {
		return err
	}
	v.Attributes, v.Activities, v.Customers = look.Attributes, look.Activities, look.Customers
	v.Categories, v.Tags = look.Categories, look.Tags
	if f.Format == "json" {
		return printJSON(c.Out, v)
	}
	return v.text(c.Out)
}

// text lays fields out by what they are about, an example below each.
func (v vocabulary) text(w io.Writer) error {
	fmt.Fprintln(w, "FIELDS   (* known of everybody)")
	for _, f := range v.Fields {
		kind := string(f.Type)
		if f.Unit != "" && f.Type == segment.Number {
			kind += ", " + f.Unit
		}
		name := f.Name
		if f.Always {
			name += " *"
		}
		fmt.Fprintf(w, "\n%-24s %-16s %s\n%24s from %s, such as %s\n", name, kind, f.Meaning, "", f.Source, f.Example)
	}
	fmt.Fprintln(w, "\nMoney is in major units of the merchant's currency: spend >= 200 is 200 euros.\n\nFUNCTIONS")
	for _, f := range v.Functions {
		fmt.Fprintf(w, "\n%s: %s\n    %s\n    such as %s\n", f.Signature, f.Type, f.Meaning, f.Example)
	}
	return v.seen(w)
}

// seen prints what the data has beside the catalogue.
func (v vocabulary) seen(w io.Writer) error {
	if v.Customers == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nSEEN among %s\n\n", counted(int(v.Customers), "customer"))
	rows := [][]string{{"CUSTOM ATTRIBUTE", "TYPE", "CUSTOMERS", "SUCH AS"}}
	for _, a := range v.Attributes {
		rows = append(rows, []string{a.Name, a.Type, fmt.Sprint(a.Customers), a.Example})
	}
	if err := seenTable(w, rows); err != nil {
		return err
	}
	rows = [][]string{{"CATEGORY OR TAG", "CUSTOMERS", "AS IN"}}
	for _, c := range v.Categories {
		rows = append(rows, []string{c.Name, fmt.Sprint(c.Customers), fmt.Sprintf("bought(%q)", "category:"+c.Name)})
	}
	for _, t := range v.Tags {
		rows = append(rows, []string{t.Name, fmt.Sprint(t.Customers), fmt.Sprintf("bought(%q)", "tag:"+t.Name)})
	}
	if err := seenTable(w, rows); err != nil {
		return err
	}
	rows = [][]string{{"ACTIVITY", "CUSTOMERS", "AS IN", "PROPERTIES FOR FILTERS"}}
	for _, a := range v.Activities {
		rows = append(rows, []string{a.Name, fmt.Sprint(a.Customers), fmt.Sprintf("count(%q, 30) >= 3", a.Name), strings.Join(a.Properties, " ")})
	}
	return seenTable(w, rows)
}

// seenTable prints rows and an empty line, nothing if there are no more than the
// heads.
func seenTable(w io.Writer, rows [][]string) error {
	if len(rows) == 1 {
		return nil
	}
	if err := table(w, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}
