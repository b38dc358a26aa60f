package mail

import (
	"regexp"
	"strings"
)

// A token is a piece of a template: text as it is, an output {{ … }} or a tag
// {% … %}.
type token struct {
	kind   tokenKind
	source string // with its braces
	at     int    // offset in the template, in bytes
	open   string // "{{" or "{{-"
	name   string // of a tag
	args   string // what an output shows, or a tag is given
	argsAt int
	close  string
}

type tokenKind int

const (
	textToken tokenKind = iota
	outputToken
	tagToken
)

var (
	tokenPattern = regexp.MustCompile(`(\{\{-?)\s*(.+?)\s*(-?\}\})|(\{%-?)\s*(\w+)(?:\s+((?:[^%]|%[^}])+?))?\s*(-?%\})`)
	contentMark  = regexp.MustCompile(`\{\{-?\s*content\s*-?\}\}`)
)

// scan cuts a template into tokens, as the Liquid engine does.
func scan(source string) []token {
	var tokens []token
	at := 0
	for _, m := range tokenPattern.FindAllStringSubmatchIndex(source, -1) {
		if at < m[0] {
			tokens = append(tokens, token{kind: textToken, source: source[at:m[0]], at: at})
		}
		t := token{source: source[m[0]:m[1]], at: m[0]}
		if m[2] >= 0 {
			t.kind, t.open, t.args, t.argsAt, t.close = outputToken, source[m[2]:m[3]], source[m[4]:m[5]], m[4], source[m[6]:m[7]]
		} else {
			t.kind, t.open, t.name, t.close = tagToken, source[m[8]:m[9]], source[m[10]:m[11]], source[m[14]:m[15]]
			if m[12] >= 0 {
				t.args, t.argsAt = source[m[12]:m[13]], m[12]
			}
		}
		tokens = append(tokens, t)
		at = m[1]
	}
	if at < len(source) {
		tokens = append(tokens, token{kind: textToken, source: source[at:], at: at})
	}
	return tokens
}

// A word is a piece of an expression: a variable's path, a literal, or a sign.
type word struct {
	text string
	at   int // offset in the expression
}

var wordPattern = regexp.MustCompile(`"[^"]*"|'[^']*'|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\["[^"]*"\]|\[\d+\])*\??|-?\d+(?:\.\d+)?|==|!=|<>|<=|>=|\.\.|\S`)

func words(expression string) []word {
	var all []word
	for _, m := range wordPattern.FindAllStringIndex(expression, -1) {
		all = append(all, word{expression[m[0]:m[1]], m[0]})
	}
	return all
}

var notVariables = map[string]bool{"true": true, "false": true, "nil": true, "blank": true, "empty": true,
	"and": true, "or": true, "contains": true, "in": true, "reversed": true, "limit": true, "offset": true}

// variable reports whether w names a variable, by its shape.
func (w word) variable() bool {
	c := w.text[0]
	return (c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && !notVariables[w.text]
}

// An output is what {{ … }} shows, taken apart.
type output struct {
	of      word // a variable or literal
	filters []filter
}

type filter struct {
	name word
	args []word
}

// takeApart reads an output's expression; ok is false if it has another form
// than value | filter: argument, argument | …
func takeApart(expression string) (o output, ok bool) {
	ws := words(expression)
	if len(ws) == 0 || !ws[0].operand() {
		return o, false
	}
	o.of, ws = ws[0], ws[1:]
	for len(ws) > 0 {
		if len(ws) < 2 || ws[0].text != "|" || !ws[1].variable() {
			return o, false
		}
		f := filter{name: ws[1]}
		ws = ws[2:]
		for sign := ":"; len(ws) > 0 && ws[0].text == sign; sign = "," {
			if len(ws) < 2 || !ws[1].operand() {
				return o, false
			}
			f.args, ws = append(f.args, ws[1]), ws[2:]
		}
		o.filters = append(o.filters, f)
	}
	return o, true
}

// operand reports whether w is a variable or a literal.
func (w word) operand() bool {
	return w.variable() || strings.ContainsRune(`"'`, rune(w.text[0])) && len(w.text) > 1 ||
		w.text[0] >= '0' && w.text[0] <= '9' || len(w.text) > 1 && w.text[0] == '-' || w.text == "true" || w.text == "false" || w.text == "nil"
}

// has reports whether o goes through the filter of that name.
func (o output) has(name string) bool {
	for _, f := range o.filters {
		if f.name.text == name {
			return true
		}
	}
	return false
}
