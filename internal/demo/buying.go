package demo

import (
	"math"
	"time"

	"holdfast/internal/customer"
)

// The parameters of repeat buying. Purchases follow an MBG/NBD process (Batislam,
// Denizel, Filiztekin 2007): while alive, a customer buys at a Poisson rate that is
// gamma distributed over customers, and after every purchase, the first
// included, lapses with a probability that is beta distributed. Order values
// follow the gamma-gamma model (Fader, Hardie 2013).
const (
	rateShape, rateRate = 0.9, 62.0 // purchases a day
	lapseA, lapseB      = 0.75, 1.35
	valueP              = 5.0 // shape of one order's value
	valueQ, valueGamma  = 3.6, 2600.0
)

// shopping decides when p buys, and what. It sets p.created to a little before
// the first order, or some days before for those who sign up first.
func (s *Shop) shopping(p *person) {
	d := p.dice
	rate, lapse := d.gamma(rateShape, rateRate), d.beta(lapseA, lapseB)
	value := d.gamma(valueQ, valueGamma)
	at := p.created
	if d.chance(0.15) {
		at = s.clock(d, at.Add(d.between(day, 12*day)))
	}
	for at.Before(s.options.End.Add(-hour)) {
		p.orders = append(p.orders, s.newOrder(p, at, d.gamma(valueP, value)))
		if d.chance(lapse) {
			return
		}
		gap := d.ExpFloat64() / (rate * season(at))
		next := s.clock(d, at.Add(time.Duration(math.Min(gap, 3650)*float64(day))))
		if next.Before(at.Add(2 * hour)) {
			next = at.Add(d.between(2*hour, 9*hour))
		}
		at = next
	}
}

// A taste is what somebody likes to buy.
type taste struct {
	favourites map[string]float64 // weight by category
	usual      string             // SKU bought again and again, "" for none
	bargains   float64            // how likely a discount code is used
}

func newTaste(d dice) taste {
	kinds := []map[string]float64{
		{"coffee": 10, "accessories": 2, "brewing": 1.5, "care": 1, "machines": 0.6, "courses": 0.2},
		{"tea": 9, "herbal": 3, "accessories": 1, "brewing": 1, "courses": 0.2},
		{"herbal": 8, "tea": 4, "accessories": 0.6},
		{"coffee": 4, "tea": 4, "herbal": 2, "brewing": 1, "gift cards": 0.3},
		{"machines": 4, "brewing": 4, "coffee": 4, "accessories": 3, "care": 2, "courses": 0.5},
	}
	t := taste{favourites: weighted(d, kinds, func(m map[string]float64) float64 {
		return map[int]float64{6: 9, 5: 6, 3: 3}[len(m)]
	}), bargains: d.beta(0.7, 3)}
	if d.chance(0.6) {
		t.usual = weighted(d, Products(), func(p Product) float64 {
			if p.Kind != Consumable {
				return 0
			}
			return p.weight * t.favourites[p.Category]
		}).SKU
	}
	return t
}

// basket fills a basket of about the given value, minor units.
func basket(d dice, t taste, value float64, first bool) []line {
	var lines []line
	left := int64(value)
	for _, p := range Products() {
		if p.SKU == t.usual && !first || p.SKU == t.usual && d.chance(0.5) {
			lines = append(lines, line{product: p, quantity: 1})
			left -= p.Price
		}
	}
	for len(lines) < 6 && (len(lines) == 0 || left > 600) {
		p := weighted(d, Products(), func(p Product) float64 {
			w := p.weight * t.favourites[p.Category]
			if p.Price > left+left/4 {
				return 1e-9 / float64(p.Price)
			}
			if p.Price*4 > left { // something dear rather than many small things
				w *= 3
			}
			return w
		})
		left -= p.Price
		lines = add(lines, p)
	}
	return lines
}

func add(lines []line, p Product) []line {
	for i := range lines {
		if lines[i].product.SKU == p.SKU {
			lines[i].quantity++
			return lines
		}
	}
	return append(lines, line{product: p, quantity: 1})
}

// A code is a discount code of the shop.
type code struct {
	name    string
	percent int64 // 0: fixed amount
	amount  int64 // minor units
	from    time.Month
	to      time.Month // inclusive; from 0: always
}

func codes() []code {
	return []code{
		{name: "WELCOME10", percent: 10},
		{name: "KETTLE5", amount: 500},
		{name: "ADVENT15", percent: 15, from: time.November, to: time.December},
		{name: "SUMMERICE", percent: 12, from: time.June, to: time.August},
	}
}

// discount chooses a code for an order, or none.
func discount(d dice, t taste, at time.Time, goods int64, first bool) (string, int64, bool) {
	likely := t.bargains
	if first {
		likely += 0.12
	}
	if !d.chance(likely) {
		return "", 0, false
	}
	for _, c := range codes() {
		m := at.Month()
		if c.name == "WELCOME10" && !first || c.from != 0 && (m < c.from || m > c.to) || c.amount > goods/4 {
			continue
		}
		if c.percent > 0 && d.chance(0.8) {
			return c.name, (goods*c.percent + 50) / 100, true
		}
		if c.amount > 0 && d.chance(0.5) {
			return c.name, c.amount, false
		}
	}
	return "", 0, false
}

// convert returns minor units of from as minor units of to, rounded half up.
func convert(minor int64, from, to customer.Currency) int64 {
	if from == to {
		return minor
	}
	a, b := exchange(to), exchange(from)
	return (minor*a*2 + b) / (b * 2)
}
