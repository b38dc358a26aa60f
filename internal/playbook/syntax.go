package playbook

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var lineBreak = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// Lines returns the lines of a YAML file, as YAML counts them.
func Lines(source string) []string { return lineBreak.Split(source, -1) }

// Misformed returns what is wrong with a YAML file that cannot be read, given
// its lines and what the parser says, in words for somebody who does not know
// how it works.
func Misformed(file string, lines []string, err error) Problems {
	var all Problems
	r := reader{file: file, lines: lines, problems: &all}
	if !r.notText() {
		r.syntax(err)
	}
	return all
}

// notText reports a file that is not text in UTF-8, and whether it is one.
func (r *reader) notText() bool {
	for i, line := range r.lines {
		if at := invalid(line); at >= 0 {
			r.lines[i] = strings.ToValidUTF8(line, "\ufffd")
			r.reportAt(i+1, 1+utf8.RuneCountInString(line[:at]), "", "the file is not text in UTF-8", "save it with the encoding UTF-8")
			return true
		}
	}
	return false
}

// invalid returns where the first byte of s is that is no UTF-8, -1 for nowhere.
func invalid(s string) int {
	for i, c := range s {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

var (
	yamlLine = regexp.MustCompile(`line (\d+)`)
	// twoColons is a value that has another `: ` in it, without quotes.
	twoColons = regexp.MustCompile(`^(\s*(?:- )?[\w]+:\s+)([^\s"'\[{#].*: .*?)\s*$`)
	// special is a value that begins with a character that YAML keeps for itself.
	special = regexp.MustCompile("^\\s*(?:- )?\\w+:\\s+([@`%*&!|>][^\\s].*?)\\s*$")
	// quoteOpens is a value that begins with a double quote.
	quoteOpens = regexp.MustCompile(`^\s*(?:- )?\w+:\s+(".*)$`)
	entry      = regexp.MustCompile(`^\s*(?:- )?[\w"']+\s*:(?:\s|$)`)
)

// syntax reports what the parser could not read, in the words of somebody who
// does not know how it works: it is looked for what people do.
func (r *reader) syntax(err error) {
	at := 1
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		at, _ = strconv.Atoi(m[1])
	}
	at = max(1, min(at, len(r.lines)))
	for at > 1 && strings.TrimSpace(r.lines[at-1]) == "" {
		at--
	}
	if r.tab() {
		return
	}
	for _, line := range []int{at, at - 1} {
		if line >= 1 && r.odd(line) {
			return
		}
	}
	if r.open(at) {
		return
	}
	text := r.lines[at-1]
	from := len(text) - len(strings.TrimLeft(text, " "))
	r.reportAt(at, 1+from, strings.TrimSpace(text), "this line does not fit to those above",
		"keys of one thing begin in the same column; and look whether a quote or bracket above is closed")
}

// open reports the first line up to one whose value begins with a quote that is
// not closed on it, and whether there is one.
func (r *reader) open(upTo int) bool {
	for i, line := range r.lines[:upTo] {
		if m := quoteOpens.FindStringSubmatchIndex(line); m != nil && strings.Count(line[m[2]:], `"`)%2 == 1 {
			r.reportAt(i+1, 1+utf8.RuneCountInString(line[:m[2]]), line[m[2]:], "a quote is not closed", "write `\"` on both sides")
			return true
		}
	}
	return false
}

// tab reports the first line that is indented by a tab, and whether one is.
func (r *reader) tab() bool {
	for i, line := range r.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if t := strings.IndexByte(indent, '\t'); t >= 0 && strings.TrimSpace(line) != "" {
			r.reportAt(i+1, t+1, "", "a tab stands where spaces belong", "write two spaces for each step to the right")
			return true
		}
	}
	return false
}

// odd reports what is known to be wrong with a line, and whether anything is.
func (r *reader) odd(line int) bool {
	text := r.lines[line-1]
	trimmed := strings.TrimSpace(text)
	column := func(part string) int { return 1 + utf8.RuneCountInString(text[:strings.Index(text, part)]) }
	switch m := twoColons.FindStringSubmatch(text); {
	case m != nil:
		r.reportAt(line, column(m[2]), m[2], "a text with `: ` in it needs quotes", "write it in \"double quotes\"")
		return true
	case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		return false
	}
	if m := special.FindStringSubmatch(text); m != nil {
		r.reportAt(line, column(m[1]), m[1], "a text cannot begin with `"+m[1][:1]+"`", "write it in \"double quotes\"")
		return true
	}
	for _, b := range []string{"[]", "{}"} {
		if strings.Count(text, b[:1]) > strings.Count(text, b[1:]) {
			from := strings.LastIndex(text, b[:1])
			r.reportAt(line, 1+utf8.RuneCountInString(text[:from]), text[from:], "`"+b[:1]+"` is not closed", "close it with `"+b[1:]+"`, or put the text into \"double quotes\"")
			return true
		}
	}
	if !entry.MatchString(text) && !strings.HasPrefix(trimmed, "- ") && !strings.Contains(trimmed, ": ") && line > 1 && entry.MatchString(r.lines[line-2]) &&
		!strings.HasSuffix(strings.TrimSpace(r.lines[line-2]), ">") && !strings.HasSuffix(strings.TrimSpace(r.lines[line-2]), "|") {
		r.reportAt(line, column(trimmed), trimmed, "this line has no key", "write `key: value`, with a space after the colon")
		return true
	}
	return false
}
