package experiment

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
)

// Errors of this package. Test with [errors.Is].
var (
	ErrInvalid   = errors.New("invalid")         // numbers that cannot be
	ErrTooLittle = errors.New("too little data") // numbers that say nothing yet
)

// An Arm is the outcome of one group: the mean and the variance of what its
// customers did, of everyone assigned.
type Arm struct {
	N        int64   `json:"n"`
	Mean     float64 `json:"mean"`
	Variance float64 `json:"variance"` // of one customer
}

// Conversions returns the arm of n customers of whom some converted, with the
// variance p(1−p) that is usual for rates. The error wraps [ErrInvalid] unless
// 0 ≤ converted ≤ n.
func Conversions(converted, n int64) (Arm, error) {
	if converted < 0 || converted > n {
		return Arm{}, fmt.Errorf("%w conversions: they are in [0, n]", ErrInvalid)
	}
	p := float64(converted) / float64(max(n, 1))
	return Arm{N: n, Mean: p, Variance: p * (1 - p)}, nil
}

// Sums returns the arm of n customers, from the sum of a value over them and
// the sum of its squares; the variance is the one with n − 1. The error wraps [ErrInvalid] if no values have these
// sums.
func Sums(n int64, sum, squares float64) (Arm, error) {
	if n < 0 || math.IsNaN(sum) || math.IsInf(sum, 0) || math.IsInf(squares, 0) ||
		!(squares*float64(n) >= sum*sum*(1-1e-12)) || n == 0 && squares > 0 {
		return Arm{}, fmt.Errorf("%w sums: no %d customers have them", ErrInvalid, n)
	}
	a := Arm{N: n}
	if n > 0 {
		a.Mean = sum / float64(n)
	}
	if n > 1 {
		a.Variance = max(squares-sum*a.Mean, 0) / float64(n-1)
	}
	return a, nil
}

// A Tally adds up what customers of one group did, in whole numbers such as
// minor units of money, and what they had done in as long a time before the
// experiment. It is exact: the order of additions and merges does not matter.
// The zero value is empty and ready; copy it by merging only.
type Tally struct {
	n int64
	// Sums of the value y, of x before, and of their products.
	y, x, yy, xx, xy big.Int
}

// Add counts one customer.
func (t *Tally) Add(value, before int64) {
	t.n++
	y, x := big.NewInt(value), big.NewInt(before)
	var product big.Int
	t.y.Add(&t.y, y)
	t.x.Add(&t.x, x)
	t.yy.Add(&t.yy, product.Mul(y, y))
	t.xx.Add(&t.xx, product.Mul(x, x))
	t.xy.Add(&t.xy, product.Mul(x, y))
}

// Merge adds what other has counted. Other stays as it is.
func (t *Tally) Merge(other *Tally) {
	t.n += other.n
	theirs := other.sums()
	for i, s := range t.sums() {
		s.Add(s, theirs[i])
	}
}

func (t *Tally) sums() [5]*big.Int { return [5]*big.Int{&t.y, &t.x, &t.yy, &t.xx, &t.xy} }

// Arm returns the outcome as it is, without what was before; the variance is the
// one with n − 1.
func (t *Tally) Arm() Arm {
	return Arm{N: t.n, Mean: t.mean(&t.y), Variance: t.covariance(&t.yy, &t.y, &t.y)}
}

func (t *Tally) mean(sum *big.Int) float64 {
	if t.n == 0 {
		return 0
	}
	v, _ := new(big.Rat).SetFrac(sum, big.NewInt(t.n)).Float64()
	return v
}

// covariance returns (Σab − Σa Σb/n)/(n−1), without cancellation; 0 below two
// customers.
func (t *Tally) covariance(ab, a, b *big.Int) float64 {
	if t.n < 2 {
		return 0
	}
	n := big.NewInt(t.n)
	above := new(big.Int).Mul(n, ab)
	above.Sub(above, new(big.Int).Mul(a, b))
	below := n.Mul(n, big.NewInt(t.n-1))
	v, _ := new(big.Rat).SetFrac(above, below).Float64()
	return v
}

// MarshalJSON writes the number of customers and the sums of y, x, y², x² and xy.
func (t *Tally) MarshalJSON() ([]byte, error) {
	all := []*big.Int{big.NewInt(t.n)}
	for _, s := range t.sums() {
		all = append(all, s)
	}
	return json.Marshal(all)
}

// UnmarshalJSON replaces t by what [Tally.MarshalJSON] wrote. The error wraps
// [ErrInvalid] if it is not that.
func (t *Tally) UnmarshalJSON(data []byte) error {
	var all []*big.Int
	if err := json.Unmarshal(data, &all); err != nil || len(all) != 6 {
		return fmt.Errorf("%w tally: not six whole numbers", ErrInvalid)
	}
	for _, v := range all {
		if v == nil || v.BitLen() > 256 {
			return fmt.Errorf("%w tally: not six whole numbers", ErrInvalid)
		}
	}
	if !all[0].IsInt64() || all[0].Sign() < 0 {
		return fmt.Errorf("%w tally: a negative number of customers", ErrInvalid)
	}
	next := Tally{n: all[0].Int64()}
	for i, s := range next.sums() {
		s.Set(all[i+1])
	}
	if !possible(next.n, &next.yy, &next.y) || !possible(next.n, &next.xx, &next.x) {
		return fmt.Errorf("%w tally: no customers have these sums", ErrInvalid)
	}
	t.n = next.n
	theirs := next.sums()
	for i, s := range t.sums() {
		s.Set(theirs[i])
	}
	return nil
}

// possible reports whether Σa² and Σa are sums over n numbers.
func possible(n int64, aa, a *big.Int) bool {
	if n == 0 {
		return aa.Sign() == 0 && a.Sign() == 0
	}
	left := new(big.Int).Mul(big.NewInt(n), aa)
	return left.Cmp(new(big.Int).Mul(a, a)) >= 0
}
