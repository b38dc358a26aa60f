package orders

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// text returns b as UTF-8; what is not UTF-8 is read as Windows-1252, of which
// Latin-1 is the greater part.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "�")
	}
	return string(out)
}

// value returns the content of a span.
func (s span) value(data []byte) []byte {
	b := data[s.from:s.to]
	if s.quoted && bytes.IndexByte(b, '"') >= 0 {
		b = bytes.ReplaceAll(b, []byte(`""`), []byte(`"`))
	}
	return bytes.TrimSpace(b)
}

// A sniff is what the beginning of a file tells.
type sniff struct {
	dialect *dialect
	shape   *shape
	mark    mark
	skip    int // bytes of the lines before the data
	lines   int // and how many these are
}

// sniffed looks at the first rows.
func sniffed(head []byte, opts Options) (*sniff, error) {
	s := &sniff{}
	var delim byte
	for {
		line := head[s.skip:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		trimmed := bytes.TrimSpace(line)
		if rest, ok := bytes.CutPrefix(trimmed, []byte("sep=")); ok && len(rest) <= 1 && s.skip == 0 {
			delim = '\t'
			if len(rest) == 1 {
				delim = rest[0]
			}
		} else if len(trimmed) > 0 {
			break
		}
		if len(line) == 0 {
			return nil, fmt.Errorf("%s: %w: the file is empty", opts.name(), ErrEmpty)
		}
		s.skip, s.lines = s.skip+len(line), s.lines+1
	}
	if delim == 0 {
		delim = delimiterOf(head[s.skip:])
	}
	s.dialect = newDialect(delim)
	return s, s.header(head, opts)
}

// delimiterOf returns the delimiter that cuts the first line into most fields,
// a space only if no other cuts it.
func delimiterOf(head []byte) byte {
	best, most := byte(','), 1
	for _, delim := range []byte(",;\t|") {
		if n, _, _ := newDialect(delim).split(head, 0, nil); n > most {
			best, most = delim, n
		}
	}
	if n, _, _ := newDialect(' ').split(head, 0, nil); most == 1 && n >= 3 {
		return ' '
	}
	return best
}

func (s *sniff) header(head []byte, opts Options) error {
	spans := make([]span, 1024)
	n, next, lines := s.dialect.split(head, s.skip, spans)
	spans = spans[:min(n, len(spans))]
	header := make([]string, len(spans))
	for i, sp := range spans {
		header[i] = text(sp.value(head))
	}
	if headless(header) {
		if w := opts.Columns; w.Customer == "" || w.Date == "" || w.Amount == "" {
			return fmt.Errorf("%s:%d: %w: %s", opts.name(), s.lines+1, ErrColumns, s.numbered(head, len(header)))
		}
		for i := range header {
			header[i] = fmt.Sprintf("column %d", i+1)
		}
		next, lines = s.skip, 0
	}
	shape, err := shapeOf(header, opts.Columns, opts.name())
	if err != nil {
		return err
	}
	shape.headed = lines > 0
	s.shape, s.skip, s.lines = shape, next, s.lines+lines
	s.mark = markOf(s.amounts(head), s.dialect.delim)
	return nil
}

// amounts returns some values of the column of amounts. The last row is left out
// where head may end within it.
func (s *sniff) amounts(head []byte) [][]byte {
	at := s.shape.columns[roleAmount]
	if s.shape.product {
		at = s.shape.columns[rolePrice]
	}
	spans := make([]span, at+1)
	var out [][]byte
	whole := len(head) < blockSize || head[len(head)-1] == '\n'
	for i := s.skip; i < len(head) && len(out) < 10_000; {
		n, next, _ := s.dialect.split(head, i, spans)
		if n > at && (whole || next < len(head)) {
			out = append(out, spans[at].value(head))
		}
		i = next
	}
	return out
}
