package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A person has an account at the shop. What happens to them is a list of
// instants, so that their state at any instant can be written down.
type person struct {
	dice        dice
	id          int64
	first, last string
	email       string
	phone       string // "" for none
	home        *place
	street, zip string
	addressID   int64
	created     time.Time
	registered  bool // with a password, not only by a checkout
	orders      []*order
	carts       []*cart // abandoned ones
	consents    []consent
	tags        []tagging
	touched     []time.Time // when the shop changed the record
	twin        *person     // an account that was merged into this one
	into        *person     // the account this one was merged into
	merged      time.Time
	deleted     time.Time
	redacted    time.Time
	taste       taste
}

type consent struct {
	at     time.Time
	sms    bool
	state  string // subscribed, pending, unsubscribed, not_subscribed
	double bool   // confirmed by a link
}

type tagging struct {
	at  time.Time
	tag string
	on  bool
}

// changed returns when p's record last changed, as of at.
func (p *person) changed(at time.Time) time.Time {
	last := p.created
	for _, t := range p.touched {
		if !t.After(at) && t.After(last) {
			last = t
		}
	}
	return last
}

// populate makes the people, and what they bought, of the whole history.
func (s *Shop) populate() {
	o := s.options
	towns, numbers := places(), s.numbers
	for i := range o.Customers {
		d := newDice(o.Seed, uint64(i)+1)
		p := newPerson(d, i, towns, numbers)
		p.created = s.arrival(d)
		if !d.chance(signUpOnly) {
			s.shopping(p)
		}
		s.abandon(p)
		p.consents = consents(p, o.End)
		s.people = append(s.people, p)
	}
	s.guests, s.lost = s.strangers(towns, numbers)
	s.exceptions()
	s.number()
	for _, p := range s.people {
		p.tags = taggings(p)
		p.touch()
	}
}

// signUpOnly is the share of accounts that never order.
const signUpOnly = 0.12

func newPerson(d dice, i int, towns []place, numbers phones) *person {
	home := &towns[0]
	at := d.Float64() * weightOf(towns)
	for j := range towns {
		if at -= towns[j].weight; at < 0 {
			home = &towns[j]
			break
		}
	}
	p := &person{dice: d, home: home, first: pick(d, home.names.first), last: pick(d, home.names.last), registered: d.chance(0.22)}
	p.email = address(d, p.first, p.last, i)
	if d.chance(0.4) {
		p.phone = numbers.next(home.code)
	}
	p.street = fmt.Sprintf("%s %d", pick(d, home.names.streets), 1+d.IntN(140))
	if home.code == "US" || home.code == "GB" || home.code == "FR" {
		p.street = fmt.Sprintf("%d %s", 1+d.IntN(140), pick(d, home.names.streets))
	}
	p.zip = strings.Map(func(r rune) rune {
		if r == '#' {
			return '0' + rune(d.IntN(10))
		}
		return r
	}, home.zip)
	p.taste = newTaste(d)
	return p
}

func weightOf(towns []place) float64 {
	var sum float64
	for _, t := range towns {
		sum += t.weight
	}
	return sum
}

// address invents a mail address under a domain reserved for examples.
func address(d dice, first, last string, i int) string {
	domain := pick(d, []string{"mail.example.com", "post.example.com", "inbox.example.org", "letters.example.net", "home.example.org", "web.example.net"})
	form := pick(d, []string{"%s.%s%d", "%s_%s%d", "%s%s%d"})
	return fmt.Sprintf(form, ascii(first), ascii(last), i) + "@" + domain
}

var plain = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "é", "e", "è", "e", "ë", "e", "ï", "i", " ", "", "'", "")

func ascii(name string) string { return plain.Replace(strings.ToLower(name)) }

// arrival returns when a new customer comes: the shop grows, and the weeks
// before Christmas bring the most.
func (s *Shop) arrival(d dice) time.Time {
	start, end := s.start(), s.options.End.Add(-6*hour)
	for {
		share := d.Float64()
		at := start.Add(time.Duration(share * float64(end.Sub(start))))
		if d.Float64()*2.4 < (0.8+0.4*share)*season(at) {
			return s.clock(d, at)
		}
	}
}

// season is how busy a time of the year is; 1 is ordinary.
func season(at time.Time) float64 {
	switch at.Month() {
	case time.November:
		return 1.5
	case time.December:
		return 1.7
	case time.January, time.February, time.October:
		return 1.1
	case time.June, time.July, time.August:
		return 0.8
	}
	return 1
}

// clock moves at to a time of its day at which people shop, evenings most.
func (s *Shop) clock(d dice, at time.Time) time.Time {
	h := weighted(d, hours, func(h int) float64 { return 1 + 3*float64(min(h, 21)-6)/15 })
	y, m, dd := at.In(s.zone).Date()
	t := time.Date(y, m, dd, h, d.IntN(60), d.IntN(60), 0, s.zone).UTC()
	if t.After(s.options.End.Add(-2 * hour)) {
		return at.UTC().Truncate(time.Second)
	}
	return t
}

var hours = []int{7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}

// number gives people, orders and refunds their ids, in the order they came, as the
// shop's database does. A few are as large as those of Shopify's first shards,
// beyond what a float holds exactly.
func (s *Shop) number() {
	byTime := slices.Clone(s.people)
	slices.SortStableFunc(byTime, func(a, b *person) int { return a.created.Compare(b.created) })
	for i, p := range byTime {
		p.id = identifier(7188389000000, i, 67)
		p.addressID = identifier(9411234000000, i, 67)
	}
	all := s.orders()
	slices.SortStableFunc(all, func(a, b *order) int {
		return cmp.Or(a.placed.Compare(b.placed), strings.Compare(a.checkout, b.checkout))
	})
	refunds := 0
	for i, o := range all {
		o.id = identifier(5778367000000, i, 71)
		o.number = i + 1
		for _, r := range o.refunds {
			r.id = identifier(929361462000, refunds, 41)
			refunds++
		}
	}
}

// identifier returns the i-th id of a sequence; each every-th is beyond 2^53.
func identifier(base int64, i, every int) int64 {
	if i%every == every-1 {
		return 706405506930000000 + base%1000000007 + int64(i)*4099
	}
	return base + int64(i)*32768 + int64(i%97)*31 + 1
}

// orders returns all orders of the shop, each once.
func (s *Shop) orders() []*order {
	all := slices.Clone(s.guests)
	for _, p := range s.people {
		all = append(all, p.orders...)
	}
	return all
}
