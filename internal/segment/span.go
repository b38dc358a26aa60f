package segment

import "github.com/expr-lang/expr/ast"

// span returns where in the rule n is written, in runes.
func span(n ast.Node, source []rune) (from, to int) {
	s := spanner{from: len(source), to: 0}
	ast.Walk(&n, &s)
	from, to = min(s.from, len(source)), min(s.to, len(source))
	if from > to {
		return 0, len(source)
	}
	return balance(from, to, source)
}

type spanner struct{ from, to int }

func (s *spanner) Visit(n *ast.Node) {
	at := (*n).Location()
	s.from, s.to = min(s.from, at.From), max(s.to, at.To)
}

// balance widens a span until its brackets close.
func balance(from, to int, source []rune) (int, int) {
	closers := map[rune]rune{'(': ')', '[': ']'}
	var open []rune
	missing := 0
	var quote rune
	for i := from; i < to; i++ {
		switch r := source[i]; {
		case quote != 0:
			if r == '\\' {
				i++
			} else if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case closers[r] != 0:
			open = append(open, closers[r])
		case r == ')' || r == ']':
			if len(open) > 0 {
				open = open[:len(open)-1]
			} else {
				missing++
			}
		}
	}
	for ; len(open) > 0 && to < len(source); to++ {
		if source[to] == open[len(open)-1] {
			open = open[:len(open)-1]
		}
	}
	for ; missing > 0 && from > 0; from-- {
		if source[from-1] == '(' || source[from-1] == '[' {
			missing--
		}
	}
	return from, to
}
