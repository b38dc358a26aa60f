package model

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// ErrInvalid says that a value cannot be what it claims to be: a history that
// ends before it begins, a negative parameter, counts that do not parse.
var ErrInvalid = errors.New("invalid")

// Counts says how many customers share each history, and, for a back-test, how
// often they ordered later. Merging is exact: the same customers give the same
// counts, fits and bytes, however they were spread over accumulators. The zero
// value is empty and ready; a Counts is not safe for concurrent use.
type Counts struct {
	n map[triple]int64
}

// A triple is a history with its times in days, and the orders that came later.
type triple struct {
	repeats, later int32
	last, age      float64
}

// Add counts customers with history h. The error wraps [ErrInvalid] if h cannot
// be or customers is negative.
func (c *Counts) Add(h History, customers int64) error {
	return c.AddOutcome(h, 0, customers)
}

// AddOutcome counts customers with history h who then ordered later times in
// the period that a back-test holds out. The error is as of [Counts.Add].
func (c *Counts) AddOutcome(h History, later int, customers int64) error {
	switch {
	case !h.valid():
		return fmt.Errorf("%w history: it needs repeats ≥ 0 and 0 ≤ last ≤ age", ErrInvalid)
	case later < 0 || later > maxRepeats:
		return fmt.Errorf("%w number of later orders", ErrInvalid)
	case customers < 0:
		return fmt.Errorf("%w number of customers", ErrInvalid)
	case customers == 0:
		return nil
	}
	if c.n == nil {
		c.n = map[triple]int64{}
	}
	// Adding 0 turns -0 into 0.
	c.n[triple{int32(h.Repeats), int32(later), dayOf(h.Last) + 0, dayOf(h.Age) + 0}] += customers
	return nil
}

// Merge adds what other has counted. Other stays as it is.
func (c *Counts) Merge(other *Counts) {
	if c.n == nil {
		c.n = make(map[triple]int64, len(other.n))
	}
	for t, n := range other.n {
		c.n[t] += n
	}
}

// Customers returns how many customers were counted.
func (c *Counts) Customers() int64 {
	var n int64
	for _, k := range c.n {
		n += k
	}
	return n
}

// Distinct returns how many different histories were counted.
func (c *Counts) Distinct() int { return len(c.n) }

func compareTriples(a, b triple) int {
	switch {
	case a.repeats != b.repeats:
		return cmp.Compare(a.repeats, b.repeats)
	case a.age != b.age:
		return cmp.Compare(a.age, b.age)
	case a.last != b.last:
		return cmp.Compare(a.last, b.last)
	}
	return cmp.Compare(a.later, b.later)
}

// sorted returns the distinct triples in the canonical order.
func (c *Counts) sorted() []triple {
	all := make([]triple, 0, len(c.n))
	for t := range c.n {
		all = append(all, t)
	}
	slices.SortFunc(all, compareTriples)
	return all
}

func (t triple) history() History {
	return History{Repeats: int(t.repeats), Last: t.last / daysPerWeek, Age: t.age / daysPerWeek}
}

// MarshalJSON writes one array of numbers, in the canonical order. Triples that
// share repeats and age are one run: repeats, age in days, length of the run,
// and for each of it last in days, later orders, customers.
func (c *Counts) MarshalJSON() ([]byte, error) {
	all := c.sorted()
	out := make([]byte, 0, 12*len(all)+2)
	out = append(out, '[')
	for i := 0; i < len(all); {
		run := i + 1
		for run < len(all) && all[run].repeats == all[i].repeats && all[run].age == all[i].age {
			run++
		}
		out = appendNumbers(out, float64(all[i].repeats), all[i].age, float64(run-i))
		for ; i < run; i++ {
			out = appendNumbers(out, all[i].last, float64(all[i].later))
			out = append(strconv.AppendInt(out, c.n[all[i]], 10), ',')
		}
	}
	if len(all) > 0 {
		out = out[:len(out)-1]
	}
	return append(out, ']'), nil
}

func appendNumbers(out []byte, vs ...float64) []byte {
	for _, v := range vs {
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			out = append(strconv.AppendInt(out, int64(v), 10), ',')
			continue
		}
		out = append(strconv.AppendFloat(out, v, 'g', -1, 64), ',')
	}
	return out
}

// UnmarshalJSON replaces c by what [Counts.MarshalJSON] wrote. The error wraps
// [ErrInvalid] if it is not that.
func (c *Counts) UnmarshalJSON(data []byte) error {
	var numbers []float64
	if err := json.Unmarshal(data, &numbers); err != nil {
		return fmt.Errorf("%w counts: not an array of numbers", ErrInvalid)
	}
	next := Counts{n: make(map[triple]int64, len(numbers)/4)}
	for len(numbers) > 0 {
		if len(numbers) < 3 || !count(numbers[2], len(numbers)) || len(numbers) < 3+3*int(numbers[2]) {
			return fmt.Errorf("%w counts: a run is cut off", ErrInvalid)
		}
		repeats, age, run := numbers[0], numbers[1], int(numbers[2])
		numbers = numbers[3:]
		for ; run > 0; run-- {
			if err := next.addDays(repeats, age, numbers[0], numbers[1], numbers[2]); err != nil {
				return err
			}
			numbers = numbers[3:]
		}
	}
	*c = next
	return nil
}

func (c *Counts) addDays(repeats, age, last, later, n float64) error {
	if !count(repeats, maxRepeats) || !count(later, maxRepeats) || !count(n, 1<<53) || n == 0 {
		return fmt.Errorf("%w counts: not a whole number", ErrInvalid)
	}
	t := triple{int32(repeats), int32(later), last + 0, age + 0}
	if !t.history().valid() {
		return fmt.Errorf("%w history in counts", ErrInvalid)
	}
	c.n[t] += int64(n)
	return nil
}

// count reports whether v is a whole number in [0, most].
func count(v float64, most int) bool {
	return v >= 0 && v <= float64(most) && v == math.Trunc(v)
}
