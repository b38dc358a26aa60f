package model

import (
	"fmt"
	"math"
)

// A SpendingFit is the Gamma-Gamma model of what an order is worth (note 025),
// in the minor units of the [Spending] it was fitted to.
//
//	ln L = lnΓ(px+q) − lnΓ(px) − lnΓ(q) + q ln γ + (px−1) ln m + px ln x − (px+q) ln(γ+xm)
//
// It assumes that the value of a customer's orders has nothing to do with how
// many they make.
type SpendingFit struct {
	Parameters    []Parameter `json:"parameters"` // p, q, gamma
	LogLikelihood float64     `json:"log_likelihood"`
	Customers     int64       `json:"n"`
	Mean          float64     `json:"mean"`   // of the customers' means, after the cap
	Cap           float64     `json:"cap"`    // means above were set to it; 0 for none
	Capped        int64       `json:"capped"` // customers above the cap
	// Correlation is Pearson's, of the number and the mean value of orders.
	Correlation float64 `json:"correlation"`
	// Correlated warns that the correlation is at least 0.1 either way, and more
	// than chance would give in 95 of 100 cases: values are then biased.
	Correlated bool `json:"correlated"`
	// Covariance is that of the parameters' logarithms; nil if unknown.
	Covariance [][]float64 `json:"covariance,omitempty"`
}

// GivenSpending returns the fit that has these parameters, known from elsewhere.
// The error wraps [ErrInvalid] unless they are positive.
func GivenSpending(p, q, gamma float64) (SpendingFit, error) {
	for _, v := range []float64{p, q, gamma} {
		if !(v > 0) || math.IsInf(v, 0) {
			return SpendingFit{}, fmt.Errorf("%w parameters: p, q and gamma are positive", ErrInvalid)
		}
	}
	f := SpendingFit{Parameters: spendingParameters([]float64{p, q, gamma}, nil)}
	if q > 1 {
		f.Mean = p * gamma / (q - 1)
	}
	return f, nil
}

// FitSpending fits the Gamma-Gamma model. Customers' means above the given
// quantile of all, such as 0.99, count as that quantile, so that a few
// wholesale buyers do not set the value of the others; 1 or 0 leaves all as they
// are. It returns [*TooLittle] below ten customers.
func FitSpending(s *Spending, quantile float64) (SpendingFit, error) {
	w := walletsOf(s, quantile)
	if err := require(Shortage{"customers with a second order", int64(w.customers), minRepeaters}); err != nil {
		return SpendingFit{}, err
	}
	best := maximize(w.logLikelihood, w.customers, logs(6, 4, 0.5), logs(1.5, 3, 4.0/3), logs(2, 10, 4.5), logs(50, 50, 1))
	at := exps(best.at)
	at[2] *= w.mean
	f := SpendingFit{
		Parameters:    spendingParameters(at, best.covariance),
		LogLikelihood: best.value - w.customers*math.Log(w.mean),
		Customers:     int64(w.customers),
		Mean:          w.mean,
		Cap:           w.cap,
		Capped:        w.capped,
		Correlation:   w.correlation(),
		Covariance:    best.covariance,
	}
	z := math.Atanh(f.Correlation) * math.Sqrt(max(w.customers-3, 0))
	f.Correlated = math.Abs(f.Correlation) >= 0.1 && math.Abs(z) > 1.96
	return f, nil
}

func spendingParameters(values []float64, covariance [][]float64) []Parameter {
	out := make([]Parameter, 3)
	for i, name := range []string{"p", "q", "gamma"} {
		out[i] = Parameter{Name: name, Value: values[i]}
		if covariance != nil {
			out[i].SE = values[i] * math.Sqrt(covariance[i][i])
		}
	}
	return out
}

// Expected returns the expected value of the customer's orders to come, given
// that the last ones, as many as orders, had this mean: (γ+xm)p/(px+q−1). For
// no orders it is the mean of all customers; where q ≤ 1 the model has none, and
// it is the observed one. A mean above the cap counts as the cap.
func (f SpendingFit) Expected(orders int, mean float64) float64 {
	v, _ := f.expected(orders, mean)
	return v
}

// expected returns the gradient of the logarithm too, by the logarithms of p, q
// and γ.
func (f SpendingFit) expected(orders int, mean float64) (float64, [3]float64) {
	p, q, gamma := f.Parameters[0].Value, f.Parameters[1].Value, f.Parameters[2].Value
	if f.Cap > 0 {
		mean = min(mean, f.Cap)
	}
	x := float64(orders)
	below := p*x + q - 1
	if !(below > 0) {
		return f.Mean, [3]float64{}
	}
	above := gamma + x*mean
	return above * p / below, [3]float64{1 - p*x/below, -q / below, gamma / above}
}
