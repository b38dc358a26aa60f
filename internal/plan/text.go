package plan

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Text prints p for a terminal.
func Text(w io.Writer, p Plan) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "The night of %s, on %s.\n\n", p.At.Format(time.RFC3339), people(p.Customers))
	if !p.Changed {
		b.WriteString("No change: both playbooks do the same.\n\n")
	}
	p.segmentText(b)
	p.campaignText(b)
	for _, line := range p.words() {
		fmt.Fprintln(b, line)
	}
	fmt.Fprintf(b, "Cost of the seven days: %s\n", p.Cost.String())
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Plan) segmentText(b *strings.Builder) {
	rows := [][]string{{"SEGMENT", "BEFORE", "AFTER", "ENTER", "LEAVE", "BY THE CHANGE"}}
	unmoved := 0
	for _, s := range p.Segments {
		if s.still() {
			unmoved++
			continue
		}
		rows = append(rows, []string{s.label(), num(s.Before), num(s.After), plus(s.Entered), minus(s.Left), s.byChange()})
	}
	if len(rows) > 1 {
		align(b, rows)
	}
	if unmoved == 1 {
		b.WriteString("1 segment stays as it is.\n")
	} else if unmoved > 1 {
		fmt.Fprintf(b, "%d segments stay as they are.\n", unmoved)
	}
	b.WriteString("\n")
	for _, s := range p.Segments {
		examples := s.byTheChange()
		if len(examples) == 0 {
			continue
		}
		fmt.Fprintf(b, "%s, by the change\n", s.Name)
		for _, e := range examples {
			fmt.Fprintf(b, "  %s %s %s: %s\n", sign(e.Moved), e.Customer, e.Moved.words(), e.Why)
		}
		b.WriteString("\n")
	}
}

// byTheChange returns the examples of s whom only time would not move.
func (s Segment) byTheChange() []Example {
	return slices.DeleteFunc(slices.Clone(s.Examples), func(e Example) bool { return !e.ByChange })
}

func (p Plan) campaignText(b *strings.Builder) {
	rows := [][]string{{"CAMPAIGN", "TONIGHT", "7 DAYS", "HELD OUT", "SKIPPED IN 7 DAYS"}}
	for _, c := range p.Campaigns {
		if c.quiet() {
			continue
		}
		rows = append(rows, []string{c.label(), arrow(c.Before.Tonight.Sent, c.After.Tonight.Sent), arrow(c.Before.Week.Sent, c.After.Week.Sent),
			arrow(c.Before.Week.HeldOut, c.After.Week.HeldOut), skips(c.Before.Week.Skipped, c.After.Week.Skipped)})
	}
	if len(rows) == 1 {
		b.WriteString("No mail goes out within seven days.\n\n")
		return
	}
	b.WriteString("Mails, if nobody does anything meanwhile:\n")
	align(b, rows)
	b.WriteString("\n")
}

func align(b *strings.Builder, rows [][]string) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(t, strings.Join(r, "\t"))
	}
	_ = t.Flush() // a builder takes everything
}

// words are what is neither a segment nor a campaign.
func (p Plan) words() []string {
	var all []string
	for _, c := range p.Campaigns {
		if c.Dropped > 0 {
			all = append(all, fmt.Sprintf("Planned already, and not sent since %s is removed: %s.", c.Name, mails(c.Dropped)))
		}
	}
	if len(p.Mails) > 0 {
		all = append(all, "Mails with other words: "+strings.Join(p.Mails, ", ")+".")
	}
	if p.Settings {
		all = append(all, "holdfast.yaml says something else for all segments and campaigns.")
	}
	return all
}

// still reports whether nobody moves, for whatever reason.
func (s Segment) still() bool {
	return s.Fate == Same && s.Entered+s.Left+s.EnteredByChange+s.LeftByChange == 0
}

func (s Segment) label() string { return labelled(s.Name, s.Fate) }

func labelled(name string, f Fate) string {
	switch f {
	case Added:
		return "+ " + name
	case Removed:
		return "- " + name
	case Altered:
		return "~ " + name
	}
	return "  " + name
}

func (s Segment) byChange() string {
	if s.EnteredByChange+s.LeftByChange == 0 {
		return ""
	}
	return strings.TrimSpace(plus(s.EnteredByChange) + " " + minus(s.LeftByChange))
}

func (c Campaign) label() string { return labelled(c.Name, c.Fate) }

// quiet reports whether there is nothing to say of c.
func (c Campaign) quiet() bool {
	return c.Fate == Same && c.Before.Week.none() && c.After.Week.none()
}

func (m Mails) none() bool { return m.Sent+m.HeldOut == 0 && len(m.Skipped) == 0 }

func sign(d Direction) string {
	switch d {
	case Enters:
		return "+"
	case Leaves:
		return "-"
	}
	return "="
}

func (d Direction) words() string {
	switch d {
	case Stays:
		return "stays in"
	case Waits:
		return "stays out"
	}
	return string(d)
}

func people(n int64) string {
	if n == 1 {
		return "1 customer"
	}
	return num(n) + " customers"
}

func mails(n int64) string {
	if n == 1 {
		return "1 mail"
	}
	return num(n) + " mails"
}

// num writes n with a comma for every thousand.
func num(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plus(n int64) string  { return signed("+", n) }
func minus(n int64) string { return signed("−", n) }

func signed(sign string, n int64) string {
	if n == 0 {
		return ""
	}
	return sign + num(n)
}

func arrow(before, after int64) string {
	if before == after {
		return num(after)
	}
	return num(before) + " → " + num(after)
}

func skips(before, after map[string]int64) string {
	var all []string
	for _, reason := range union(maps.Keys(before), maps.Keys(after)) {
		all = append(all, strings.ReplaceAll(reason, "_", " ")+" "+arrow(before[reason], after[reason]))
	}
	return strings.Join(all, ", ")
}

// String says what the mails and the tables cost.
func (c Cost) String() string {
	total, before := c.SES+c.DynamoDB, c.BeforeSES+c.BeforeDynamoDB
	s := fmt.Sprintf("$%.2f (SES $%.2f, DynamoDB $%.2f)", total, c.SES, c.DynamoDB)
	if fmt.Sprintf("%.2f", total) != fmt.Sprintf("%.2f", before) {
		s += fmt.Sprintf(", before $%.2f", before)
	}
	return s
}

// moved returns the segments of which there is something to tell.
func (p Plan) moved() []Segment {
	return slices.DeleteFunc(slices.Clone(p.Segments), Segment.still)
}
