package model

import (
	"fmt"
	"math"
	"slices"
)

// A Family is a kind of model of repeat buying.
type Family string

// The families. MBGNBD is the default: unlike BGNBD it lets a customer leave
// after the first order.
const (
	MBGNBD    Family = "mbgnbd"
	BGNBD     Family = "bgnbd"
	ParetoNBD Family = "paretonbd"
	NBD       Family = "nbd"
)

// Families returns all families, the default first.
func Families() []Family { return []Family{MBGNBD, BGNBD, ParetoNBD, NBD} }

// Parameters returns the names of f's parameters, in the order of [New]: shape
// and scale in weeks of the buying rate, then those of leaving. It returns nil
// for an unknown family.
func (f Family) Parameters() []string {
	switch f {
	case MBGNBD, BGNBD:
		return []string{"r", "alpha", "a", "b"}
	case ParetoNBD:
		return []string{"r", "alpha", "s", "beta"}
	case NBD:
		return []string{"r", "alpha"}
	}
	return nil
}

// A Model is a family with its parameters. All times are in weeks; histories
// must be possible (see [Counts.Add]). Models are values, safe for concurrent use.
//
// Every model keeps the identity NoOrder(h, t) = L(h at Age+t) / L(h).
type Model interface {
	Family() Family
	// Parameters returns the parameters in the order of [Family.Parameters].
	Parameters() []float64
	// LogLikelihood returns ln L of one customer.
	LogLikelihood(h History) float64
	// Alive returns the probability that the customer has not left for good.
	Alive(h History) float64
	// Expected returns the expected number of orders in the next weeks.
	Expected(h History, weeks float64) float64
	// NoOrder returns the probability of no order in the next weeks: the churn
	// risk over that horizon.
	NoOrder(h History, weeks float64) float64
	// NextOrder returns in how many weeks the probability of an order reaches
	// p, and false if it never does.
	NextOrder(h History, p float64) (float64, bool)

	// perAlive returns Expected / Alive, which does not depend on Last.
	perAlive(repeats int, age, weeks float64) float64
	// ordersWithin returns (1 − NoOrder) / Alive, which does not either.
	ordersWithin(repeats int, age, weeks float64) float64
	// nextOrder is NextOrder for a customer who is alive.
	nextOrder(h History, p float64) (float64, bool)
	// aliveGradient returns Alive and the gradient of its logarithm by the
	// logarithms of the parameters.
	aliveGradient(h History) (float64, [4]float64)
	// logLikelihood returns Σ ln L over s, and its gradient by the logarithms
	// of the parameters.
	logLikelihood(s *sample) total
}

// New returns the model of family f with the given parameters. The error wraps
// [ErrInvalid] if f is unknown, or the parameters are not as many as f has,
// positive and finite.
func New(f Family, parameters ...float64) (Model, error) {
	names := f.Parameters()
	if names == nil {
		return nil, fmt.Errorf("%w model family: it is one of %v", ErrInvalid, Families())
	}
	if len(parameters) != len(names) {
		return nil, fmt.Errorf("%w parameters: %s has %v", ErrInvalid, f, names)
	}
	if slices.ContainsFunc(parameters, func(v float64) bool { return !(v > 0) || math.IsInf(v, 0) }) {
		return nil, fmt.Errorf("%w parameters: those of %s are positive", ErrInvalid, f)
	}
	return of(f, parameters), nil
}

// of is [New] for parameters known to be good.
func of(f Family, p []float64) Model {
	switch f {
	case ParetoNBD:
		return pareto{r: p[0], alpha: p[1], s: p[2], beta: p[3]}
	case NBD:
		return nbd{r: p[0], alpha: p[1]}
	}
	return betaGeometric{r: p[0], alpha: p[1], a: p[2], b: p[3], modified: f == MBGNBD}
}
