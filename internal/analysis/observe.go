package analysis

import (
	"holdfast/internal/customer"
	"holdfast/internal/model"
	"holdfast/internal/orders"
)

// Observed returns the counts of all histories as seen at the end of day now,
// with what was ordered in the days after, until a day.
func Observed(l *orders.Ledger, h *orders.Histories, now, until int32) (*model.Counts, error) {
	var out model.Counts
	var packed []int64
	for i := range h.Len() {
		var o observation
		seen := false
		occasions(l, h.Of(i), func(day, _ int32) {
			switch {
			case day > until:
			case day > now:
				o.later++
			case !seen:
				o.first, o.last, seen = day, day, true
			default:
				o.last = day
				o.x++
			}
		})
		if !seen {
			continue
		}
		o.last, o.age = o.last-o.first, now-o.first
		if key, ok := o.pack(); ok {
			packed = append(packed, key)
		} else if err := o.addTo(&out, 1); err != nil {
			return nil, err
		}
	}
	sortInts(packed)
	for from := 0; from < len(packed); {
		to := from
		for to < len(packed) && packed[to] == packed[from] {
			to++
		}
		if err := unpack(packed[from]).addTo(&out, int64(to-from)); err != nil {
			return nil, err
		}
		from = to
	}
	return &out, nil
}

// An observation is one customer's history in days, and the order days after.
type observation struct{ x, first, last, age, later int32 }

// pack writes o, but for its first day, as one number, if it fits. Sorting
// numbers is how equal histories meet in the least time.
func (o observation) pack() (int64, bool) {
	ok := o.x < 1<<16 && o.age < 1<<15 && o.later < 1<<12
	return int64(o.x)<<42 | int64(o.last)<<27 | int64(o.age)<<12 | int64(o.later), ok
}

func unpack(key int64) observation {
	return observation{x: int32(key >> 42), last: int32(key >> 27 & (1<<15 - 1)), age: int32(key >> 12 & (1<<15 - 1)), later: int32(key & (1<<12 - 1))}
}

func (o observation) addTo(c *model.Counts, customers int64) error {
	return c.AddOutcome(model.Days(int(o.x), int(o.last), int(o.age)), int(o.later), customers)
}

// Customers returns what a forecast needs of each customer at the end of a day:
// their history, and the orders after the first day with their mean value. It
// reports which customers have a history.
func Customers(l *orders.Ledger, h *orders.Histories, now int32) (out []model.Customer, known []bool) {
	out, known = make([]model.Customer, h.Len()), make([]bool, h.Len())
	for i := range out {
		var first, last int32
		x := 0
		entries := h.Of(i)
		occasions(l, entries, func(day, _ int32) {
			switch {
			case day > now:
			case !known[i]:
				first, last, known[i] = day, day, true
			default:
				last = day
				x++
			}
		})
		if !known[i] {
			continue
		}
		out[i].History = model.Days(x, int(last-first), int(now-first))
		out[i].Orders, out[i].Mean = worth(entries, first, now, x)
	}
	return out, known
}

// worth returns the mean net value of the x occasions after the first; 0
// without any, or where refunds left nothing.
func worth(entries []orders.Entry, first, now int32, x int) (int, float64) {
	if x == 0 {
		return 0, 0
	}
	var sum int64
	for _, e := range entries {
		if e.Day > first && e.Day <= now {
			sum = customer.AddMinor(sum, e.Cents)
		}
	}
	if sum <= 0 {
		return 0, 0
	}
	return x, float64(sum) / float64(x)
}
