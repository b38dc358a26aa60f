package playbook

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/mail"
	"holdfast/internal/segment"
)

const (
	htmlSuffix = ".html.liquid"
	textSuffix = ".txt.liquid"
	layoutName = "layout"
)

// mailFiles are the sources below emails/, read once.
type mailFiles struct {
	sources map[string]string // by path
	names   []string          // of mails, without folder and suffix
	broken  []string          // of mails that cannot be read
}

// wording is one mail of a step, with the places that name it.
type wording struct {
	at, subjectAt, preheaderAt   *yaml.Node
	template, subject, preheader string
}

// files reads the mails when first asked.
func (l *loading) files() mailFiles {
	if l.mails.sources != nil {
		return l.mails
	}
	l.mails.sources = map[string]string{}
	entries, _ := fs.ReadDir(l.fsys, mailFolder) // none: every template is reported as missing
	for _, e := range entries {
		file := path.Join(mailFolder, e.Name())
		name, isHTML := strings.CutSuffix(e.Name(), htmlSuffix)
		if !isHTML && !strings.HasSuffix(e.Name(), textSuffix) {
			continue
		}
		source, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			l.problems = append(l.problems, Problem{File: file, Message: "the file cannot be read"})
			continue
		}
		if at := invalid(string(source)); at >= 0 {
			text := strings.ToValidUTF8(string(source[:at]), "")
			l.problems = append(l.problems, inFile(file, strings.ToValidUTF8(string(source), "\ufffd"),
				mail.Problem{From: len(text), To: len(text) + len("\ufffd"), Message: "the file is not text in UTF-8", Suggestion: "save it with the encoding UTF-8"}))
			l.mails.broken = append(l.mails.broken, name)
			continue
		}
		l.mails.sources[file] = strings.ReplaceAll(string(source), "\r\n", "\n")
		if isHTML && name != layoutName {
			l.mails.names = append(l.mails.names, name)
		}
	}
	return l.mails
}

// compile compiles the mail of a step and keeps it under key.
func (l *loading) compile(r *reader, w wording, key string) {
	if w.at == nil || w.subjectAt == nil {
		return
	}
	files := l.files()
	if slices.Contains(files.broken, w.template) {
		return
	}
	if !slices.Contains(files.names, w.template) {
		bare := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(w.template, mailFolder+"/"), ".liquid"), ".html")
		r.report(w.at, "there is no mail emails/"+bare+htmlSuffix, cmp.Or(exactly(bare, w.template, files.names), segment.DidYouMean(bare, files.names), "make it, or name another"))
		return
	}
	of := func(name, suffix string) string { return files.sources[path.Join(mailFolder, name+suffix)] }
	b := l.playbook.Business
	t, err := mail.Compile(mail.Source{
		Subject: w.subject, Preheader: w.preheader,
		HTML: of(w.template, htmlSuffix), Text: of(w.template, textSuffix),
		HTMLLayout: of(layoutName, htmlSuffix), TextLayout: of(layoutName, textSuffix),
	}, mail.Settings{Zone: b.Zone, Currency: b.Currency, Language: b.Language, Variables: vocabulary})
	var wrong mail.Problems
	if errors.As(err, &wrong) {
		for _, p := range wrong {
			l.mailProblem(r, w, p)
		}
		return
	}
	l.playbook.templates[key] = t
}

// exactly says how to write the name of a mail that is there.
func exactly(bare, written string, names []string) string {
	if bare != written && slices.Contains(names, bare) {
		return "write `" + bare + "`, without folder and ending"
	}
	return ""
}

// mailProblem reports p where it is written. What several steps have in common
// is reported once.
func (l *loading) mailProblem(r *reader, w wording, p mail.Problem) {
	var found Problem
	switch p.Part {
	case mail.Subject:
		found = r.scalarProblem(w.subjectAt, w.subject, p)
	case mail.Preheader:
		found = r.scalarProblem(w.preheaderAt, w.preheader, p)
	default:
		name, suffix := w.template, htmlSuffix
		if p.Part == mail.HTMLLayout || p.Part == mail.TextLayout {
			name = layoutName
		}
		if p.Part == mail.Text || p.Part == mail.TextLayout {
			suffix = textSuffix
		}
		file := path.Join(mailFolder, name+suffix)
		if _, has := l.files().sources[path.Join(mailFolder, layoutName+suffix)]; !has && p.To == 0 && p.Lacks {
			found = Problem{File: path.Join(mailFolder, layoutName+suffix), Message: "the file is missing, and " + p.Message, Suggestion: p.Suggestion}
			break
		}
		found = inFile(file, l.files().sources[file], p)
	}
	if !slices.Contains(l.problems, found) {
		l.problems = append(l.problems, found)
	}
}

// scalarProblem is a problem within a text of a YAML file.
func (r *reader) scalarProblem(n *yaml.Node, text string, p mail.Problem) Problem {
	line, column := r.within(n, utf8.RuneCountInString(text[:p.From]))
	found := Problem{File: r.file, Line: line, Column: column, Text: text[p.From:p.To], Message: p.Message, Suggestion: p.Suggestion}
	if line <= len(r.lines) {
		found.Excerpt = r.lines[line-1]
	}
	return found
}

// inFile is a problem within a file; at its last line if it has no place, since
// what lacks is mostly at the end of a mail.
func inFile(file, source string, p mail.Problem) Problem {
	found := Problem{File: file, Message: p.Message, Suggestion: p.Suggestion}
	if p.To == 0 {
		whole := strings.TrimRight(source, " \t\n")
		if whole == "" {
			return found
		}
		p.From, p.To = strings.LastIndexByte(whole, '\n')+1, len(whole)
		p.From += len(whole[p.From:]) - len(strings.TrimLeft(whole[p.From:], " \t"))
	}
	start := strings.LastIndexByte(source[:p.From], '\n') + 1
	found.Line = 1 + strings.Count(source[:start], "\n")
	found.Column = 1 + utf8.RuneCountInString(source[start:p.From])
	found.Text = source[p.From:p.To]
	found.Excerpt, _, _ = strings.Cut(source[start:], "\n")
	return found
}

// vocabulary is what mails may show: the fields of the catalogue, and what
// [Playbook.Render] adds.
var vocabulary = func() mail.Vocabulary {
	v := mail.Vocabulary{
		"custom.*":        {Kind: mail.TextKind},
		"cart_url":        {Kind: mail.TextKind},
		"campaign":        {Kind: mail.TextKind, Always: true},
		"unsubscribe_url": {Kind: mail.TextKind, Always: true},
		"preferences_url": {Kind: mail.TextKind, Always: true},
	}
	for _, name := range []string{"name", "url", "postal_address", "email"} {
		v["business."+name] = mail.Variable{Kind: mail.TextKind, Always: true}
	}
	kinds := map[segment.Type]mail.Kind{segment.Number: mail.NumberKind, segment.Money: mail.NumberKind, segment.Text: mail.TextKind,
		segment.Date: mail.DateKind, segment.List: mail.ListKind, segment.Boolean: mail.FlagKind}
	for _, f := range segment.Fields() {
		v[f.Name] = mail.Variable{Kind: kinds[f.Type], Always: f.Always && f.Type != segment.List}
	}
	return v
}()
