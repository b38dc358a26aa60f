package demo

import (
	"strings"
	"time"
)

// wireBatch is a batch of calls as libraries of the Segment spec send one.
type wireBatch struct {
	Batch  []wireCall `json:"batch"`
	SentAt string     `json:"sentAt"`
}

type wireCall struct {
	Type         string         `json:"type"`
	MessageID    string         `json:"messageId"`
	UserID       *string        `json:"userId"`
	AnonymousID  string         `json:"anonymousId,omitempty"`
	GroupID      string         `json:"groupId,omitempty"`
	Event        string         `json:"event,omitempty"`
	Name         string         `json:"name,omitempty"`
	Category     string         `json:"category,omitempty"`
	Properties   map[string]any `json:"properties,omitempty"`
	Traits       map[string]any `json:"traits,omitempty"`
	Context      map[string]any `json:"context"`
	Integrations map[string]any `json:"integrations"`
	Timestamp    string         `json:"timestamp"`
	Original     string         `json:"originalTimestamp"`
	SentAt       string         `json:"sentAt"`
	ReceivedAt   string         `json:"receivedAt"`
	Version      int            `json:"version"`
}

// wire returns the visit as it is sent.
func (w *visit) wire(sent time.Time) wireBatch {
	b := wireBatch{SentAt: zulu(sent)}
	for _, c := range w.calls {
		b.Batch = append(b.Batch, w.wireCall(c, sent))
	}
	return b
}

func (w *visit) wireCall(c call, sent time.Time) wireCall {
	v := w.visitor
	id := newDice(v.shop.options.Seed, uint64(v.person.id)<<20+c.serial).uuid()
	out := wireCall{
		Type: c.kind, MessageID: "ajs-next-" + id, Category: c.category, Context: w.context(c), Integrations: map[string]any{}, Timestamp: zulu(c.at),
		Original: zulu(c.at), SentAt: zulu(sent), ReceivedAt: zulu(sent.Add(80 * time.Millisecond)), Version: 2,
	}
	if c.known {
		out.UserID = &v.user
	}
	if w.server {
		out.MessageID = "api-" + id
	} else {
		out.AnonymousID = v.anonymous
	}
	var said map[string]any
	if c.say != nil {
		said = c.say()
	}
	switch c.kind {
	case "identify":
		out.Traits = said
	case "group":
		out.Traits, out.GroupID = said, c.name
	case "track":
		out.Event, out.Properties = c.name, said
	case "page":
		out.Name, out.Properties = c.name, w.pageOf(c)
	case "screen":
		out.Name = c.name
	}
	return out
}

func (w *visit) context(c call) map[string]any {
	v := w.visitor
	locale, zone := v.person.home.locale, zoneOf(v.person.home)
	if w.server {
		return map[string]any{"library": map[string]any{"name": "analytics-go", "version": "3.3.0"}}
	}
	if c.path == "" { // of the app
		return map[string]any{
			"library": map[string]any{"name": "analytics-react-native", "version": "2.20.0"}, "app": map[string]any{"name": "Kettle Timer", "version": "3.2.0"},
			"os": map[string]any{"name": v.device.app}, "locale": locale, "timezone": zone,
		}
	}
	all := map[string]any{
		"library": map[string]any{"name": "analytics.js", "version": "next-1.81.0"}, "userAgent": v.device.agent, "locale": locale, "timezone": zone,
		"page": w.pageOf(c), "ip": "192.0.2.1",
	}
	if w.mail {
		all["campaign"] = map[string]any{"name": "newsletter", "source": "holdfast", "medium": "email"}
	}
	return all
}

func (w *visit) pageOf(c call) map[string]any {
	search := ""
	if w.mail {
		search = "?utm_source=holdfast&utm_medium=email&utm_campaign=newsletter"
	}
	return map[string]any{
		"path": c.path, "title": c.title, "search": search, "referrer": w.from, "url": "https://www.seventh-kettle.example" + c.path + search,
	}
}

// properties returns what the website tells of a product.
func (p Product) properties(s *Shop, quantity int) map[string]any {
	return map[string]any{
		"product_id": p.ID, "sku": p.SKU, "name": p.Title, "variant": p.Option, "category": p.Category, "brand": Vendor,
		"price": amount(p.Price, s.options.Currency), "quantity": quantity, "currency": s.options.Currency,
	}
}

func (s *Shop) basketProperties(lines []line) map[string]any {
	var products []map[string]any
	var value int64
	for _, l := range lines {
		products = append(products, l.product.properties(s, l.quantity))
		value += l.total()
	}
	return map[string]any{"products": products, "value": amount(value, s.options.Currency), "currency": s.options.Currency}
}

func slug(title string) string {
	return strings.ReplaceAll(strings.ReplaceAll(ascii(strings.ReplaceAll(title, " ", "-")), "&", "and"), ",", "")
}

func zoneOf(p *place) string {
	return map[string]string{
		"DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "FR": "Europe/Paris", "NL": "Europe/Amsterdam", "GB": "Europe/London",
		"US": map[string]string{"New York": "America/New_York", "Portland": "America/Los_Angeles"}[p.city],
	}[p.code]
}
