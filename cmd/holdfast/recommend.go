package main

import (
	"fmt"

	"holdfast/internal/analysis"
	"holdfast/internal/orders"
	"holdfast/internal/recommend"
)

// RecommendCmd says what goes together, what to show next, and what is needed
// again.
type RecommendCmd struct {
	orderSource
	List   string `help:"pairs: products that are bought together. products: what to show with each. customers: what to show to each. replenish: what each customer will soon need again." enum:"pairs,products,customers,replenish" default:"pairs"`
	Top    int    `help:"How many to show with a product, or to a customer." default:"3"`
	Days   int    `help:"Replenishment that is due within so many days." default:"14"`
	Format string `help:"text, json or csv; json has all lists." enum:"text,json,csv" default:"text"`
}

// A recommended is everything that is recommended, as it is printed.
type recommended struct {
	AsOf      string          `json:"as_of"`
	Pairs     []analysis.Pair `json:"pairs"`
	Products  []suggested     `json:"products"`
	Customers []suggested     `json:"customers"`
	Replenish []due           `json:"replenish"`
}

// A suggested is a suggestion as it is printed.
type suggested struct {
	Customer    string        `json:"customer,omitempty"`
	With        string        `json:"with"`
	WithName    string        `json:"with_name"`
	Product     string        `json:"product"`
	ProductName string        `json:"product_name"`
	Why         recommend.Why `json:"why"`
}

// A due is a replenishment as it is printed.
type due struct {
	Customer    string `json:"customer"`
	Product     string `json:"product"`
	ProductName string `json:"product_name"`
	Times       int    `json:"times"`
	Gap         int32  `json:"gap_days"`
	Last        string `json:"last"`
	Due         string `json:"due"`
}

// Run prints the lists.
func (r *RecommendCmd) Run(c *Context) error {
	if r.Top < 1 || r.Days < 0 {
		return usageError("--top is at least 1, and --days at least 0")
	}
	p := newWaiting(c)
	l, asOf, err := r.read(c, p)
	if err != nil {
		return err
	}
	if l.Products.Len() == 0 {
		return fmt.Errorf("%s: there is no column of products; name it with --product NAME", r.name())
	}
	p.say("looking for what goes together")
	all := recommended{AsOf: analysis.DateOf(asOf), Pairs: []analysis.Pair{}, Products: []suggested{}, Customers: []suggested{}, Replenish: []due{}}
	wanted := func(list string) bool { return r.Format == "json" || r.List == list }
	if wanted("pairs") {
		all.Pairs = append(all.Pairs, analysis.PairsOf(l, asOf, 0)...)
	}
	if wanted("replenish") {
		all.Replenish = append(all.Replenish, r.dues(l, asOf)...)
	}
	if wanted("products") || wanted("customers") {
		r.suggest(&all, l, asOf)
	}
	if r.Format == "json" {
		return printJSON(c.Out, all)
	}
	rows := r.rows(&all, l.Titled())
	if r.Format == "text" && len(rows) == 1 {
		_, err := fmt.Fprintln(c.Out, r.nothing())
		return err
	}
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

// nothing says why a list is empty.
func (r *RecommendCmd) nothing() string {
	switch r.List {
	case "pairs":
		return fmt.Sprintf("No two products are together in at least %d orders, and more often than by chance.", recommend.MinSupport)
	case "replenish":
		return fmt.Sprintf("Nothing that a customer buys again and again is due within %d days.", r.Days)
	}
	return "There is nothing to suggest: everything was just bought."
}

func (r *RecommendCmd) dues(l *orders.Ledger, asOf int32) (out []due) {
	for _, x := range recommend.Replenish(l.Lines, asOf, asOf+int32(r.Days)) {
		out = append(out, due{l.Customers.Name(int(x.Customer)), l.Products.Name(int(x.Product)), l.Title(x.Product), x.Times, x.Gap, analysis.DateOf(x.Last), analysis.DateOf(x.Due)})
	}
	return out
}

// suggest fills in what to show with each product, and to each customer.
func (r *RecommendCmd) suggest(all *recommended, l *orders.Ledger, asOf int32) {
	lines := analysis.LinesUntil(l, asOf)
	shelf := recommend.NewShelf(lines, l.Products.Len(), l.CategoryOf)
	in := func(x recommend.Suggestion) suggested {
		return suggested{With: l.Products.Name(int(x.With)), WithName: l.Title(x.With), Product: l.Products.Name(int(x.Product)), ProductName: l.Title(x.Product), Why: x.Why}
	}
	nothing := func(uint32) bool { return false }
	for _, p := range shelf.Products() {
		for _, x := range shelf.Suggest([]uint32{p}, nothing, r.Top) {
			all.Products = append(all.Products, in(x))
		}
	}
	for _, x := range shelf.ForCustomers(lines, asOf, r.Top) {
		s := in(x.Suggestion)
		s.Customer = l.Customers.Name(int(x.Customer))
		all.Customers = append(all.Customers, s)
	}
}

// rows returns the list that was asked for: for people by what products are
// called, for machines by what tells them apart, with what they are called at the
// end where that is something else.
func (r *RecommendCmd) rows(all *recommended, titled bool) (rows [][]any) {
	people := r.Format == "text"
	add := func(row, names []any) {
		if titled && !people {
			row = append(row, names...)
		}
		rows = append(rows, row)
	}
	of := func(product, name string) string {
		if people {
			return name
		}
		return product
	}
	switch r.List {
	case "replenish":
		add([]any{"customer", "product", "times", "gap_days", "last", "due"}, []any{"product_name"})
		for _, d := range all.Replenish {
			add([]any{d.Customer, of(d.Product, d.ProductName), d.Times, d.Gap, d.Last, d.Due}, []any{d.ProductName})
		}
	case "products":
		add([]any{"with", "product", "why"}, []any{"with_name", "product_name"})
		for _, s := range all.Products {
			add([]any{of(s.With, s.WithName), of(s.Product, s.ProductName), s.Why}, []any{s.WithName, s.ProductName})
		}
	case "customers":
		add([]any{"customer", "product", "why", "with"}, []any{"product_name", "with_name"})
		for _, s := range all.Customers {
			add([]any{s.Customer, of(s.Product, s.ProductName), s.Why, of(s.With, s.WithName)}, []any{s.ProductName, s.WithName})
		}
	default:
		add([]any{"a", "b", "orders_with_both", "orders_with_a", "orders_with_b", "log_likelihood_ratio", "lift"}, []any{"a_name", "b_name"})
		for _, p := range all.Pairs {
			add([]any{of(p.A, p.NameA), of(p.B, p.NameB), p.Both, p.OfA, p.OfB, p.LLR, p.Lift}, []any{p.NameA, p.NameB})
		}
	}
	return rows
}
