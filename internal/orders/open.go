package orders

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const peek = 64 << 10

// Text returns what a table of any kind says, as text in which ASCII is ASCII:
// decompressed, and without the marks of an encoding. The error wraps
// [ErrNotText] where it is none. Close what it returns.
func Text(r io.Reader) (io.ReadCloser, error) {
	in, _, err := open(r)
	return in, err
}

// open returns r decompressed and in an encoding in which ASCII is ASCII, and
// what it found. Close what it returns.
func open(r io.Reader) (io.ReadCloser, []string, error) {
	var notes []string
	b := bufio.NewReaderSize(r, peek)
	head, _ := b.Peek(4)
	var closer io.Closer = io.NopCloser(nil)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, fmt.Errorf("decompress: %w", err)
		}
		b, closer = bufio.NewReaderSize(z, peek), z
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b)
		if err != nil {
			return nil, nil, fmt.Errorf("decompress: %w", err)
		}
		b, closer = bufio.NewReaderSize(z, peek), z.IOReadCloser()
	}
	sample, err := b.Peek(4 << 10)
	if err != nil && err != io.EOF {
		_ = closer.Close() // the error of reading says more
		return nil, nil, fmt.Errorf("read: %w", err)
	}
	if err := isText(sample); err != nil {
		_ = closer.Close() // as above
		return nil, nil, err
	}
	var text io.Reader = b
	switch order, found := utf16(sample); {
	case found:
		text = transform.NewReader(b, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
		notes = append(notes, "UTF-16")
	case bytes.HasPrefix(sample, []byte("\xef\xbb\xbf")):
		_, _ = b.Discard(3) // just peeked
	}
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		text = returns{text}
		notes = append(notes, "lines end in CR")
	}
	if spaced(sample) {
		text = &squeeze{r: text, space: true}
	}
	return struct {
		io.Reader
		io.Closer
	}{text, closer}, notes, nil
}

// isText tells spreadsheets and other files that no reader of text can read.
func isText(sample []byte) error {
	_, wide := utf16(sample)
	switch {
	case bytes.HasPrefix(sample, []byte("PK\x03\x04")), bytes.HasPrefix(sample, []byte("\xd0\xcf\x11\xe0")):
		return fmt.Errorf("%w: it is a spreadsheet or an archive; save it as CSV, or unpack it", ErrNotText)
	case !wide && bytes.IndexByte(sample, 0) >= 0:
		return fmt.Errorf("%w: it has bytes of zero; export it as CSV", ErrNotText)
	}
	return nil
}

// utf16 finds UTF-16 by its mark, or by every other byte of the beginning being
// zero, which no other text has.
func utf16(sample []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(sample, []byte{0xff, 0xfe}):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(sample, []byte{0xfe, 0xff}):
		return unicode.BigEndian, true
	}
	var zero [2]int
	for i, c := range sample {
		if c == 0 {
			zero[i%2]++
		}
	}
	half := len(sample) / 2
	switch {
	case half < 2:
		return unicode.LittleEndian, false
	case zero[1] > half*3/4 && zero[0] == 0:
		return unicode.LittleEndian, true
	case zero[0] > half*3/4 && zero[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// returns turns the CR at the ends of lines into LF.
type returns struct{ r io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// spaced reports whether columns are set apart by spaces, one or many, as in a
// table for people: every line has the same number of words, at least three, and
// none of the usual delimiters.
func spaced(sample []byte) bool {
	end := bytes.LastIndexByte(sample, '\n')
	if end < 0 {
		end = len(sample)
	}
	words := 0
	for line := range bytes.Lines(sample[:end]) {
		n := len(bytes.Fields(line))
		switch {
		case bytes.ContainsAny(line, ",;\t|\""):
			return false
		case n == 0:
		case words == 0 && n >= 3:
			words = n
		case n != words:
			return false
		}
	}
	return words > 0
}

// squeeze leaves one space where there are many, and none where lines begin.
type squeeze struct {
	r     io.Reader
	space bool // what went before was a space or the end of a line
}

func (s *squeeze) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil && len(p) > 0 {
		var read int
		read, err = s.r.Read(p)
		for _, c := range p[:read] {
			if c == ' ' && s.space {
				continue
			}
			s.space = c == ' ' || c == '\n'
			p[n] = c
			n++
		}
	}
	return n, err
}
