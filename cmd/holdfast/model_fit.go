package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"holdfast/internal/model"
)

// auto leaves the choice of the model to the data.
const auto = "auto"

// ModelFitCmd fits one model.
type ModelFitCmd struct {
	modelSource
	Model  string `help:"mbgnbd, bgnbd, paretonbd, nbd, gammagamma, or auto: the one that a back-test chooses; with --summary, which has no dates to hold out, the likeliest for its parameters (AIC)." enum:"auto,mbgnbd,bgnbd,paretonbd,nbd,gammagamma" default:"auto"`
	Format string `help:"text, json or csv." enum:"text,json,csv" default:"text"`
}

// A fitted is a fit as it is printed.
type fitted struct {
	Model         string             `json:"model"`
	ChosenBy      string             `json:"chosen_by,omitempty"` // what --model auto went by
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
	for f := out; f != nil; f = f.Fallback {
		for _, p := range f.Parameters {
			rows = append(rows, []any{f.Model, p.Name, p.Value, p.SE, f.LogLikelihood, f.N, strconv.FormatBool(f.Identified)})
		}
	}
	if err := printRows(c.Out, m.Format, rows); err != nil || m.Format == "csv" {
		return err
	}
	out.explain(c.Out)
	return nil
}

// explain says in words what the numbers of f rest on.
func (f *fitted) explain(w io.Writer) {
	if f.ChosenBy != "" {
		fmt.Fprintf(w, "\nChosen by: %s.\n", f.ChosenBy)
	}
	if !f.Identified {
		fmt.Fprintln(w, "\nDropout cannot be seen in these data: its parameters mean nothing, and forecasts use the NBD, in which nobody leaves.")
	}
	if f.Identified && slices.ContainsFunc(f.Parameters, func(p model.Parameter) bool { return p.SE == 0 }) {
		fmt.Fprintln(w, "\nWhere no standard error is given, customers differ too little to tell how: only the ratio of the two parameters means something.")
	}
	s := f.Spending
	if s == nil {
		return
	}
	if s.Cap == 0 {
		fmt.Fprintln(w, "\nMean order values are taken as they are; --winsorise 0.99 makes those above that quantile count as it, as reports do.")
	} else {
		fmt.Fprintf(w, "\n%d of %d customers have a mean order value above %.2f, and count as having that.\n", s.Capped, s.Customers, s.Cap)
	}
	if s.Correlated {
		fmt.Fprintf(w, "\nThe number of orders and their value go together (correlation %.2f); the model assumes that they do not.\n", s.Correlation)
	}
}

func (m *ModelFitCmd) fit(s *sample) (*fitted, error) {
	if m.Model == "gammagamma" {
		f, err := s.spending()
		if err != nil {
			return nil, fmt.Errorf("%s: fit gammagamma: %w", m.name(), err)
		}
		return &fitted{Model: m.Model, Parameters: f.Parameters, LogLikelihood: f.LogLikelihood, N: f.Customers, Identified: true, Spending: &f}, nil
	}
	f, chosen, err := s.fit(m.Model)
	if err != nil {
		return nil, fmt.Errorf("%s: fit %s: %w", m.name(), m.Model, err)
	}
	out := fittedOf(f)
	out.ChosenBy = chosen
	return out, nil
}

func fittedOf(f model.Fit) *fitted {
	out := &fitted{Model: string(f.Family), Parameters: f.Parameters, LogLikelihood: f.LogLikelihood, N: f.Customers, Identified: f.Identified}
	if f.Fallback != nil {
		out.Fallback = fittedOf(*f.Fallback)
	}
	return out
}

// fit fits a family, and says how it was chosen if that was left to the data:
// by a back-test, or where no earlier time is known by the greatest likelihood
// for the parameters it takes (Akaike).
func (s *sample) fit(family string) (f model.Fit, chosen string, err error) {
	counts, err := s.counts()
	if err != nil {
		return model.Fit{}, "", err
	}
	if family != auto {
		f, err = model.FitCounts(model.Family(family), counts)
		return f, "", err
	}
	if s.past != nil {
		past, weeks, err := s.past()
		if err != nil {
			return model.Fit{}, "", err
		}
		choice, err := model.Choose(past, float64(weeks))
		if err == nil {
			f, err = model.FitCounts(choice.Family, counts)
			return f, fmt.Sprintf("back-test of the last %d weeks", weeks), err
		}
		if !tooLittle(err) {
			return model.Fit{}, "", err
		}
	}
	var fits []model.Fit
	for _, family := range model.Families() {
		fit, err := model.FitCounts(family, counts)
		if err != nil {
			return model.Fit{}, "", err
		}
		fits = append(fits, fit)
	}
	f, chosen = likeliest(fits)
	return f, chosen, nil
}

// alike is up to which difference of Akaike's criterion data do not tell models
// apart (Burnham & Anderson, Model Selection, 2002, section 2.6).
const alike = 2

// likeliest returns the first fit whose criterion is less than [alike] above the
// least, so that the default, which comes first, gives way only to what is
// clearly better, and says what the choice rests on.
func likeliest(fits []model.Fit) (best model.Fit, why string) {
	least := akaike(fits[0])
	for _, f := range fits {
		least = min(least, akaike(f))
	}
	var near []string
	for _, f := range fits {
		if akaike(f)-least < alike {
			if near == nil {
				best = f
			}
			near = append(near, string(f.Family))
		}
	}
	why = "likelihood (Akaike's criterion), as no time could be held out"
	if n := len(near) - 1; n > 0 {
		why += fmt.Sprintf("; the data do not tell %s and %s apart (it differs by less than %d), and the first is used", strings.Join(near[:n], ", "), near[n], alike)
		if best.Family == fits[0].Family {
			why += ", the default"
		}
	}
	return best, why
}

func akaike(f model.Fit) float64 { return 2*float64(len(f.Parameters)) - 2*f.LogLikelihood }
