package segment

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

const fromItems = "products in orders"

var goodsFields = []Field{
	list("products", "titles of what they bought, the latest first", fromItems, "Harbour Espresso, Paper Filters", products),
	list("categories", "categories of what they bought, the latest first", fromItems+"; products.yaml", "coffee, accessories", categories),
	list("product_tags", "tags that products.yaml gives to what they bought", "products.yaml", "consumable", productTags),
	text("last_product", "title of what they bought last", fromItems, "Harbour Espresso", func(e *env) string {
		titles, _ := products(e)
		return strings.Join(titles[:min(1, len(titles))], "")
	}),
	text("favorite_category", "category of which they bought the most pieces", fromItems+"; products.yaml", "coffee", func(e *env) string {
		name, _ := favorite(e)
		return name
	}),
	number("favorite_category_share", "share", "share of all their pieces that is of that category", fromItems+"; products.yaml", "0.7", func(e *env) (float64, bool) {
		name, share := favorite(e)
		return share, name != ""
	}),
	text("replenish_product", "title of the product whose next purchase is due first, by the customer's own gap between purchases of it; unknown if overdue by more than that gap, and for products tagged durable, digital or service", fromItems, "Harbour Espresso", func(e *env) string {
		g, _ := replenish(e)
		return g.Title
	}),
	date("replenish_at", "when that is due", fromItems, "2026-06-20T00:00:00Z", func(e *env) time.Time {
		_, due := replenish(e)
		if due == 0 {
			return time.Time{}
		}
		return customer.StartOf(due, e.zone)
	}),
	number("replenish_in_days", "days", "days until then; negative once it is past", fromItems, "5", func(e *env) (float64, bool) {
		_, due := replenish(e)
		return float64(due - e.today), due != 0
	}),
	number("discounted_orders", "orders", "orders that came with a discount or a code", fromOrders, "2", func(e *env) (float64, bool) {
		return float64(e.book.Discounted), true
	}).always(),
	number("discount_share", "share", "share of all orders that came with one", fromOrders, "0.4", func(e *env) (float64, bool) {
		return float64(e.book.Discounted) / float64(e.book.Orders), e.book.Orders > 0
	}),
	money("discount_total", "what discounts took off, in all", fromOrders, "18.50", func(e *env) (float64, bool) {
		return e.major(e.book.Saved), true
	}).always(),
	list("discount_codes", "codes they used, in capitals, the latest first; empty for none", fromOrders, "HELLO10, TEA", func(e *env) ([]string, bool) { return e.p.Codes, true }).always(),
	number("offline_orders", "orders", "orders placed in a store or by phone", fromOrders, "1", func(e *env) (float64, bool) {
		return float64(e.book.Offline), true
	}).always(),
}

// once returns the values of all goods, each once and in their order.
func once(e *env, of func(customer.Good, *ware) []string) ([]string, bool) {
	var all []string
	for i, w := range e.wares() {
		for _, s := range of(e.p.Goods[i], w) {
			if s != "" && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all, len(all) > 0
}

func products(e *env) ([]string, bool) {
	return once(e, func(g customer.Good, _ *ware) []string { return []string{cmp.Or(g.Title, g.SKU)} })
}

func categories(e *env) ([]string, bool) {
	return once(e, func(_ customer.Good, w *ware) []string { return []string{w.category} })
}

func productTags(e *env) ([]string, bool) {
	return once(e, func(_ customer.Good, w *ware) []string { return w.tags })
}

// favorite returns the category of which the most pieces were bought, and its
// share of all; it is worked out once a customer.
func favorite(e *env) (name string, share float64) {
	s := &e.shelf
	if !s.weighed {
		s.favorite, s.share = heaviest(e.wares(), e.p.Goods)
		s.weighed = true
	}
	return s.favorite, s.share
}

// heaviest returns the category with the most pieces, "" if no category is
// known; of several the first by name.
func heaviest(wares []*ware, goods []customer.Good) (name string, share float64) {
	all, most := 0, 0
	for i, w := range wares {
		all += goods[i].Units
		units := 0
		for j, v := range wares {
			if v.category == w.category {
				units += goods[j].Units
			}
		}
		if w.category != "" && (units > most || units == most && w.category < name) {
			name, most = w.category, units
		}
	}
	if all == 0 {
		return "", 0
	}
	return name, float64(most) / float64(all)
}

// replenish returns the good whose next purchase is due first, and on which
// day, 0 for none. A good has a gap of its own if it was bought on two days or
// more.
func replenish(e *env) (next customer.Good, due int) {
	for i, w := range e.wares() {
		g := &e.p.Goods[i]
		if g.Days < 2 || w.lasts {
			continue
		}
		gap := (g.Last - g.First + (g.Days-1)/2) / (g.Days - 1)
		at := g.Last + gap
		if e.today-at > gap {
			continue
		}
		if due == 0 || at < due || at == due && g.Units > next.Units {
			next, due = *g, at
		}
	}
	return next, due
}
