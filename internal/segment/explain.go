package segment

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// A Reason says why a customer is in a segment, or is not.
type Reason struct {
	Segment string `json:"segment"`
	Title   string `json:"title,omitempty"`
	Rule    string `json:"rule"`
	In      bool   `json:"in"`
	Part    Part   `json:"part"` // the whole rule
}

// A Part is one condition of a rule, as its author wrote it.
type Part struct {
	Text   string  `json:"text"`
	Joins  string  `json:"joins,omitempty"` // and, or, not: of Parts; "" for a comparison
	True   bool    `json:"true"`
	Values []Value `json:"values,omitempty"` // what a comparison looked at
	Parts  []Part  `json:"parts,omitempty"`
}

// A Value is what a customer has in one field or window.
type Value struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	Known bool   `json:"known"`
}

// String writes v for people: "unknown", or the value, of a broken number six
// digits.
func (v Value) String() string {
	if !v.Known {
		return "unknown"
	}
	n, err := strconv.ParseFloat(v.Value, 64)
	if err != nil || !strings.Contains(v.Value, ".") || len(v.Value) <= 8 {
		return v.Value
	}
	if short := strconv.FormatFloat(n, 'g', 6, 64); !strings.Contains(short, "e") {
		return short
	}
	return v.Value
}

// Explain says of every segment, in order of names, whether it holds p at now,
// and why.
func (s *Set) Explain(p *customer.Profile, now time.Time) []Reason {
	e := s.Evaluator()
	e.evaluate(p, now)
	reasons := make([]Reason, len(s.rules))
	for i, r := range s.rules {
		reasons[i] = Reason{Segment: r.Name, Title: r.Title, Rule: r.When, In: e.env.in[i], Part: r.root.explain(&e.env)}
	}
	return reasons
}

// part is a boolean part of a compiled rule.
type part struct {
	text      string
	joins     string
	condition condition
	names     []string
	shows     []show
	parts     []*part
	// What the part asks of one field, nil if it asks anything else.
	about  *Field
	claims []claim
}

// show prints a value of a customer; ok says whether it is known.
type show func(*env) (s string, ok bool)

func (p *part) explain(e *env) Part {
	out := Part{Text: p.text, Joins: p.joins}
	for _, of := range p.parts {
		out.Parts = append(out.Parts, of.explain(e))
	}
	switch p.joins {
	case "and":
		out.True = !slices.ContainsFunc(out.Parts, func(of Part) bool { return !of.True })
	case "or":
		out.True = slices.ContainsFunc(out.Parts, func(of Part) bool { return of.True })
	case "not":
		out.True = !out.Parts[0].True
	default:
		out.True = p.condition(e)
	}
	for i, show := range p.shows {
		v := Value{Name: p.names[i]}
		if s, ok := show(e); ok {
			v.Value, v.Known = s, true
		}
		out.Values = append(out.Values, v)
	}
	return out
}

// uses notes that the current comparison looks at something.
func (c *compiler) uses(name string, how show) {
	if !slices.ContainsFunc(c.used, func(v Value) bool { return v.Name == name }) {
		c.used, c.shows = append(c.used, Value{Name: name}), append(c.shows, how)
	}
}

// leaf makes t a part of its own, which looks at all that was noted since the
// part before.
func (c *compiler) leaf(n *node, t typed) typed {
	p := &part{text: c.written(n), condition: t.flag, shows: c.shows, about: t.about, claims: t.claims}
	for _, v := range c.used {
		p.names = append(p.names, v.Name)
	}
	c.used, c.shows = nil, nil
	t.part = p
	return t
}

// joined makes one part of several; a chain of the same word becomes flat.
func (c *compiler) joined(n *node, word string, parts ...*part) *part {
	p := &part{text: c.written(n), joins: word}
	for _, of := range parts {
		if word != "not" && of.joins == word {
			p.parts = append(p.parts, of.parts...)
			continue
		}
		p.parts = append(p.parts, of)
	}
	return p
}

// show returns how to print f's value.
func (f *Field) show() show {
	switch {
	case f.number != nil:
		return showNumber(f.number)
	case f.text != nil:
		return f.text
	case f.date != nil:
		return showDate(f.date)
	case f.list != nil:
		return func(e *env) (string, bool) {
			all, ok := f.list(e)
			return strings.Join(all, ", "), ok
		}
	}
	return func(e *env) (string, bool) {
		v, ok := f.flag(e)
		return strconv.FormatBool(v), ok
	}
}
