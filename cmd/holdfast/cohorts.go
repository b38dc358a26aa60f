package main

import (
	"fmt"
	"strconv"

	"holdfast/internal/analysis"
	"holdfast/internal/customer"
)

// CohortsCmd follows the customers of each month of first order.
type CohortsCmd struct {
	orderSource
	Format string `help:"text, json or csv." enum:"text,json,csv" default:"text"`
}

// Run prints the cohorts.
func (r *CohortsCmd) Run(c *Context) error {
	l, asOf, err := r.read(c, newWaiting(c))
	if err != nil {
		return err
	}
	cohorts := analysis.Cohorts(l, l.Histories(asOf), asOf)
	switch r.Format {
	case "json":
		return printJSON(c.Out, struct {
			AsOf     string            `json:"as_of"`
			Currency customer.Currency `json:"currency"`
			Cohorts  []analysis.Cohort `json:"cohorts"`
		}{analysis.DateOf(asOf), l.Currency, cohorts})
	case "csv":
		rows := [][]any{{"cohort", "customers", "months_after", "active", "rate", "low", "high", "revenue", "complete"}}
		for _, co := range cohorts {
			for _, m := range co.Months {
				row := append([]any{co.Month, co.Customers, m.Offset, m.Active.Hits}, rate(m.Active)...)
				rows = append(rows, append(row, amountIn(m.Revenue, l.Currency), strconv.FormatBool(m.Complete)))
			}
		}
		return printRows(c.Out, r.Format, rows)
	}
	return cohortText(c, cohorts)
}

// textMonths is how many months after the first fit on a screen.
const textMonths = 12

func cohortText(c *Context, cohorts []analysis.Cohort) error {
	fmt.Fprintln(c.Out, "Who ordered so many months after their first order, in percent. * the month is not over.")
	if len(cohorts) > 0 && cohorts[0].Older {
		fmt.Fprintf(c.Out, "The data begin in %s: who seems new there may have bought before.\n", cohorts[0].Month)
	}
	fmt.Fprintln(c.Out)
	months := 0
	for _, co := range cohorts {
		months = max(months, len(co.Months))
	}
	head := []any{"cohort", "customers"}
	for i := 1; i < min(months, textMonths+1); i++ {
		head = append(head, fmt.Sprintf("+%d", i))
	}
	rows := [][]any{head}
	for _, co := range cohorts {
		row := []any{co.Month, co.Customers}
		for _, m := range co.Months[1:min(len(co.Months), textMonths+1)] {
			mark := ""
			if !m.Complete {
				mark = "*"
			}
			row = append(row, fmt.Sprintf("%.1f%s", 100*m.Active.Value, mark))
		}
		rows = append(rows, row)
	}
	return printRows(c.Out, "text", rows)
}
