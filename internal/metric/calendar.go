package metric

import (
	"sort"
	"time"
)

// A Unit is how long the periods of a calendar are.
type Unit string

// The units. Weeks begin on Monday.
const (
	Daily   Unit = "day"
	Weekly  Unit = "week"
	Monthly Unit = "month"
)

// A Calendar divides days into consecutive periods, the last of which holds
// today. Days count from 1970-01-01 in the merchant's zone.
type Calendar struct {
	Unit Unit
	// begins holds the first day of each period, and of the one after the last.
	begins []int
}

// NewCalendar returns the n periods up to the one that holds today.
func NewCalendar(unit Unit, today, n int) Calendar {
	c := Calendar{Unit: unit, begins: make([]int, n+1)}
	at := date(today)
	for i := range c.begins {
		back := n - 1 - i
		switch unit {
		case Daily:
			c.begins[i] = today - back
		case Weekly:
			monday := today - int(at.Weekday()+6)%7
			c.begins[i] = monday - 7*back
		default:
			c.begins[i] = dayNumber(time.Date(at.Year(), at.Month()-time.Month(back), 1, 0, 0, 0, 0, time.UTC))
		}
	}
	return c
}

// Len returns how many periods c has.
func (c Calendar) Len() int { return len(c.begins) - 1 }

// Index returns the period that holds day: -1 before the first, Len after the
// last.
func (c Calendar) Index(day int) int {
	if c.Unit == Daily {
		return max(-1, min(day-c.begins[0], c.Len()))
	}
	return sort.SearchInts(c.begins, day+1) - 1
}

// Begin returns the first day of period i, and of the one after the last.
func (c Calendar) Begin(i int) int { return c.begins[i] }

// Name returns the first day of period i as 2006-01-02, of a month as 2006-01.
func (c Calendar) Name(i int) string {
	if c.Unit == Monthly {
		return date(c.begins[i]).Format("2006-01")
	}
	return date(c.begins[i]).Format("2006-01-02")
}

func date(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

func dayNumber(t time.Time) int { return int(t.Unix() / 86400) }
