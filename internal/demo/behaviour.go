package demo

import (
	"slices"
	"strconv"
	"time"
)

// behaviourDays is how long before the end the website began to tell what
// people do there.
const behaviourDays = 120

// A visitor is a person whose browser or app tells what they do. Everything
// comes from dice of their own, so that the shop is the same without them.
type visitor struct {
	shop         *Shop
	person       *person
	dice         dice
	user         string // id at the website
	anonymous    string // the browser's name for them
	device       device
	satisfaction float64 // 0 to 1
	traits       map[string]any
	visits       []*visit
}

// behaviour makes what the website and the app tell of some of the customers,
// the loyal and the recent ones rather than others.
func (s *Shop) behaviour() []moment {
	var all []moment
	from := maxTime(s.options.End.Add(-behaviourDays*day), s.start())
	for i, p := range s.people {
		d := newDice(s.options.Seed, 1<<43+uint64(i))
		if p.into != nil || !p.deleted.IsZero() || !p.redacted.IsZero() || !d.chance(s.watched(p)) {
			continue
		}
		v := &visitor{shop: s, person: p, dice: d, user: strconv.FormatInt(p.id, 10), anonymous: d.uuid(), device: newDevice(d)}
		v.satisfaction = v.mood()
		v.traits = v.describe()
		v.shopping(from)
		v.browsing(from)
		v.seekHelp()
		v.answer(from)
		for n, m := range v.moments() {
			m.id = uint64(i)<<16 + uint64(n)
			all = append(all, m)
		}
	}
	return all
}

// watched is how likely a person lets the website tell of them.
func (s *Shop) watched(p *person) float64 {
	switch n := len(p.orders); {
	case n >= 3:
		return 0.45
	case n == 1 && s.since(p) <= 7*day: // somebody of them will need help
		return 0.8
	case n > 0 && s.since(p) < 120*day, p.created.After(s.options.End.Add(-60 * day)):
		return 0.36
	case n == 0:
		return 0.27
	}
	return 0.17
}

// since returns how long p's latest order is ago, very long for none.
func (s *Shop) since(p *person) time.Duration {
	if len(p.orders) == 0 {
		return 10000 * day
	}
	return s.options.End.Sub(p.orders[len(p.orders)-1].placed)
}

// mood is how content v is: who comes back is, who got money back is not.
func (v *visitor) mood() float64 {
	m := 0.72 + 0.05*float64(min(len(v.person.orders), 7)) + 0.1*v.dice.NormFloat64()
	for _, o := range v.person.orders {
		if len(o.refunds) > 0 {
			m -= 0.22
		}
	}
	return max(0, min(1, m))
}

// shopping makes the visits on which v bought, or filled a cart and left.
func (v *visitor) shopping(from time.Time) {
	for _, o := range v.person.orders {
		if o.placed.Before(from) || o.channel != "web" || o.test {
			continue
		}
		w := v.visit(o.placed.Add(-v.dice.between(6*time.Minute, 30*time.Minute)))
		w.arrive()
		w.fill(o.lines)
		w.buy(o)
	}
	for _, c := range v.person.carts {
		if c.created.Before(from) {
			continue
		}
		w := v.visit(c.created.Add(-v.dice.between(4*time.Minute, 15*time.Minute)))
		w.arrive()
		w.fill(c.lines)
		w.checkout(c.lines, c.checkout)
	}
}

// browsing makes the other visits: many and to the end for those who are
// active, fewer and fewer for those who are drifting away, and a growing
// interest for some who never ordered.
func (v *visitor) browsing(from time.Time) {
	d, end := v.dice, v.shop.options.End
	n, since, span := len(v.person.orders), v.shop.since(v.person), end.Sub(from)
	visits, drifting := 1+d.IntN(2), false
	switch {
	case n >= 4 && since < 90*day:
		visits = 7 + d.IntN(6)
	case n >= 3 && since >= 90*day:
		visits, drifting = 4+d.IntN(5), true
	case n >= 1 && since < 90*day:
		visits = 3 + d.IntN(4)
	case n == 0 && d.chance(0.35):
		v.interest()
	}
	for range visits {
		share := d.Float64()
		if drifting {
			share *= share
		}
		at := v.shop.clock(d, from.Add(time.Duration(share*float64(span))))
		if at.Before(v.person.created.Add(-20 * day)) {
			continue
		}
		w := v.visit(at)
		if v.device.app != "" && d.chance(0.6) {
			w.app()
			continue
		}
		w.arrive()
		w.browse(1 + d.IntN(4))
		if d.chance(0.12) {
			w.help(1+d.IntN(2), 90*time.Second)
		}
	}
	for v.person.created.After(from) && d.chance(0.5) { // before anybody knew who it was
		w := v.visit(v.person.created.Add(-d.between(hour, 12*day)))
		w.arrive()
		w.browse(1 + d.IntN(3))
	}
}

// interest makes the visits of somebody who looks at more and more things.
func (v *visitor) interest() {
	for i := range 3 {
		ago := time.Duration(float64(13-4*i)*float64(day)) - v.dice.between(0, 3*day)
		w := v.visit(v.shop.options.End.Add(-ago))
		w.arrive()
		w.browse(2 + i)
	}
}

// seekHelp makes some who bought for the first time last week read the help
// pages at length, the latest of them in the last hours.
func (v *visitor) seekHelp() {
	d, end := v.dice, v.shop.options.End
	if len(v.person.orders) != 1 || v.shop.since(v.person) > 7*day || !d.chance(0.6) {
		return
	}
	y, m, dd := end.In(v.shop.zone).Date()
	today := time.Date(y, m, dd, 0, 0, 0, 0, v.shop.zone)
	at := maxTime(today.Add(time.Minute), end.Add(-75*time.Minute))
	at = maxTime(at.UTC(), v.person.orders[0].placed.Add(time.Minute))
	v.visit(at).help(5+d.IntN(2), min(5*time.Minute, end.Sub(at)/14))
}

// moments returns the deliveries of v's visits: one each, seconds after the
// visit mostly, a few late and a few twice.
func (v *visitor) moments() []moment {
	slices.SortStableFunc(v.visits, func(a, b *visit) int { return a.start.Compare(b.start) })
	identified := false
	var all []moment
	serial := uint64(0)
	for _, w := range v.visits {
		delay, again := v.dice.between(time.Second, 4*time.Second), v.dice.chance(0.01)
		if v.dice.chance(0.014) {
			delay = v.dice.between(time.Minute, 3*hour)
		}
		if len(w.calls) == 0 || !w.at.Before(v.shop.options.End.Add(-5*time.Second)) {
			continue
		}
		w.number(&serial, &identified)
		m := moment{at: w.at.Add(delay), happened: w.at, source: Segment, topic: "batch"}
		if m.at.After(v.shop.options.End) {
			m.at = v.shop.options.End
		}
		sent := m.at
		m.body = func() any { return w.wire(sent) }
		all = append(all, m)
		if again {
			m.at = m.at.Add(time.Minute)
			if m.at.Before(v.shop.options.End) {
				all = append(all, m)
			}
		}
	}
	return all
}
