package mail

import (
	"fmt"
	"strings"
)

// A Part is one of the texts that make a mail.
type Part string

const (
	Subject    Part = "subject"
	Preheader  Part = "preheader"
	HTML       Part = "HTML part"
	Text       Part = "text part"
	HTMLLayout Part = "HTML layout"
	TextLayout Part = "text layout"
)

// markup reports whether p is HTML.
func (p Part) markup() bool { return p == HTML || p == HTMLLayout }

// A Problem is one thing wrong with a mail.
type Problem struct {
	Part       Part
	From, To   int // the offending piece of the part, in bytes; both 0: the whole
	Message    string
	Suggestion string
	Lacks      bool // something is missing that every mail has, mostly by its layout
}

// String prints p in one line, without its place.
func (p Problem) String() string {
	if p.Suggestion == "" {
		return p.Message
	}
	return p.Message + ", " + p.Suggestion
}

// Problems is everything wrong with a mail.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = fmt.Sprintf("%s: %d: %s", p.Part, p.From+1, p)
	}
	return strings.Join(lines, "\n")
}

// A Kind is what sort of value a variable holds.
type Kind string

const (
	AnyKind    Kind = "" // found out while rendering
	NumberKind Kind = "number"
	TextKind   Kind = "text"
	DateKind   Kind = "date"
	ListKind   Kind = "list"
	FlagKind   Kind = "boolean"
)

// A Variable is what a template may show.
type Variable struct {
	Kind   Kind
	Always bool // every customer has it
}

// A Vocabulary is every variable by name, "rfm.f" for one in a map. A name that
// ends in ".*" stands for all of that map.
type Vocabulary map[string]Variable

// lookup returns the variable of that name.
func (v Vocabulary) lookup(name string) (Variable, bool) {
	if of, ok := v[name]; ok {
		return of, true
	}
	first, _, dotted := strings.Cut(name, ".")
	of, ok := v[first+".*"]
	return of, ok && dotted
}
