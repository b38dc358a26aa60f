package playbook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing wrong with a playbook, and where.
type Problem struct {
	File       string `json:"file"`
	Line       int    `json:"line,omitempty"`   // from 1; 0: the file as a whole
	Column     int    `json:"column,omitempty"` // from 1, in characters
	Text       string `json:"text,omitempty"`   // the offending text
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"`
	Excerpt    string `json:"-"` // the whole line
}

// String prints p with the line it is on, the text underlined.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": " + p.Message)
	if p.Suggestion != "" {
		b.WriteString(", " + p.Suggestion)
	}
	if p.Excerpt == "" {
		return b.String()
	}
	line, before, under := p.excerpt()
	fmt.Fprintf(&b, "\n    %s\n    %s%s", line, strings.Repeat(" ", before), strings.Repeat("^", under))
	return b.String()
}

// width is how much of a long line is shown, in characters.
const width = 100

// excerpt returns the line, or the piece of it around the problem, and how many
// characters stand before what is to be underlined, and how many that are.
func (p Problem) excerpt() (line string, before, under int) {
	runes := []rune(strings.ReplaceAll(p.Excerpt, "\t", " "))
	before = max(0, min(p.Column-1, len(runes)))
	first, _, _ := strings.Cut(p.Text, "\n")
	under = max(1, min(len([]rune(first)), len(runes)-before, width*3/4))
	if len(runes) <= width {
		return string(runes), before, under
	}
	from := max(0, min(before-width/5, len(runes)-width))
	to := min(len(runes), from+width)
	line = string(runes[from:to])
	if from > 0 {
		line, before = "…"+string(runes[from+1:to]), before-from
	}
	if to < len(runes) {
		line += "…"
	}
	return line, before, under
}

// Problems is everything wrong with a playbook, by file and line.
type Problems []Problem

func (ps Problems) Error() string {
	all := make([]string, len(ps))
	for i, p := range ps {
		all[i] = p.String()
	}
	return strings.Join(all, "\n")
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(fileOrder(a.File), fileOrder(b.File)), strings.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Message, b.Message))
	})
}

// fileOrder puts files into the order in which they are written.
func fileOrder(name string) int {
	if i := slices.Index([]string{settingsFile, productsFile, segmentsFile, campaignsFile}, name); i >= 0 {
		return i
	}
	return 3
}
