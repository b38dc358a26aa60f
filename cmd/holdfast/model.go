package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"holdfast/internal/analysis"
	"holdfast/internal/model"
	"holdfast/internal/orders"
)

// ModelCmd fits, applies and tests models of repeat buying.
type ModelCmd struct {
	Fit      ModelFitCmd      `cmd:"" help:"Fit a model: parameters, standard errors, log-likelihood."`
	Predict  ModelPredictCmd  `cmd:"" help:"Say what is to be expected of every customer."`
	Backtest ModelBacktestCmd `cmd:"" help:"Fit to the past, and compare with what happened since."`
}

// A modelSource is an export, or a table of histories that someone made of one.
type modelSource struct {
	orderSource
	Summary        bool   `help:"The file has the columns [id,]x,t_x,T[,m], times in weeks, instead of orders."`
	CalibrationEnd string `help:"Take the numbers at the end of this day." placeholder:"2025-06-30"`
	Winsorise      string `help:"Mean order values above this quantile, such as 0.99, count as it; all are taken as they are if not given." placeholder:"QUANTILE"`
}

// A sample is the customers that a model is about.
type sample struct {
	ids       func(i int) string
	customers []model.Customer // order values in units of the currency
	known     []bool           // nil: all
	winsorise float64
	// past returns the customers as they were some weeks before, with what they
	// ordered since; nil where no dates are known.
	past func() (c *model.Counts, weeks int, err error)
}

func (s *sample) each(f func(i int, c model.Customer) error) error {
	for i, c := range s.customers {
		if s.known == nil || s.known[i] {
			if err := f(i, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *modelSource) sample(c *Context) (*sample, error) {
	quantile := 1.0
	if s.Winsorise != "" {
		var err error
		if quantile, err = strconv.ParseFloat(s.Winsorise, 64); err != nil || !(quantile > 0 && quantile <= 1) {
			return nil, usageError("--winsorise " + s.Winsorise + ": a quantile such as 0.99")
		}
	}
	if s.Summary {
		if s.CalibrationEnd != "" || s.AsOf != "" {
			return nil, usageError("--summary: such a table has no dates, and is taken as it is: leave out --calibration-end and --as-of")
		}
		out, err := s.summary(c)
		if err == nil {
			out.winsorise = quantile
		}
		return out, err
	}
	if s.CalibrationEnd != "" {
		if _, err := analysis.ParseDay(s.CalibrationEnd); err != nil {
			return nil, usageError("--calibration-end " + s.CalibrationEnd + ": write the day as 2025-06-30")
		}
		s.AsOf = s.CalibrationEnd
	}
	l, asOf, err := s.read(c, newWaiting(c))
	if err != nil {
		return nil, err
	}
	histories := l.Histories(asOf)
	s.sameDay(c, l, histories)
	customers, known := analysis.Customers(l, histories, asOf)
	unit := 1.0
	for range l.Currency.Decimals() {
		unit *= 10
	}
	for i := range customers {
		customers[i].Mean /= unit
	}
	past := func() (*model.Counts, int, error) {
		weeks := analysis.Holdout(l, asOf)
		counts, err := analysis.Observed(l, histories, asOf-int32(7*weeks), asOf)
		return counts, weeks, err
	}
	return &sample{l.Customers.Name, customers, known, quantile, past}, nil
}

func (s *modelSource) summary(c *Context) (*sample, error) {
	in := c.In
	if s.File != "-" {
		f, err := os.Open(s.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := orders.Text(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name(), err)
	}
	defer text.Close()
	rows, err := analysis.ReadSummary(text, s.name())
	if err != nil {
		return nil, err
	}
	return &sample{func(i int) string { return rows[i].ID }, analysis.SummaryCustomers(rows), nil, 1, nil}, nil
}

// counts returns the histories.
func (s *sample) counts() (*model.Counts, error) {
	var out model.Counts
	return &out, s.each(func(_ int, c model.Customer) error { return out.Add(c.History, 1) })
}

// spending fits the value of orders.
func (s *sample) spending() (model.SpendingFit, error) {
	var out model.Spending
	err := s.each(func(_ int, c model.Customer) error {
		if c.Orders == 0 || c.Mean <= 0 {
			return nil
		}
		return out.Add(c.Orders, c.Mean*float64(c.Orders), 1)
	})
	if err != nil {
		return model.SpendingFit{}, err
	}
	return model.FitSpending(&out, s.winsorise)
}

// parametersOf reads "r=0.243,alpha=4.414,a=0.793,b=2.426", also with "p=…,q=…,
// gamma=…" for the value of orders. The spending is nil if it is not given.
func parametersOf(text string, family model.Family) (model.Fit, *model.SpendingFit, error) {
	given := map[string]float64{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		v, err := strconv.ParseFloat(value, 64)
		name = strings.TrimSpace(name)
		if _, twice := given[name]; !ok || err != nil || twice {
			return model.Fit{}, nil, usageError("--params " + text + ": write each parameter once, as r=0.243,alpha=4.414,a=0.793,b=2.426")
		}
		given[name] = v
	}
	var spending *model.SpendingFit
	if p, ok := given["p"]; ok {
		f, err := model.GivenSpending(p, given["q"], given["gamma"])
		if err != nil {
			return model.Fit{}, nil, usageError("--params " + text + ": p, q and gamma of the value of orders are positive")
		}
		spending = &f
		for _, name := range []string{"p", "q", "gamma"} {
			delete(given, name)
		}
	}
	var values []float64
	for _, name := range family.Parameters() {
		values = append(values, given[name])
		delete(given, name)
	}
	fit, err := model.Given(family, values...)
	if err != nil || len(given) > 0 {
		return model.Fit{}, nil, usageError(fmt.Sprintf("--params %s: %s has the parameters %s, all positive", text, family, strings.Join(family.Parameters(), ", ")))
	}
	return fit, spending, nil
}

// tooLittle reports whether err says that there are not data enough.
func tooLittle(err error) bool {
	var short *model.TooLittle
	return errors.As(err, &short)
}
