package dynamo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// Nested parts of a profile are packed into one text each, since lists and
// maps of DynamoDB's own cost a name and a byte or more for every value, and
// most of the time of a scan. A packed text is made of parts separated by ";",
// a part of fields separated by " ". A zero field is empty, and empty fields
// at the end of a part are left out; so a field can be added at the end of a
// part, and reads as zero where it is not there yet.

var (
	escape   = strings.NewReplacer("%", "%25", " ", "%20", ";", "%3B")
	unescape = strings.NewReplacer("%25", "%", "%20", " ", "%3B", ";")
)

// A packer writes a packed text.
type packer struct {
	b       []byte
	pending int  // empty fields not written yet
	inside  bool // the part has a field
}

func (w *packer) String() string { return string(w.b) }

// part begins the next part.
func (w *packer) part() {
	w.b = append(w.b, ';')
	w.pending, w.inside = 0, false
}

func (w *packer) raw(s string) {
	if w.inside {
		w.pending++
	}
	w.inside = true
	if s == "" {
		return
	}
	for ; w.pending > 0; w.pending-- {
		w.b = append(w.b, ' ')
	}
	w.b = append(w.b, s...)
}

func (w *packer) text(s string) {
	if strings.ContainsAny(s, "% ;") {
		s = escape.Replace(s)
	}
	w.raw(s)
}

func (w *packer) int(n int64) {
	if n == 0 {
		w.raw("")
		return
	}
	w.raw(strconv.FormatInt(n, 10))
}

func (w *packer) float(f float64) {
	if f == 0 {
		w.raw("")
		return
	}
	w.raw(strconv.FormatFloat(f, 'g', -1, 64))
}

func (w *packer) time(t time.Time) { w.raw(seconds(t)) }

func (w *packer) money(m customer.Money) {
	w.int(m.Minor)
	w.text(string(m.Currency))
}

// An unpacker reads a packed text. The first error stays.
type unpacker struct {
	fields string // what is left of the part
	parts  string // what is left after it
	more   bool   // whether there is another part
	err    error
}

func unpack(s string) unpacker {
	u := unpacker{parts: s, more: true}
	u.part()
	return u
}

// part goes on to the next part and reports whether there is one.
func (u *unpacker) part() bool {
	if !u.more {
		return false
	}
	u.fields, u.parts, u.more = strings.Cut(u.parts, ";")
	return true
}

// left returns how many parts follow.
func (u *unpacker) left() int {
	if !u.more {
		return 0
	}
	return 1 + strings.Count(u.parts, ";")
}

func (u *unpacker) raw() string {
	i := strings.IndexByte(u.fields, ' ')
	if i < 0 {
		s := u.fields
		u.fields = ""
		return s
	}
	s := u.fields[:i]
	u.fields = u.fields[i+1:]
	return s
}

func (u *unpacker) text() string {
	s := u.raw()
	if strings.IndexByte(s, '%') >= 0 {
		return unescape.Replace(s)
	}
	return s
}

func (u *unpacker) int64() int64 {
	s := u.raw()
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	u.fail(err)
	return n
}

func (u *unpacker) int() int { return int(u.int64()) }

func (u *unpacker) float() float64 {
	s := u.raw()
	if s == "" {
		return 0
	}
	f, err := strconv.ParseFloat(s, 64)
	u.fail(err)
	return f
}

func (u *unpacker) time() time.Time {
	t, err := parseSeconds(u.raw())
	u.fail(err)
	return t
}

func (u *unpacker) money() customer.Money {
	return customer.Money{Minor: u.int64(), Currency: customer.Currency(u.text())}
}

func (u *unpacker) fail(err error) {
	if err != nil && u.err == nil {
		u.err = fmt.Errorf("%w: a packed attribute holds what is not a number", customer.ErrInvalid)
	}
}

// seconds returns t as decimal seconds since 1970-01-01 UTC, exactly; "" if t
// is zero.
func seconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	s, n := t.Unix(), int64(t.Nanosecond())
	if n == 0 {
		return strconv.FormatInt(s, 10)
	}
	sign := ""
	if s < 0 {
		sign, s, n = "-", -s-1, 1e9-n
	}
	fraction := strconv.FormatInt(1e9+n, 10)[1:]
	return sign + strconv.FormatInt(s, 10) + "." + strings.TrimRight(fraction, "0")
}

// parseSeconds is the inverse of seconds. The error wraps customer.ErrInvalid.
func parseSeconds(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || len(fraction) > 9 {
		return time.Time{}, fmt.Errorf("%w: an instant is seconds since 1970 with up to nine decimals", customer.ErrInvalid)
	}
	if fraction == "" {
		return time.Unix(n, 0).UTC(), nil
	}
	nanos, err := strconv.ParseUint((fraction + "00000000")[:9], 10, 32)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: an instant is seconds since 1970 with up to nine decimals", customer.ErrInvalid)
	}
	if whole[0] == '-' {
		return time.Unix(n, -int64(nanos)).UTC(), nil
	}
	return time.Unix(n, int64(nanos)).UTC(), nil
}
