package segment

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"holdfast/internal/customer"
)

// maxProperties is how many properties of an activity are kept.
const maxProperties = 20

// leading are the properties that are kept first where there are too many;
// the others follow by name.
var leading = []string{
	"path", "title", "category", "name", "referrer", "utm_source", "utm_medium", "utm_campaign", "product_id", "sku", "brand", "price",
	"quantity", "currency", "value", "query", "seconds", "survey", "score",
}

// activity returns an event that whoever the call is of did something.
func (m message) activity(name string, properties map[string]string) customer.Event {
	e := m.fact(m.who, "activity/"+name+"/"+m.id, customer.Body{Activity: &customer.Activity{Name: name, Properties: properties}})
	e.Fact.Expires = m.at.Add(customer.ActivityLife)
	return e
}

// tracked returns the properties of a track call: as given, and the path of
// the page on which it happened.
func (m message) tracked() map[string]string {
	p := flat(m.properties)
	p["path"] = path(p["path"], m.context.object("page").text("path", "url"))
	return bounded(p)
}

// viewed returns the properties of a page or screen call, with what only the
// context tells. Neither the visitor's address nor the search part of a URL,
// which may hold anything, is kept.
func (m message) viewed() map[string]string {
	p, page := flat(m.properties), m.context.object("page")
	p["path"] = path(p["path"], m.properties.text("url"), page.text("path", "url"))
	delete(p, "url")
	for name, other := range map[string]string{
		"name": m.name, "category": m.category, "title": page.text("title"), "referrer": host(page.text("referrer")),
	} {
		if p[name] == "" {
			p[name] = other
		}
	}
	for name, value := range flat(m.context.object("campaign")) {
		if name == "name" {
			name = "campaign"
		}
		p["utm_"+name] = value
	}
	return bounded(p)
}

// flat returns the values of o as texts, with those of objects in it under
// both names. Of a list of products it keeps which they are.
func flat(o object) map[string]string {
	all := map[string]string{}
	normal := o.normal()
	for _, name := range slices.Sorted(maps.Keys(normal)) {
		inner, ok := normal[name].(map[string]any)
		if !ok {
			all[name] = value(normal[name])
		}
		below := object(inner).normal()
		for _, part := range slices.Sorted(maps.Keys(below)) {
			if long := cut(name+"_"+part, 64); all[long] == "" {
				all[long] = value(below[part])
			}
		}
	}
	if products := normal.list("products"); len(products) > 0 {
		all["products"], all["categories"] = each(products, "product_id", "sku", "id", "name"), each(products, "category")
	}
	for name, v := range all {
		if name == "referrer" || name == "referer" {
			all[name] = host(v)
		} else if name != "path" {
			all[name] = plain(v)
		}
	}
	delete(all, "search")
	return all
}

// each returns the first of the named values of each product, each value once.
func each(products []object, names ...string) string {
	var parts []string
	for _, p := range products {
		if s := p.normal().text(names...); s != "" && !slices.Contains(parts, s) {
			parts = append(parts, strings.ReplaceAll(s, ";", ","))
		}
	}
	return joined(parts)
}

// bounded returns those of properties that say something and may be kept, nil
// for none.
func bounded(properties map[string]string) map[string]string {
	maps.DeleteFunc(properties, func(name, v string) bool { return v == "" || secret(name) })
	if len(properties) > maxProperties {
		names := slices.SortedFunc(maps.Keys(properties), func(a, b string) int {
			if x, y := rank(a), rank(b); x != y {
				return x - y
			}
			return strings.Compare(a, b)
		})
		for _, name := range names[maxProperties:] {
			delete(properties, name)
		}
	}
	for name, v := range properties {
		properties[name] = cut(v, longest)
	}
	if len(properties) == 0 {
		return nil
	}
	return properties
}

func rank(name string) int {
	if i := slices.Index(leading, name); i >= 0 {
		return i
	}
	return len(leading)
}

// path returns the path of the first candidate that has one, be it a path or
// a URL.
func path(candidates ...string) string {
	for _, s := range candidates {
		u, err := url.Parse(s)
		if err != nil || s == "" {
			continue
		}
		if u.Path == "" && u.Host != "" {
			return "/"
		}
		if u.Path != "" {
			return u.Path
		}
	}
	return ""
}

// host returns the host of a URL, without "www."; "" for what is none.
func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// plain takes from a URL what may hold secrets: user, search and fragment.
func plain(s string) string {
	if !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}
