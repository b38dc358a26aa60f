package playbook

import (
	"errors"
	"io/fs"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/mail"
	"holdfast/internal/segment"
)

const (
	settingsFile  = "holdfast.yaml"
	segmentsFile  = "segments.yaml"
	campaignsFile = "campaigns.yaml"
	productsFile  = "products.yaml" // may be left out
	mailFolder    = "emails"
)

// Load reads and checks the playbook in fsys. The error is of type [Problems],
// and holds everything that is wrong, not just the first.
func Load(fsys fs.FS) (*Playbook, error) {
	l := loading{fsys: fsys, playbook: &Playbook{templates: map[string]*mail.Template{}, places: map[string]Problem{}}}
	if n, r := l.open(settingsFile); n != nil {
		l.settings(r, n)
	}
	if _, err := fs.Stat(fsys, productsFile); !errors.Is(err, fs.ErrNotExist) {
		if n, r := l.open(productsFile); n != nil {
			l.products(r, n)
		}
	}
	if n, r := l.open(segmentsFile); n != nil {
		l.segments(r, n)
	}
	if n, r := l.open(campaignsFile); n != nil {
		l.campaigns(r, n)
	}
	if len(l.problems) > 0 {
		l.problems.sort()
		return nil, l.problems
	}
	return l.playbook, nil
}

// loading is the state of one Load.
type loading struct {
	fsys     fs.FS
	playbook *Playbook
	problems Problems
	mails    mailFiles
	// names are the segments that are named, be they right or not; nil if the
	// file cannot be read.
	names []string
}

// open parses one YAML file; the node is nil if that is impossible.
func (l *loading) open(name string) (*yaml.Node, *reader) {
	r := &reader{file: name, problems: &l.problems}
	source, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		message := "the file is missing"
		if !errors.Is(err, fs.ErrNotExist) {
			message = "the file cannot be read"
		}
		l.problems = append(l.problems, Problem{File: name, Message: message, Suggestion: "a playbook has holdfast.yaml, segments.yaml and campaigns.yaml"})
		return nil, r
	}
	return r.document(source), r
}

func (l *loading) segments(r *reader, n *yaml.Node) {
	m := r.mapping(n, "the file")
	if m == nil {
		return
	}
	places := map[string]*yaml.Node{}
	for _, item := range m.list("segments") {
		l.segment(r, item, places)
	}
	m.end()
	rules, err := segment.Compile(l.playbook.Segments, l.playbook.settings())
	var wrong segment.Problems
	if errors.As(err, &wrong) {
		for _, p := range wrong {
			line, column := r.within(places[p.Segment], p.From)
			r.reportAt(line, column, p.Text, p.Message, p.Suggestion)
		}
	}
	l.playbook.Rules = rules
}

func (l *loading) segment(r *reader, item *yaml.Node, places map[string]*yaml.Node) {
	m := r.mapping(item, "a segment")
	if m == nil {
		return
	}
	name, at := m.required("name", "give it a name in small letters, such as at_risk")
	d := segment.Definition{Name: name, Title: m.text("title"), Description: m.text("description"), Persona: m.text("persona"),
		Goal: m.text("goal"), Priority: m.whole("priority")}
	when, rule := m.required("when", "write the rule, such as `when: orders >= 3`")
	m.end()
	if at == nil {
		return
	}
	l.names = append(l.names, name)
	if !r.name(at, name) {
		return
	}
	if places[name] != nil || rule == nil {
		if rule != nil {
			r.taken(at, "segment", name, l.playbook.places["segment/"+name].Line)
		}
		return
	}
	d.When = when
	if d.Title == "" {
		d.Title = name
	}
	places[name] = rule
	l.playbook.places["segment/"+name] = r.problemAt(at.Line, at.Column, name)
	l.playbook.Segments = append(l.playbook.Segments, d)
}
