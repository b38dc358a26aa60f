package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"holdfast/internal/analysis"
	"holdfast/internal/model"
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
	Winsorise      string `help:"Mean order values above this quantile count as it; 1 leaves all as they are." default:"1" placeholder:"0.99"`
}

// A sample is the customers that a model is about.
type sample struct {
	ids       func(i int) string
	customers []model.Customer // order values in units of the currency
	known     []bool           // nil: all
	winsorise float64
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
	quantile, err := strconv.ParseFloat(s.Winsorise, 64)
	if err != nil || !(quantile > 0 && quantile <= 1) {
		return nil, usageError("--winsorise " + s.Winsorise + ": a quantile such as 0.99")
	}
	if s.Summary {
		out, err := s.summary(c)
		if err == nil {
			out.winsorise = quantile
		}
		return out, err
	}
	if s.CalibrationEnd != "" {
		s.AsOf = s.CalibrationEnd
	}
	l, asOf, err := s.read(c, newWaiting(c))
	if err != nil {
		return nil, err
	}
	customers, known := analysis.Customers(l, l.Histories(asOf), asOf)
	unit := 1.0
	for range l.Currency.Decimals() {
		unit *= 10
	}
	for i := range customers {
		customers[i].Mean /= unit
	}
	return &sample{l.Customers.Name, customers, known, quantile}, nil
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
	rows, err := analysis.ReadSummary(in, s.File)
	if err != nil {
		return nil, err
	}
	return &sample{func(i int) string { return rows[i].ID }, analysis.SummaryCustomers(rows), nil, 1}, nil
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

// auto is the model that forecasts best.
const auto = "auto"

// ModelFitCmd fits one model.
type ModelFitCmd struct {
	modelSource
	Model  string `help:"mbgnbd, bgnbd, paretonbd, nbd, gammagamma, or auto: the one that forecasts best." enum:"auto,mbgnbd,bgnbd,paretonbd,nbd,gammagamma" default:"auto"`
	Format string `help:"text, json or csv." enum:"text,json,csv" default:"text"`
}

// A fitted is a fit as it is printed.
type fitted struct {
	Model         string             `json:"model"`
	Parameters    []model.Parameter  `json:"parameters"`
	LogLikelihood float64            `json:"log_likelihood"`
	N             int64              `json:"n"`
	Identified    bool               `json:"identified"`
	Fallback      *fitted            `json:"fallback,omitempty"`
	Spending      *model.SpendingFit `json:"spending,omitempty"`
}

// Run fits and prints the model.
func (m *ModelFitCmd) Run(c *Context) error {
	s, err := m.sample(c)
	if err != nil {
		return err
	}
	out, err := m.fit(s)
	if err != nil {
		return err
	}
	if m.Format == "json" {
		return printJSON(c.Out, out)
	}
	rows := [][]any{{"model", "parameter", "value", "se", "log_likelihood", "n", "identified"}}
	for _, p := range out.Parameters {
		rows = append(rows, []any{out.Model, p.Name, p.Value, p.SE, out.LogLikelihood, out.N, strconv.FormatBool(out.Identified)})
	}
	if err := printRows(c.Out, m.Format, rows); err != nil || m.Format == "csv" {
		return err
	}
	if !out.Identified {
		fmt.Fprintln(c.Out, "\nDropout cannot be seen in these data: its parameters mean nothing, and forecasts use the NBD, in which nobody leaves.")
	}
	if out.Spending != nil && out.Spending.Correlated {
		fmt.Fprintf(c.Out, "\nThe number of orders and their value go together (correlation %.2f); the model assumes that they do not.\n", out.Spending.Correlation)
	}
	return nil
}

func (m *ModelFitCmd) fit(s *sample) (*fitted, error) {
	if m.Model == "gammagamma" {
		f, err := s.spending()
		if err != nil {
			return nil, fmt.Errorf("%s: fit gammagamma: %w", m.File, err)
		}
		return &fitted{Model: m.Model, Parameters: f.Parameters, LogLikelihood: f.LogLikelihood, N: f.Customers, Identified: true, Spending: &f}, nil
	}
	f, err := s.fit(m.Model)
	if err != nil {
		return nil, fmt.Errorf("%s: fit %s: %w", m.File, m.Model, err)
	}
	return fittedOf(f), nil
}

func fittedOf(f model.Fit) *fitted {
	out := &fitted{Model: string(f.Family), Parameters: f.Parameters, LogLikelihood: f.LogLikelihood, N: f.Customers, Identified: f.Identified}
	if f.Fallback != nil {
		out.Fallback = fittedOf(*f.Fallback)
	}
	return out
}

// fit fits a family; auto is the one of greatest likelihood for the parameters
// it takes (Akaike), where there is no later time to test on.
func (s *sample) fit(family string) (model.Fit, error) {
	counts, err := s.counts()
	if err != nil {
		return model.Fit{}, err
	}
	if family != auto {
		return model.FitCounts(model.Family(family), counts)
	}
	var best model.Fit
	for i, f := range model.Families() {
		fit, err := model.FitCounts(f, counts)
		if err != nil {
			return best, err
		}
		if i == 0 || akaike(fit) < akaike(best)-1e-9 {
			best = fit
		}
	}
	return best, nil
}

func akaike(f model.Fit) float64 { return 2*float64(len(f.Parameters)) - 2*f.LogLikelihood }

// parametersOf reads "r=0.243,alpha=4.414,a=0.793,b=2.426", also with "p=…,q=…,
// gamma=…" for the value of orders. The spending is nil if it is not given.
func parametersOf(text string, family model.Family) (model.Fit, *model.SpendingFit, error) {
	given := map[string]float64{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		v, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil {
			return model.Fit{}, nil, usageError("--params " + text + ": write it as r=0.243,alpha=4.414,a=0.793,b=2.426")
		}
		given[strings.TrimSpace(name)] = v
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
