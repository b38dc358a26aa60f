package orders

import (
	"time"

	"holdfast/internal/customer"
)

// Dates are days since 1970 (customer.DayOf). Two values are none: unknownDay,
// and those from openDay on, which hold a date whose order is not known yet.
const (
	unknownDay int32 = -1 << 31
	openDay    int32 = 1 << 28
)

// Years that orders are from.
const firstYear, lastYear = 1900, 2199

// A dating reads the dates of one block.
type dating struct {
	order DateOrder
	zone  *time.Location
	utc   bool // the column says that instants without an offset are UTC
	// What proves the order of a date, and the first that does, by line; and the
	// first that leaves it open.
	dayFirst, monthFirst, open witness
}

// A witness is a date by which something is known.
type witness struct {
	line int64
	text string
}

func (w *witness) see(line int64, text []byte) {
	if w.line == 0 {
		w.line, w.text = line, string(text)
	}
}

// day reads a date or an instant. It reports why it cannot, "" if it can.
func (d *dating) day(b []byte, line int64) (int32, string) {
	if len(b) >= 10 && b[4] == '-' && b[7] == '-' {
		y, m, day := number(b[0:4]), number(b[5:7]), number(b[8:10])
		if y < 0 || m < 0 || day < 0 {
			return 0, badDate
		}
		if len(b) == 10 {
			return civil(y, m, day)
		}
		return d.instant(y, m, day, b[10:])
	}
	return d.slowDay(b, line)
}

const (
	badDate   = "date not understood"
	noSuchDay = "no such day"
	farDay    = "year out of range"
)

// number returns the value of digits, -1 if b is anything else.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if len(b) == 0 || len(b) > 9 {
		return -1
	}
	return n
}

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// civil returns the day of a date of the Gregorian calendar.
func civil(y, m, d int) (int32, string) {
	if m < 1 || m > 12 || d < 1 || d > monthDays[m] || m == 2 && d == 29 && (y%4 != 0 || y%100 == 0 && y%400 != 0) {
		return 0, noSuchDay
	}
	if y < firstYear || y > lastYear {
		return 0, farDay
	}
	// Days of the years and months that begin in March.
	if m <= 2 {
		y--
		m += 12
	}
	return int32(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468), ""
}

// instant returns the day of a date that a time follows.
func (d *dating) instant(y, m, day int, rest []byte) (int32, string) {
	c, ok := clockOf(rest)
	if !ok {
		return 0, badDate
	}
	at, why := civil(y, m, day)
	if why != "" || d.zone == nil || !c.fixed && !d.utc {
		return at, why
	}
	return int32(customer.DayOf(time.Unix(int64(at)*86400+int64(c.seconds-c.offset), 0), d.zone)), ""
}

// A clock is the time after a date: seconds of the day, and seconds east of UTC
// if fixed.
type clock struct {
	seconds, offset int
	fixed           bool
}

// clockOf reads " 14:33:21.5 +0100", "T14:33Z", " 2:05 PM" and their like.
func clockOf(b []byte) (clock, bool) {
	var c clock
	for len(b) > 0 && (b[0] == ' ' || b[0] == 'T' || b[0] == ',') {
		b = b[1:]
	}
	var parts [3]int
	n := 0
	for n < 3 && len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		w := 1
		if len(b) > 1 && b[1] >= '0' && b[1] <= '9' {
			w = 2
		}
		parts[n] = number(b[:w])
		n++
		if b = b[w:]; n == 3 || len(b) == 0 || b[0] != ':' {
			break
		}
		b = b[1:]
	}
	if n == 1 || parts[0] > 24 || parts[1] > 59 || parts[2] > 60 {
		return c, false
	}
	if len(b) > 1 && (b[0] == '.' || b[0] == ',') {
		for b = b[1:]; len(b) > 0 && b[0] >= '0' && b[0] <= '9'; {
			b = b[1:]
		}
	}
	return c.zone(parts, b)
}

// zone reads what follows the seconds.
func (c clock) zone(parts [3]int, b []byte) (clock, bool) {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	if len(b) >= 2 && (b[0]|32 == 'a' || b[0]|32 == 'p') && b[1]|32 == 'm' {
		parts[0] %= 12
		if b[0]|32 == 'p' {
			parts[0] += 12
		}
		b = b[2:]
	}
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	c.seconds = parts[0]*3600 + parts[1]*60 + parts[2]
	switch s := string(b); {
	case s == "":
		return c, true
	case s == "Z" || s == "UTC" || s == "GMT":
		c.fixed = true
		return c, true
	case (s[0] == '+' || s[0] == '-') && (len(s) == 6 && s[3] == ':' || len(s) == 5 || len(s) == 3):
		h, m := number(b[1:3]), 0
		if len(s) > 3 {
			m = number(b[len(b)-2:])
		}
		c.offset, c.fixed = h*3600+m*60, true
		if s[0] == '-' {
			c.offset = -c.offset
		}
		return c, h >= 0 && m >= 0 && h <= 15
	}
	return c, false
}
