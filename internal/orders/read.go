package orders

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"holdfast/internal/customer"
)

// each calls f for 0 to n−1 on all processors.
func each(n int, f func(int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	all.Wait()
}

// A reader is what a file has come to so far.
type reader struct {
	parser  *parser
	tables  [kinds][]table
	chunks  []*chunk
	reading Reading
	rejects *rejectsTo
	line    int64
	rows    int64
	bytes   int64
	codes   []customer.Currency
}

// Read reads an export. The same bytes give the same ledger, whatever the number
// of processors. The error wraps [ErrEmpty], [ErrColumns], [ErrAmbiguous],
// [ErrTooBad], [ErrTooMuch] or [ErrNotText], and names file, line and what to do.
func Read(ctx context.Context, r io.Reader, opts Options) (*Ledger, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in, notes, err := open(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", opts.name(), err)
	}
	defer in.Close()
	head := make([]byte, blockSize)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("%s: read: %w", opts.name(), err)
	}
	s, err := sniffed(head[:n], opts)
	if err != nil {
		return nil, err
	}
	all := &reader{parser: newParser(s, opts), rejects: newRejects(opts.Rejects), line: int64(s.lines), bytes: int64(s.skip)}
	all.reading = Reading{File: opts.name(), Reasons: map[string]int64{}, Left: map[Why]int64{}}
	all.reading.describe(s, notes)
	for k := range all.tables {
		all.tables[k] = make([]table, shards)
	}
	f := start(ctx, in, head[s.skip:n], s.dialect)
	for blocks := f.round(); len(blocks) > 0; blocks = f.round() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all.take(blocks)
		for _, b := range blocks {
			f.free <- &block{data: b.data, keys: b.keys}
		}
	}
	if f.failed != nil {
		return nil, fmt.Errorf("%s: %w", opts.name(), f.failed)
	}
	return all.ledger(opts)
}

// take adds blocks, which follow each other.
func (r *reader) take(blocks []*block) {
	reserve(blocks, r.parser.sniff.shape)
	each(len(blocks), func(i int) { r.parser.parse(blocks[i]) })
	for _, b := range blocks {
		b.first, b.row = r.line, r.rows
		r.line += int64(b.lines)
		r.rows += int64(len(b.day))
		r.bytes += int64(len(b.data))
		r.account(b)
	}
	for k := range r.tables {
		room(r.tables[k], func(shard int) (n int) {
			for _, b := range blocks {
				n += len(b.keys[k][shard])
			}
			return n
		})
	}
	each(kinds*shards, func(i int) { r.number(blocks, i/shards, i%shards) })
	for _, b := range blocks {
		c := b.chunk
		r.chunks = append(r.chunks, &c)
	}
	if p := r.parser.opts.Progress; p != nil {
		p(r.bytes, r.rows)
	}
}

// account adds what a block says beside its rows.
func (r *reader) account(b *block) {
	for i := range b.rejected {
		b.rejected[i].line += b.first
		r.reading.reject(b.rejected[i])
		r.rejects.add(b.rejected[i])
	}
	r.reading.Rows += int64(len(b.day)) - b.void + int64(len(b.rejected))
	for why, n := range b.left {
		if n > 0 {
			r.reading.Left[Why(why)] += n
			r.reading.Rows += n
		}
	}
	b.rejected = nil
	r.reading.Rounded += b.rounded
	if b.latin && r.reading.Encoding == "UTF-8" {
		r.reading.Encoding = "Windows-1252"
	}
	r.recode(b)
}

// recode gives currencies the numbers of the whole file.
func (r *reader) recode(b *block) {
	final := make([]uint8, len(b.codes))
	same := true
	for i, c := range b.codes {
		at := -1
		for j, known := range r.codes {
			if known == c {
				at = j
			}
		}
		if at < 0 {
			at = len(r.codes)
			r.codes = append(r.codes, c)
		}
		final[i] = uint8(at)
		same = same && at == i
	}
	if !same {
		for i, c := range b.currency {
			b.currency[i] = final[c]
		}
	}
}

// number gives the names of one shard numbers. Two calls never touch the same
// table, nor the same row of one column.
func (r *reader) number(blocks []*block, kind, shard int) {
	t := &r.tables[kind][shard]
	for _, b := range blocks {
		for keys := range slices.Chunk(b.keys[kind][shard], atOnce) {
			t.fetch(keys)
			for i := range keys {
				k := &keys[i]
				id := uint32(shard)<<(32-shardBits) | t.number(k, b.data, uint32(b.row)+k.row)
				switch kind {
				case kindCustomer:
					b.customer[k.row] = id
				case kindProduct:
					b.product[k.row] = id
				case kindTitle:
					b.title[k.row] = id
				case kindCategory:
					b.category[k.row] = id
				case kindOrder:
					b.order[k.row] = oddOrder | uint64(id)
				}
			}
		}
	}
}

// atOnce is how many names are looked up together.
const atOnce = 32
