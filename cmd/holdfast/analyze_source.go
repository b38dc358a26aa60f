package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"holdfast/internal/analysis"
	"holdfast/internal/customer"
	"holdfast/internal/orders"
)

// An orderSource is the export that a command works on.
type orderSource struct {
	File       string `arg:"" help:"Order export: CSV, also gz or zst; - is standard input."`
	Customer   string `help:"Column of the customer, by name or number." placeholder:"NAME"`
	Date       string `help:"Column of the date." placeholder:"NAME"`
	Amount     string `help:"Column of the amount." placeholder:"NAME"`
	Order      string `help:"Column of the order id." placeholder:"NAME"`
	Product    string `help:"Column of the product." placeholder:"NAME"`
	Category   string `help:"Column of the category." placeholder:"NAME"`
	CurrencyIn string `name:"currency-column" help:"Column of the currency." placeholder:"NAME"`
	Currency   string `help:"The currency to look at; the most used if not given." placeholder:"EUR"`
	DateOrder  string `help:"How to read 03/04/2025: dmy or mdy." enum:",dmy,mdy" default:"" placeholder:"dmy|mdy"`
	Zone       string `help:"The merchant's time zone; dates as written if not given." placeholder:"Europe/Berlin"`
	AsOf       string `help:"The day at whose end the numbers are taken; that of the last order if not given." placeholder:"2025-06-30"`
	FreeOrders bool   `help:"Count orders of nothing as orders."`
	Lenient    bool   `help:"Go on where more than 5 % of the rows are bad."`
	Rejects    string `help:"Write bad rows to this file." placeholder:"FILE"`
}

// name is what messages call the file.
func (s *orderSource) name() string {
	if s.File == "-" {
		return "standard input"
	}
	return s.File
}

// read reads the export and says on c.Err what was not taken as it is. It also
// returns the day at whose end the numbers are taken.
func (s *orderSource) read(c *Context, p *waiting) (*orders.Ledger, int32, error) {
	o := orders.Options{
		Name:      s.File,
		Columns:   orders.Columns{Customer: s.Customer, Date: s.Date, Amount: s.Amount, Order: s.Order, Product: s.Product, Category: s.Category, Currency: s.CurrencyIn},
		DateOrder: orders.DateOrder(s.DateOrder), Now: c.Now(), FreeOrders: s.FreeOrders, Lenient: s.Lenient,
		Progress: func(bytes, rows int64) {
			p.say("reading: %.0f MB, %.1f million rows", float64(bytes)/1e6, float64(rows)/1e6)
		},
	}
	var err error
	if s.Currency != "" {
		if o.Currency, err = customer.ParseCurrency(s.Currency); err != nil {
			return nil, 0, usageError(fmt.Sprintf("--currency %s: %v", s.Currency, err))
		}
	}
	if s.Zone != "" {
		if o.Zone, err = time.LoadLocation(s.Zone); err != nil {
			return nil, 0, usageError(fmt.Sprintf("--zone %s: there is no such time zone; write it as Europe/Berlin", s.Zone))
		}
	}
	asOf, err := s.asOf()
	if err != nil {
		return nil, 0, err
	}
	l, err := s.open(c, o)
	if err != nil {
		return nil, 0, err
	}
	notes(c.Err, l)
	if asOf == 0 {
		asOf = l.Last
	} else if asOf < l.First {
		return nil, 0, usageError(fmt.Sprintf("--as-of %s: the first order is of %s", s.AsOf, analysis.DateOf(l.First)))
	}
	return l, asOf, nil
}

func (s *orderSource) asOf() (int32, error) {
	if s.AsOf == "" {
		return 0, nil
	}
	day, err := analysis.ParseDay(s.AsOf)
	if err != nil {
		return 0, usageError("--as-of " + s.AsOf + ": write the day as 2025-06-30")
	}
	return day, nil
}

// open reads the file, and writes the bad rows where they are asked for. A file
// of bad rows that would be empty is not written.
func (s *orderSource) open(c *Context, o orders.Options) (l *orders.Ledger, err error) {
	in := c.In
	if s.File != "-" {
		f, err := os.Open(s.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	if s.Rejects == "" {
		return orders.Read(c.Ctx, in, o)
	}
	var rejects bytes.Buffer
	o.Rejects = &rejects
	l, err = orders.Read(c.Ctx, in, o)
	if l != nil && l.Reading.Bad == 0 || rejects.Len() == 0 {
		return l, err
	}
	return l, errors.Join(err, os.WriteFile(s.Rejects, rejects.Bytes(), 0o600))
}

// notes says what was not taken as it is.
func notes(w io.Writer, l *orders.Ledger) {
	r := &l.Reading
	if len(r.Currencies) > 1 {
		var of []string
		for _, c := range slices.Sorted(maps.Keys(r.Currencies)) {
			of = append(of, fmt.Sprintf("%d in %s", r.Currencies[c], orNone(string(c))))
		}
		fmt.Fprintf(w, "%s: %s; only those in %s count; choose with --currency\n", r.File, strings.Join(of, ", "), orNone(string(l.Currency)))
	}
	for _, why := range slices.Sorted(maps.Keys(r.Left)) {
		hint := ""
		if why == orders.Free {
			hint = "; --free-orders keeps them, as published fits do"
		}
		fmt.Fprintf(w, "%s: %s left out %s%s\n", r.File, rowsOf(r.Left[why]), why, hint)
	}
	if r.Rounded > 0 {
		fmt.Fprintf(w, "%s: %s with more digits than the currency has, rounded\n", r.File, count(r.Rounded, "amount", "amounts"))
	}
	if r.Bad == 0 {
		return
	}
	fmt.Fprintf(w, "%s: %s not understood and left out; --rejects FILE keeps them\n", r.File, rowsOf(r.Bad))
	for _, p := range r.Examples {
		fmt.Fprintf(w, "  %s:%d: %s\n", r.File, p.Line, p.Reason)
	}
}

// sameDay says on c.Err what counts as an order, where that is not plain.
func (s *orderSource) sameDay(c *Context, l *orders.Ledger, h *orders.Histories) *analysis.SameDay {
	d := analysis.SameDayOf(l, h)
	if d != nil {
		fmt.Fprintf(c.Err, "%s: %s\n", l.Reading.File, d.Note)
	}
	return d
}

func rowsOf(n int64) string { return count(n, "row", "rows") }

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func orNone(s string) string {
	if s == "" {
		return "no currency"
	}
	return s
}
