package playbook

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

// name reports a name that has not the form of one.
func (r *reader) name(n *yaml.Node, name string) bool {
	if namePattern.MatchString(name) {
		return true
	}
	suggestion := ""
	if s := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(name), "_"), "_0123456789"); namePattern.MatchString(s) {
		suggestion = "write it as " + s
	}
	r.report(n, "a name has small letters, digits and underscores, begins with a letter, and has no more than 48 of them", suggestion)
	return false
}

// taken reports a name that something of its kind has already.
func (r *reader) taken(n *yaml.Node, kind, name string, first int) {
	r.report(n, fmt.Sprintf("there is a %s `%s` already, in line %d", kind, name, first), "give this one another name")
}

// within returns where in the file the character lies that is offset characters
// into n's text. YAML drops indentation, folds lines and unquotes; so both are
// walked side by side, white space and quotes left out.
func (r *reader) within(n *yaml.Node, offset int) (line, column int) {
	line, column = n.Line, n.Column
	value := []rune(strings.TrimSpace(n.Value))
	place := placeIn(r.lines, n)
	for i, c := range value {
		if unicode.IsSpace(c) {
			continue
		}
		l, col, ok := place.find(c)
		if !ok {
			return n.Line, n.Column
		}
		line, column = l, col
		if i >= offset {
			return line, column
		}
		place.column++
	}
	return line, column
}

// place walks through a file's characters.
type place struct {
	lines        [][]rune
	line, column int // from 0
}

func placeIn(lines []string, n *yaml.Node) *place {
	p := &place{line: n.Line - 1, column: n.Column - 1}
	for _, l := range lines {
		p.lines = append(p.lines, []rune(l))
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0: // the text begins below
		p.line, p.column = n.Line, 0
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		p.column++
	}
	return p
}

// find moves to the next c, over white space, backslashes and doubled quotes
// only, and returns its line and column from 1.
func (p *place) find(c rune) (line, column int, ok bool) {
	for p.line < len(p.lines) {
		for p.column < len(p.lines[p.line]) {
			switch at := p.lines[p.line][p.column]; {
			case at == c:
				return p.line + 1, p.column + 1, true
			case unicode.IsSpace(at), at == '\\', at == '\'':
				p.column++
			default:
				return 0, 0, false
			}
		}
		p.line, p.column = p.line+1, 0
	}
	return 0, 0, false
}
