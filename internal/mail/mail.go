// Package mail makes a mail from a Liquid template and what is known of one
// customer. Whatever comes from data is escaped in the HTML part, and what is
// missing makes an error, never a hole. It sends nothing.
package mail

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// A Source is a mail as its authors wrote it, in Liquid.
type Source struct {
	Subject    string
	Preheader  string // what mail programs show after the subject; may be ""
	HTML       string
	Text       string // "": made from the HTML part
	HTMLLayout string // around HTML, which stands where it says {{ content }}; "" for none
	TextLayout string // around Text
}

// Settings are what all mails of a business share.
type Settings struct {
	Zone      *time.Location // of dates; UTC if nil
	Currency  customer.Currency
	Language  string     // of amounts: "en" writes €1,234.50, others 1.234,50 €
	Variables Vocabulary // what templates may show
}

func (s Settings) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// A Template is a compiled mail. It never changes, and is safe to use
// concurrently.
type Template struct {
	subject, preheader, html, text []node
	derived                        bool // the text part is made from the HTML part
	settings                       Settings
}

// Data is what a template may show, by name: texts, float64, bool, [time.Time],
// []string, and maps of them for dotted names. What is not known is not in it.
type Data map[string]any

// A Mail is what a customer gets.
type Mail struct {
	Subject   string // one line
	Preheader string // one line, may be empty
	HTML      string
	Text      string
}

// A MissingError says that a template needs what is not known of the customer.
type MissingError struct{ Variable string }

func (e *MissingError) Error() string { return "mail needs " + e.Variable }

// The errors of [Template.Render] beside [*MissingError].
var (
	// ErrEmpty: the subject came out empty.
	ErrEmpty = errors.New("the subject is empty")
	// ErrLink: data gave an address that a reader must not be led to.
	ErrLink = errors.New("a link must begin with https://, http://, tel: or mailto: and an address")
	// ErrValue: data gave a value of another sort than the template needs.
	ErrValue = errors.New("a value does not fit its filter")
)

// Compile checks and compiles a mail. The error is of type [Problems].
func Compile(s Source, settings Settings) (*Template, error) {
	t := &Template{derived: s.Text == "", settings: settings}
	var problems Problems
	compile := func(part Part, source string, content []node) []node {
		nodes, wrong := compileTemplate(part, source, content, settings.Variables)
		problems = append(problems, wrong...)
		return nodes
	}
	t.subject = compile(Subject, s.Subject, nil)
	t.preheader = compile(Preheader, s.Preheader, nil)
	t.html = compile(HTML, s.HTML, nil)
	if s.HTMLLayout != "" {
		t.html = compile(HTMLLayout, s.HTMLLayout, t.html)
	}
	if !t.derived {
		t.text = compile(Text, s.Text, nil)
		if s.TextLayout != "" {
			t.text = compile(TextLayout, s.TextLayout, t.text)
		}
	}
	if problems = append(problems, inspect(s)...); len(problems) > 0 {
		return nil, problems
	}
	return t, nil
}

// Render makes the mail for d. The error wraps a [*MissingError] where d lacks
// what the template needs, or is one of [ErrEmpty], [ErrLink], [ErrValue].
func (t *Template) Render(d Data) (Mail, error) {
	m, err := t.parts(d)
	if err == nil && t.derived {
		m.Text = TextOf(m.HTML)
	}
	return m, err
}

// Try returns the error that Render would, in a part of its time.
func (t *Template) Try(d Data) error {
	_, err := t.parts(d)
	return err
}

// parts is Render without the text part that is made from the HTML part.
func (t *Template) parts(d Data) (Mail, error) {
	var m Mail
	var err error
	if m.Subject, err = t.line(t.subject, d); err != nil {
		return Mail{}, fmt.Errorf("render subject: %w", err)
	}
	if m.Subject == "" {
		return Mail{}, fmt.Errorf("render subject: %w", ErrEmpty)
	}
	if m.Preheader, err = t.line(t.preheader, d); err != nil {
		return Mail{}, fmt.Errorf("render preheader: %w", err)
	}
	with := scope{data: d, own: map[string]any{"subject": m.Subject, "preheader": m.Preheader}, settings: t.settings}
	if m.HTML, err = render(t.html, with); err != nil {
		return Mail{}, fmt.Errorf("render HTML part: %w", err)
	}
	if t.derived {
		return m, nil
	}
	if m.Text, err = render(t.text, with); err != nil {
		return Mail{}, fmt.Errorf("render text part: %w", err)
	}
	m.Text = tidy(m.Text)
	return m, nil
}

// line renders a template to one line.
func (t *Template) line(nodes []node, d Data) (string, error) {
	s, err := render(nodes, scope{data: d, own: map[string]any{}, settings: t.settings})
	return strings.Join(strings.Fields(s), " "), err
}

// tidy leaves at most one empty line between others, and no space at their ends.
func tidy(s string) string {
	var kept []string
	for _, l := range strings.Split(s, "\n") {
		l = strings.TrimRight(l, " \t\r")
		if l == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, l)
	}
	return strings.TrimSpace(strings.Join(kept, "\n")) + "\n"
}
