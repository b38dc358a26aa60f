package customer

import (
	"cmp"
	"slices"
	"strings"
)

// offline reports whether the order was not placed over the web.
func (o Order) offline() bool {
	return slices.Contains([]string{"pos", "store", "retail", "phone", "offline"}, strings.ToLower(o.Channel))
}

func (o Order) discounted() bool { return o.Discount > 0 || len(o.Codes) > 0 }

// goods returns the products and discount codes of all purchases that count.
func (f *folding) goods() ([]Good, []string) {
	found := map[string]*good{}
	used := map[string]int{} // day of the latest use, by code
	for _, p := range f.purchases() {
		if !p.counts() {
			continue
		}
		day := DayOf(p.order.Placed, f.zone)
		for _, i := range p.order.Items {
			if name := i.article(); name != "" && !i.GiftCard && i.Quantity > 0 {
				if found[name] == nil {
					found[name] = &good{}
				}
				found[name].add(i, day)
			}
		}
		for _, code := range p.order.Codes {
			code = strings.ToUpper(strings.TrimSpace(code))
			if last, ok := used[code]; code != "" && (!ok || day > last) {
				used[code] = day
			}
		}
	}
	var goods []Good
	for _, g := range found {
		goods = append(goods, g.finish())
	}
	slices.SortFunc(goods, func(a, b Good) int {
		return cmp.Or(cmp.Compare(b.Last, a.Last), strings.Compare(a.SKU, b.SKU), strings.Compare(a.Title, b.Title))
	})
	return goods[:min(len(goods), MaxGoods)], latestCodes(used)
}

func latestCodes(used map[string]int) []string {
	var codes []string
	for code := range used {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b string) int { return cmp.Or(cmp.Compare(used[b], used[a]), strings.Compare(a, b)) })
	return codes[:min(len(codes), MaxCodes)]
}

// article returns by what i is told apart from other products.
func (i Item) article() string { return cmp.Or(i.SKU, i.Product, i.Title) }

// A good is a [Good] in the making.
type good struct {
	Good
	said []saidOf
	days []int
}

// saidOf is what one order calls the product.
type saidOf struct {
	day             int
	title, category string
}

func (g *good) add(i Item, day int) {
	g.SKU = cmp.Or(i.SKU, i.Product)
	g.Units += i.Quantity
	g.days = append(g.days, day)
	g.said = append(g.said, saidOf{day, i.Title, i.Category})
}

// finish takes name and category from the latest order that has them, whichever
// came first.
func (g *good) finish() Good {
	slices.Sort(g.days)
	g.First, g.Last = g.days[0], g.days[len(g.days)-1]
	g.Days = len(slices.Compact(g.days))
	slices.SortFunc(g.said, func(a, b saidOf) int {
		return cmp.Or(cmp.Compare(b.day, a.day), strings.Compare(a.title, b.title), strings.Compare(a.category, b.category))
	})
	for _, s := range g.said {
		g.Title, g.Category = cmp.Or(g.Title, s.title), cmp.Or(g.Category, s.category)
	}
	return g.Good
}
