package segment

import (
	"slices"
	"strings"
)

// sorted returns the definitions as rules without programs, by name.
func sorted(definitions []Definition) []rule {
	rules := make([]rule, len(definitions))
	for i, d := range definitions {
		rules[i] = rule{Definition: d}
	}
	slices.SortStableFunc(rules, func(a, b rule) int { return strings.Compare(a.Name, b.Name) })
	return rules
}

func indexOf(rules []rule, name string) int {
	i, ok := slices.BinarySearchFunc(rules, name, func(r rule, name string) int { return strings.Compare(r.Name, name) })
	if !ok {
		return -1
	}
	return i
}

// topological orders rules such that each comes after those it refers to, and
// reports those that refer to themselves, however long the way round.
func topological(rules []rule) (order []int, cycles Problems) {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(rules))
	var path []string
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		path = append(path, rules[i].Name)
		for _, name := range rules[i].needs {
			switch j := indexOf(rules, name); {
			case j < 0 || state[j] == done:
			case state[j] == fresh:
				visit(j)
			default:
				cycles = append(cycles, cycle(rules[i], append(path[slices.Index(path, name):], name)))
			}
		}
		path = path[:len(path)-1]
		state[i] = done
		order = append(order, i)
	}
	for i := range rules {
		if state[i] == fresh {
			visit(i)
		}
	}
	return order, cycles
}

func cycle(r rule, way []string) Problem {
	quoted := `"` + way[len(way)-1] + `"`
	from := max(0, strings.Index(r.When, quoted))
	from = len([]rune(r.When[:from]))
	return Problem{
		Segment: r.Name, From: from, To: from + len([]rune(quoted)), Text: quoted,
		Message: "segments refer to each other in a circle: " + strings.Join(way, " → "),
	}
}
