package model

import (
	"fmt"
	"math"
)

// A ContractFit is the shifted beta-geometric model of subscriptions, where the
// end is seen: at each renewal a customer leaves with probability θ ~ Beta(α, β)
// (Fader & Hardie 2007).
type ContractFit struct {
	Alpha         Parameter `json:"alpha"`
	Beta          Parameter `json:"beta"`
	LogLikelihood float64   `json:"log_likelihood"`
	Customers     int       `json:"n"`
}

// FitContracts fits customers who all began together; lost says how many left in
// the first period, the second, and so on. The error wraps [ErrInvalid] if a
// number is negative or more left than began, and is [*TooLittle] below ten
// customers or without two periods.
func FitContracts(customers int, lost []int) (ContractFit, error) {
	left := customers
	for _, n := range lost {
		left -= n
		if n < 0 || left < 0 {
			return ContractFit{}, fmt.Errorf("%w losses: none is negative, and all are at most the customers", ErrInvalid)
		}
	}
	err := require(
		Shortage{"subscribers", int64(customers), minRepeaters},
		Shortage{"renewal periods", int64(len(lost)), 2},
	)
	if err != nil {
		return ContractFit{}, err
	}
	// P(T = t) = S(t−1) α/(α+β+t−1) and S(t) = Π_{i<t} (β+i)/(α+β+i).
	likelihood := func(at, gradient []float64) float64 {
		a, b := math.Exp(at[0]), math.Exp(at[1])
		alive, sum, da, db := float64(customers), 0.0, 0.0, 0.0
		for t, n := range lost {
			gone := float64(n)
			stay, all := b+float64(t), a+b+float64(t)
			sum += gone*(at[0]-math.Log(all)) + (alive-gone)*(math.Log(stay)-math.Log(all))
			da += gone/a - alive/all
			db += (alive-gone)/stay - alive/all
			alive -= gone
		}
		gradient[0], gradient[1] = a*da, b*db
		return sum
	}
	best := maximize(likelihood, float64(customers), logs(1, 1), logs(0.5, 3), logs(3, 10))
	v := exps(best.at)
	f := ContractFit{
		Alpha:         Parameter{Name: "alpha", Value: v[0]},
		Beta:          Parameter{Name: "beta", Value: v[1]},
		LogLikelihood: best.value,
		Customers:     customers,
	}
	if c := best.covariance; c != nil {
		f.Alpha.SE, f.Beta.SE = v[0]*math.Sqrt(c[0][0]), v[1]*math.Sqrt(c[1][1])
	}
	return f, nil
}

// Survival returns the share of customers who are still there after so many
// renewals: B(α, β+t)/B(α, β).
func (f ContractFit) Survival(periods int) float64 {
	stay, _ := rising(f.Beta.Value, 0, periods)
	all, _ := rising(f.Alpha.Value+f.Beta.Value, 0, periods)
	return math.Exp(stay - all)
}

// Retention returns the share of those there before renewal number period,
// counted from 1, who stay: (β+t−1)/(α+β+t−1).
func (f ContractFit) Retention(period int) float64 {
	t := float64(period - 1)
	return (f.Beta.Value + t) / (f.Alpha.Value + f.Beta.Value + t)
}
