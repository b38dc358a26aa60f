package main

import (
	"bytes"
	"fmt"
	"os"

	"holdfast/internal/analysis"
	"holdfast/internal/model"
	"holdfast/internal/report"
)

// AnalyzeCmd gives the whole picture of an export.
type AnalyzeCmd struct {
	orderSource
	Out     string  `short:"o" help:"Write the report to this file, as one HTML page." placeholder:"report.html"`
	Window  int     `help:"Count as active who has ordered within so many days; from the data if not given." placeholder:"DAYS"`
	Holdout int     `help:"Weeks the back-test holds out; a quarter of the data, 4 to 26, if not given." placeholder:"WEEKS"`
	Rate    float64 `help:"Discount rate a year of predicted value; 0.1 if not given." default:"0.1" placeholder:"RATE"`
	Margin  float64 `help:"Share of the value that stays, such as 0.4; all of it if not given." default:"1" placeholder:"SHARE"`
	Format  string  `help:"text or json." enum:"text,json" default:"text"`
}

// Run prints the summary, or everything as JSON, and writes the page.
func (a *AnalyzeCmd) Run(c *Context) error {
	if a.Window < 0 || a.Holdout < 0 {
		return usageError("--window is a number of days, and --holdout of weeks")
	}
	if !(a.Margin > 0 && a.Margin <= 1 && a.Rate >= 0 && a.Rate < 100) {
		return usageError(fmt.Sprintf("--margin %g --rate %g: a margin is a share such as 0.4, a rate such as 0.1", a.Margin, a.Rate))
	}
	p := newWaiting(c)
	l, asOf, err := a.read(c, p)
	if err != nil {
		return err
	}
	r, err := analysis.Of(l, analysis.Options{
		AsOf: asOf, Window: a.Window, Holdout: a.Holdout,
		Terms: model.Terms{Weeks: analysis.Year.Weeks, AnnualRate: a.Rate, Margin: a.Margin},
		Step:  func(what string) { p.say("%s", what) },
	})
	if err != nil {
		return fmt.Errorf("%s: analyze: %w", a.name(), err)
	}
	if a.Out != "" {
		var page bytes.Buffer
		if err := report.HTML(&page, r); err != nil {
			return fmt.Errorf("make %s: %w", a.Out, err)
		}
		if err := os.WriteFile(a.Out, page.Bytes(), 0o644); err != nil {
			return err
		}
	}
	if a.Format == "json" {
		return printJSON(c.Out, r)
	}
	if err := report.Text(c.Out, r, c.Terminal); err != nil {
		return err
	}
	if a.Out != "" {
		fmt.Fprintf(c.Out, "\nThe report is in %s.\n", a.Out)
	}
	return nil
}
