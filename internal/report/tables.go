package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"

	"holdfast/internal/analysis"
	"holdfast/internal/metric"
)

func cohortFigure(r *analysis.Report) figure {
	f := figure{ID: "cohorts", Title: "Cohorts", Note: "Of the customers of each month of first order, the share who ordered so many months later. * The month is not over. † The data begin here: some may have bought before.",
		Body: cohortTable(r.Cohorts)}
	n, sum, later := 0.0, 0.0, 0.0
	worst, bestMonth := math.Inf(1), math.Inf(-1)
	for _, c := range r.Cohorts {
		if len(c.Months) > 1 && c.Months[1].Complete && !c.Older {
			v := c.Months[1].Active.Value
			n += float64(c.Customers)
			sum += v * float64(c.Customers)
			worst, bestMonth = min(worst, v), max(bestMonth, v)
		}
		if len(c.Months) > 6 && c.Months[6].Complete && !c.Older {
			later++
		}
	}
	if n == 0 {
		f.Means, f.Do = "No cohort has a whole month behind it yet.", "Look again next month."
		return f
	}
	f.Means = fmt.Sprintf("In the month after their first order %s of new customers order again; the worst month of first orders reached %s, the best %s.", percent(sum/n), percent(worst), percent(bestMonth))
	f.Do = "Read down a column: a colour that fades means that newer customers are worse than older ones. Look at what brought them."
	return f
}

// latest is how many cohorts and months a page shows.
const latest = 24

func cohortTable(cohorts []analysis.Cohort) template.HTML {
	if len(cohorts) > latest {
		cohorts = cohorts[len(cohorts)-latest:]
	}
	top, months := 0.0, 0
	for _, c := range cohorts {
		for _, m := range c.Months[1:] {
			top = max(top, m.Active.Value)
		}
		months = max(months, len(c.Months))
	}
	var b strings.Builder
	b.WriteString(`<div class="scroll"><table class="heat"><thead><tr><th>first order</th><th>customers</th>`)
	for m := 1; m < months; m++ {
		fmt.Fprintf(&b, "<th>+%d</th>", m)
	}
	b.WriteString("</tr></thead><tbody>")
	for _, c := range cohorts {
		mark := ""
		if c.Older {
			mark = "†"
		}
		fmt.Fprintf(&b, "<tr><th>%s%s</th><td>%s</td>", c.Month, mark, grouped(c.Customers))
		for _, m := range c.Months[1:] {
			share := 0.0
			if top > 0 {
				share = m.Active.Value / top
			}
			mark := ""
			if !m.Complete {
				mark = "*"
			}
			fmt.Fprintf(&b, `<td class="h%d" title="%s of %s">%.0f%s</td>`, int(math.Round(share*9)), grouped(m.Active.Hits), grouped(m.Active.Of), 100*m.Active.Value, mark)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table></div>")
	return template.HTML(b.String())
}

func gridFigure(r *analysis.Report) figure {
	var most int64 = 1
	var dormant, total int64
	for i, row := range r.RFM.Grid {
		for j, c := range row {
			most = max(most, c.Customers)
			total += c.Customers
			if i < 2 && j >= 3 {
				dormant += c.Customers
			}
		}
	}
	var b strings.Builder
	b.WriteString(`<table class="heat grid5"><thead><tr><th></th><th>seldom</th><th></th><th></th><th></th><th>often</th></tr></thead><tbody>`)
	for i := 4; i >= 0; i-- {
		name := map[int]string{4: "lately", 0: "long ago"}[i]
		fmt.Fprintf(&b, "<tr><th>%s</th>", name)
		for j, c := range r.RFM.Grid[i] {
			fmt.Fprintf(&b, `<td class="h%d" title="R %d, F %d">%s</td>`, int(math.Round(9*math.Sqrt(float64(c.Customers)/float64(most)))), i+1, j+1, grouped(c.Customers))
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return figure{ID: "rfm", Title: "Recency and frequency", Body: template.HTML(b.String()),
		Note:  "Customers by fifths of how lately (up) and how often (right) they ordered. Equal customers share a score, so that a column may be empty.",
		Means: fmt.Sprintf("%s customers (%s) order often but have not done so lately: the lower right corner.", grouped(dormant), percent(float64(dormant)/math.Max(1, float64(total)))),
		Do:    "Start there: they know you, and they are leaving. Then move the lower left corner of the top row to the right with a second order."}
}

func groupFigure(r *analysis.Report, p purse) figure {
	var b strings.Builder
	b.WriteString(`<div class="scroll"><table class="groups"><thead><tr><th>segment</th><th>customers</th><th class="wide-cell"></th><th>revenue</th><th class="wide-cell"></th><th class="days">days since</th>`)
	valued := r.Prediction != nil && r.Prediction.CLV.Total > 0
	if valued {
		b.WriteString("<th>to come, each</th>")
	}
	b.WriteString("</tr></thead><tbody>")
	people := best(r.RFM.Groups, func(g analysis.GroupNumber) float64 { return float64(g.Customers) })
	money := best(r.RFM.Groups, func(g analysis.GroupNumber) float64 { return float64(g.Revenue) })
	bar := func(class string, part, whole int64) string {
		return fmt.Sprintf(`<td class="wide-cell"><i class="%s" style="width:%.1f%%"></i></td>`, class, 100*max(0, float64(part))/math.Max(1, float64(whole)))
	}
	for _, g := range r.RFM.Groups {
		since := "–"
		if g.Customers > 0 {
			since = fmt.Sprintf("%.0f", g.Recency)
		}
		fmt.Fprintf(&b, `<tr><th>%s<small>%s</small></th><td>%s</td>%s<td>%s</td>%s<td class="days">%s</td>`, html.EscapeString(kinds[g.Group].title), html.EscapeString(kinds[g.Group].advice),
			grouped(g.Customers), bar("c0", g.Customers, people.Customers), html.EscapeString(p.short(float64(g.Revenue))), bar("c1", g.Revenue, money.Revenue), since)
		if valued {
			fmt.Fprintf(&b, "<td>%s</td>", html.EscapeString(p.short(g.CLV)))
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table></div>")
	f := figure{ID: "segments", Title: "Segments", Body: template.HTML(b.String()), Note: "Every customer is in one of ten, by fifths of recency, frequency and spend. Amounts in " + orUnits(string(r.Currency)) + "."}
	champions, leaving := groupNamed(r, metric.Champions), groupNamed(r, metric.CannotLose)
	risk := groupNamed(r, metric.AtRisk)
	f.Means = fmt.Sprintf("Champions are %s of the customers and brought %s of the revenue; %s customers who brought %s are at risk or nearly gone.",
		percent(champions.Share.Value), percent(float64(champions.Revenue)/math.Max(1, float64(r.Numbers.Revenue))), grouped(leaving.Customers+risk.Customers), p.round(float64(leaving.Revenue+risk.Revenue)))
	f.Do = "Write to those at risk before they are lost. The line under each name says how."
	if valued {
		next := best(r.RFM.Groups, toCome)
		f.Do = fmt.Sprintf("Most is still to come from “%s”: %s in a year. Spend on each customer less than the last column says; the line under each name says how.", kinds[next.Group].title, p.round(toCome(next)))
	}
	if oneDay(r) {
		f.Means, f.Do = oneDayWords, "Export more of the past; until then these groups say little."
	}
	return f
}

// toCome is what all of a group are expected to spend in the year ahead.
func toCome(g analysis.GroupNumber) float64 { return g.CLV * float64(g.Customers) }

const oneDayWords = "All orders are of one day, so nothing tells who has come lately and who long ago."

func oneDay(r *analysis.Report) bool { return r.From == r.To }

func orUnits(s string) string {
	if s == "" {
		return "the file's currency"
	}
	return s
}

// shownPairs is how many pairs a page shows.
const shownPairs = 10

func pairsFigure(r *analysis.Report) figure {
	f := figure{ID: "pairs", Title: "Bought together"}
	if len(r.Pairs) == 0 {
		f.Means = "No two products are in the same order more often than chance would have it, or the export has no products."
		f.Do = "Export the lines of the orders, and name their column with --product."
		return f
	}
	var b strings.Builder
	b.WriteString(`<div class="scroll"><table class="groups"><thead><tr><th>products</th><th>orders with both</th><th class="wide-cell"></th><th>times chance</th></tr></thead><tbody>`)
	pairs := r.Pairs[:min(shownPairs, len(r.Pairs))]
	for _, p := range pairs {
		fmt.Fprintf(&b, `<tr><th>%s<br>+ %s</th><td>%s</td><td class="wide-cell"><i class="c2" style="width:%.1f%%"></i></td><td>%.1f</td></tr>`,
			html.EscapeString(p.NameA), html.EscapeString(p.NameB), grouped(p.Both), 100*p.LLR/pairs[0].LLR, p.Lift)
	}
	b.WriteString("</tbody></table></div>")
	f.Body, f.Note = template.HTML(b.String()), "Pairs by log-likelihood ratio, which does not fall for coincidences as raw lift does; at least five orders with both."
	f.Means = fmt.Sprintf("Who buys “%s” buys “%s” in the same order %.1f times as often as chance would have it.", pairs[0].NameA, pairs[0].NameB, pairs[0].Lift)
	f.Do = "Show each with the other, and make bundles of the first few."
	return f
}
