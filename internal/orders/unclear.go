package orders

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// perhaps are headers that may mean a role where nothing better is there, and
// nothing else that may.
var perhaps = map[role][]string{
	roleCustomer: {"cust", "custid", "custno", "custnumber", "sampleid", "masterid"},
	roleAmount:   {"spent", "amountspent", "moneyspent", "totalspent", "money", "dollars", "sale", "paid"},
}

// candidates returns the columns that may be of a role.
func (s *shape) candidates(r role) (at []int) {
	for i, h := range s.names {
		if slices.Contains(perhaps[r], plain(h)) {
			at = append(at, i)
		}
	}
	return at
}

// likely takes the only column that may be the customer or the amount, where
// none is found.
func (s *shape) likely() {
	for r := range perhaps {
		if at := s.candidates(r); s.columns[r] < 0 && len(at) == 1 {
			s.columns[r] = at[0]
		}
	}
}

// missing says which column is not found, and how to name it.
func (s *shape) missing(file string) error {
	var lost, why, flags []string
	for _, m := range []struct {
		role role
		what string
	}{{roleCustomer, "customer"}, {roleDate, "date"}, {roleAmount, "amount"}} {
		if s.columns[m.role] >= 0 || m.role == roleAmount && s.product {
			continue
		}
		flags = append(flags, "--"+m.what+" NAME")
		var may []string
		for _, i := range s.candidates(m.role) {
			may = append(may, s.names[i])
		}
		if len(may) == 0 {
			lost = append(lost, m.what)
			continue
		}
		why = append(why, fmt.Sprintf("the %s may be %s", m.what, strings.Join(may, " or ")))
	}
	if len(flags) == 0 {
		return nil
	}
	if len(lost) > 0 {
		why = append([]string{"no column looks like the " + strings.Join(lost, " or the ")}, why...)
	}
	return fmt.Errorf("%s:1: %w: %s; name it with %s; the columns are: %s",
		file, ErrColumns, strings.Join(why, ", and "), strings.Join(flags, " "), listed(s.names))
}

// headless reports whether the first line is data already: it has a date, which
// no header has.
func headless(header []string) bool {
	return slices.ContainsFunc(header, func(h string) bool { return dated([]byte(h)) })
}

func dated(b []byte) bool {
	var d dating
	_, why := d.day(b, 1)
	return len(b) >= 6 && why == ""
}

// looked is how many rows tell what a column without a name may be.
const looked = 100

// numbered shows the first row with its columns numbered, and what the first
// rows tell of them, for somebody who has to name them.
func (s *sniff) numbered(head []byte, columns int) string {
	var b strings.Builder
	b.WriteString("the first line is data, not a header; say by number which column is which, with --customer N --date N --amount N; the first row is:")
	first, traits := make([]string, columns), make([]trait, columns)
	spans := make([]span, columns)
	for i, row := s.skip, 0; i < len(head) && row < looked; row++ {
		n, next, _ := s.dialect.split(head, i, spans)
		for k := range min(n, columns) {
			v := spans[k].value(head)
			if row == 0 {
				first[k] = shortly(text(v))
			}
			traits[k].see(v)
		}
		i = next
	}
	for k, v := range first {
		fmt.Fprintf(&b, "\n  %*d  %s", len(fmt.Sprint(columns)), k+1, v)
		if is := traits[k].String(); is != "" {
			fmt.Fprintf(&b, "  (%s)", is)
		}
	}
	return b.String()
}

// shortly cuts a value that is too long for a message, and leaves out an address
// of mail: messages are passed on.
func shortly(v string) string {
	const most = 40
	switch {
	case strings.Contains(v, "@"):
		return "…@…"
	case utf8.RuneCountInString(v) > most:
		return string([]rune(v)[:most]) + "…"
	}
	return v
}

// A trait is what the values of a column have in common.
type trait struct{ values, dates, decimals int }

func (t *trait) see(v []byte) {
	if len(v) == 0 {
		return
	}
	t.values++
	if dated(v) {
		t.dates++
	}
	if digits := len(v) - 1 - bytes.LastIndexAny(v, ".,"); digits < len(v) && digits <= 2 && number(v[len(v)-digits:]) >= 0 {
		if _, _, why := amountOf(v, markOf([][]byte{v}, ','), 2); why == "" {
			t.decimals++
		}
	}
}

// String says what nearly all values are, "" if that tells nothing.
func (t *trait) String() string {
	switch {
	case t.values == 0:
		return "empty"
	case t.dates == t.values:
		return "looks like a date"
	case t.decimals > 0 && t.dates == 0:
		return "has decimals"
	}
	return ""
}
