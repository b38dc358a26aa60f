package playbook

import (
	"cmp"
	"slices"
	"time"

	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

// ago generates days before today, at the borders of the starter's segments more
// often than not.
var ago = rapid.OneOf(rapid.SampledFrom([]int{0, 3, 4, 7, 8, 10, 30, 31, 60, 61, 89, 90, 91, 119, 120, 121, 180, 181, 270, 271, 365, 366}), rapid.IntRange(0, 600))

// shopper generates a customer of the kind that decides about the starter's
// segments.
func shopper(t *rapid.T, zone *time.Location) *customer.Profile {
	p := &customer.Profile{ID: "c1"}
	today := customer.DayOf(now, zone)
	if orders := rapid.SampledFrom([]int{0, 0, 1, 1, 2, 3, 4, 5, 6}).Draw(t, "orders"); orders > 0 {
		p.Books = []customer.Book{book(t, orders, today)}
		p.Derived = customer.Derived{R: rapid.IntRange(1, 5).Draw(t, "r"), F: rapid.IntRange(3, 5).Draw(t, "f"), M: rapid.IntRange(3, 5).Draw(t, "m")}
	}
	if rapid.IntRange(0, 9).Draw(t, "abroad") == 0 {
		p.Books = slices.Insert(p.Books, 0, customer.Book{Currency: "USD", Orders: 9, Spend: 90_000, First: now, Last: now})
	}
	p.Created = before(t, "created")
	p.Country = rapid.SampledFrom([]string{"", "DE", "AT", "CH", "FR"}).Draw(t, "country")
	p.Service.Open = rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2}).Draw(t, "tickets")
	if rapid.Bool().Draw(t, "asked") {
		p.Surveys.NPS, p.Surveys.NPSAt = float64(rapid.SampledFrom([]int{5, 6, 7, 8, 9, 10}).Draw(t, "nps")), before(t, "nps_at")
	}
	if rapid.Bool().Draw(t, "rated") {
		p.Surveys.CSAT, p.Surveys.CSATAt = rapid.SampledFrom([]float64{0.4, 0.5, 0.6, 0.8, 1}).Draw(t, "csat"), before(t, "csat_at")
	}
	if p.Carts.Open = rapid.IntRange(0, 1).Draw(t, "carts"); p.Carts.Open > 0 {
		p.Carts.Last = before(t, "cart")
	}
	p.Goods = goods(t, today)
	p.Activity = activities(t, today)
	p.Attributes = attributes(t)
	return p
}

// A draw is a customer, and where the percentiles of order values lie.
type draw struct {
	profile *customer.Profile
	cuts    segment.Cuts
}

func drawn(zone *time.Location) *rapid.Generator[draw] {
	return rapid.Custom(func(t *rapid.T) draw { return draw{shopper(t, zone), cuts(t)} })
}

func before(t *rapid.T, name string) time.Time { return now.AddDate(0, 0, -ago.Draw(t, name)) }

func book(t *rapid.T, orders, today int) customer.Book {
	last := ago.Draw(t, "last")
	b := customer.Book{Currency: "EUR", Orders: orders, Spend: int64(rapid.SampledFrom([]int{1200, 2999, 3000, 5999, 6000, 8000, 16000, 19999, 20000, 47999, 60000}).Draw(t, "spend")),
		Refunds: rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3}).Draw(t, "refunds"), Discounted: rapid.IntRange(0, orders).Draw(t, "discounted"), Last: now.AddDate(0, 0, -last)}
	if b.Refunds > 0 { // about three tenths, or anything
		b.Refunded = int64(rapid.OneOf(rapid.Just(int(b.Spend*3/7)), rapid.IntRange(1, 20000)).Draw(t, "refunded"))
	}
	b.First = b.Last
	if orders > 1 { // overdue by their own rhythm from today on, or at any time
		b.First = b.Last.AddDate(0, 0, -rapid.OneOf(rapid.Just((orders-1)*last/2), rapid.IntRange(1, 400)).Draw(t, "span"))
	}
	for range min(orders, 4) {
		b.Days = append(b.Days, customer.Day{Day: today - ago.Draw(t, "day"), Orders: 1, Net: 1000})
	}
	slices.SortFunc(b.Days, func(x, y customer.Day) int { return x.Day - y.Day })
	return b
}

// articles are what the demo shop sells, and two things that products.yaml says
// nothing of.
var articles = []string{"COF-ESP-250", "COF-KEN-250", "TEA-ASS-250", "TEA-MAT-30", "HRB-MIN-100", "BRW-PRE-08", "BRW-TPT-06", "MCH-GRH-01", "MCH-GRE-02", "MCH-ESP-01",
	"ACC-FIL-100", "ACC-CUP-04", "CAR-TAB-30", "DIG-BAR-01", "GIFT-CARD", "MUG"}

func goods(t *rapid.T, today int) []customer.Good {
	var all []customer.Good
	for _, sku := range rapid.SliceOfNDistinct(rapid.SampledFrom(articles), 0, 6, rapid.ID).Draw(t, "goods") {
		g := customer.Good{SKU: sku, Title: "The " + sku, Units: rapid.IntRange(1, 9).Draw(t, "units"), Days: rapid.IntRange(1, 3).Draw(t, "on"), Last: today - ago.Draw(t, "bought")}
		if sku == "MUG" {
			g.Category = "coffee"
		}
		if g.First = g.Last; g.Days > 1 { // due about now, or at any time
			gap := rapid.OneOf(rapid.SampledFrom([]int{-8, -7, -6, 0, 4, 5, 6}), rapid.IntRange(-100, 100)).Draw(t, "due") + today - g.Last
			g.First -= (g.Days - 1) * max(gap, 1)
		}
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b customer.Good) int { return cmp.Or(b.Last-a.Last, cmp.Compare(a.SKU, b.SKU)) })
	return all
}

func activities(t *rapid.T, today int) []customer.Series {
	var all []customer.Series
	for _, name := range []string{"app_opened", "help_viewed", "mail_clicked", "mail_opened", "page_view", "product_viewed"} {
		if !rapid.Bool().Draw(t, "active") {
			continue
		}
		days := rapid.SliceOfNDistinct(rapid.OneOf(rapid.SampledFrom([]int{0, 1, 13, 14, 27, 28, 29, 30, 44, 45, 59, 60, 89, 90, 119}), rapid.IntRange(0, 119)), 1, 6, rapid.ID).Draw(t, name)
		slices.SortFunc(days, func(a, b int) int { return b - a })
		s := customer.Series{Name: name}
		for _, d := range days {
			c := customer.Count{Day: today - d, N: rapid.IntRange(1, 5).Draw(t, "times"), Seconds: rapid.SampledFrom([]int{0, 600, 1199, 1200, 1201, 3000}).Draw(t, "seconds")}
			s.Counts = append(s.Counts, c)
			s.Details = append(s.Details, customer.Detail{Count: c, Of: []customer.Property{{Name: "category", Value: "tea"}}})
		}
		all = append(all, s)
	}
	return all
}

// said are attributes and what sources say in them.
var said = []struct {
	name   string
	values []string
}{
	{"company", []string{"", "Acme"}},
	{"employees", []string{"", "4", "5", "9", "10", "45", "some"}},
	{"industry", []string{"", "RETAIL", "HOSPITALITY", "RESTAURANTS", "Hospitality", "Restaurants"}},
	{"lifecycle_stage", []string{"", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer"}},
	{"values", []string{"", "organic; quality", "quality;price", "fair trade", "local", "price", "organics"}},
}

func attributes(t *rapid.T) map[string]string {
	all := map[string]string{}
	for _, of := range said {
		if v := rapid.SampledFrom(of.values).Draw(t, of.name); v != "" {
			all[of.name] = v
		}
	}
	return all
}

// cuts generates where the percentiles of order values lie: at most 80 percent
// of all customers have less than 20, 30 or 80, or it is not known.
func cuts(t *rapid.T) segment.Cuts {
	step := rapid.SampledFrom([]float64{0, 0.25, 0.375, 1}).Draw(t, "step")
	if step == 0 {
		return nil
	}
	all := make(segment.Cuts, rapid.SampledFrom([]int{79, 99}).Draw(t, "length"))
	for k := range all {
		all[k] = step * float64(k+1)
	}
	return all
}
