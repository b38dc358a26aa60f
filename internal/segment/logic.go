package segment

import "slices"

// joins are the words that join conditions.
var joins = map[string]string{"and": "and", "&&": "and", "or": "or", "||": "or"}

// logic compiles a chain of conditions that n joins by one word.
func (c *compiler) logic(n *node) (typed, bool) {
	word, fine := joins[n.text], true
	var parts []*part
	var conditions []condition
	for _, of := range chain(n, word) {
		t, ok := c.boolean(of)
		fine = fine && ok
		parts, conditions = append(parts, t.part), append(conditions, t.flag)
	}
	if !fine {
		return typed{}, false
	}
	join := both
	if word == "or" {
		join = either
	}
	// The first stands outermost: where it decides, no other is called.
	flag := conditions[len(conditions)-1]
	for _, first := range slices.Backward(conditions[:len(conditions)-1]) {
		flag = join(first, flag)
	}
	return typed{Type: Boolean, flag: flag, part: c.joined(n, word, parts...)}, true
}

// chain returns what is joined by one word, from left to right.
func chain(n *node, word string) []*node {
	var all []*node
	for n.kind == binaryNode && joins[n.text] == word {
		all, n = append(all, n.parts[1]), n.parts[0]
	}
	all = append(all, n)
	slices.Reverse(all)
	return all
}

func both(x, y condition) condition { return func(e *env) bool { return x(e) && y(e) } }

func either(x, y condition) condition { return func(e *env) bool { return x(e) || y(e) } }
