package segment

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is one word or sign of a rule.
type token struct {
	kind     tokenKind
	text     string  // as written; of a text its value
	number   float64 // of a number
	from, to int     // in runes
}

type tokenKind int

const (
	endToken tokenKind = iota
	nameToken
	numberToken
	textToken
	signToken // an operator, bracket or comma
)

// A lexer cuts a rule into tokens. The words and signs are those of expr-lang.
type lexer struct {
	source []rune
	at     int
	fault  *fault
}

// A fault is what cannot be read in a rule.
type fault struct {
	from, to            int
	message, suggestion string
}

func (l *lexer) fail(from, to int, message, suggestion string) token {
	if l.fault == nil {
		l.fault = &fault{from, min(to, len(l.source)), message, suggestion}
	}
	l.at = len(l.source)
	return token{from: from, to: from}
}

func (l *lexer) peek(ahead int) rune {
	if l.at+ahead < len(l.source) {
		return l.source[l.at+ahead]
	}
	return -1
}

// next returns the next token, one of kind endToken after the last.
func (l *lexer) next() token {
	l.skip()
	from := l.at
	if from >= len(l.source) {
		return token{from: from, to: from}
	}
	switch r := l.source[from]; {
	case r == '"' || r == '\'' || r == '`':
		return l.text(r)
	case r >= '0' && r <= '9' || r == '.' && isDigit(l.peek(1)):
		return l.number()
	case isLetter(r):
		for l.at < len(l.source) && (isLetter(l.source[l.at]) || isDigit(l.source[l.at])) {
			l.at++
		}
		return l.word(from)
	}
	return l.sign()
}

// skip moves over white space and comments.
func (l *lexer) skip() {
	for l.at < len(l.source) {
		switch r := l.source[l.at]; {
		case unicode.IsSpace(r):
			l.at++
		case r == '/' && l.peek(1) == '/':
			for l.at < len(l.source) && l.source[l.at] != '\n' {
				l.at++
			}
		case r == '/' && l.peek(1) == '*':
			from := l.at
			for l.at += 2; !(l.peek(0) == '*' && l.peek(1) == '/'); l.at++ {
				if l.at >= len(l.source) {
					l.fail(from, len(l.source), "this comment has no end", "end it with `*/`")
					return
				}
			}
			l.at += 2
		default:
			return
		}
	}
}

var wordSigns = map[string]bool{"and": true, "or": true, "not": true, "in": true, "contains": true,
	"startsWith": true, "endsWith": true, "matches": true}

func (l *lexer) word(from int) token {
	t := token{kind: nameToken, text: string(l.source[from:l.at]), from: from, to: l.at}
	if wordSigns[t.text] {
		t.kind = signToken
	}
	return t
}

var signs = []string{"==", "!=", "<=", ">=", "&&", "||", "??", "..", "**",
	"<", ">", "!", "+", "-", "*", "/", "%", "^", "(", ")", "[", "]", ",", ".", "?", ":", "|", "{", "}"}

func (l *lexer) sign() token {
	from := l.at
	for _, s := range signs {
		if strings.HasPrefix(string(l.source[from:min(from+2, len(l.source))]), s) {
			l.at += len(s)
			return token{kind: signToken, text: s, from: from, to: l.at}
		}
	}
	switch l.source[from] {
	case '=':
		return l.fail(from, from+1, "a single `=` compares nothing", "write `==`")
	case '“', '”', '„', '‘', '’', '«', '»':
		return l.fail(from, from+1, "these are not quotes that a rule knows", "write \" on both sides")
	case '≥', '≤', '≠':
		return l.fail(from, from+1, "`"+string(l.source[from])+"` is no operator", "write `>=`, `<=` or `!=`")
	}
	return l.fail(from, from+1, "`"+string(l.source[from])+"` means nothing in a rule", "")
}

func (l *lexer) number() token {
	from := l.at
	for isDigit(l.peek(0)) || isLetter(l.peek(0)) || l.peek(0) == '.' && l.peek(1) != '.' ||
		(l.peek(0) == '+' || l.peek(0) == '-') && (l.peek(-1) == 'e' || l.peek(-1) == 'E') {
		l.at++
	}
	t := token{kind: numberToken, text: string(l.source[from:l.at]), from: from, to: l.at}
	n, err := strconv.ParseFloat(strings.ReplaceAll(t.text, "_", ""), 64)
	if err != nil || strings.ContainsAny(t.text, "xXpP") {
		return l.fail(from, l.at, "`"+t.text+"` is no number", "write it as 1200 or 19.90")
	}
	t.number = n
	return t
}

// text reads a text in quotes; backquotes take everything as it is.
func (l *lexer) text(quote rune) token {
	from := l.at
	var b strings.Builder
	for l.at++; ; l.at++ {
		switch r := l.peek(0); {
		case r == quote:
			l.at++
			return token{kind: textToken, text: b.String(), from: from, to: l.at}
		case r < 0 || r == '\n' && quote != '`':
			return l.fail(from, l.at, "this text has no end", "close it with "+string(quote))
		case r == '\\' && quote != '`':
			l.at++
			s, ok := l.escape(quote)
			if !ok {
				return l.fail(l.at-1, l.at+1, "`\\"+string(max(' ', l.peek(0)))+"` means nothing in a text", "write \\\\ for a backslash")
			}
			b.WriteRune(s)
		default:
			b.WriteRune(r)
		}
	}
}

func (l *lexer) escape(quote rune) (rune, bool) {
	switch r := l.peek(0); r {
	case 'n':
		return '\n', true
	case 't':
		return '\t', true
	case 'r':
		return '\r', true
	case '\\', quote:
		return r, true
	case 'u':
		if l.at+4 >= len(l.source) {
			return 0, false
		}
		n, err := strconv.ParseUint(string(l.source[l.at+1:l.at+5]), 16, 32)
		l.at += 4
		return rune(n), err == nil && utf8.ValidRune(rune(n))
	}
	return 0, false
}

func isLetter(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
