package model

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Spending says how many customers share each number of orders and their total
// value. As with [Counts], merging is exact. The zero value is empty and ready;
// a Spending is not safe for concurrent use.
type Spending struct {
	n map[purse]int64
}

type purse struct {
	orders int32
	total  float64
}

// Add counts customers who each spent total, in minor units, in that many
// orders. Whole totals travel best. The error wraps [ErrInvalid] unless all are
// positive.
func (s *Spending) Add(orders int, total float64, customers int64) error {
	if orders < 1 || orders > maxRepeats || !(total > 0) || math.IsInf(total, 0) || customers < 1 {
		return fmt.Errorf("%w spending: orders, total and customers are positive", ErrInvalid)
	}
	if s.n == nil {
		s.n = map[purse]int64{}
	}
	s.n[purse{int32(orders), total}] += customers
	return nil
}

// Merge adds what other has counted. Other stays as it is.
func (s *Spending) Merge(other *Spending) {
	if s.n == nil {
		s.n = make(map[purse]int64, len(other.n))
	}
	for p, n := range other.n {
		s.n[p] += n
	}
}

// Customers returns how many customers were counted.
func (s *Spending) Customers() int64 {
	var n int64
	for _, k := range s.n {
		n += k
	}
	return n
}

func (s *Spending) sorted() []purse {
	all := make([]purse, 0, len(s.n))
	for p := range s.n {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b purse) int {
		if a.orders != b.orders {
			return int(a.orders - b.orders)
		}
		if a.total < b.total {
			return -1
		}
		return 1
	})
	return all
}

// MarshalJSON writes one array of numbers: orders, total and customers of each
// distinct pair, in ascending order.
func (s *Spending) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for _, p := range s.sorted() {
		out = appendNumbers(out, float64(p.orders), p.total, float64(s.n[p]))
	}
	if len(out) > 1 {
		out = out[:len(out)-1]
	}
	return append(out, ']'), nil
}

// UnmarshalJSON replaces s by what [Spending.MarshalJSON] wrote. The error wraps
// [ErrInvalid] if it is not that.
func (s *Spending) UnmarshalJSON(data []byte) error {
	var numbers []float64
	if err := json.Unmarshal(data, &numbers); err != nil || len(numbers)%3 != 0 {
		return fmt.Errorf("%w spending: not an array of triples of numbers", ErrInvalid)
	}
	var next Spending
	for ; len(numbers) > 0; numbers = numbers[3:] {
		if !count(numbers[0], maxRepeats) || !count(numbers[2], 1<<53) {
			return fmt.Errorf("%w spending: not a whole number", ErrInvalid)
		}
		if err := next.Add(int(numbers[0]), numbers[1], int64(numbers[2])); err != nil {
			return err
		}
	}
	*s = next
	return nil
}
