package analysis

import (
	"fmt"
	"time"
)

// A Span is a kind of period.
type Span string

// The spans. Weeks are those of ISO 8601, which begin on Monday.
const (
	ByDay   Span = "day"
	ByWeek  Span = "week"
	ByMonth Span = "month"
)

// A calendar cuts the days from first to last into periods.
type calendar struct {
	first  int32
	index  []int32 // period of each day from first
	labels []string
	begins []int32 // first day of each period, that of the calendar at the soonest
	ends   []int32 // last day of each period, whether or not it has come
	whole  bool    // the first period begins with first
}

func newCalendar(span Span, first, last int32) *calendar {
	c := &calendar{first: first, index: make([]int32, 0, last-first+1)}
	for d := first; d <= last; d++ {
		if n := len(c.ends); n == 0 || d > c.ends[n-1] {
			label, begin, end := periodOf(span, d)
			if n == 0 {
				c.whole = begin == first
			}
			c.labels, c.begins, c.ends = append(c.labels, label), append(c.begins, d), append(c.ends, end)
		}
		c.index = append(c.index, int32(len(c.ends)-1))
	}
	return c
}

func (c *calendar) len() int           { return len(c.labels) }
func (c *calendar) of(day int32) int32 { return c.index[day-c.first] }
func (c *calendar) complete(i int) bool {
	return (i > 0 || c.whole) && c.ends[i] < c.first+int32(len(c.index))
}

// periodOf returns the label and the first and last day of the period that has
// day.
func periodOf(span Span, day int32) (label string, begin, end int32) {
	t := time.Unix(int64(day)*86400, 0).UTC()
	switch span {
	case ByDay:
		return t.Format(time.DateOnly), day, day
	case ByWeek:
		y, w := t.ISOWeek()
		begin = day - int32(t.Weekday()+6)%7
		return fmt.Sprintf("%d-W%02d", y, w), begin, begin + 6
	}
	begin = day - int32(t.Day()) + 1
	return t.Format("2006-01"), begin, begin + int32(t.AddDate(0, 1, -t.Day()).Day()) - 1
}
