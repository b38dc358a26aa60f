package orders

import "bytes"

// maxQuoted is how long a quoted field may be. A quote that is not closed
// within it is a quote that someone typed, and stands for itself.
const maxQuoted = 1 << 20

// A span is one field of a record: data[from:to], without its quotes.
type span struct {
	from, to int
	quoted   bool
}

// A dialect splits records into fields: RFC 4180 with any delimiter, LF or
// CRLF, and quotes that stand for themselves where they do not begin a field.
type dialect struct {
	delim byte
	stop  [256]bool // delimiter and line feed
}

func newDialect(delim byte) *dialect {
	d := &dialect{delim: delim}
	d.stop[delim], d.stop['\n'] = true, true
	return d
}

// closing returns where the quoted field that begins at i ends, the position of
// its closing quote, or -1.
func closing(data []byte, i int) int {
	for end := min(len(data), i+maxQuoted); i < end; {
		q := bytes.IndexByte(data[i:end], '"')
		if q < 0 {
			return -1
		}
		i += q
		if i+1 >= len(data) || data[i+1] != '"' {
			return i
		}
		i += 2
	}
	return -1
}

// split finds the fields of the record that begins at i, keeps the first of
// them that fit into out, and returns how many there are, where the next record
// begins, and how many lines this one takes.
func (d *dialect) split(data []byte, i int, out []span) (fields, next, lines int) {
	lines = 1
	for {
		from, to, quoted := i, -1, false
		if i < len(data) && data[i] == '"' {
			if k := closing(data, i+1); k >= 0 {
				from, to, quoted = i+1, k, true
				lines += bytes.Count(data[from:to], []byte{'\n'})
				i = k + 1
			}
		}
		for i < len(data) && !d.stop[data[i]] {
			i++
		}
		end := i >= len(data) || data[i] == '\n'
		if !quoted {
			to = i
			if end && to > from && data[to-1] == '\r' {
				to--
			}
		}
		if fields < len(out) {
			out[fields] = span{from, to, quoted}
		}
		fields++
		i++
		if end {
			return fields, min(i, len(data)), lines
		}
	}
}

// whole returns how much of data, which begins with a record, is whole records.
// At the end of the file all of it is.
func (d *dialect) whole(data []byte, eof bool) int {
	if eof {
		return len(data)
	}
	i, last := 0, 0
	lineEnd := func(to int) {
		if nl := bytes.LastIndexByte(data[i:to], '\n'); nl >= 0 {
			last = i + nl + 1
		}
	}
	for {
		q := bytes.IndexByte(data[i:], '"')
		if q < 0 {
			lineEnd(len(data))
			return last
		}
		q += i
		lineEnd(q)
		if q > 0 && data[q-1] != d.delim && data[q-1] != '\n' {
			i = q + 1
			continue
		}
		k := closing(data, q+1)
		switch {
		case k < 0 && len(data)-q <= maxQuoted+1, k == len(data)-1:
			return last
		case k < 0:
			i = q + 1
		default:
			i = k + 1
		}
	}
}
