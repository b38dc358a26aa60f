package main

import (
	"fmt"
	"slices"

	"holdfast/internal/analysis"
	"holdfast/internal/model"
)

// ModelBacktestCmd tests models on what has happened since.
type ModelBacktestCmd struct {
	orderSource
	Holdout        int    `help:"Weeks to hold out at the end; a quarter of the data, 4 to 26, if not given." placeholder:"WEEKS"`
	CalibrationEnd string `help:"Fit to what happened until the end of this day." placeholder:"2025-06-30"`
	Model          string `help:"mbgnbd, bgnbd, paretonbd, nbd, or auto: all of them." enum:"auto,mbgnbd,bgnbd,paretonbd,nbd" default:"auto"`
	Deciles        bool   `help:"List the tenths of all models: customers, and orders expected and made by each of them."`
	Format         string `help:"text, json or csv." enum:"text,json,csv" default:"text"`
}

// Run fits to the past and compares.
func (m *ModelBacktestCmd) Run(c *Context) error {
	l, asOf, err := m.read(c, newWaiting(c))
	if err != nil {
		return err
	}
	weeks := m.Holdout
	if weeks < 0 {
		return usageError("--holdout is a number of weeks")
	}
	if weeks == 0 {
		weeks = analysis.Holdout(l, asOf)
	}
	if had := int(asOf-l.First+1) / 7; weeks > had {
		if m.Holdout == 0 {
			return fmt.Errorf("%s: too little data: there are %d weeks until %s, and a back-test holds out %d", l.Reading.File, had, analysis.DateOf(asOf), weeks)
		}
		return usageError(fmt.Sprintf("--holdout %d: the data have only %d weeks until %s", weeks, had, analysis.DateOf(asOf)))
	}
	end := asOf - int32(7*weeks)
	if m.CalibrationEnd != "" {
		if end, err = analysis.ParseDay(m.CalibrationEnd); err != nil {
			return usageError("--calibration-end " + m.CalibrationEnd + ": write the day as 2025-06-30")
		}
		if m.Holdout == 0 {
			weeks = int(asOf-end) / 7
		}
		if weeks < 1 || end+int32(7*weeks) > asOf {
			return usageError(fmt.Sprintf("--calibration-end %s: the data end on %s, %d weeks later is beyond that", m.CalibrationEnd, analysis.DateOf(asOf), max(1, weeks)))
		}
	}
	h := l.Histories(asOf)
	m.sameDay(c, l, h)
	counts, err := analysis.Observed(l, h, end, end+int32(7*weeks))
	if err != nil {
		return err
	}
	families := model.Families()
	if m.Model != auto {
		families = []model.Family{model.Family(m.Model)}
	}
	choice, err := model.Choose(counts, float64(weeks), families...)
	if err != nil {
		return fmt.Errorf("%s: back-test from %s on: %w", l.Reading.File, analysis.DateOf(end), err)
	}
	if m.Format == "json" {
		return printJSON(c.Out, struct {
			CalibrationEnd string `json:"calibration_end"`
			Weeks          int    `json:"holdout_weeks"`
			model.Choice
		}{analysis.DateOf(end), weeks, choice})
	}
	return m.print(c, choice, end, weeks)
}

// tenths returns the calibration of back-tests by decile.
func tenths(tests ...model.Backtest) [][]any {
	rows := [][]any{{"model", "tenth", "customers", "predicted", "actual"}}
	for _, t := range tests {
		for i, d := range t.Deciles {
			rows = append(rows, []any{string(t.Fit.Family), i + 1, d.Customers, d.Predicted, d.Actual})
		}
	}
	return rows
}

func (m *ModelBacktestCmd) print(c *Context, choice model.Choice, end int32, weeks int) error {
	if m.Deciles {
		return printRows(c.Out, m.Format, tenths(choice.Tests...))
	}
	rows := [][]any{{"model", "customers", "actual", "predicted", "error", "mae", "rmse", "auc", "identified"}}
	for _, t := range choice.Tests {
		rows = append(rows, []any{string(t.Fit.Family), t.Customers, t.Actual, t.Model.Predicted, t.Model.Error, t.Model.MAE, t.Model.RMSE, t.Model.AUC, fmt.Sprint(t.Fit.Identified)})
	}
	n := choice.Tests[0]
	rows = append(rows, []any{"naive", n.Customers, n.Actual, n.Naive.Predicted, n.Naive.Error, n.Naive.MAE, n.Naive.RMSE, n.Naive.AUC, ""})
	if m.Format == "csv" {
		return printRows(c.Out, m.Format, rows)
	}
	fmt.Fprintf(c.Out, "Fitted until %s, compared with the %d weeks after. Naive: everybody goes on at their own past rate.\n\n", analysis.DateOf(end), weeks)
	if err := printRows(c.Out, m.Format, rows); err != nil {
		return err
	}
	fmt.Fprintln(c.Out)
	if len(choice.Tests) > 1 {
		fmt.Fprintf(c.Out, "Chosen: %s, the first that is not worse than the best by more than chance; --deciles lists the tenths of all models.\n", choice.Family)
	}
	fmt.Fprint(c.Out, "Customers by tenths of what was expected of them, with orders per customer:\n\n")
	chosen := slices.IndexFunc(choice.Tests, func(t model.Backtest) bool { return t.Fit.Family == choice.Family })
	return printRows(c.Out, m.Format, tenths(choice.Tests[chosen]))
}
