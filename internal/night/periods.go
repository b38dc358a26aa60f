package night

import (
	"context"
	"maps"
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

// historyLife is how long the periods and cohorts of a night are kept: those of
// the night after say the same and more.
const historyLife = 35 * 24 * time.Hour

// PeriodsOf returns the kind of insight that holds the [Periods] of a segment;
// "" is everybody.
func PeriodsOf(segment string) string {
	if segment == "" {
		return "periods"
	}
	return "periods/" + segment
}

// Periods say what happened in the latest days, weeks and months: of everybody,
// or of those who are in a segment now.
type Periods struct {
	At       time.Time         `json:"at"`
	Segment  string            `json:"segment,omitempty"`
	Currency customer.Currency `json:"currency"`
	Days     []Period          `json:"days"` // oldest first
	Weeks    []Period          `json:"weeks"`
	Months   []Period          `json:"months"`
}

// A Period is one day, week or month of the merchant's zone.
type Period struct {
	Begin string `json:"begin"` // 2006-01-02, of a month 2006-01
	// Incomplete: it is not over, or the data begin in it.
	Incomplete bool `json:"incomplete,omitempty"`
	metric.Movement
	// Retention is the share of who ordered in the period before and did so in
	// this one too; Churn is the rest.
	Retention metric.Rate `json:"retention_rate"`
	Churn     metric.Rate `json:"churn_rate"`
}

// Cohorts are buyers by the month of their first order in the merchant's zone.
// Who ordered before the data begin is in none.
type Cohorts struct {
	At       time.Time         `json:"at"`
	Currency customer.Currency `json:"currency"`
	Cohorts  []Cohort          `json:"cohorts"` // oldest first
	Before   int64             `json:"before"`  // buyers who ordered before the data begin
	Older    int64             `json:"older"`   // buyers of older cohorts
	Cut      int64             `json:"cut"`     // buyers whose oldest purchases are not kept
}

// A Cohort is those who first ordered in one month.
type Cohort struct {
	Month string        `json:"month"` // 2006-01
	Size  int64         `json:"size"`
	Since []CohortMonth `json:"since"` // the month itself, the next, …
}

// A CohortMonth is what a cohort did in one month.
type CohortMonth struct {
	metric.CohortCell
	Rate metric.Rate `json:"rate"` // share of the cohort that ordered
	// Incomplete: the month is not over, or the data begin in it.
	Incomplete bool `json:"incomplete,omitempty"`
}

// Cohorted is the kind of insight that holds the [Cohorts].
const Cohorted = "cohorts"

// putHistory stores periods and cohorts.
func (n *Night) putHistory(ctx context.Context, fit Fit, all Scored) error {
	calendars := calendarsOf(customer.DayOf(fit.At, n.Zone))
	store := func(segment string, g *Group) error {
		p := Periods{At: fit.At, Segment: segment, Currency: n.Currency,
			Days:   periods(calendars[0], g.Periods[0], fit.Since),
			Weeks:  periods(calendars[1], g.Periods[1], fit.Since),
			Months: periods(calendars[2], g.Periods[2], fit.Since)}
		_, err := n.put(ctx, PeriodsOf(segment), key(fit.At), p, historyLife, fit.At)
		return err
	}
	if err := store("", all.Overall); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all.Segments)) {
		if err := store(name, all.Segments[name]); err != nil {
			return err
		}
	}
	c := cohorts(calendars[2], all.Cohorts, fit.Since)
	c.At, c.Currency = fit.At, n.Currency
	_, err := n.put(ctx, Cohorted, key(fit.At), c, historyLife, fit.At)
	return err
}

// periods leaves out what lies before the data.
func periods(c metric.Calendar, m metric.Movements, since int) []Period {
	out := []Period{}
	for i, moved := range m {
		if c.Begin(i+1) <= since {
			continue
		}
		before := moved.Retained + moved.Churned
		out = append(out, Period{
			Begin:      c.Name(i),
			Incomplete: incomplete(c, i, since),
			Movement:   moved,
			Retention:  metric.NewRate(moved.Retained, before),
			Churn:      metric.NewRate(moved.Churned, before),
		})
	}
	return out
}

// incomplete reports whether period i is not over, or the data begin in it.
func incomplete(c metric.Calendar, i, since int) bool {
	return i == c.Len()-1 || c.Begin(i) < since
}

func cohorts(months metric.Calendar, counted metric.Cohorts, since int) Cohorts {
	out := Cohorts{Cohorts: []Cohort{}, Before: counted.Before, Older: counted.Older, Cut: counted.Cut}
	for c := range months.Len() {
		if months.Begin(c+1) <= since {
			continue
		}
		size := counted.Cell(c, c).Customers
		cohort := Cohort{Month: months.Name(c), Size: size}
		for m := c; m < months.Len(); m++ {
			cell := counted.Cell(c, m)
			cohort.Since = append(cohort.Since, CohortMonth{
				CohortCell: cell,
				Rate:       metric.NewRate(cell.Customers, size),
				Incomplete: incomplete(months, m, since),
			})
		}
		out.Cohorts = append(out.Cohorts, cohort)
	}
	return out
}
