package segment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing wrong with one rule.
type Problem struct {
	Segment    string
	From, To   int    // the offending part of the rule, in runes from its start
	Text       string // that part
	Message    string
	Suggestion string // what to write instead, "" if we have no idea
}

// String prints p in one line, without its place.
func (p Problem) String() string {
	if p.Suggestion == "" {
		return p.Message
	}
	return p.Message + ", " + p.Suggestion
}

// Problems is everything wrong with a set of rules, in the order of the
// definitions and of the text.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = fmt.Sprintf("segment %s: %d: %s", p.Segment, p.From+1, p)
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) inOrderOf(definitions []Definition) Problems {
	place := make(map[string]int, len(definitions))
	for i, d := range definitions {
		place[d.Name] = i
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(place[a.Segment], place[b.Segment]), cmp.Compare(a.From, b.From))
	})
	return ps
}

// Nearest returns the one of known that name was most likely meant to be, ""
// if none is near.
func Nearest(name string, known []string) string {
	best, least := "", 1+max(1, len(name)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// DidYouMean returns "did you mean `x`?" for the nearest of known, "" if none
// is near.
func DidYouMean(name string, known []string) string {
	if best := Nearest(name, known); best != "" {
		return "did you mean `" + best + "`?"
	}
	return ""
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that make b of a (restricted Damerau–Levenshtein).
func distance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
