package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"

	"holdfast/internal/analysis"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// A figure is one plot with what it means and what to do.
type figure struct {
	ID    string
	Title string
	Body  template.HTML
	Note  string // how to read it
	Means string
	Do    string
}

// A tile is one number at the top.
type tile struct{ Name, Value, Note string }

// HTML writes the report as one page that needs nothing else: no script, no
// font, no request.
func HTML(w io.Writer, r *analysis.Report) error {
	p := purse{r.Currency}
	return page.Execute(w, struct {
		R       *analysis.Report
		File    string
		Window  string
		Tiles   []tile
		Figures []figure
		Quality []string
	}{r, filepath.Base(r.Reading.File), windowWords(r.Window), tilesOf(r, p), figuresOf(r, p), quality(r)})
}

func tilesOf(r *analysis.Report, p purse) []tile {
	n := r.Numbers
	tiles := []tile{
		{"Customers", grouped(n.Buyers), fmt.Sprintf("%s ordered in the last %d days", grouped(n.End), r.Window.Days)},
		{"Orders", grouped(n.Orders), fmt.Sprintf("%.2f per customer", float64(n.Orders)/float64(n.Buyers))},
		{"Net revenue", p.round(float64(n.Revenue)), p.round(float64(r.CLV)) + " per customer so far"},
		{"Average order value", p.round(float64(n.AOV)), "net revenue by order"},
		{"Repeat purchase rate", percent(n.Repeat.Value), "of customers ordered twice or more, ever"},
		{"Retention", known(n.Retention.Known, percent(n.Retention.Value)), fmt.Sprintf("churn %s, over %d days", known(n.Churn.Known, percent(n.Churn.Value)), r.Window.Days)},
		{"Returning customers", known(n.Returning.Known, percent(n.Returning.Value)), fmt.Sprintf("of who ordered in the last %d days", r.Window.Days)},
	}
	if r.Prediction != nil && r.Prediction.CLV.Mean > 0 {
		c := r.Prediction.CLV
		tiles = append(tiles, tile{"Predicted value, one year", p.round(c.Mean), fmt.Sprintf("per customer, %s to %s; %s", p.round(c.Low), p.round(c.High), testWords(r))})
	} else if r.Gap.Known > 0 {
		tiles = append(tiles, tile{"Usual gap", fmt.Sprintf("%d days", r.Gap.Median), "the median between two orders"})
	}
	return tiles
}

func known(ok bool, s string) string {
	if !ok {
		return "–"
	}
	return s
}

// testWords says how far off the back-test was.
func testWords(r *analysis.Report) string {
	t := r.Prediction.Test()
	if t == nil {
		return "not back-tested: too little history"
	}
	return fmt.Sprintf("the back-test was %+.0f %% off", 100*t.Model.Error)
}

// quality says what was not taken as it is.
func quality(r *analysis.Report) []string {
	x := r.Reading
	what := x.Export
	if what != "" {
		what += "'s export, "
	}
	out := []string{fmt.Sprintf("%s%s rows, %s; columns: %s.", what, grouped(x.Rows), x.Encoding, columnWords(x.Columns))}
	for why, n := range inOrder(x.Left) {
		out = append(out, fmt.Sprintf("%s rows %s were left out.", grouped(n), why))
	}
	if x.Bad > 0 {
		out = append(out, fmt.Sprintf("%s rows were not understood, the first in line %d: %s.", grouped(x.Bad), x.Examples[0].Line, x.Examples[0].Reason))
	}
	if len(x.Currencies) > 1 {
		out = append(out, fmt.Sprintf("Amounts are in %d currencies; only those in %s count.", len(x.Currencies), x.Currency))
	}
	if x.Rounded > 0 {
		out = append(out, fmt.Sprintf("%s amounts had more digits than the currency and were rounded.", grouped(x.Rounded)))
	}
	if x.Refunds > 0 {
		out = append(out, fmt.Sprintf("%s rows gave money back: they lower revenue, and are no orders.", grouped(x.Refunds)))
	}
	if r.Guests.Orders > 0 {
		out = append(out, fmt.Sprintf("%s orders of guests, worth %s, are nobody's and in none of the numbers.", grouped(r.Guests.Orders), purse{r.Currency}.round(float64(r.Guests.Cents))))
	}
	if r.SameDay != nil {
		out = append(out, "What is an order: "+r.SameDay.Note)
	}
	return out
}

func columnWords(columns map[string]string) string {
	var parts []string
	for _, role := range []string{"customer", "date", "amount", "quantity", "price", "order", "product", "product_name", "category", "currency"} {
		if name := columns[role]; name != "" {
			parts = append(parts, fmt.Sprintf("%s is “%s”", strings.ReplaceAll(role, "_", " "), name))
		}
	}
	return strings.Join(parts, ", ")
}
