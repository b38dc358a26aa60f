package model

import (
	"fmt"
	"math"
)

// A Parameter is an estimate with its standard error, by the delta method from
// the observed information on logarithms; 0 if the data do not determine it.
type Parameter struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	SE    float64 `json:"se"`
}

// A Fit is a family fitted to counts.
type Fit struct {
	Family        Family      `json:"family"`
	Parameters    []Parameter `json:"parameters"`
	LogLikelihood float64     `json:"log_likelihood"`
	Customers     int64       `json:"n"`
	Repeaters     int64       `json:"repeaters"`
	// Identified reports whether leaving can be seen in the data. If not, the
	// parameters of leaving mean nothing, and [Fit.Model] is Fallback's.
	Identified bool `json:"identified"`
	// Fallback is the NBD fit where Identified is false, else nil.
	Fallback *Fit `json:"fallback,omitempty"`
	// Covariance is that of the parameters' logarithms; nil if unknown.
	Covariance [][]float64 `json:"covariance,omitempty"`
}

// Values returns the parameters' values, in the order of [Family.Parameters].
func (f Fit) Values() []float64 {
	out := make([]float64, len(f.Parameters))
	for i, p := range f.Parameters {
		out[i] = p.Value
	}
	return out
}

// used returns the fit that predicts.
func (f Fit) used() Fit {
	if !f.Identified && f.Fallback != nil {
		return *f.Fallback
	}
	return f
}

// Model returns the model to predict with: the fitted one, or the NBD if leaving
// cannot be seen in the data. The error wraps [ErrInvalid] if f's parameters are
// not those of its family.
func (f Fit) Model() (Model, error) {
	u := f.used()
	return New(u.Family, u.Values()...)
}

// Given returns the fit that has these parameters, known from elsewhere, without
// standard errors. The error is that of [New].
func Given(f Family, parameters ...float64) (Fit, error) {
	m, err := New(f, parameters...)
	if err != nil {
		return Fit{}, err
	}
	return Fit{Family: f, Parameters: parametersOf(m, nil), Identified: true}, nil
}

// FitCounts fits family f by maximum likelihood. Later orders in c are ignored.
// It returns [*TooLittle] below [MinCustomers], [MinDays] or ten customers with
// a second order, and an error that wraps [ErrInvalid] for an unknown family.
func FitCounts(f Family, c *Counts) (Fit, error) {
	return fitSample(f, sampleOf(c))
}

func fitSample(f Family, s *sample) (Fit, error) {
	if f.Parameters() == nil {
		return Fit{}, fmt.Errorf("%w model family: it is one of %v", ErrInvalid, Families())
	}
	if err := s.lacks(); err != nil {
		return Fit{}, err
	}
	stay := fitFamily(NBD, s)
	if f == NBD {
		return stay, nil
	}
	fit := fitFamily(f, s)
	fit.Identified = fit.seesLeaving(stay)
	if !fit.Identified {
		fit.Fallback = &stay
	}
	return fit, nil
}

// seesLeaving reports whether the data show that customers leave: likelier than
// not by more than chance gives (3 in ln L over the NBD, some 1 in 150), and more
// than one in a thousand times (Pareto/NBD: in a thousand weeks). How customers
// differ in it may stay unseen: where all leave alike, a and b run off together,
// and only their ratio means something.
func (f Fit) seesLeaving(stay Fit) bool {
	v := f.Values()
	share := v[2] / v[3]
	return f.LogLikelihood-stay.LogLikelihood > 3 && share > 1e-3
}

func fitFamily(f Family, s *sample) Fit {
	best := climbTo(f, s)
	m := of(f, exps(best.at))
	return Fit{
		Family:        f,
		Parameters:    best.estimates(m),
		LogLikelihood: best.value,
		Customers:     s.customers,
		Repeaters:     s.repeaters,
		Identified:    true,
		Covariance:    best.covariance,
	}
}

// estimates are m's parameters. Where the prior alone holds one of a shape and
// its scale, the data determine neither.
func (o optimum) estimates(m Model) []Parameter {
	out := parametersOf(m, o.covariance)
	for i := range out {
		if pair := i &^ 1; o.beyond(pair) || o.beyond(pair+1) {
			out[i].SE = 0
		}
	}
	return out
}

// climbTo goes most of the way over a sample of many rows on a few of them.
func climbTo(f Family, s *sample) optimum {
	likelihood := func(s *sample) objective {
		return func(at, gradient []float64) float64 {
			t := of(f, exps(at)).logLikelihood(s)
			copy(gradient, t[1:])
			return t[0]
		}
	}
	const few = 10_000
	if len(s.rows) < 2*few {
		return maximize(likelihood(s), float64(s.customers), starts(f, s)...)
	}
	thin := s.every(len(s.rows) / few)
	rough := maximize(likelihood(thin), float64(thin.customers), starts(f, thin)...)
	return maximizeNear(likelihood(s), float64(s.customers), rough)
}

func parametersOf(m Model, covariance [][]float64) []Parameter {
	values := m.Parameters()
	out := make([]Parameter, len(values))
	for i, name := range m.Family().Parameters() {
		out[i] = Parameter{Name: name, Value: values[i]}
		if covariance != nil {
			out[i].SE = values[i] * math.Sqrt(covariance[i][i])
		}
	}
	return out
}

// starts returns where to look first: heterogeneous and less so, with the rate
// over all the time and over the time up to the last order.
func starts(f Family, s *sample) [][]float64 {
	slow, fast := s.orders/s.exposure, s.orders/max(s.active, s.exposure/1e3)
	var out [][]float64
	for _, r := range []float64{0.3, 1.5} {
		for _, rate := range []float64{slow, math.Sqrt(slow * fast)} {
			alpha := r / rate
			switch f {
			case NBD:
				out = append(out, logs(r, alpha))
			case ParetoNBD:
				out = append(out, logs(r, alpha, 0.5, s.exposure/float64(s.customers)), logs(r, alpha, 1.5, s.longest))
			default:
				out = append(out, logs(r, alpha, 0.7, 2.5), logs(r, alpha, 0.3, 3))
			}
		}
	}
	return out
}
