package segment

import (
	"slices"
	"strings"
)

// A Product is what the merchant says of the products that a pattern matches,
// beyond what orders tell.
type Product struct {
	Match    []string // titles or article numbers, in any case; * stands for anything
	Category string   // in place of the source's; "" keeps that
	Tags     []string // consumable, durable, gift…
}

// Lasting are the tags of products that nobody buys again when they are used up.
var Lasting = []string{"durable", "digital", "service"}

// An article is what orders say of a product.
type article struct{ number, title, category string }

// A ware is a product as rules know it.
type ware struct {
	article  article
	category string
	tags     []string
	lasts    bool   // nobody buys it again when it is used up
	bought   []bool // by index of term: whether that asks for it
}

// wareOf applies what is said of products to one: of several that give a
// category the first counts, tags add up.
func wareOf(a article, said []Product, terms []term) *ware {
	w := &ware{article: a, category: a.category}
	given := false
	for _, p := range said {
		if !slices.ContainsFunc(p.Match, func(m string) bool { return like(m, a.title) || like(m, a.number) }) {
			continue
		}
		if p.Category != "" && !given {
			w.category, given = p.Category, true
		}
		for _, tag := range p.Tags {
			if !slices.Contains(w.tags, tag) {
				w.tags = append(w.tags, tag)
			}
		}
	}
	w.lasts = slices.ContainsFunc(w.tags, func(t string) bool { return slices.Contains(Lasting, strings.ToLower(t)) })
	w.bought = make([]bool, len(terms))
	for i, t := range terms {
		w.bought[i] = t.asks(w)
	}
	return w
}

// A term is what a rule asks of products.
type term struct{ kind, pattern string }

var termKinds = []string{"product", "category", "tag"}

func parseTerm(s string) term {
	for _, kind := range termKinds {
		if rest, ok := strings.CutPrefix(s, kind+":"); ok {
			return term{kind, strings.TrimSpace(rest)}
		}
	}
	return term{"", strings.TrimSpace(s)}
}

// String returns t as rules write it.
func (t term) String() string {
	if t.kind == "" {
		return t.pattern
	}
	return t.kind + ":" + t.pattern
}

func (t term) asks(w *ware) bool {
	is := func(kind, s string) bool { return (t.kind == "" || t.kind == kind) && like(t.pattern, s) }
	return is("product", w.article.title) || is("product", w.article.number) || is("category", w.category) ||
		slices.ContainsFunc(w.tags, func(tag string) bool { return is("tag", tag) })
}

// like reports whether s is as pattern says, in any case; * stands for
// anything, also nothing. An empty s is like nothing.
func like(pattern, s string) bool {
	if s == "" {
		return false
	}
	pieces := strings.Split(strings.ToLower(pattern), "*")
	rest, ok := strings.CutPrefix(strings.ToLower(s), pieces[0])
	if !ok || len(pieces) == 1 {
		return ok && rest == ""
	}
	for _, piece := range pieces[1 : len(pieces)-1] {
		i := strings.Index(rest, piece)
		if i < 0 {
			return false
		}
		rest = rest[i+len(piece):]
	}
	return strings.HasSuffix(rest, pieces[len(pieces)-1])
}
