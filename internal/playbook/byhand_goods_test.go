package playbook

import (
	"strings"

	"holdfast/internal/customer"
)

// A kind is what products.yaml says of an article.
type kind struct {
	category                          string
	basic, advanced, durable, digital bool
}

func kindOf(g customer.Good) kind {
	line, rest, _ := strings.Cut(g.SKU, "-")
	switch line {
	case "COF":
		return kind{category: "coffee"}
	case "TEA":
		return kind{category: "tea"}
	case "HRB":
		return kind{category: "herbal"}
	case "BRW":
		return kind{category: "brewing", durable: true, basic: true}
	case "MCH":
		hand := strings.HasPrefix(rest, "GRH-")
		return kind{category: "machines", durable: true, basic: hand, advanced: !hand}
	case "ACC":
		return kind{category: "accessories", durable: !strings.HasPrefix(rest, "FIL-")}
	case "CAR":
		return kind{category: "accessories"}
	case "DIG":
		return kind{category: "courses", digital: true}
	}
	return kind{category: g.Category}
}

// belongings are somebody's goods, sorted: how many pieces, and for each kind
// the latest day on which it was bought, 0 if never.
type belongings struct {
	pieces, coffee, tea                            int
	basic, advanced, durable, digital, accessories int
}

func belonging(goods []customer.Good) belongings {
	var b belongings
	for _, g := range goods {
		k := kindOf(g)
		b.pieces += g.Units
		switch k.category {
		case "coffee":
			b.coffee += g.Units
		case "tea":
			b.tea += g.Units
		case "accessories":
			b.accessories = max(b.accessories, g.Last)
		}
		b.basic = latest(b.basic, g, k.basic)
		b.advanced = latest(b.advanced, g, k.advanced)
		b.durable = latest(b.durable, g, k.durable)
		b.digital = latest(b.digital, g, k.digital)
	}
	return b
}

func latest(day int, g customer.Good, is bool) int {
	if is {
		return max(day, g.Last)
	}
	return day
}

// dueIn returns in how many days the first of the goods is due to be bought
// again that are bought again and again; ok is false if none is.
func (s *somebody) dueIn() (days int, ok bool) {
	for _, g := range s.Goods {
		if k := kindOf(g); g.Days < 2 || k.durable || k.digital {
			continue
		}
		gap := (g.Last - g.First + (g.Days-1)/2) / (g.Days - 1)
		in := g.Last + gap - s.today
		if in >= -gap && (!ok || in < days) {
			days, ok = in, true
		}
	}
	return days, ok
}
