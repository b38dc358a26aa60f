package plan

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Markdown prints p as a comment for a pull request.
func Markdown(w io.Writer, p Plan) error {
	b := &strings.Builder{}
	b.WriteString("### Holdfast plan\n\n")
	fmt.Fprintf(b, "The night of %s, on %s.\n\n", p.At.Format(time.RFC3339), people(p.Customers))
	if !p.Changed {
		b.WriteString("**No change:** both playbooks do the same.\n\n")
	}
	if moved := p.moved(); len(moved) > 0 {
		b.WriteString("| segment | before | after | enter | leave | by the change |\n|---|--:|--:|--:|--:|---|\n")
		for _, s := range moved {
			row(b, fated(s.Name, s.Fate), num(s.Before), num(s.After), plus(s.Entered), minus(s.Left), s.byChange())
		}
		b.WriteString("\n")
	}
	p.examplesMarkdown(b)
	p.campaignsMarkdown(b)
	for _, line := range p.words() {
		fmt.Fprintf(b, "%s\n\n", line)
	}
	fmt.Fprintf(b, "Cost of the seven days: %s\n", p.Cost.String())
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Plan) examplesMarkdown(b *strings.Builder) {
	begun := false
	for _, s := range p.Segments {
		for _, e := range s.byTheChange() {
			if !begun {
				b.WriteString("<details><summary>Examples</summary>\n\n| segment | customer | |\n|---|---|---|\n")
				begun = true
			}
			row(b, code(s.Name), code(string(e.Customer)), e.Moved.words()+": "+escape(e.Why))
		}
	}
	if begun {
		b.WriteString("\n</details>\n\n")
	}
}

func (p Plan) campaignsMarkdown(b *strings.Builder) {
	begun := false
	for _, c := range p.Campaigns {
		if c.quiet() {
			continue
		}
		if !begun {
			b.WriteString("Mails, if nobody does anything meanwhile:\n\n| campaign | tonight | 7 days | held out | skipped in 7 days |\n|---|--:|--:|--:|---|\n")
			begun = true
		}
		row(b, fated(c.Name, c.Fate), arrow(c.Before.Tonight.Sent, c.After.Tonight.Sent), arrow(c.Before.Week.Sent, c.After.Week.Sent),
			arrow(c.Before.Week.HeldOut, c.After.Week.HeldOut), skips(c.Before.Week.Skipped, c.After.Week.Skipped))
	}
	if !begun {
		b.WriteString("No mail goes out within seven days.\n")
	}
	b.WriteString("\n")
}

func row(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func fated(name string, f Fate) string {
	if f == Same {
		return code(name)
	}
	return code(name) + " " + string(f)
}

func code(s string) string { return "`" + s + "`" }

// escape keeps a rule or a customer's value from meaning anything to Markdown
// or HTML.
func escape(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "'", "*", "\\*", "_", "\\_", "[", "\\[", "@", "@\u200b", "\n", " ").Replace(s)
}
