package main

import (
	"fmt"
	"strconv"

	"holdfast/internal/analysis"
	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

// RetentionCmd says who stays, comes, comes back and goes, by period.
type RetentionCmd struct {
	orderSource
	Period string `help:"day, week or month." enum:"day,week,month" default:"month"`
	Window int    `help:"Count as active who has ordered within so many days before the end of a period; without it, who ordered in the period." placeholder:"DAYS"`
	Format string `help:"text, json or csv." enum:"text,json,csv" default:"text"`
}

// Run prints the periods.
func (r *RetentionCmd) Run(c *Context) error {
	if r.Window < 0 {
		return usageError("--window is a number of days")
	}
	l, asOf, err := r.read(c, newWaiting(c))
	if err != nil {
		return err
	}
	h := l.Histories(asOf)
	same := r.sameDay(c, l, h)
	periods := analysis.Periods(l, h, asOf, analysis.Span(r.Period), r.Window)
	window := analysis.WindowOf(analysis.Gaps(l, h), r.Window)
	if r.Format == "json" {
		return printJSON(c.Out, struct {
			AsOf     string            `json:"as_of"`
			Currency customer.Currency `json:"currency"`
			Active   string            `json:"active"`
			Window   analysis.Window   `json:"window"`
			SameDay  *analysis.SameDay `json:"without_order_ids,omitempty"`
			Periods  []analysis.Period `json:"periods"`
		}{analysis.DateOf(asOf), l.Currency, r.active(), window, same, periods})
	}
	if r.Format == "text" {
		fmt.Fprintf(c.Out, "Active: %s. 95 %% Wilson intervals. * not all of the period is in the data.\n", r.active())
		if r.Window == 0 {
			fmt.Fprintf(c.Out, "Nine of ten who come back do so within %d days: --window %[1]d takes them as active that long.\n", window.Days)
		}
		fmt.Fprintln(c.Out)
	}
	return printRows(c.Out, r.Format, r.rows(periods, l.Currency))
}

func (r *RetentionCmd) active() string {
	if r.Window > 0 {
		return fmt.Sprintf("ordered within %d days before the end of the %s", r.Window, r.Period)
	}
	return "ordered in the " + r.Period
}

func (r *RetentionCmd) rows(periods []analysis.Period, currency customer.Currency) [][]any {
	rows := [][]any{{"period", "from", "to", "complete", "orders", "revenue", "active_before", "active", "retained", "new", "reactivated", "churned",
		"retention_rate", "retention_low", "retention_high", "churn_rate", "churn_low", "churn_high", "returning_customer_rate", "e_minus_n_over_s"}}
	if r.Format == "text" {
		rows = [][]any{{"period", "orders", "revenue", "before", "active", "retained", "new", "back", "churned", "retention", "interval"}}
	}
	for _, p := range periods {
		if r.Format == "text" {
			label := p.Label
			if !p.Complete {
				label += "*"
			}
			rows = append(rows, []any{label, p.Orders, amountIn(p.Revenue, currency), p.Before, p.Active, p.Retained, p.New, p.Reactivated, p.Churned, shown(p.Retention), interval(p.Retention)})
			continue
		}
		var textbook any
		if p.Textbook != nil {
			textbook = *p.Textbook
		}
		row := []any{p.Label, p.From, p.To, strconv.FormatBool(p.Complete), p.Orders, amountIn(p.Revenue, currency), p.Before, p.Active, p.Retained, p.New, p.Reactivated, p.Churned}
		row = append(row, rate(p.Retention)...)
		row = append(row, rate(p.Churn)...)
		rows = append(rows, append(row, rate(p.Returning)[0], textbook))
	}
	return rows
}

// rate returns a rate and its interval, nothing where it is unknown.
func rate(r metric.Rate) []any {
	if !r.Known {
		return []any{nil, nil, nil}
	}
	return []any{r.Value, r.Low, r.High}
}

func shown(r metric.Rate) string {
	if !r.Known {
		return "–"
	}
	return percent(r.Value)
}

func interval(r metric.Rate) string {
	if !r.Known {
		return ""
	}
	return fmt.Sprintf("%.1f–%.1f %%", 100*r.Low, 100*r.High)
}
