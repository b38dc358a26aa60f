package customer

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"
)

// A purchase is one order with everything that belongs to it.
type purchase struct {
	order   *Order
	refunds []Money
	deleted bool
}

func (f *folding) purchases() []purchase {
	index := map[Identity]int{}
	var all []purchase
	for _, fact := range f.facts {
		if fact.Body.Order == nil && fact.Body.Refund == nil && fact.Body.Deleted == nil || fact.Record.Person() {
			continue
		}
		i, ok := index[fact.Record]
		if !ok {
			i = len(all)
			index[fact.Record] = i
			all = append(all, purchase{})
		}
		switch {
		case fact.Body.Order != nil:
			all[i].order = fact.Body.Order
		case fact.Body.Refund != nil:
			all[i].refunds = append(all[i].refunds, fact.Body.Refund.Amount)
		case fact.Body.Deleted != nil:
			all[i].deleted = fact.Body.Deleted.Deleted
		}
	}
	return slices.DeleteFunc(all, func(p purchase) bool { return p.order == nil })
}

// refunded returns what went back, in the order's currency. Refunds in the
// buyer's currency are taken at the rate of the order itself, all at once: so
// refunds of the whole, in however many parts, are the whole.
func (p purchase) refunded() int64 {
	var sum, buyer int64
	for _, r := range p.refunds {
		switch {
		case r.Currency == p.order.Currency || r.Currency == "":
			sum = AddMinor(sum, r.Minor)
		case r.Currency == p.order.Buyer.Currency && p.order.Buyer.Minor > 0:
			buyer = AddMinor(buyer, r.Minor)
		}
	}
	if buyer == 0 {
		return sum
	}
	return AddMinor(sum, scale(buyer, p.order.Total, p.order.Buyer.Minor))
}

// scale returns a·b/c rounded half up, exactly, held at the ends of int64.
func scale(a, b, c int64) int64 {
	n := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	n.Mul(n, big.NewInt(2)).Add(n, big.NewInt(c))
	n.Div(n, new(big.Int).Mul(big.NewInt(c), big.NewInt(2)))
	switch {
	case n.IsInt64():
		return n.Int64()
	case n.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// net is what the merchant keeps of the order: its current total, less the
// refunds that the current total does not show already. Returned items and
// edits lower the current total; a refund of an amount does not, and neither
// does a refund whose order has not been delivered again yet.
func (p purchase) net() int64 {
	lowered := max(0, p.order.Total-p.order.Current)
	return p.order.Current - max(0, p.refunded()-lowered)
}

// counts reports whether p is a sale: paid, kept at least in part, and of goods.
// An order that its source calls refunded does not count even where nothing is
// known of the refunds.
func (p purchase) counts() bool {
	switch p.order.Payment {
	case "paid", "partially_paid", "partially_refunded":
	default:
		return false
	}
	return !p.deleted && !p.order.Test && p.order.Cancelled.IsZero() && !p.order.giftCardsOnly() && p.net() > 0
}

func (o Order) giftCardsOnly() bool {
	return len(o.Items) > 0 && !slices.ContainsFunc(o.Items, func(i Item) bool { return !i.GiftCard })
}

// books adds up the purchases, one book a currency.
func (f *folding) books() []Book {
	books := map[Currency]*Book{}
	for _, p := range f.purchases() {
		c := p.order.Currency
		b := books[c]
		if b == nil {
			b = &Book{Currency: c}
			books[c] = b
		}
		if !p.order.Test {
			b.Refunds += len(p.refunds)
			b.Refunded = AddMinor(b.Refunded, p.refunded())
		}
		if p.counts() {
			b.add(p, f.zone)
		}
	}
	var sorted []Book
	for _, b := range books {
		b.finish()
		if b.Orders > 0 || b.Refunds > 0 {
			sorted = append(sorted, *b)
		}
	}
	slices.SortFunc(sorted, func(a, b Book) int {
		return cmp.Or(cmp.Compare(b.Orders, a.Orders), strings.Compare(string(a.Currency), string(b.Currency)))
	})
	return sorted
}

func (b *Book) add(p purchase, zone *time.Location) {
	placed := p.order.Placed.UTC()
	b.Orders++
	b.Spend = AddMinor(b.Spend, p.net())
	if b.First.IsZero() || placed.Before(b.First) {
		b.First = placed
	}
	if placed.After(b.Last) {
		b.Last = placed
	}
	if p.order.discounted() {
		b.Discounted++
		b.Saved = AddMinor(b.Saved, p.order.Discount)
	}
	if p.order.offline() {
		b.Offline++
	}
	b.Days = append(b.Days, Day{Day: DayOf(placed, zone), Orders: 1, Net: p.net()})
}

// finish joins the purchases of one day and keeps the latest days.
func (b *Book) finish() {
	slices.SortFunc(b.Days, func(x, y Day) int { return cmp.Compare(x.Day, y.Day) })
	var days []Day
	for _, d := range b.Days {
		if n := len(days); n > 0 && days[n-1].Day == d.Day {
			days[n-1].Orders += d.Orders
			days[n-1].Net = AddMinor(days[n-1].Net, d.Net)
			continue
		}
		days = append(days, d)
	}
	b.Days = days[max(0, len(days)-MaxDays):]
}
