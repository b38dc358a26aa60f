// Package mail makes a mail from a Liquid template and what is known of one
// customer. Whatever comes from data is escaped in the HTML part, and what is
// missing makes an error, never a hole. It sends nothing.
package mail

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/osteele/liquid"

	"holdfast/internal/customer"
)

// A Source is a mail as its authors wrote it, in Liquid.
type Source struct {
	Subject    string
	Preheader  string // what mail programs show after the subject; may be ""
	HTML       string
	Text       string // "": made from the HTML part
	HTMLLayout string // around HTML, where it says {{ content }}; "" for none
	TextLayout string // around Text
}

// Settings are what all mails of a business share.
type Settings struct {
	Zone     *time.Location // of dates; UTC if nil
	Currency customer.Currency
	Language string // of amounts: "en" writes €1,234.50, others 1.234,50 €
}

// A Template is a compiled mail. It is safe to use concurrently.
type Template struct {
	subject, preheader, html, text *liquid.Template
}

// Data is what a template may show, by name. What is not known is not in it.
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

// ErrEmpty is returned for a mail whose subject comes out empty.
var ErrEmpty = errors.New("the subject is empty")

// Compile compiles a mail. It does not look for faults of content, see [Check].
func Compile(s Source, settings Settings) (*Template, error) {
	engine := newEngine(settings)
	var t Template
	for _, part := range []struct {
		name, source string
		format       format
		into         **liquid.Template
	}{
		{"subject", s.Subject, plain, &t.subject},
		{"preheader", s.Preheader, plain, &t.preheader},
		{"HTML part", within(s.HTMLLayout, s.HTML), markup, &t.html},
		{"text part", textSource(s), plain, &t.text},
	} {
		compiled, err := parse(engine, part.source, part.format)
		if err != nil {
			return nil, fmt.Errorf("compile %s: %w", part.name, err)
		}
		*part.into = compiled
	}
	return &t, nil
}

func textSource(s Source) string {
	if s.Text == "" {
		return ""
	}
	return within(s.TextLayout, s.Text)
}

// within puts content where layout says {{ content }}.
func within(layout, content string) string {
	at := contentMark.FindStringIndex(layout)
	if at == nil {
		return content
	}
	return layout[:at[0]] + content + layout[at[1]:]
}

// Render makes the mail for d. The error is a [*MissingError] where d lacks
// what the template needs, and [ErrEmpty] for a mail without a subject.
func (t *Template) Render(d Data) (Mail, error) {
	var m Mail
	var err error
	if m.Subject, err = line(t.subject, d); err != nil {
		return Mail{}, fmt.Errorf("render subject: %w", err)
	}
	if m.Subject == "" {
		return Mail{}, ErrEmpty
	}
	if m.Preheader, err = line(t.preheader, d); err != nil {
		return Mail{}, fmt.Errorf("render preheader: %w", err)
	}
	with := d.with("subject", m.Subject, "preheader", m.Preheader)
	if m.HTML, err = render(t.html, with); err != nil {
		return Mail{}, fmt.Errorf("render HTML part: %w", err)
	}
	if m.Text, err = render(t.text, with); err != nil {
		return Mail{}, fmt.Errorf("render text part: %w", err)
	}
	if m.Text == "" {
		m.Text = TextOf(m.HTML)
	}
	return m, nil
}

// line renders a template to one line.
func line(t *liquid.Template, d Data) (string, error) {
	s, err := render(t, d.with())
	return strings.Join(strings.Fields(visible(s)), " "), err
}

// with returns a copy of d with names set to non-empty values, given in pairs.
func (d Data) with(pairs ...string) Data {
	c := make(Data, len(d)+len(pairs)/2)
	for k, v := range d {
		c[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			c[pairs[i]] = pairs[i+1]
		}
	}
	return c
}

// render runs t. Liquid panics on some conversions of values: an error here.
func render(t *liquid.Template, d Data) (s string, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, err = "", errors.New("a value does not fit its filter")
		}
	}()
	out, failed := t.RenderString(liquid.Bindings(d))
	if failed != nil {
		return "", cause(failed)
	}
	return out, nil
}
