package segment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// what reads an argument that names products.
func (c *compiler) what(n *node) (int, bool) {
	t := parseTerm(n.text)
	if n.kind != textNode || t.pattern == "" {
		c.report(n, "this must be a product, category or tag in quotes", `write it as "category:coffee"`)
		return 0, false
	}
	if kind, _, ok := strings.Cut(n.text, ":"); ok && t.kind == "" && !strings.Contains(kind, " ") {
		if meant := DidYouMean(kind, termKinds); meant != "" || kind == "title" || kind == "sku" {
			c.report(n, "products have no `"+kind+"`", "write product:, category: or tag: before it, or nothing")
			return 0, false
		}
	}
	i := slices.Index(c.set.terms, t)
	if i < 0 {
		i = len(c.set.terms)
		c.set.terms = append(c.set.terms, t)
	}
	c.rule.wares = append(c.rule.wares, i)
	return i, true
}

// goods calls each with the goods that a term asks for.
func (e *env) goods(term int, each func(*customer.Good)) {
	for i, w := range e.wares() {
		if w.bought[term] {
			each(&e.p.Goods[i])
		}
	}
}

func (c *compiler) bought(n *node) (typed, bool) {
	term, okTerm := c.what(n.parts[0])
	days, okDays := 0, true
	if len(n.parts) > 1 {
		days, okDays = c.days(n.parts[1], longestWindow)
	}
	if !okTerm || !okDays {
		return typed{}, false
	}
	c.uses("products", func(e *env) (string, bool) { return productTitles(e), len(e.p.Goods) > 0 })
	return c.leaf(n, typed{Type: Boolean, flag: func(e *env) bool {
		for i, w := range e.wares() {
			if w.bought[term] && (days == 0 || e.p.Goods[i].Last > e.today-days) {
				return true
			}
		}
		return false
	}}), true
}

func (c *compiler) lastBought(n *node) (typed, bool) {
	term, ok := c.what(n.parts[0])
	if !ok {
		return typed{}, false
	}
	date := func(e *env) (time.Time, bool) {
		last, found := 0, false
		e.goods(term, func(g *customer.Good) {
			if !found || g.Last > last {
				last, found = g.Last, true
			}
		})
		if !found {
			return time.Time{}, false
		}
		return customer.StartOf(last, e.zone), true
	}
	c.uses(c.written(n), showDate(date))
	return typed{Type: Date, date: date}, true
}

func (c *compiler) unitsBought(n *node) (typed, bool) {
	term, ok := c.what(n.parts[0])
	if !ok {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		units := 0
		e.goods(term, func(g *customer.Good) { units += g.Units })
		return float64(units), true
	}).always(), true
}

// productTitles names a customer's products, at most three.
func productTitles(e *env) string {
	titles, _ := products(e)
	if more := len(titles) - 3; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(titles[:3], ", "), more)
	}
	return strings.Join(titles, ", ")
}
