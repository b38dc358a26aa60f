package orders

import (
	"fmt"
	"math"
	"runtime"

	"holdfast/internal/customer"
)

func processors() int { return runtime.GOMAXPROCS(0) }

// ledger settles what only the whole file decides, and keeps the rows that
// count.
func (r *reader) ledger(opts Options) (*Ledger, error) {
	if r.reading.Rows == 0 {
		return nil, fmt.Errorf("%s: %w: there is a header and no row after it", opts.name(), ErrEmpty)
	}
	l := &Ledger{free: opts.FreeOrders}
	r.arrange(l)
	if err := r.settle(opts); err != nil {
		return nil, err
	}
	code := r.choose(opts, l)
	if err := r.countable(opts, l.Currency, code); err != nil {
		return nil, err
	}
	if r.grouped() {
		r.group(l)
	}
	if err := r.rejects.close(); err != nil {
		return nil, err
	}
	if 20*r.reading.Bad > r.reading.Rows && !opts.Lenient {
		return nil, r.reading.tooBad()
	}
	found := r.keep(l, code)
	l.Reading = r.reading
	if !found {
		return nil, fmt.Errorf("%s: %w: of %d rows none is an order that counts%s", l.Reading.File, ErrEmpty, l.Reading.Rows, l.Reading.leftText())
	}
	return l, nil
}

// arrange gives names their final numbers.
func (r *reader) arrange(l *Ledger) {
	var final [kinds][][]uint32
	for k, names := range []*Names{&l.Customers, &l.Products, &l.titles, &l.Categories} {
		*names, final[k] = arrange(r.tables[k], int(r.rows))
	}
	renumber := func(column []uint32, final [][]uint32) {
		for i, ref := range column {
			if ref != nobody {
				column[i] = final[ref>>(32-shardBits)][ref&inTable]
			}
		}
	}
	each(len(r.chunks), func(i int) {
		c := r.chunks[i]
		renumber(c.customer, final[kindCustomer])
		renumber(c.product, final[kindProduct])
		renumber(c.title, final[kindTitle])
		renumber(c.category, final[kindCategory])
	})
}

// settle finds out how dates that are open are to be read.
func (r *reader) settle(opts Options) error {
	var day, month, open witness
	for _, c := range r.chunks {
		for _, w := range []struct{ to, from *witness }{{&day, &c.dating.dayFirst}, {&month, &c.dating.monthFirst}, {&open, &c.dating.open}} {
			if w.to.line == 0 && w.from.line > 0 {
				*w.to = witness{w.from.line + c.first, w.from.text}
			}
		}
	}
	order := opts.DateOrder
	switch {
	case day.line > 0 && month.line > 0:
		return fmt.Errorf("%s:%d: %w: %s begins with the day, and %s in line %d with the month; say which is right with --date-order dmy or --date-order mdy",
			opts.name(), day.line, ErrAmbiguous, day.text, month.text, month.line)
	case day.line > 0:
		order = DayFirst
	case month.line > 0:
		order = MonthFirst
	case open.line > 0:
		return fmt.Errorf("%s:%d: %w: no date in the file tells whether %s begins with the day or the month; say it with --date-order dmy or --date-order mdy",
			opts.name(), open.line, ErrAmbiguous, open.text)
	}
	r.reading.DateOrder = order
	if open.line == 0 {
		return nil
	}
	for _, c := range r.chunks {
		for i, d := range c.day {
			if d < openDay {
				continue
			}
			if c.day[i] = settle(d, order); c.day[i] > r.parser.today {
				c.drop(i)
				x := reject{line: c.first + int64(c.line[i]), why: futureDay}
				r.reading.reject(x)
				r.rejects.add(x)
			}
		}
	}
	return nil
}

// drop takes row i out: it is nobody's, and has no amount.
func (c *chunk) drop(i int) {
	c.customer[i], c.cents[i], c.day[i] = nobody, blank, unknownDay
	if c.order != nil {
		c.order[i] = noOrder
	}
	if c.product != nil {
		c.product[i] = nobody
	}
}

// choose picks the currency to keep: the one that was asked for, or that most
// rows are in, the first of these in the file.
func (r *reader) choose(opts Options, l *Ledger) uint8 {
	if len(r.codes) == 0 {
		l.Currency = opts.Currency
		return 0
	}
	counts := make([]int64, len(r.codes))
	for _, c := range r.chunks {
		if len(r.codes) == 1 {
			break // there is nothing to choose from
		}
		for i, code := range c.currency {
			if c.cents[i] > void {
				counts[code]++
			}
		}
	}
	r.unnamed(counts)
	best, several := 0, map[customer.Currency]int64{}
	for code, n := range counts {
		if n > counts[best] {
			best = code
		}
		if n > 0 {
			several[r.codes[code]] += n
		}
	}
	for code, c := range r.codes {
		if opts.Currency != "" && c == opts.Currency {
			best = code
		}
	}
	l.Currency = r.codes[best]
	if opts.Currency != "" {
		l.Currency = opts.Currency
		if r.codes[best] != opts.Currency {
			best = len(r.codes) // no row has it
		}
	}
	r.reading.Currency = l.Currency
	if len(several) > 1 {
		r.reading.Currencies = several
	}
	return uint8(best)
}

// unnamed counts amounts without a sign of a currency as of the only currency
// that others have a sign of.
func (r *reader) unnamed(counts []int64) {
	if len(r.codes) != 2 || r.parser.sniff.shape.columns[roleCurrency] >= 0 || r.codes[0] != "" || r.codes[1].Decimals() != r.codes[0].Decimals() {
		return
	}
	for _, c := range r.chunks {
		for i := range c.currency {
			c.currency[i] = 1
		}
	}
	counts[1], counts[0] = counts[1]+counts[0], 0
}

// countable refuses amounts that add up to more than an amount can be: no sum of
// them, of whatever rows, is then too large.
func (r *reader) countable(opts Options, currency customer.Currency, code uint8) error {
	sums := make([]uint64, len(r.chunks))
	each(len(r.chunks), func(k int) {
		c := r.chunks[k]
		for i, cents := range c.cents {
			if cents > void && c.currency[i] == code && sums[k] <= math.MaxInt64 {
				sums[k] += magnitude(cents)
			}
		}
	})
	var all uint64
	for _, sum := range sums {
		if all <= math.MaxInt64 {
			all += sum
		}
	}
	if all <= math.MaxInt64 {
		return nil
	}
	line, greatest := int64(0), uint64(0)
	for _, c := range r.chunks {
		for i, cents := range c.cents {
			if cents > void && c.currency[i] == code && magnitude(cents) > greatest {
				line, greatest = c.first+int64(c.line[i]), magnitude(cents)
			}
		}
	}
	limit := customer.Money{Minor: math.MaxInt64, Currency: currency}
	return fmt.Errorf("%s:%d: %w: together they are more than %s, the most that can be added up exactly; the greatest is in this line: is it right, and is --amount the right column?",
		opts.name(), line, ErrTooMuch, limit)
}

// keep moves the rows that count to the front of each chunk's columns, and
// counts the others. It finds the days of the first and last order, and reports
// whether there is one.
func (r *reader) keep(l *Ledger, code uint8) bool {
	l.rows = make([]rows, len(r.chunks))
	type tally struct {
		left    [whys]int64
		refunds int64
		guests  Guests
		first   int32
		last    int32
	}
	tallies := make([]tally, len(r.chunks))
	each(len(r.chunks), func(k int) {
		c, t := r.chunks[k], &tallies[k]
		t.first, t.last = math.MaxInt32, math.MinInt32
		n := 0
		for i, cents := range c.cents {
			switch {
			case cents <= void:
				continue
			case c.currency[i] != code:
				t.left[Foreign]++
				continue
			case cents == 0 && !l.free:
				t.left[Free]++
				continue
			case c.customer[i] == nobody:
				t.left[Guest]++
				if cents >= 0 {
					t.guests.Orders++
				}
				t.guests.Cents = customer.AddMinor(t.guests.Cents, cents)
				continue
			case cents < 0:
				t.refunds++
			default:
				t.first, t.last = min(t.first, c.day[i]), max(t.last, c.day[i])
			}
			if n < i {
				c.customer[n], c.day[n], c.cents[n] = c.customer[i], c.day[i], cents
			}
			n++
		}
		l.rows[k] = rows{c.customer[:n], c.day[:n], c.cents[:n]}
		c.currency, c.line, c.order, c.product, c.title, c.category = nil, nil, nil, nil, nil, nil
	})
	l.First, l.Last = math.MaxInt32, math.MinInt32
	for _, t := range tallies {
		l.First, l.Last = min(l.First, t.first), max(l.Last, t.last)
		for why, n := range t.left {
			if n > 0 {
				r.reading.Left[Why(why)] += n
			}
		}
		r.reading.Refunds += t.refunds
		l.Guests.Orders += t.guests.Orders
		l.Guests.Cents = customer.AddMinor(l.Guests.Cents, t.guests.Cents)
	}
	return l.First <= l.Last
}
