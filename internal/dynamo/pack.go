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
	unescape = strings.NewReplacer("%25", "%", "%20", " ", "%3B", ";", "%3D", "=")
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

// time writes t as seconds since 1970 UTC to the base 36, which takes six
// digits where ten take ten; what is no whole second, or lies before, as
// [seconds] does, after a "~".
func (w *packer) time(t time.Time) {
	switch {
	case t.IsZero():
		w.raw("")
	case t.Nanosecond() != 0 || t.Unix() < 0:
		w.raw("~" + seconds(t))
	default:
		w.raw(strconv.FormatInt(t.Unix(), 36))
	}
}

func (w *packer) money(m customer.Money) {
	w.int(m.Minor)
	w.text(string(m.Currency))
}

// An unpacker reads a packed text, from the beginning of its first part. The
// first error stays.
type unpacker struct {
	s   string
	i   int // where the next field begins, or the ";" or the end after the last
	err error
}

// part goes on to the next part and reports whether there is one.
func (u *unpacker) part() bool {
	for ; u.i < len(u.s); u.i++ {
		if u.s[u.i] == ';' {
			u.i++
			return true
		}
	}
	return false
}

// left returns how many parts follow.
func (u *unpacker) left() int { return strings.Count(u.s[u.i:], ";") }

// raw returns the next field of the part, "" if there is none.
func (u *unpacker) raw() string {
	begin := u.i
	for ; u.i < len(u.s); u.i++ {
		switch u.s[u.i] {
		case ' ':
			u.i++
			return u.s[begin : u.i-1]
		case ';':
			return u.s[begin:u.i]
		}
	}
	return u.s[begin:]
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
	if len(s) < 19 { // in a scan most of the time goes here; 18 digits always fit
		if n, ok := digits(s); ok {
			return n
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	u.fail(err)
	return n
}

// digits returns the number that s writes if s is nothing but digits; no
// digits are 0.
func digits(s string) (n int64, ok bool) {
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int64(d)
	}
	return n, true
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
	s := u.raw()
	if s == "" {
		return time.Time{}
	}
	if exact, ok := strings.CutPrefix(s, "~"); ok {
		t, err := parseSeconds(exact)
		u.fail(err)
		return t
	}
	n, ok := base36(s)
	if !ok {
		u.fail(customer.ErrInvalid)
	}
	return time.Unix(n, 0).UTC()
}

// base36 returns the number that s writes in the digits 0 to 9 and a to z, at
// most ten, which always fit.
func base36(s string) (n int64, ok bool) {
	if len(s) > 10 {
		return 0, false
	}
	for i := range len(s) {
		switch d := s[i]; {
		case d >= '0' && d <= '9':
			n = n*36 + int64(d-'0')
		case d >= 'a' && d <= 'z':
			n = n*36 + int64(d-'a') + 10
		default:
			return 0, false
		}
	}
	return n, true
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
	if n, ok := digits(s); ok && len(s) < 19 {
		return time.Unix(n, 0).UTC(), nil
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
