package mail

import (
	"regexp"
	"strings"
)

// A token is a piece of a template: text as it is, an output {{ … }} or a tag
// {% … %}.
type token struct {
	kind     tokenKind
	source   string // with its braces; of a text, without the space trimmed by its neighbours
	from, to int    // in the template, in bytes
	name     string // of a tag
	args     string // what an output shows, or what a tag is given
	argsAt   int    // where they begin
}

type tokenKind int

const (
	textToken tokenKind = iota
	outputToken
	tagToken
)

// The forms of outputs and tags are those of the Liquid engines: neither goes
// over the end of a line, unlike a tag's arguments.
var tokenPattern = regexp.MustCompile(`\{\{(-?)\s*(.*?)\s*(-?)\}\}|\{%(-?)\s*(\w*)(?:\s+((?:[^%]|%[^}])*?))?\s*(-?)%\}`)

// scan cuts a template into tokens.
func scan(source string) []token {
	var tokens []token
	at, trim := 0, false
	text := func(to int, trimRight bool) {
		s := source[at:to]
		if trim {
			s = strings.TrimLeft(s, " \t\r\n")
		}
		if trimRight {
			s = strings.TrimRight(s, " \t\r\n")
		}
		if s != "" {
			tokens = append(tokens, token{kind: textToken, source: s, from: at, to: to})
		}
	}
	for _, m := range tokenPattern.FindAllStringSubmatchIndex(source, -1) {
		t := token{source: source[m[0]:m[1]], from: m[0], to: m[1]}
		left, right := 4, 7
		if m[2] >= 0 {
			left, right = 1, 3
			t.kind, t.args, t.argsAt = outputToken, source[m[4]:m[5]], m[4]
		} else {
			t.kind, t.name = tagToken, source[m[10]:m[11]]
			if m[12] >= 0 {
				t.args, t.argsAt = source[m[12]:m[13]], m[12]
			}
		}
		text(m[0], m[2*left] < m[2*left+1])
		tokens = append(tokens, t)
		at, trim = m[1], m[2*right] < m[2*right+1]
	}
	text(len(source), false)
	return tokens
}

// A word is a piece of an expression: a variable's path, a literal, or a sign.
type word struct {
	text     string
	from, to int // in the template
}

var wordPattern = regexp.MustCompile(`"[^"]*"|'[^']*'|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\["[^"]*"\])*|-?\d+(?:\.\d+)?|==|!=|<>|<=|>=|\S`)

func (t token) words() []word {
	var all []word
	for _, m := range wordPattern.FindAllStringIndex(t.args, -1) {
		all = append(all, word{t.args[m[0]:m[1]], t.argsAt + m[0], t.argsAt + m[1]})
	}
	return all
}

var reserved = map[string]bool{"true": true, "false": true, "nil": true, "blank": true, "empty": true, "and": true, "or": true, "contains": true, "in": true}

// named reports whether w is a variable, by its shape.
func (w word) named() bool {
	c := w.text[0]
	return (c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && !reserved[w.text]
}

// path cuts a variable into its names: custom["a b"].c is custom, a b, c.
func (w word) path() []string {
	s := strings.NewReplacer(`["`, "\x00", `"]`, "", ".", "\x00").Replace(w.text)
	return strings.Split(s, "\x00")
}
