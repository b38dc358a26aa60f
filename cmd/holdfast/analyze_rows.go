package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// printRows prints rows, the first of which is the head: as CSV with full
// precision, or aligned, with numbers at the right. nil is an empty cell.
func printRows(w io.Writer, format string, rows [][]any) error {
	if format == "csv" {
		out := csv.NewWriter(w)
		for _, row := range rows {
			cells := make([]string, len(row))
			for i, v := range row {
				cells[i] = full(v)
			}
			if err := out.Write(cells); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	}
	return aligned(w, rows)
}

func full(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// aligned prints a table; a column whose cells all begin with a digit or a sign
// is set to the right.
func aligned(w io.Writer, rows [][]any) error {
	var widths []int
	var right []bool
	cells := make([][]string, len(rows))
	for i, row := range rows {
		for j, v := range row {
			s := full(v)
			if f, ok := v.(float64); ok {
				s = strconv.FormatFloat(f, 'g', 5, 64)
			}
			cells[i] = append(cells[i], s)
			if j == len(widths) {
				widths, right = append(widths, 0), append(right, true)
			}
			widths[j] = max(widths[j], utf8.RuneCountInString(s))
			if i > 0 && s != "" && !strings.Contains("0123456789-+–.", string([]rune(s)[0])) {
				right[j] = false
			}
		}
	}
	var b strings.Builder
	for _, row := range cells {
		line := ""
		for j, s := range row {
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(s))
			if j > 0 {
				line += "  "
			}
			if right[j] && j > 0 {
				line += pad + s
			} else {
				line += s + pad
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
