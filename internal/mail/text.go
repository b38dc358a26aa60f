package mail

import (
	"strings"

	"golang.org/x/net/html"
)

// TextOf returns the text part for an HTML part: headings and paragraphs with
// empty lines between, lists with dashes, links as "text: address". What is
// hidden from the eye (display:none) is left out, and so are pictures without a
// description.
func TextOf(markup string) string {
	doc, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return ""
	}
	var w textWriter
	w.node(doc)
	return strings.TrimSpace(w.b.String()) + "\n"
}

// textWriter joins text with the space between it: breaks counts the line
// breaks due before the next word.
type textWriter struct {
	b      strings.Builder
	breaks int
	space  bool
}

func (w *textWriter) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
		return
	case html.ElementNode:
		if skipped[n.Data] || hidden(n) {
			return
		}
	}
	around := blocks[n.Data]
	if n.Type != html.ElementNode {
		around = 0
	}
	w.breakLines(around)
	switch n.Data {
	case "br":
		w.breaks = max(w.breaks+1, 1)
	case "li":
		w.word("-")
		w.space = true
	case "hr":
		w.word("---")
	case "img":
		w.text(attribute(n, "alt"))
	}
	start := w.b.Len()
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	if n.Data == "a" && w.b.Len() > start {
		w.address(attribute(n, "href"), strings.TrimSpace(w.b.String()[start:]))
	}
	w.breakLines(around)
}

// address writes where a link leads, unless its text says so.
func (w *textWriter) address(href, text string) {
	if href == "" || strings.HasPrefix(href, "#") || href == text || strings.TrimPrefix(href, "mailto:") == text {
		return
	}
	w.b.WriteString(": " + href)
}

func (w *textWriter) text(s string) {
	for i, word := range strings.FieldsFunc(s, collapsible) {
		if i > 0 || collapsible(rune(s[0])) {
			w.space = true
		}
		w.word(word)
	}
	if s != "" && collapsible(rune(s[len(s)-1])) {
		w.space = true
	}
}

// collapsible tells the white space of HTML, to which the no-break space does
// not belong.
func collapsible(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' }

func (w *textWriter) word(s string) {
	// Preheaders are padded with characters that have no width.
	s = strings.Trim(s, "\u200c\u200b\u034f\u00ad\u00a0")
	if s == "" {
		return
	}
	switch {
	case w.b.Len() == 0:
	case w.breaks > 0:
		w.b.WriteString(strings.Repeat("\n", min(w.breaks, 2)))
	case w.space:
		w.b.WriteByte(' ')
	}
	w.breaks, w.space = 0, false
	w.b.WriteString(s)
}

func (w *textWriter) breakLines(n int) { w.breaks = max(w.breaks, n) }

var skipped = map[string]bool{"head": true, "style": true, "script": true, "title": true, "template": true}

var blocks = map[string]int{"p": 2, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "ul": 2, "ol": 2, "table": 2, "hr": 2, "blockquote": 2,
	"div": 1, "li": 1, "tr": 1, "td": 1, "th": 1, "section": 2, "header": 2, "footer": 2, "main": 2}

func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(attribute(n, "style"), " ", "")
	return strings.Contains(style, "display:none") || attribute(n, "hidden") != ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
