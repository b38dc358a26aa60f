package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"holdfast/internal/model"
)

// ModelPredictCmd forecasts every customer.
type ModelPredictCmd struct {
	modelSource
	Model   string  `help:"mbgnbd, bgnbd, paretonbd, nbd, or auto: chosen as model fit does." enum:"auto,mbgnbd,bgnbd,paretonbd,nbd" default:"mbgnbd"`
	Params  string  `help:"Use these parameters instead of fitting." placeholder:"r=0.243,alpha=4.414,a=0.793,b=2.426"`
	Horizon float64 `help:"How far to look, in weeks; 52 if not given." default:"52" placeholder:"WEEKS"`
	Rate    float64 `help:"Discount rate a year; 0.1 if not given." default:"0.1" placeholder:"RATE"`
	Margin  float64 `help:"Share of the value that stays, such as 0.4; all of it if not given." default:"1" placeholder:"SHARE"`
	Format  string  `help:"text, json or csv." enum:"text,json,csv" default:"csv"`
}

// A prediction is one customer's forecast as it is printed. What is not known
// is null.
type prediction struct {
	ID      string   `json:"id"`
	X       int      `json:"x"`
	Last    float64  `json:"t_x"`
	Age     float64  `json:"T"`
	Orders  float64  `json:"expected_orders"`
	Alive   float64  `json:"p_alive"`
	NoOrder float64  `json:"p_no_order"`
	Value   *float64 `json:"expected_value"`
	CLV     *float64 `json:"clv"`
	Low     *float64 `json:"clv_low"`
	High    *float64 `json:"clv_high"`
	Q25     *float64 `json:"next_order_q25"` // weeks from now
	Median  *float64 `json:"next_order_median"`
	Q75     *float64 `json:"next_order_q75"`
}

// Run prints a row for each customer.
func (m *ModelPredictCmd) Run(c *Context) error {
	s, err := m.sample(c)
	if err != nil {
		return err
	}
	fit, chosen, spending, err := m.fit(c, s)
	if err != nil {
		return err
	}
	f, err := model.NewForecaster(fit, spending, model.Terms{Weeks: m.Horizon, AnnualRate: m.Rate, Margin: m.Margin})
	if err != nil {
		return usageError(fmt.Sprintf("--horizon %g --rate %g --margin %g: %v", m.Horizon, m.Rate, m.Margin, err))
	}
	forecasts := make([]model.Forecast, len(s.customers))
	f.All(s.customers, forecasts)
	var out []prediction
	_ = s.each(func(i int, c model.Customer) error {
		out = append(out, predictionOf(s.ids(i), c, forecasts[i], spending != nil))
		return nil
	}) // nothing in it can fail
	switch m.Format {
	case "json":
		shown := fittedOf(fit)
		shown.ChosenBy = chosen
		return printJSON(c.Out, struct {
			Model       *fitted            `json:"model"`
			Spending    *model.SpendingFit `json:"spending"`
			Weeks       float64            `json:"horizon_weeks"`
			Predictions []prediction       `json:"predictions"`
		}{shown, spending, m.Horizon, out})
	case "text":
		return predictionText(c, out)
	}
	return predictionCSV(c.Out, out)
}

// fit returns the models, given or fitted, and how the first was chosen if that
// was left to the data. Where there is too little to know
// what orders are worth it says so, and predicts orders alone.
func (m *ModelPredictCmd) fit(c *Context, s *sample) (fit model.Fit, chosen string, spending *model.SpendingFit, err error) {
	if m.Params != "" {
		if m.Model == auto {
			return fit, "", nil, usageError("--params needs --model: the parameters are those of one")
		}
		fit, spending, err = parametersOf(m.Params, model.Family(m.Model))
		return fit, "", spending, err
	}
	if fit, chosen, err = s.fit(m.Model); err != nil {
		return fit, "", nil, fmt.Errorf("%s: fit %s: %w", m.name(), m.Model, err)
	}
	if chosen != "" {
		fmt.Fprintf(c.Err, "%s: %s, chosen by %s\n", m.name(), fit.Family, chosen)
	}
	worth, err := s.spending()
	switch {
	case tooLittle(err):
		fmt.Fprintf(c.Err, "%s: the value of orders stays unknown: %v\n", m.name(), err)
		return fit, chosen, nil, nil
	case err != nil:
		return fit, "", nil, fmt.Errorf("%s: fit gammagamma: %w", m.name(), err)
	}
	return fit, chosen, &worth, nil
}

func predictionOf(id string, c model.Customer, f model.Forecast, valued bool) prediction {
	p := prediction{ID: id, X: c.Repeats, Last: c.Last, Age: c.Age, Orders: f.Orders, Alive: f.Alive, NoOrder: f.NoOrder}
	if valued {
		p.Value, p.CLV = &f.OrderValue, &f.CLV
		if f.High > 0 {
			p.Low, p.High = &f.Low, &f.High
		}
	}
	if f.Next.Expected {
		p.Q25, p.Median = &f.Next.From, &f.Next.Median
		if f.Next.To > 0 {
			p.Q75 = &f.Next.To
		}
	}
	return p
}

var predictionHead = []string{"id", "x", "t_x", "T", "expected_orders", "p_alive", "p_no_order", "expected_value", "clv", "clv_low", "clv_high",
	"next_order_q25", "next_order_median", "next_order_q75"}

func (p *prediction) cells(digits int) []string {
	number := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'g', digits, 64)
	}
	return []string{p.ID, strconv.Itoa(p.X), number(&p.Last), number(&p.Age), number(&p.Orders), number(&p.Alive), number(&p.NoOrder), number(p.Value), number(p.CLV),
		number(p.Low), number(p.High), number(p.Q25), number(p.Median), number(p.Q75)}
}

func predictionCSV(w io.Writer, all []prediction) error {
	out := csv.NewWriter(w)
	_ = out.Write(predictionHead) // errors stay until Flush
	for i := range all {
		if err := out.Write(all[i].cells(-1)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// shownCustomers is how many customers fit on a screen.
const shownCustomers = 20

func predictionText(c *Context, all []prediction) error {
	var rows [][]any
	add := func(cells []string) {
		row := make([]any, len(cells))
		for i, s := range cells {
			row[i] = s
		}
		rows = append(rows, row)
	}
	add(predictionHead)
	for i := range all[:min(len(all), shownCustomers)] {
		add(all[i].cells(4))
	}
	if err := printRows(c.Out, "text", rows); err != nil {
		return err
	}
	if more := len(all) - shownCustomers; more > 0 {
		fmt.Fprintf(c.Out, "… and %d more: --format csv\n", more)
	}
	return nil
}
