package analysis

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"holdfast/internal/model"
)

// ErrSummary says that a table of histories cannot be read.
var ErrSummary = errors.New("no table of histories")

// A Summary is one customer of such a table.
type Summary struct {
	ID string // the number of the row if there is no such column
	model.History
	Mean float64 // value of the repeat orders; 0 for none
}

// ReadSummary reads a table of histories with a header: the columns x, t_x and T,
// times in weeks, in any order and any case, with an id and the mean order value
// m if there are; m may be empty, NA or NaN where it is not known. Commas,
// semicolons, tabs or single spaces set columns apart. The error wraps [ErrSummary] and names file and line.
func ReadSummary(r io.Reader, file string) ([]Summary, error) {
	b := bufio.NewReader(r)
	in := csv.NewReader(b)
	in.Comma = delimiter(b)
	in.TrimLeadingSpace = true
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: there is no header", file, ErrSummary)
	}
	at, err := summaryColumns(head)
	if err != nil {
		return nil, fmt.Errorf("%s:1: %w: %w", file, ErrSummary, err)
	}
	var out []Summary
	for {
		row, err := in.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", file, ErrSummary, err)
		}
		line, _ := in.FieldPos(0)
		s, err := summaryOf(row, at, len(out)+1)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w: %w", file, line, ErrSummary, err)
		}
		out = append(out, s)
	}
}

// delimiter returns what sets the columns of the first line apart.
func delimiter(b *bufio.Reader) rune {
	head, _ := b.Peek(1024) // a shorter file is no error
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	for _, d := range []byte(",;\t ") {
		if bytes.IndexByte(bytes.TrimSpace(line), d) >= 0 {
			return rune(d)
		}
	}
	return ','
}

// columns of a summary
const (
	colID = iota
	colX
	colLast
	colAge
	colMean
	cols
)

var summaryNames = [cols][]string{{"id", "customer", "customer_id", "cust"}, {"x", "frequency"}, {"t_x", "tx", "t.x", "recency"}, {"T", "age", "t_cal", "t.cal"}, {"m", "mean", "monetary", "monetary_value", "m_x"}}

func summaryColumns(head []string) ([cols]int, error) {
	var at [cols]int
	for c, names := range summaryNames {
		at[c] = -1
		for i, h := range head {
			h = strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
			for _, name := range names {
				if at[c] < 0 && strings.EqualFold(h, name) {
					at[c] = i
				}
			}
		}
	}
	if at[colX] < 0 || at[colLast] < 0 || at[colAge] < 0 {
		return at, fmt.Errorf("the columns are [id,]x,t_x,T[,m], not %s", strings.Join(head, ","))
	}
	return at, nil
}

func summaryOf(row []string, at [cols]int, n int) (Summary, error) {
	s := Summary{ID: strconv.Itoa(n)}
	if at[colID] >= 0 {
		s.ID = row[at[colID]]
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(row[at[colX]]), 64)
	if err != nil || x != float64(int(x)) {
		return s, fmt.Errorf("x is a whole number, not %q", row[at[colX]])
	}
	s.Repeats = int(x)
	for _, c := range []struct {
		name string
		at   int
		to   *float64
	}{{"t_x", at[colLast], &s.Last}, {"T", at[colAge], &s.Age}, {"m", at[colMean], &s.Mean}} {
		if c.at < 0 {
			continue
		}
		text := strings.TrimSpace(row[c.at])
		if c.to == &s.Mean && (text == "" || strings.EqualFold(text, "na") || strings.EqualFold(text, "nan")) {
			continue
		}
		if *c.to, err = strconv.ParseFloat(text, 64); err != nil {
			return s, fmt.Errorf("%s is a number, not %q", c.name, row[c.at])
		}
	}
	if s.Mean < 0 || math.IsInf(s.Mean, 0) {
		return s, fmt.Errorf("m is an amount of at least 0, not %g", s.Mean)
	}
	var check model.Counts
	if err := check.Add(s.History, 1); err != nil {
		return s, fmt.Errorf("0 ≤ t_x ≤ T, and t_x = 0 only without repeats: x = %d, t_x = %g, T = %g", s.Repeats, s.Last, s.Age)
	}
	return s, nil
}

// SummaryCustomers returns what a forecast needs of each.
func SummaryCustomers(rows []Summary) []model.Customer {
	out := make([]model.Customer, len(rows))
	for i, s := range rows {
		out[i].History = s.History
		if s.Repeats > 0 && s.Mean > 0 {
			out[i].Orders, out[i].Mean = s.Repeats, s.Mean
		}
	}
	return out
}
