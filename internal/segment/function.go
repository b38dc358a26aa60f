package segment

import (
	"fmt"
	"slices"
	"time"
)

// A Function is one function that rules may call.
type Function struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Type      Type   `json:"type"`
	Meaning   string `json:"meaning"`
	Example   string `json:"example"`

	arguments int // at least
	optional  int // and as many more
	inFilter  bool
	compile   func(*compiler, *node) (typed, bool)
}

// Functions returns what rules may call, in the order in which it is best read.
func Functions() []Function {
	all := make([]Function, 0, len(functions))
	for _, name := range functionOrder {
		all = append(all, functions[name])
	}
	return all
}

var functionOrder = []string{"days_since", "date", "known", "between", "count", "sum", "avg", "distinct", "trend", "first", "last", "never",
	"orders_within", "spend_within", "bought", "last_bought", "units_bought", "percentile", "has_any", "in_segment"}

// functions is set by init, since compiling a call looks into it.
var functions map[string]Function

func init() {
	functions = map[string]Function{}
	for _, f := range slices.Concat(plainFunctions(), activityFunctions(), orderFunctions()) {
		functions[f.Name] = f
	}
}

func plainFunctions() []Function {
	return []Function{
		{Name: "days_since", Signature: "days_since(date)", Type: Number, arguments: 1, compile: (*compiler).daysSince,
			Meaning: "days of the merchant's calendar from a date to now: 0 on its day", Example: "days_since(created) <= 30"},
		{Name: "date", Signature: `date("2026-01-31")`, Type: Date, arguments: 1, compile: (*compiler).dateOf,
			Meaning: "the beginning of a day in the merchant's time zone", Example: `first_order >= date("2026-01-01")`},
		{Name: "known", Signature: "known(field)", Type: Boolean, arguments: 1, inFilter: true, compile: (*compiler).isKnown,
			Meaning: "whether the field is known of the customer", Example: "known(nps) and nps <= 6"},
		{Name: "between", Signature: "between(number, low, high)", Type: Boolean, arguments: 3, inFilter: true, compile: (*compiler).between,
			Meaning: "whether a number lies in a range, both ends included", Example: "between(recency_days, 60, 180)"},
		{Name: "percentile", Signature: "percentile(field)", Type: Number, arguments: 1, compile: (*compiler).percentile,
			Meaning: "how many percent of all customers, of whom the field is known, have less: 0 to 99, as of the latest night", Example: "percentile(spend) >= 90"},
		{Name: "has_any", Signature: "has_any(list, [texts])", Type: Boolean, arguments: 2, inFilter: true, compile: (*compiler).hasAny,
			Meaning: "whether a list holds at least one of the texts", Example: `has_any(tags, ["vip", "gold"])`},
		{Name: "in_segment", Signature: `in_segment("name")`, Type: Boolean, arguments: 1, compile: (*compiler).inSegment,
			Meaning: "whether the customer is in another segment", Example: `not in_segment("at_risk")`},
	}
}

func (c *compiler) call(n *node) (typed, bool) {
	f, ok := functions[n.text]
	if !ok {
		suggestion := DidYouMean(n.text, functionOrder)
		if _, isField := byName[n.text]; isField {
			suggestion = "`" + n.text + "` is a field: write it without brackets"
		}
		c.reportAt(n.from, n.from+len([]rune(n.text)), "unknown function `"+n.text+"`", suggestion)
		return typed{}, false
	}
	if given := len(n.parts); given < f.arguments || given > f.arguments+f.optional {
		takes := fmt.Sprint(f.arguments)
		if f.optional > 0 {
			takes = fmt.Sprintf("%d to %d", f.arguments, f.arguments+f.optional)
		}
		return c.report(n, fmt.Sprintf("`%s` takes %s arguments, not %d", f.Name, takes, given), "write it as `"+f.Signature+"`")
	}
	if c.filter && !f.inFilter {
		return c.report(n, "`"+f.Name+"` asks about the customer, and a filter looks at one activity", "put it beside the function that the filter is for")
	}
	return f.compile(c, n)
}

func (c *compiler) daysSince(n *node) (typed, bool) {
	t, ok := c.value(n.parts[0])
	if !ok {
		return t, false
	}
	if t = t.as(Date); t.Type != Date {
		suggestion := ""
		if t.field != nil && t.field.Unit == "days" {
			suggestion = "`" + t.field.Name + "` counts days already"
		}
		return c.report(n.parts[0], "`days_since` needs a date, not "+t.words(), suggestion)
	}
	date := t.date
	return c.counted(n, func(e *env) (float64, bool) {
		at, ok := date(e)
		if !ok {
			return 0, false
		}
		return e.daysSince(at), true
	}), true
}

func (c *compiler) dateOf(n *node) (typed, bool) {
	s := n.parts[0]
	if s.kind != textNode {
		return c.report(n.parts[0], "`date` needs a day in quotes", `write it as date("2026-01-31")`)
	}
	t, err := time.ParseInLocation(time.DateOnly, s.text, c.set.settings.zone())
	if err != nil {
		return c.report(s, "this is no day", `write it as date("2026-01-31")`)
	}
	return constantDate(t), true
}

func (c *compiler) isKnown(n *node) (typed, bool) {
	before := len(c.problems)
	t, ok := c.value(n.parts[0])
	if !ok {
		return t, false
	}
	if t.field == nil && t.Type != Adaptive {
		c.problems = c.problems[:before]
		return c.report(n.parts[0], "`known` needs a field", "write it as `known(nps)`")
	}
	of := typed{Type: Boolean, flag: t.as(Text).isKnown(), about: t.field}
	if t.numeric() || t.Type == Text {
		of.claims = []claim{{low: lowest, high: highest, anything: t.Type == Text}}
	}
	return c.leaf(n, of), true
}

func (c *compiler) between(n *node) (typed, bool) {
	x, okX := c.numeric(n.parts[0])
	low, okLow := c.numeric(n.parts[1])
	high, okHigh := c.numeric(n.parts[2])
	if !okX || !okLow || !okHigh {
		return typed{}, false
	}
	l, isL := low.constant.(float64)
	h, isH := high.constant.(float64)
	if isL && isH && l > h {
		return c.report(n, "nothing lies in this range", "write the smaller number first")
	}
	v, from, to := x.number, compareNumbers(">=", x, low), compareNumbers("<=", x, high)
	if isL && isH {
		return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool { v, ok := v(e); return ok && v >= l && v <= h },
			about: x.subject(), claims: rangeClaims(x, l, h)}), true
	}
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool { return from(e) && to(e) }}), true
}

func (c *compiler) hasAny(n *node) (typed, bool) {
	of, okOf := c.value(n.parts[0])
	wanted, okWanted := c.value(n.parts[1])
	if !okOf || !okWanted {
		return typed{}, false
	}
	any, isTexts := wanted.constant.([]string)
	if of = of.as(List); of.list == nil || !isTexts {
		return c.report(n, "`has_any` needs a list and texts to look for", `write it as has_any(tags, ["vip", "gold"])`)
	}
	list := of.list
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool {
		all, ok := list(e)
		return ok && slices.ContainsFunc(any, func(s string) bool { return slices.Contains(all, s) })
	}}), true
}

func (c *compiler) inSegment(n *node) (typed, bool) {
	s := n.parts[0]
	if s.kind != textNode {
		return c.report(n.parts[0], "`in_segment` needs a segment's name in quotes", "")
	}
	i := indexOf(c.set.rules, s.text)
	if i < 0 {
		names := make([]string, len(c.set.rules))
		for j, r := range c.set.rules {
			names[j] = r.Name
		}
		return c.report(s, "unknown segment `"+s.text+"`", DidYouMean(s.text, names))
	}
	c.rule.needs = append(c.rule.needs, s.text)
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool { return e.in[i] }}), true
}
