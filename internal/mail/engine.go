package mail

import (
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/expressions"

	"holdfast/internal/customer"
)

// format is what a template makes.
type format int

const (
	plain format = iota
	markup
)

// Filters that templates cannot name: they are put around every output.
const (
	mustFilter = "holdfast_must"
	haveFilter = "holdfast_have"
	htmlFilter = "holdfast_html"
	linkFilter = "holdfast_link"
	textFilter = "holdfast_text"
)

// parse compiles source after making every output end in the filter that
// escapes it, and fail where a variable without default is missing.
func parse(engine *liquid.Engine, source string, f format) (*liquid.Template, error) {
	var b strings.Builder
	var where context
	for _, t := range scan(source) {
		switch t.kind {
		case textToken:
			where.read(t.source)
			b.WriteString(t.source)
		case tagToken:
			if !slices.Contains(allowedTags, t.name) {
				return nil, fmt.Errorf("the tag `%s` is not part of the language of mails", t.name)
			}
			b.WriteString(t.source)
		case outputToken:
			o, ok := takeApart(t.args)
			if !ok {
				return nil, fmt.Errorf("cannot read `%s`", t.source)
			}
			last := textFilter
			if f == markup {
				last = where.filter()
			}
			if last == "" {
				return nil, fmt.Errorf("`%s` stands where nothing from data may stand", t.source)
			}
			b.WriteString(t.open + " " + o.guarded(last) + " " + t.close)
			where.output()
		}
	}
	t, err := engine.ParseString(b.String())
	if err != nil {
		return nil, err
	}
	return t, nil
}

// guarded writes o with what keeps it safe; last is the filter that escapes.
func (o output) guarded(last string) string {
	var b strings.Builder
	b.WriteString(o.of.text)
	optional := o.has("default")
	if o.of.variable() && !optional {
		fmt.Fprintf(&b, " | %s: %s", mustFilter, quote(o.of.text))
	}
	var arguments []string
	for _, f := range o.filters {
		if f.name.text == "required" {
			continue
		}
		fmt.Fprintf(&b, " | %s", f.name.text)
		for i, a := range f.args {
			b.WriteString(map[bool]string{true: ": ", false: ", "}[i == 0] + a.text)
			if a.variable() {
				arguments = append(arguments, a.text)
			}
		}
	}
	for _, a := range arguments {
		fmt.Fprintf(&b, " | %s: %s, %s", haveFilter, a, quote(a))
	}
	return b.String() + " | " + last
}

// quote writes a variable's path as a Liquid text.
func quote(path string) string { return "'" + strings.ReplaceAll(path, "'", "") + "'" }

var allowedTags = []string{"if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase",
	"for", "endfor", "break", "continue", "assign", "comment", "endcomment"}

// allowedFilters are the filters of mails, see docs/playbook.md.
var allowedFilters = []string{"default", "required", "money", "date", "round", "floor", "ceil", "plus", "minus", "times",
	"divided_by", "upcase", "downcase", "capitalize", "strip", "truncate", "truncatewords", "append", "prepend", "replace",
	"remove", "join", "first", "last", "size", "url_encode", "slice", "split"}

func newEngine(s Settings) *liquid.Engine {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	e := liquid.NewEngine()
	e.RegisterFilter(mustFilter, func(v any, name string) (any, error) { return v, must(v, name) })
	e.RegisterFilter(haveFilter, func(v, argument any, name string) (any, error) { return v, must(argument, name) })
	e.RegisterFilter(htmlFilter, func(v any) string { return html.EscapeString(printed(v, zone)) })
	e.RegisterFilter(linkFilter, func(v any) (string, error) { return link(printed(v, zone)) })
	e.RegisterFilter(textFilter, func(v any) string { return visible(printed(v, zone)) })
	e.RegisterFilter("default", func(v, otherwise any) any {
		if must(v, "") != nil || v == false {
			return otherwise
		}
		return v
	})
	e.RegisterFilter("money", func(v any) (string, error) {
		n, ok := amount(v)
		if !ok {
			return "", errors.New("`money` needs a number")
		}
		return Amount(n, s.Currency, s.Language), nil
	})
	e.RegisterFilter("date", func(v any, layout func(string) string) (string, error) {
		t, ok := v.(time.Time)
		if !ok {
			return "", errors.New("`date` needs a date")
		}
		return strftime(t.In(zone), layout("%-d %B %Y"))
	})
	return e
}

// must returns a [*MissingError] for a value that would leave a hole.
func must(v any, name string) error {
	switch v := v.(type) {
	case nil:
		return &MissingError{name}
	case string:
		if strings.TrimSpace(v) == "" {
			return &MissingError{name}
		}
	case []string:
		if len(v) == 0 {
			return &MissingError{name}
		}
	}
	return nil
}

// printed writes a value as a reader wants it.
func printed(v any, zone *time.Location) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.In(zone).Format("2 January 2006")
	case []string:
		return strings.Join(v, ", ")
	case []any:
		parts := make([]string, len(v))
		for i, of := range v {
			parts[i] = printed(of, zone)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

func amount(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case customer.Money:
		n, err := strconv.ParseFloat(v.Amount(), 64)
		return n, err == nil
	}
	return 0, false
}

// link escapes an address that a reader may follow; other schemes than those
// of the web, mail and telephone are refused.
func link(s string) (string, error) {
	lower := strings.ToLower(s)
	for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
		if strings.HasPrefix(lower, scheme) {
			return html.EscapeString(s), nil
		}
	}
	return "", errors.New("a link must begin with https://, http://, mailto: or tel:")
}

// visible drops what cannot be seen and could deceive: control characters other
// than line breaks and tabs, and marks that turn the direction of writing.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, s)
}

// cause digs the error of a filter out of Liquid's wrapping.
func cause(err error) error {
	for {
		switch e := err.(type) {
		case liquid.SourceError:
			if e.Cause() == nil {
				return errors.New(e.Error())
			}
			err = e.Cause()
		case expressions.FilterError:
			err = e.Err
		case *expressions.FilterError:
			err = e.Err
		default:
			return err
		}
	}
}
