package main

import (
	"fmt"

	"holdfast/internal/analysis"
	"holdfast/internal/recommend"
)

// RecommendCmd says what goes together, and what is needed again.
type RecommendCmd struct {
	orderSource
	List   string `help:"pairs: products that are bought together. replenish: what each customer will soon need again." enum:"pairs,replenish" default:"pairs"`
	Days   int    `help:"Replenishment that is due within so many days." default:"14"`
	Format string `help:"text, json or csv; json has both lists." enum:"text,json,csv" default:"text"`
}

// A due is a replenishment as it is printed.
type due struct {
	Customer string `json:"customer"`
	Product  string `json:"product"`
	Times    int    `json:"times"`
	Gap      int32  `json:"gap_days"`
	Last     string `json:"last"`
	Due      string `json:"due"`
}

// Run prints the lists.
func (r *RecommendCmd) Run(c *Context) error {
	l, asOf, err := r.read(c, newWaiting(c))
	if err != nil {
		return err
	}
	if l.Products.Len() == 0 {
		return fmt.Errorf("%s: there is no column of products; name it with --product NAME", r.File)
	}
	var dues []due
	for _, x := range recommend.Replenish(l.Lines, asOf, asOf+int32(r.Days)) {
		dues = append(dues, due{l.Customers.Name(int(x.Customer)), l.Products.Name(int(x.Product)), x.Times, x.Gap, analysis.DateOf(x.Last), analysis.DateOf(x.Due)})
	}
	pairs := analysis.PairsOf(l, 0)
	if r.Format == "json" {
		return printJSON(c.Out, struct {
			AsOf      string          `json:"as_of"`
			Pairs     []analysis.Pair `json:"pairs"`
			Replenish []due           `json:"replenish"`
		}{analysis.DateOf(asOf), pairs, dues})
	}
	rows := r.rows(pairs, dues)
	more := 0
	if r.Format == "text" && len(rows) > shownCustomers+1 {
		more = len(rows) - shownCustomers - 1
		rows = rows[:shownCustomers+1]
	}
	if err := printRows(c.Out, r.Format, rows); err != nil || more == 0 {
		return err
	}
	fmt.Fprintf(c.Out, "… and %d more: --format csv\n", more)
	return nil
}

func (r *RecommendCmd) rows(pairs []analysis.Pair, dues []due) [][]any {
	if r.List == "replenish" {
		rows := [][]any{{"customer", "product", "times", "gap_days", "last", "due"}}
		for _, d := range dues {
			rows = append(rows, []any{d.Customer, d.Product, d.Times, d.Gap, d.Last, d.Due})
		}
		return rows
	}
	rows := [][]any{{"a", "b", "orders_with_both", "orders_with_a", "orders_with_b", "log_likelihood_ratio", "lift"}}
	for _, p := range pairs {
		rows = append(rows, []any{p.A, p.B, p.Both, p.OfA, p.OfB, p.LLR, p.Lift})
	}
	return rows
}
