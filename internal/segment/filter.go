package segment

import "holdfast/internal/customer"

// filtered compiles an argument that says which activities count: a condition
// over their properties, in quotes.
func (c *compiler) filtered(n *node) (condition, bool) {
	if n.kind != textNode || n.text == "" {
		c.report(n, "this must be a condition on the activity's properties, in quotes", `write it as "category == 'help'"`)
		return nil, false
	}
	inner := &compiler{set: c.set, rule: c.rule, source: []rune(n.text), filter: true}
	tree, wrong := parse(inner.source)
	if wrong != nil {
		inner.reportAt(wrong.from, wrong.to, wrong.message, wrong.suggestion)
	}
	var t typed
	ok := wrong == nil
	if ok {
		t, ok = inner.boolean(tree)
	}
	c.takeOver(inner.problems, n)
	return t.flag, ok
}

// takeOver reports problems of the filter n where they stand in the rule; if
// it is written with escapes, at the whole of it.
func (c *compiler) takeOver(problems Problems, n *node) {
	verbatim := n.to-n.from >= 2 && string(c.source[n.from+1:n.to-1]) == n.text
	for _, p := range problems {
		from, to := n.from, n.to
		if verbatim {
			from, to = n.from+1+p.From, n.from+1+p.To
		}
		c.reportAt(from, to, p.Message, p.Suggestion)
	}
}

// property compiles a name within a filter.
func (c *compiler) property(n *node, name string) (typed, bool) {
	if len(n.parts) > 0 {
		return c.report(n, "a property has one name", "write a property `a` of `b` as `b_a`")
	}
	if name == "seconds" || name == "minutes" {
		return c.report(n, "`"+name+"` is added up over a day and cannot be asked of one activity", `use sum(activity, "`+name+`", days)`)
	}
	return typed{Type: Adaptive, raw: func(e *env) string { return e.detail.Property(name) }}, true
}

// An acting is which activities a function looks at: those of a name, or all of
// the customer's own at a touchpoint.
type acting struct {
	name string
	at   customer.Touchpoint // "" for those of the name
}

func (a acting) covers(s *customer.Series) bool {
	if a.at == "" {
		return s.Name == a.name
	}
	of := customer.Activity{Name: s.Name}
	return of.Own() && of.Touchpoint() == a.at
}

// series calls each with what is counted of the activities.
func (e *env) series(of acting, each func(*customer.Series)) {
	for i := range e.p.Activity {
		if s := &e.p.Activity[i]; of.covers(s) {
			each(s)
			if of.at == "" {
				return
			}
		}
	}
}

// matching calls each with the details of activities that the filter holds for,
// on the days after from up to and with to; a nil filter holds for all.
func (e *env) matching(of acting, filter condition, from, to int, each func(*customer.Detail)) {
	e.series(of, func(s *customer.Series) {
		for i := range s.Details {
			d := &s.Details[i]
			if d.Day <= from || d.Day > to {
				continue
			}
			if e.detail = d; filter == nil || filter(e) {
				each(d)
			}
		}
	})
}
