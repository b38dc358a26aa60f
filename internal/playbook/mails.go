package playbook

import (
	"io/fs"
	"path"
	"slices"
	"strings"

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
	if !slices.Contains(files.names, w.template) {
		r.report(w.at, "there is no mail emails/"+w.template+htmlSuffix, segment.DidYouMean(w.template, files.names))
		return
	}
	of := func(name, suffix string) string { return files.sources[path.Join(mailFolder, name+suffix)] }
	b := l.playbook.Business
	t, err := mail.Compile(mail.Source{
		Subject: w.subject, Preheader: w.preheader,
		HTML: of(w.template, htmlSuffix), Text: of(w.template, textSuffix),
		HTMLLayout: of(layoutName, htmlSuffix), TextLayout: of(layoutName, textSuffix),
	}, mail.Settings{Zone: b.Zone, Currency: b.Currency, Language: b.Language})
	if err != nil {
		r.report(w.at, err.Error(), "")
		return
	}
	l.playbook.templates[key] = t
}
