package orders

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// shards is how many tables names are spread over, so that several processors
// can fill them, and each stays in a processor's cache while it is filled.
const (
	shardBits = 4
	shards    = 1 << shardBits
)

// nobody is the number of a name that is not there.
const nobody = 1<<32 - 1

// A table gives names numbers, exactly: two names share one only if they are
// the same bytes. It remembers the row of each first appearance.
type table struct {
	slots []slot // a power of two, at most three quarters full
	ends  []uint32
	names []byte
	first []uint32
	touch uint64
}

// A slot holds a short name as it is, so that telling it from others takes no
// second look into memory; of a long one its hash.
type slot struct {
	a  uint64
	b  uint32
	id uint32 // one more than the number; 0 is free
}

// short is the longest name that fits into a slot.
const (
	short = 11
	long  = 0xff << 24
)

// pack returns what a slot holds of a name that fits: its first eight bytes, and
// the others with its length on top.
func pack(name []byte) (a uint64, b uint32) {
	n := len(name)
	switch {
	case n >= 8:
		a = binary.LittleEndian.Uint64(name)
		b = binary.LittleEndian.Uint32(name[n-4:]) >> (8 * (12 - n))
	default:
		for i, c := range name {
			a |= uint64(c) << (8 * i)
		}
	}
	return a, b | uint32(n)<<24
}

func (t *table) name(id uint32) []byte {
	from := uint32(0)
	if id > 0 {
		from = t.ends[id-1]
	}
	return t.names[from:t.ends[id]]
}

// room makes room in each table for so many more names. The tables are of one
// size, and lie side by side in memory.
func room(tables []table, more func(shard int) int) {
	size, most := len(tables[0].slots), 0
	for i := range tables {
		if n := more(i); n > 0 {
			most = max(most, len(tables[i].ends)+n)
		}
	}
	for 4*most > 3*size {
		size = max(1024, 2*size)
	}
	if size == len(tables[0].slots) {
		return
	}
	slots := huge(make([]slot, size*len(tables)))
	each(len(tables), func(i int) { tables[i].move(slots[size*i : size*(i+1)]) })
}

// fetch looks at the slots that keys will need: their ways from memory then
// overlap.
func (t *table) fetch(keys []key) {
	mask := uint64(len(t.slots) - 1)
	for _, k := range keys {
		t.touch += t.slots[(k.hash>>shardBits)&mask].a
	}
}

// number returns the number of the name that k is of in data, a new one if it is
// new, first seen in row; there must be room. The low bits of the hash chose the
// table; the rest finds the slot.
func (t *table) number(k *key, data []byte, row uint32) uint32 {
	if k.b == 0 {
		return t.longNumber(data[k.from:k.to], k.hash>>shardBits, row)
	}
	mask := uint64(len(t.slots) - 1)
	for i := k.hash >> shardBits & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.a == k.a && s.b == k.b {
			return s.id - 1
		}
		if s.id == 0 {
			*s = slot{k.a, k.b, t.add(data[k.from:k.to], row)}
			return s.id - 1
		}
	}
}

func (t *table) longNumber(name []byte, hash uint64, row uint32) uint32 {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.id == 0 {
			*s = slot{hash, long, t.add(name, row)}
			return s.id - 1
		}
		if s.a == hash && s.b == long && bytes.Equal(t.name(s.id-1), name) {
			return s.id - 1
		}
	}
}

// add appends a name and returns one more than its number.
func (t *table) add(name []byte, row uint32) uint32 {
	t.names = append(t.names, name...)
	t.ends = append(t.ends, uint32(len(t.names)))
	t.first = append(t.first, row)
	return uint32(len(t.ends))
}

// move moves the names into other slots, which are free and more: in the order
// of the old ones, so that the new ones are reached nearly in order too.
func (t *table) move(slots []slot) {
	mask := uint64(len(slots) - 1)
	for _, s := range t.slots {
		if s.id == 0 {
			continue
		}
		i := s.a & mask
		if s.b < long {
			i = hashOfShort(s.a, s.b) >> shardBits & mask
		}
		for slots[i].id != 0 {
			i = (i + 1) & mask
		}
		slots[i] = s
	}
	t.slots = slots
}

// The seeds differ from run to run, so that no file can be made to be slow. No
// result depends on them, because names are numbered by first appearance in the
// end.
var (
	seed  = maphash.MakeSeed()
	seedA = maphash.String(seed, "a")
	seedB = maphash.String(seed, "b")
)

// hashOf returns the hash of a name; a and b are its packed form if it is short.
func hashOf(name []byte, a uint64, b uint32) uint64 {
	if len(name) > short {
		return maphash.Bytes(seed, name)
	}
	return hashOfShort(a, b)
}

func hashOfShort(a uint64, b uint32) uint64 {
	high, low := bits.Mul64(a^seedA, uint64(b)^seedB)
	return high ^ low
}

// Names are the distinct names of a column, numbered by first appearance.
type Names struct {
	tables []table
	order  []uint32 // number → table and number in it
}

const inTable = 1<<(32-shardBits) - 1

// Len returns how many names there are.
func (n *Names) Len() int { return len(n.order) }

// Name returns name i as UTF-8; what is not UTF-8 is read as Windows-1252.
func (n *Names) Name(i int) string {
	ref := n.order[i]
	return text(n.tables[ref>>(32-shardBits)].name(ref & inTable))
}

// arrange numbers the names of tables by first appearance among rows, and
// returns for each table the final number of each of its names.
func arrange(tables []table, rows int) (Names, [][]uint32) {
	starts := make([]uint64, rows/64+1)
	total := 0
	for i := range tables {
		for _, row := range tables[i].first {
			starts[row/64] |= 1 << (row % 64)
		}
		total += len(tables[i].first)
	}
	before := make([]uint32, len(starts))
	n := 0
	for i, w := range starts {
		before[i] = uint32(n)
		n += bits.OnesCount64(w)
	}
	names := Names{tables: tables, order: make([]uint32, total)}
	final := make([][]uint32, len(tables))
	each(len(tables), func(t int) {
		final[t] = make([]uint32, len(tables[t].first))
		for id, row := range tables[t].first {
			rank := before[row/64] + uint32(bits.OnesCount64(starts[row/64]&(1<<(row%64)-1)))
			final[t][id] = rank
			names.order[rank] = uint32(t)<<(32-shardBits) | uint32(id)
		}
		tables[t].slots, tables[t].first = nil, nil
	})
	return names, final
}
