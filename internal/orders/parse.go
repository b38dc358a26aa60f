package orders

import (
	"bytes"
	"hash/maphash"
	"math"
	"math/bits"
	"unicode/utf8"

	"holdfast/internal/customer"
)

// A chunk is a block of the file as columns of rows that were understood.
type chunk struct {
	customer []uint32 // number; nobody for a guest
	day      []int32  // [unknownDay] in a further line of an order
	cents    []int64  // [blank] in a further line of an order
	currency []uint8
	order    []uint64 // nil without such a column, as the next two
	product  []uint32
	category []uint32
	line     []uint32 // within the block
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
	kindCategory
	kindOrder // ids that packOrder cannot pack
	kinds
)

// A key is a name to be numbered: where it is in the block, its hash, and, if it
// is short, all of it.
type key struct {
	hash     uint64
	a, b     uint64 // as in a slot
	from, to uint32
	row      uint32
}

// A block is a part of the file that begins and ends with whole records, with
// what is needed until its names have numbers.
type block struct {
	data []byte
	keys [kinds][shards][]key // of names without numbers yet
	chunk
}

// A parser turns blocks into columns. It is safe for concurrent use.
type parser struct {
	opts  Options
	sniff *sniff
	today int32 // the last day that has begun somewhere
	width int   // columns to look at
}

func newParser(s *sniff, opts Options) *parser {
	p := &parser{opts: opts, sniff: s}
	p.today = math.MaxInt32
	if !opts.Now.IsZero() {
		p.today = int32(opts.Now.UTC().Unix()/86400) + 1
	}
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
	b.reserve(bytes.Count(b.data, []byte{'\n'})+1, p.sniff.shape)
	spans := make([]span, p.width)
	size, line := len(b.data), 1
	for i := 0; i < size; {
		n, next, lines := p.sniff.dialect.split(b.data[:size], i, spans)
		if n == 1 && len(bytes.TrimSpace(b.data[i:next])) == 0 {
			i, line = next, line+lines
			continue
		}
		if why := p.row(b, spans, n, line); why != "" {
			b.rejected = append(b.rejected, reject{int64(line), why, bytes.Clone(bytes.TrimRight(b.data[i:next], "\r\n"))})
		}
		i, line = next, line+lines
	}
	b.lines = line - 1
}

// reserve makes room for rows.
func (b *block) reserve(rows int, s *shape) {
	b.customer, b.day = make([]uint32, 0, rows), make([]int32, 0, rows)
	b.cents, b.line = make([]int64, 0, rows), make([]uint32, 0, rows)
	b.currency = make([]uint8, 0, rows)
	if s.columns[roleOrder] >= 0 {
		b.order = make([]uint64, 0, rows)
	}
	if s.columns[roleProduct] >= 0 {
		b.product = make([]uint32, 0, rows)
	}
	if s.columns[roleCategory] >= 0 {
		b.category = make([]uint32, 0, rows)
	}
	for k := range b.keys {
		for s := range b.keys[k] {
			b.keys[k][s] = b.keys[k][s][:0]
		}
	}
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
	at := c.at[r]
	if at < 0 || at >= c.n {
		return nil
	}
	sp := c.spans[at]
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
func (p *parser) row(b *block, spans []span, n, line int) string {
	s := p.sniff.shape
	c := cell{b, &s.columns, spans, n}
	if n < p.width && (n <= c.at[roleDate] || n <= c.at[roleCustomer] || n <= c.at[roleAmount]) {
		return "too few fields"
	}
	if why := p.excluded(&c); why >= 0 {
		b.leave(p, &c, why, line)
		return ""
	}
	code, why := p.currency(b, c.get(roleCurrency))
	if why != "" {
		return why
	}
	cents, rounded, refunded, why := p.amount(&c, b.codes[code])
	switch {
	case why != "":
		return why
	case refunded:
		b.leave(p, &c, Refunded, line)
		return ""
	case cents == blank && (s.lines || len(c.get(roleOrder)) == 0):
		return "amount is empty"
	}
	day, why := p.day(&c, cents == blank, line)
	if why != "" {
		return why
	}
	if rounded {
		b.rounded++
	}
	b.further = b.further || cents == blank
	row := uint32(len(b.day))
	b.day, b.cents = append(b.day, day), append(b.cents, cents)
	b.currency, b.line = append(b.currency, code), append(b.line, uint32(line))
	p.names(&c, row)
	return ""
}

// leave counts a row that is no order. If it has an order id it stays as a row
// without an amount, because further lines of the order may follow.
func (b *block) leave(p *parser, c *cell, why Why, line int) {
	b.left[why]++
	if b.order == nil {
		return
	}
	b.void++
	b.day, b.cents = append(b.day, unknownDay), append(b.cents, void)
	b.currency, b.line = append(b.currency, 0), append(b.line, uint32(line))
	p.names(c, uint32(len(b.day)-1))
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

// names adds the columns that hold names.
func (p *parser) names(c *cell, row uint32) {
	b := c.b
	who := roleCustomer
	from, to := c.place(who)
	for from == to && who < roleOther2 {
		who++
		from, to = c.place(who)
	}
	b.customer = append(b.customer, nobody)
	b.key(kindCustomer, from, to, row, true)
	if b.order != nil {
		id := c.get(roleOrder)
		packed, ok := packOrder(id)
		if !ok {
			from, to := c.place(roleOrder)
			b.key(kindOrder, from, to, row, false)
		}
		b.order = append(b.order, packed)
	}
	if b.product != nil {
		from, to := c.place(roleProduct)
		b.key(kindProduct, from, to, row, false)
		b.product = append(b.product, nobody)
	}
	if b.category != nil {
		from, to := c.place(roleCategory)
		b.key(kindCategory, from, to, row, false)
		b.category = append(b.category, nobody)
	}
}

// key remembers data[from:to] as a name to be numbered. Addresses of mail mean
// the same in capitals.
func (b *block) key(kind, from, to int, row uint32, fold bool) {
	if from == to {
		return
	}
	var seen byte
	for _, c := range b.data[from:to] {
		seen |= letter[c]
	}
	if fold && seen&(upper|at) == upper|at {
		lower := bytes.ToLower(b.data[from:to])
		from = len(b.data)
		b.data = append(b.data, lower...)
		to = len(b.data)
	}
	name := b.data[from:to]
	if seen&high != 0 && !utf8.Valid(name) {
		b.latin = true
	}
	hash := maphash.Bytes(seed, name)
	s := &b.keys[kind][hash%shards]
	k := key{hash: hash, from: uint32(from), to: uint32(to), row: row}
	if len(name) <= short {
		k.a, k.b = pack(name)
	}
	*s = append(*s, k)
}

// What a byte of a name tells.
const upper, at, high = 1, 2, 4

var letter = func() (t [256]byte) {
	for c := 'A'; c <= 'Z'; c++ {
		t[c] = upper
	}
	t['@'] = at
	for c := 0x80; c < 256; c++ {
		t[c] = high
	}
	return t
}()

// packOrder writes an order id as a number if it can exactly: "#1001", "C5363",
// "4242", up to two characters and a number. Ids of order numbers then need no
// table, and numbers that only grow cannot repeat.
func packOrder(id []byte) (uint64, bool) {
	if len(id) == 0 {
		return noOrder, true
	}
	var prefix uint64
	n := 0
	for n < len(id) && n < 2 && (id[n] < '0' || id[n] > '9') {
		prefix = prefix<<8 | uint64(id[n])
		n++
	}
	digits := id[n:]
	if len(digits) == 0 || len(digits) > 17 {
		return 0, false
	}
	var value uint64
	for _, c := range digits {
		if c-'0' > 9 {
			return 0, false
		}
		value = value*10 + uint64(c-'0')
	}
	switch {
	case len(digits) <= 12:
		return prefix<<44 | uint64(len(digits))<<40 | value, bits.Len64(value) <= 40
	case n == 0 && digits[0] != '0':
		return 1<<62 | value, true
	}
	return 0, false
}

const (
	noOrder  = 1<<64 - 1
	oddOrder = 1 << 63 // and the number of the name
)
