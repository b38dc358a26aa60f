package playbook

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/segment"
)

// products reads what the merchant says of products; the file may be left out.
func (l *loading) products(r *reader, n *yaml.Node) {
	m := r.mapping(n, "the file")
	if m == nil {
		return
	}
	for _, item := range m.list("products") {
		l.product(r, item)
	}
	m.end()
}

func (l *loading) product(r *reader, item *yaml.Node) {
	m := r.mapping(item, "a product")
	if m == nil {
		return
	}
	p := segment.Product{Match: m.texts("match"), Category: m.text("category"), Tags: m.texts("tags")}
	m.end()
	switch {
	case len(p.Match) == 0:
		m.missing("match", `write the title or article number, such as "COF-*"; * stands for anything`)
	case p.Category == "" && len(p.Tags) == 0:
		r.reportAt(item.Line, item.Column, "", "this says nothing of the products it matches", "give them a `category` or `tags`")
	}
	l.playbook.Products = append(l.playbook.Products, p)
}

// texts returns the texts under key, of which one may stand without a list.
func (m *mapping) texts(key string) []string {
	n := m.get(key)
	if n == nil {
		return nil
	}
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var all []string
	for _, item := range items {
		s := strings.TrimSpace(item.Value)
		if item.Kind != yaml.ScalarNode || s == "" {
			m.report(item, "`"+key+"` must be a text, or a list of texts", "")
			return nil
		}
		all = append(all, s)
	}
	return all
}

func productsSchema() schema {
	oneOrMore := func(description string) schema {
		return schema{"description": description, "anyOf": []schema{{"type": "string"}, {"type": "array", "items": schema{"type": "string"}}}}
	}
	return object([]string{"products"}, map[string]schema{"products": listOf(object([]string{"match"}, map[string]schema{
		"match":    oneOrMore("titles or article numbers, in any case; * stands for anything"),
		"category": texts("the category of these products, in place of the shop's"),
		"tags":     oneOrMore("such as consumable, durable, digital, gift; durable, digital and service are not bought again when they are used up"),
	}))})
}
