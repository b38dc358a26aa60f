package experiment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval encloses a value with the confidence it was asked for.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Excludes reports whether v is outside.
func (i Interval) Excludes(v float64) bool { return v < i.Low || v > i.High }

// A Reading is what two arms tell: b, the treated, against a, the control.
type Reading struct {
	Difference float64 `json:"difference"` // mean of b − mean of a
	SE         float64 `json:"se"`
	// Welch holds if it is read once, at an end fixed before.
	Welch Interval `json:"welch"`
	// AlwaysValid holds however often it is read, at any time: the one to decide
	// on.
	AlwaysValid Interval `json:"always_valid"`
	// Lift is nil where a's mean is not positive.
	Lift *Lift `json:"lift,omitempty"`
}

// A Lift is the difference relative to the control: mean of b / mean of a − 1.
type Lift struct {
	Value       float64  `json:"value"`
	SE          float64  `json:"se"` // delta method
	Welch       Interval `json:"welch"`
	AlwaysValid Interval `json:"always_valid"`
}

// Decided reports whether the difference can be told from nothing, by the
// interval that allows for peeking.
func (r Reading) Decided() bool { return r.AlwaysValid.Excludes(0) }

// Compare reads two arms at confidence 1 − alpha. The error wraps [ErrTooLittle]
// below two customers in an arm or where neither varies, and [ErrInvalid] unless
// alpha is in (0, 1).
func Compare(a, b Arm, alpha float64) (Reading, error) {
	if !(alpha > 0 && alpha < 1) {
		return Reading{}, fmt.Errorf("%w alpha: it is in (0, 1)", ErrInvalid)
	}
	if a.N < 2 || b.N < 2 {
		return Reading{}, fmt.Errorf("%w: %d and %d customers, at least 2 and 2 needed", ErrTooLittle, a.N, b.N)
	}
	va, vb := a.Variance/float64(a.N), b.Variance/float64(b.N)
	if !(va+vb > 0) {
		return Reading{}, fmt.Errorf("%w: all customers did the same", ErrTooLittle)
	}
	freedom := (va + vb) * (va + vb) / (va*va/float64(a.N-1) + vb*vb/float64(b.N-1))
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(1 - alpha/2)
	n := a.N + b.N
	around := func(v, se float64) (Interval, Interval) {
		wide := se * alwaysValid(n, alpha)
		return Interval{v - t*se, v + t*se}, Interval{v - wide, v + wide}
	}
	r := Reading{Difference: b.Mean - a.Mean, SE: math.Sqrt(va + vb)}
	r.Welch, r.AlwaysValid = around(r.Difference, r.SE)
	if a.Mean > 0 {
		square := a.Mean * a.Mean
		l := Lift{Value: b.Mean/a.Mean - 1, SE: math.Sqrt(vb/square + va*b.Mean*b.Mean/(square*square))}
		l.Welch, l.AlwaysValid = around(l.Value, l.SE)
		r.Lift = &l
	}
	return r, nil
}

// tightest is N*, the number of customers at which the always-valid interval is
// tightest compared with others of its kind.
const tightest = 5000

// alwaysValid returns the half-width, in standard errors of n customers, of the
// asymptotic confidence sequence:
// √n √(2(nρ²+1) ln(√(nρ²+1)/α) / (nρ)²).
func alwaysValid(n int64, alpha float64) float64 {
	rho, count := mixture(alpha), float64(n)
	grown := count*rho*rho + 1
	return math.Sqrt(count) * math.Sqrt(2*grown*math.Log(math.Sqrt(grown)/alpha)) / (count * rho)
}

// mixture returns ρ.
func mixture(alpha float64) float64 {
	l := -2 * math.Log(alpha)
	return math.Sqrt((l + math.Log(l+1)) / tightest)
}

// Needed returns how many customers an arm needs, in equal arms that vary as
// these do, to see a difference of effect with the given power in a test read
// once. It is 0 if they do not vary. The error wraps [ErrInvalid] if effect is 0
// or alpha or power are not in (0, 1). What is still needed is what an arm lacks
// of it.
func Needed(a, b Arm, effect, alpha, power float64) (int64, error) {
	if effect == 0 || math.IsNaN(effect) || !(alpha > 0 && alpha < 1 && power > 0 && power < 1) {
		return 0, fmt.Errorf("%w sample size: effect is not 0, alpha and power are in (0, 1)", ErrInvalid)
	}
	z := distuv.UnitNormal.Quantile(1-alpha/2) + distuv.UnitNormal.Quantile(power)
	n := math.Ceil(z * z * (a.Variance + b.Variance) / (effect * effect))
	return int64(min(n, 1<<62)), nil
}
