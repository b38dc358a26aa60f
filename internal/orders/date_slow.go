package orders

import (
	"bytes"
	"time"

	"holdfast/internal/customer"
)

// slowDay reads every form of date but 2006-01-02.
func (d *dating) slowDay(b []byte, line int64) (int32, string) {
	if n := len(b); n == 8 || n == 10 || n == 13 {
		if day, why, is := d.digits(b); is {
			return day, why
		}
	}
	parts, seps, rest := pieces(b)
	if parts[2] == nil {
		return 0, badDate
	}
	for i, p := range parts[:2] {
		if m := monthNamed(p); m > 0 {
			day, year := number(ordinal(parts[1-i])), yearOf(parts[2])
			if day < 0 || year < 0 {
				return 0, badDate
			}
			return d.instant(year, m, day, rest)
		}
	}
	a, m, c := number(parts[0]), number(parts[1]), number(parts[2])
	switch {
	case a < 0 || m < 0 || c < 0 || seps[0] != seps[1]:
		return 0, badDate
	case len(parts[0]) == 4:
		return d.instant(a, m, c, rest)
	case len(parts[0]) > 2 || len(parts[1]) > 2:
		return 0, badDate
	}
	year := yearOf(parts[2])
	if year < 0 {
		return 0, badDate
	}
	if seps[0] == '.' {
		return d.instant(year, m, a, rest)
	}
	return d.either(year, a, m, b, rest, line)
}

// either reads a/m/year, in the order that is given, or that the date itself
// proves, or leaves it open.
func (d *dating) either(year, a, m int, text, rest []byte, line int64) (int32, string) {
	if _, ok := clockOf(rest); !ok {
		return 0, badDate
	}
	switch {
	case d.order == DayFirst:
		return d.instant(year, m, a, rest)
	case d.order == MonthFirst:
		return d.instant(year, a, m, rest)
	case a == m:
		return d.instant(year, m, a, rest)
	case a > 12 && m <= 12:
		d.dayFirst.see(line, text)
		return d.instant(year, m, a, rest)
	case m > 12 && a <= 12:
		d.monthFirst.see(line, text)
		return d.instant(year, a, m, rest)
	case a > 12 || a < 1 || m < 1:
		return 0, noSuchDay
	case year < firstYear || year > lastYear:
		return 0, farDay
	}
	d.open.see(line, text)
	return openDay | int32(year)<<8 | int32(a)<<4 | int32(m), ""
}

// settle returns the day of a date that was left open. Days up to the twelfth
// of any month exist.
func settle(day int32, order DateOrder) int32 {
	year, a, m := int(day&^openDay)>>8, int(day>>4&15), int(day&15)
	if order == DayFirst {
		a, m = m, a
	}
	out, _ := civil(year, a, m)
	return out
}

// digits reads 20060102, and seconds or milliseconds since 1970.
func (d *dating) digits(b []byte) (int32, string, bool) {
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, "", false
		}
		n = n*10 + int64(c-'0')
	}
	if len(b) == 8 {
		day, why := civil(int(n/10000), int(n/100%100), int(n%100))
		return day, why, true
	}
	if len(b) == 13 {
		n /= 1000
	}
	zone := d.zone
	if zone == nil {
		zone = time.UTC
	}
	return int32(customer.DayOf(time.Unix(n, 0), zone)), "", true
}

// pieces cuts the first three parts of a date, the separators between them, and
// the rest.
func pieces(b []byte) (parts [3][]byte, seps [2]byte, rest []byte) {
	for i := range parts {
		n := 0
		for n < len(b) && (b[n] >= '0' && b[n] <= '9' || b[n]|32 >= 'a' && b[n]|32 <= 'z') {
			n++
			if i == 2 && n < len(b) && b[n] == 'T' {
				break
			}
		}
		if n == 0 {
			return [3][]byte{}, seps, nil
		}
		parts[i], b = b[:n], b[n:]
		if i == 2 {
			break
		}
		if len(b) > 0 {
			seps[i] = b[0]
		}
		for len(b) > 0 && bytes.IndexByte([]byte("-/., "), b[0]) >= 0 {
			b = b[1:]
		}
	}
	return parts, seps, b
}

var months = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// monthNamed returns the month that an English name or its beginning names.
func monthNamed(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	head := string(bytes.ToLower(b[:3]))
	for i, m := range months {
		if m == head {
			return i + 1
		}
	}
	return 0
}

// ordinal cuts the ending of 1st, 2nd, 3rd and 4th.
func ordinal(b []byte) []byte {
	if n := len(b); n > 2 && (b[n-1] == 't' || b[n-1] == 'd' || b[n-1] == 'h') {
		return b[:n-2]
	}
	return b
}

// yearOf reads a year of four digits, or of two: 70 to 99 are of the last
// century. It returns -1 for anything else.
func yearOf(b []byte) int {
	y := number(b)
	switch {
	case len(b) == 4:
		return y
	case len(b) != 2 || y < 0:
		return -1
	case y >= 70:
		return 1900 + y
	}
	return 2000 + y
}
