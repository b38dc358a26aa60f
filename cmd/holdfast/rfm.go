package main

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"holdfast/internal/analysis"
	"holdfast/internal/customer"
	"holdfast/internal/orders"
)

// RFMCmd scores every customer by recency, frequency and monetary value.
type RFMCmd struct {
	orderSource
	Format string `help:"text, json or csv." enum:"text,json,csv" default:"text"`
}

// Run prints the groups, or with json or csv every customer.
func (r *RFMCmd) Run(c *Context) error {
	l, asOf, err := r.read(c, newWaiting(c))
	if err != nil {
		return err
	}
	var same *analysis.SameDay
	if l.Reading.Columns["order"] == "" { // histories take their time
		same = r.sameDay(c, l, l.Histories(asOf))
	}
	totals := l.Totals(asOf)
	rfm := analysis.Score(totals, asOf)
	rfm.Count(totals, nil)
	switch r.Format {
	case "csv":
		return rfmCSV(c.Out, l, totals, &rfm)
	case "json":
		return rfmJSON(c.Out, l, asOf, totals, &rfm, same)
	}
	fmt.Fprintf(c.Out, "As of %s, amounts in %s. Every customer: --format csv\n\n", analysis.DateOf(asOf), orNone(string(l.Currency)))
	rows := [][]any{{"group", "customers", "share", "orders", "revenue", "AOV", "days since"}}
	for _, g := range rfm.Groups {
		rows = append(rows, []any{g.Group, g.Customers, percent(g.Share.Value), g.Orders, amountIn(g.Revenue, l.Currency), amountIn(g.AOV, l.Currency),
			fmt.Sprintf("%.0f", g.Recency)})
	}
	return printRows(c.Out, "text", rows)
}

func amountIn(minor int64, c customer.Currency) string {
	return customer.Money{Minor: minor, Currency: c}.Amount()
}

func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

// rfmCSV writes a row for each customer, in the order of the file. Stretches of
// them are put into words side by side.
func rfmCSV(w io.Writer, l *orders.Ledger, totals []orders.Total, rfm *analysis.RFM) error {
	if _, err := io.WriteString(w, "customer,recency_days,frequency,monetary,r,f,m,group,klaviyo_group\n"); err != nil {
		return err
	}
	const stretch = 1 << 14
	texts := make([][]byte, runtime.GOMAXPROCS(0))
	for from := 0; from < len(totals); from += stretch * len(texts) {
		var all sync.WaitGroup
		for k := range texts {
			at, to := from+k*stretch, min(from+(k+1)*stretch, len(totals))
			all.Go(func() {
				texts[k] = texts[k][:0]
				for i := at; i < to; i++ {
					if t := totals[i]; t.Orders > 0 {
						texts[k] = appendRFM(texts[k], l.Customers.Name(i), rfm.Of(t), l.Currency)
					}
				}
			})
		}
		all.Wait()
		for _, text := range texts {
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
	}
	return nil
}

func appendRFM(b []byte, name string, s analysis.Scored, c customer.Currency) []byte {
	if strings.ContainsAny(name, "\",\r\n") {
		name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	b = append(append(b, name...), ',')
	b = append(strconv.AppendInt(b, int64(s.Recency), 10), ',')
	b = append(strconv.AppendInt(b, int64(s.Frequency), 10), ',')
	b = append(append(b, amountIn(s.Monetary, c)...), ',')
	b = append(b, '0'+byte(s.R), ',', '0'+byte(s.F), ',', '0'+byte(s.M), ',')
	b = append(append(b, s.Group()...), ',')
	return append(append(b, s.Klaviyo()...), '\n')
}

// rfmCustomer is one customer in JSON.
type rfmCustomer struct {
	Customer  string  `json:"customer"`
	Recency   int32   `json:"recency_days"`
	Frequency int32   `json:"frequency"`
	Monetary  decimal `json:"monetary"`
	R         int8    `json:"r"`
	F         int8    `json:"f"`
	M         int8    `json:"m"`
	Group     string  `json:"group"`
	Klaviyo   string  `json:"klaviyo_group"`
}

func rfmJSON(w io.Writer, l *orders.Ledger, asOf int32, totals []orders.Total, rfm *analysis.RFM, same *analysis.SameDay) error {
	customers := make([]rfmCustomer, 0, len(totals))
	for i, t := range totals {
		if s := rfm.Of(t); s.Frequency > 0 {
			customers = append(customers, rfmCustomer{l.Customers.Name(i), s.Recency, s.Frequency, decimal(amountIn(s.Monetary, l.Currency)), s.R, s.F, s.M, string(s.Group()), string(s.Klaviyo())})
		}
	}
	return printJSON(w, struct {
		AsOf      string            `json:"as_of"`
		Currency  customer.Currency `json:"currency"`
		SameDay   *analysis.SameDay `json:"without_order_ids,omitempty"`
		RFM       *analysis.RFM     `json:"rfm"`
		Customers []rfmCustomer     `json:"customers"`
	}{analysis.DateOf(asOf), l.Currency, same, rfm, customers})
}

// A decimal is a number that JSON carries digit by digit.
type decimal string

// MarshalJSON writes the digits.
func (d decimal) MarshalJSON() ([]byte, error) { return []byte(d), nil }
