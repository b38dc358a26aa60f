package mail

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	// MaxSubject is how long a subject may be, in characters, before data.
	MaxSubject = 120
	// MaxHTML is how large an HTML part may be, in bytes: some mail programs cut
	// off what is more.
	MaxHTML = 100_000
)

var (
	unsubscribeLink = regexp.MustCompile(`href=["']\{\{-?\s*unsubscribe_url\s*-?\}\}["']`)
	unsubscribeText = regexp.MustCompile(`\{\{-?\s*unsubscribe_url\s*-?\}\}`)
	postalAddress   = regexp.MustCompile(`\{\{-?\s*business\.postal_address\s*-?\}\}`)
	picture         = regexp.MustCompile(`(?i)<img\b[^>]*>`)
	alternative     = regexp.MustCompile(`(?i)\balt\s*=\s*["']`)
	forbidden       = regexp.MustCompile(`(?i)<(script|form|iframe|object|embed)\b`)
)

// inspect finds what a mail must have and must not have, beside its Liquid.
func inspect(s Source) Problems {
	var ps Problems
	add := func(part Part, from, to int, message, suggestion string) {
		ps = append(ps, Problem{Part: part, From: from, To: to, Message: message, Suggestion: suggestion})
	}
	lacks := func(part Part, message, suggestion string) {
		ps = append(ps, Problem{Part: part, Message: message, Suggestion: suggestion, Lacks: true})
	}
	if n := utf8.RuneCountInString(s.Subject); n > MaxSubject {
		add(Subject, 0, len(s.Subject), fmt.Sprintf("the subject has %d characters, more than %d", n, MaxSubject), "mail programs show some 50 of them")
	}
	frame, textFrame := HTML, Text // where what every mail has is missing
	if s.HTMLLayout != "" {
		frame = HTMLLayout
	}
	if s.TextLayout != "" {
		textFrame = TextLayout
	}
	markup := s.HTMLLayout + s.HTML
	if !unsubscribeLink.MatchString(markup) {
		lacks(frame, "the mail has no link to unsubscribe", `write <a href="{{ unsubscribe_url }}">Unsubscribe</a>`)
	}
	if !postalAddress.MatchString(markup) {
		lacks(frame, "the mail has no postal address", "write {{ business.postal_address }}")
	}
	if len(markup) > MaxHTML {
		add(HTML, 0, 0, fmt.Sprintf("the mail has %d bytes, more than %d", len(markup), MaxHTML), "mail programs cut off the rest")
	}
	if text := s.TextLayout + s.Text; s.Text != "" {
		if !unsubscribeText.MatchString(text) {
			lacks(textFrame, "the text part has no link to unsubscribe", "write {{ unsubscribe_url }}")
		}
		if !postalAddress.MatchString(text) {
			lacks(textFrame, "the text part has no postal address", "write {{ business.postal_address }}")
		}
	}
	if strings.TrimSpace(s.HTML) == "" {
		add(HTML, 0, 0, "the mail is empty", "")
	}
	return append(append(ps, elements(HTMLLayout, s.HTMLLayout)...), elements(HTML, s.HTML)...)
}

// elements finds elements that have no place in a mail.
func elements(part Part, source string) Problems {
	var ps Problems
	for _, at := range picture.FindAllStringIndex(source, -1) {
		if !alternative.MatchString(source[at[0]:at[1]]) {
			ps = append(ps, Problem{Part: part, From: at[0], To: at[1], Message: "the picture has no description", Suggestion: `write alt="…", or alt="" if it only decorates`})
		}
	}
	for _, at := range forbidden.FindAllStringIndex(source, -1) {
		ps = append(ps, Problem{Part: part, From: at[0], To: at[1], Message: "mail programs refuse `" + strings.ToLower(source[at[0]:at[1]]) + ">`", Suggestion: "leave it out"})
	}
	return ps
}
