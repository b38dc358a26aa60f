package orders

import (
	"bytes"
	"math"

	"holdfast/internal/customer"
)

// A chunk is a block of the file as columns of rows that were understood.
type chunk struct {
	customer []uint32 // number; nobody for a guest
	day      []int32  // [unknownDay] in a further line of an order
	cents    []int64  // [blank] in a further line of an order
	currency []uint8
	order    []uint64 // nil without such a column, as the next three
	product  []uint32
	title    []uint32
	category []uint32
	line     []uint32 // within the block
	rows     int      // that are in the columns
	lines    int
	first    int64 // line of the file the block begins at
	row      int64 // rows before
	rejected []reject
	left     [whys]int64
	void     int64 // rows that are left out, but stay
	rounded  int64
	further  bool // there are rows without an amount
	latin    bool
	dating   dating
	money    map[string]uint8 // currencies as this block numbers them
	codes    []customer.Currency
	plain    bool // there is no column of currencies
}

// The kinds of names, each with numbers of its own.
const (
	kindCustomer = iota
	kindProduct
	kindTitle
	kindCategory
	kindOrder // ids that packOrder cannot pack
	kinds
)

// A key is a name to be numbered: where it is in the block, its hash, and, if it
// is short, all of it.
type key struct {
	hash     uint64
	a        uint64 // as in a slot
	b        uint32
	from, to uint32
	row      uint32
}

// A block is a part of the file that begins and ends with whole records, with
// what is needed until its names have numbers.
type block struct {
	data []byte
	most int                  // how many rows there can be
	keys [kinds][shards][]key // of names without numbers yet
	chunk
}

// A parser turns blocks into columns. It is safe for concurrent use.
type parser struct {
	opts   Options
	sniff  *sniff
	today  int32 // the last day that has begun somewhere
	width  int   // columns to look at
	paid   role  // whose column may have a sign of the currency
	judged bool  // there are columns that may say that an order does not count
}

func newParser(s *sniff, opts Options) *parser {
	p := &parser{opts: opts, sniff: s}
	p.today = math.MaxInt32
	if !opts.Now.IsZero() {
		p.today = int32(opts.Now.UTC().Unix()/86400) + 1
	}
	if p.paid = roleAmount; s.shape.product {
		p.paid = rolePrice
	}
	p.judged = s.shape.columns[roleStatus] >= 0 || s.shape.columns[roleCancelled] >= 0
	for _, c := range s.shape.columns {
		p.width = max(p.width, c+1)
	}
	return p
}

// parse fills b.chunk from b.data.
func (p *parser) parse(b *block) {
	b.dating = dating{order: p.opts.DateOrder, zone: p.opts.Zone, utc: p.sniff.shape.utc}
	b.money = map[string]uint8{}
	if b.plain = p.sniff.shape.columns[roleCurrency] < 0; b.plain {
		b.codes = []customer.Currency{p.opts.Currency}
	}
	c := cell{b: b, at: &p.sniff.shape.columns, spans: make([]span, p.width)}
	size, line := len(b.data), 1
	for i := 0; i < size; {
		n, next, lines := p.sniff.dialect.split(b.data[:size], i, c.spans)
		c.n = n
		if n == 1 && len(bytes.TrimSpace(b.data[i:next])) == 0 {
			i, line = next, line+lines
			continue
		}
		if why := p.row(&c, line); why != "" {
			b.rejected = append(b.rejected, reject{int64(line), why, bytes.Clone(bytes.TrimRight(b.data[i:next], "\r\n"))})
		}
		i, line = next, line+lines
	}
	b.lines = line - 1
	b.chunk = b.part(0, b.rows)
}

// reserve makes room for the rows of blocks, in columns that are long enough for
// huge pages.
func reserve(blocks []*block, s *shape) {
	rows := 0
	for _, b := range blocks {
		rows += b.most
	}
	all := chunk{
		customer: column[uint32](rows, true), day: column[int32](rows, true), cents: column[int64](rows, true), currency: column[uint8](rows, true),
		line: column[uint32](rows, true), order: column[uint64](rows, s.columns[roleOrder] >= 0),
		product: column[uint32](rows, s.columns[roleProduct] >= 0), title: column[uint32](rows, s.columns[roleTitle] >= 0), category: column[uint32](rows, s.columns[roleCategory] >= 0),
	}
	from := 0
	for _, b := range blocks {
		b.chunk = all.part(from, from+b.most)
		from += b.most
		for k := range b.keys {
			for s := range b.keys[k] {
				b.keys[k][s] = b.keys[k][s][:0]
			}
		}
	}
}

// column returns a column of so many rows, nil if it is not there.
func column[T any](rows int, there bool) []T {
	if !there {
		return nil
	}
	return huge(make([]T, rows))
}

// part returns c with some rows of its columns only.
func (c chunk) part(from, to int) chunk {
	c.customer, c.day, c.cents, c.currency = c.customer[from:to:to], c.day[from:to:to], c.cents[from:to:to], c.currency[from:to:to]
	c.line = c.line[from:to:to]
	if c.order != nil {
		c.order = c.order[from:to:to]
	}
	if c.product != nil {
		c.product = c.product[from:to:to]
	}
	if c.title != nil {
		c.title = c.title[from:to:to]
	}
	if c.category != nil {
		c.category = c.category[from:to:to]
	}
	return c
}

// A cell gives one row's fields by role.
type cell struct {
	b     *block
	at    *[roles]int
	spans []span
	n     int
}

// get returns the value of a field, empty if the row has none.
func (c *cell) get(r role) []byte {
	if at := c.at[r]; uint(at) < uint(c.n) { // −1 is great
		return c.value(&c.spans[at])
	}
	return nil
}

func (c *cell) value(sp *span) []byte {
	v := c.b.data[sp.from:sp.to]
	if sp.quoted || len(v) > 0 && (v[0] <= ' ' || v[len(v)-1] <= ' ') {
		return sp.value(c.b.data)
	}
	return v
}

// place returns where in the block the value of a field is, and puts it there
// if it is nowhere as it is.
func (c *cell) place(r role) (from, to int) {
	at := c.at[r]
	if at < 0 || at >= c.n {
		return 0, 0
	}
	sp := c.spans[at]
	if sp.quoted && bytes.IndexByte(c.b.data[sp.from:sp.to], '"') >= 0 {
		from = len(c.b.data)
		c.b.data = append(c.b.data, sp.value(c.b.data)...)
		return from, len(c.b.data)
	}
	for sp.from < sp.to && c.b.data[sp.from] <= ' ' {
		sp.from++
	}
	for sp.from < sp.to && c.b.data[sp.to-1] <= ' ' {
		sp.to--
	}
	return sp.from, sp.to
}

// row reads one row. It reports why it cannot, "" if it can, or if the row does
// not count.
func (p *parser) row(c *cell, line int) string {
	b, s, n := c.b, p.sniff.shape, c.n
	if n < p.width && (n <= c.at[roleDate] || n <= c.at[roleCustomer] || n <= c.at[roleAmount]) {
		return "too few fields"
	}
	if p.judged {
		if why := p.excluded(c); why >= 0 {
			b.leave(p, c, why, line)
			return ""
		}
	}
	code, why := p.currency(b, p.named(c))
	if why != "" {
		return why
	}
	cents, rounded, refunded, why := p.amount(c, b.codes[code])
	switch {
	case why != "":
		return why
	case refunded:
		b.leave(p, c, Refunded, line)
		return ""
	case cents == blank && (s.lines || len(c.get(roleOrder)) == 0):
		return "amount is empty"
	}
	day, why := p.day(c, cents == blank, line)
	if why != "" {
		return why
	}
	if rounded {
		b.rounded++
	}
	b.further = b.further || cents == blank
	b.add(p, c, day, cents, code, line)
	return ""
}

// add adds a row.
func (b *block) add(p *parser, c *cell, day int32, cents int64, currency uint8, line int) {
	i := b.rows
	b.day[i], b.cents[i], b.currency[i], b.line[i] = day, cents, currency, uint32(line)
	p.names(c, uint32(i))
	b.rows++
}

// leave counts a row that is no order. If it has an order id it stays as a row
// without an amount, because further lines of the order may follow.
func (b *block) leave(p *parser, c *cell, why Why, line int) {
	b.left[why]++
	if b.order == nil {
		return
	}
	b.void++
	b.add(p, c, unknownDay, void, 0, line)
}

// day reads the date of a row; a further line of an order need not have one.
func (p *parser) day(c *cell, further bool, line int) (int32, string) {
	date := c.get(roleDate)
	if len(date) == 0 {
		if further {
			return unknownDay, ""
		}
		return 0, "date is empty"
	}
	day, why := c.b.dating.day(date, int64(line))
	if why == "" && day > p.today && day < openDay {
		why = futureDay
	}
	return day, why
}

const futureDay = "date in the future"
