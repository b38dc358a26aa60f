package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"holdfast/internal/analysis"
	"holdfast/internal/metric"
	"holdfast/internal/model"
)

func figuresOf(r *analysis.Report, p purse) []figure {
	out := []figure{revenueFigure(r, p), customersFigure(r), survivalFigure(r), retentionFigure(r), cohortFigure(r), groupFigure(r, p), gridFigure(r)}
	if r.Prediction == nil {
		out = append(out, figure{ID: "forecast", Title: "What comes next", Means: "Nothing can be predicted yet: " + r.Unpredicted + ".", Do: "Come back when there is more; until then trust the numbers above."})
	} else {
		out = append(out, forecastFigure(r, p), backtestFigure(r))
		if r.Prediction.CLV.Total > 0 {
			out = append(out, clvFigure(r, p))
		}
	}
	return append(out, pairsFigure(r))
}

// monthLabels are the months, those that the data do not have all of with a
// star.
func monthLabels(periods []analysis.Period) []string {
	out := make([]string, len(periods))
	for i, p := range periods {
		if out[i] = p.Label; !p.Complete {
			out[i] += "*"
		}
	}
	return out
}

const pale = "Pale bars are months of which the data do not have all."

const incomplete = "* The data do not have all of this month."

// partial says which periods the data do not have all of.
func partial(periods []analysis.Period) []bool {
	out := make([]bool, len(periods))
	for i, p := range periods {
		out[i] = !p.Complete
	}
	return out
}

func legend(names ...string) string {
	var b strings.Builder
	b.WriteString(`<p class="legend">`)
	for i, n := range names {
		if n == "" {
			continue // the colour is not used
		}
		fmt.Fprintf(&b, `<span><i class="c%d"></i>%s</span>`, i, template.HTMLEscapeString(n))
	}
	return b.String() + "</p>"
}

func revenueFigure(r *analysis.Report, p purse) figure {
	values := make([]float64, len(r.Months))
	for i, m := range r.Months {
		values[i] = float64(m.Revenue)
	}
	f := figure{ID: "revenue", Title: "Revenue", Note: "Net of refunds, by month. " + pale,
		Body: chart{labels: monthLabels(r.Months), series: []series{{class: "c0", values: values}}, bars: true, pale: partial(r.Months), unit: p.short, title: "Revenue by month"}.draw()}
	f.Means, f.Do = trendWords(r, p)
	return f
}

// complete returns the months of which the data have all.
func complete(periods []analysis.Period) (out []analysis.Period) {
	for _, p := range periods {
		if p.Complete {
			out = append(out, p)
		}
	}
	return out
}

func trendWords(r *analysis.Report, p purse) (means, do string) {
	months := complete(r.Months)
	if len(months) < 6 {
		return fmt.Sprintf("%d whole months, %s in all: too short for a trend.", len(months), p.round(float64(r.Numbers.Revenue))),
			"Look again when half a year has gone by."
	}
	var late, early int64
	for i := range 3 {
		late += months[len(months)-1-i].Revenue
		early += months[len(months)-4-i].Revenue
	}
	change := float64(late)/math.Max(1, float64(early)) - 1
	means = fmt.Sprintf("The last three whole months brought %s, %s against the three before.", p.round(float64(late)), signed(change))
	if change < -0.05 {
		return means, "Before spending on new customers, look at the next two plots: is it fewer new ones, or fewer who come back?"
	}
	return means, "Keep what works; the next plots say whether new or returning customers carry it."
}

func customersFigure(r *analysis.Report) figure {
	n := len(r.Months)
	fresh, back := make([]float64, n), make([]float64, n)
	for i, m := range r.Months {
		fresh[i], back[i] = float64(m.New), float64(m.Retained+m.Reactivated)
	}
	f := figure{ID: "customers", Title: "New and returning customers", Note: "Customers who ordered in the month. " + pale,
		Body: template.HTML(legend("returning", "new")) + chart{labels: monthLabels(r.Months), bars: true, pale: partial(r.Months), unit: short, title: "New and returning customers by month",
			series: []series{{class: "c0", values: back}, {class: "c1", values: fresh}}}.draw()}
	months := complete(r.Months)
	if len(months) == 0 {
		f.Means, f.Do = "The data do not have a whole month.", "Export more of the past."
		return f
	}
	last := months[len(months)-1]
	f.Means = fmt.Sprintf("In %s, %s customers ordered: %s for the first time, %s came back, of whom %s after a month or more without an order.",
		last.Label, grouped(last.Active), grouped(last.New), grouped(last.Retained+last.Reactivated), grouped(last.Reactivated))
	if last.New > last.Retained+last.Reactivated {
		f.Do = "Most of your buyers are new: a second-order mail within the first weeks is where a small gain counts most."
	} else {
		f.Do = "Most of your buyers have bought before: care for them first, and see that new ones still come."
	}
	return f
}

func retentionFigure(r *analysis.Report) figure {
	months := complete(r.Active)
	// Until the window has gone by once, nobody can have left.
	for len(months) > 0 && (!months[0].Retention.Known || !gone(r.From, months[0].From, r.Window.Days)) {
		months = months[1:]
	}
	n := len(months)
	keep := series{name: "retention", class: "c0", values: make([]float64, n), low: make([]float64, n), high: make([]float64, n)}
	lose := series{name: "churn", class: "c3", values: make([]float64, n), low: make([]float64, n), high: make([]float64, n)}
	labels := make([]string, n)
	for i, m := range months {
		labels[i] = m.Label
		keep.values[i], keep.low[i], keep.high[i] = m.Retention.Value, m.Retention.Low, m.Retention.High
		lose.values[i], lose.low[i], lose.high[i] = m.Churn.Value, m.Churn.Low, m.Churn.High
	}
	f := figure{ID: "retention", Title: "Retention and churn", Note: "Of who was active when the month began, the share that was active when it ended; " + windowWords(r.Window) + ". Bands are 95 % Wilson intervals. Who returned after a gap counts as reactivated, not as retained."}
	if n == 0 {
		f.Means, f.Do = "The data are too short: there is no whole month after one window has gone by.", "Export more of the past, or look at a shorter window with --window."
		return f
	}
	f.Body = template.HTML(legend("retention", "", "", "churn")) + chart{labels: labels, series: []series{keep, lose}, unit: axisPercent, top: 1, title: "Retention and churn by month"}.draw()
	last := months[n-1]
	f.Means = fmt.Sprintf("In %s, %s of active customers stayed and %s went silent; %s came back after a gap.", last.Label, shown(last.Retention), percent(last.Churn.Value), grouped(last.Reactivated))
	f.Do = fmt.Sprintf("Reach customers before day %d after their last order: later than that, few return by themselves.", r.Window.Days)
	return f
}

// gone reports whether so many days lie between two days.
func gone(from, to string, days int) bool {
	a, err1 := analysis.ParseDay(from)
	b, err2 := analysis.ParseDay(to)
	return err1 == nil && err2 == nil && int(b-a) >= days
}

func survivalFigure(r *analysis.Report) figure {
	f := figure{ID: "survival", Title: "How long customers stay", Note: fmt.Sprintf("Kaplan–Meier: the share still a customer so many months after the first order; lost is who has been silent for %d days. The band is the 95 %% interval of all; other lines are months of first order.", r.Window.Days)}
	if len(r.Survival) == 0 {
		f.Means, f.Do = "There are too few customers to draw this.", "Look again when there are more than thirty."
		return f
	}
	all := r.Survival[0]
	n := len(all.Points)
	names := []string{"all"}
	lines := []series{lineOf(all, n, "c0", true)}
	cohorts := r.Survival[1:]
	for i := range min(4, len(cohorts)) {
		c := cohorts[i*len(cohorts)/min(4, len(cohorts))]
		names = append(names, c.Label)
		lines = append(lines, lineOf(c, n, fmt.Sprintf("c%d", i+1), false))
	}
	labels := make([]string, n)
	for i := range labels {
		labels[i] = fmt.Sprint(i)
	}
	f.Body = template.HTML(legend(names...)) + chart{labels: labels, series: lines, unit: axisPercent, top: 1, title: "Survival by month of first order"}.draw()
	first := all.Points[min(1, n-1)]
	last := all.Points[n-1]
	f.Means = fmt.Sprintf("One month after the first order %s are still customers, after %d months %s.", percent(first.Share), last.Month, percent(last.Share))
	if 1-first.Share > (first.Share-last.Share)/2 {
		f.Do = "Most are lost right after the first order: put your effort into the first weeks."
	} else {
		f.Do = "Losses come slowly: regular contact matters more than a strong welcome."
	}
	return f
}

func lineOf(s analysis.Survival, n int, class string, band bool) series {
	out := series{name: s.Label, class: class, values: make([]float64, n)}
	if band {
		out.low, out.high = make([]float64, n), make([]float64, n)
	}
	for i := range n {
		out.values[i] = math.NaN()
		if i < len(s.Points) {
			out.values[i] = s.Points[i].Share
			if band {
				out.low[i], out.high[i] = s.Points[i].Low, s.Points[i].High
			}
		}
	}
	return out
}

func forecastFigure(r *analysis.Report, p purse) figure {
	ahead := r.Prediction.Ahead
	last := ahead[len(ahead)-1]
	f := figure{ID: "forecast", Title: "The next 90 days", Note: "Order days expected of the customers of today, added up, and together with those of customers who are still to come. Bands allow for chance, for uncertain parameters, and for an error as great as that of the back-test; those of newcomers for how far such a forecast has been off before."}
	labels, known, all := []string{"today"}, zeroed("c0"), zeroed("c1")
	for _, d := range ahead {
		labels = append(labels, fmt.Sprintf("%d days", d.Days))
		known.extend(d.Orders)
		all.extend(d.AllOrders)
	}
	lines, names := []series{known}, []string{"known customers"}
	if last.New != nil {
		lines, names = []series{known, all}, []string{"known customers", "with newcomers"}
	}
	f.Body = template.HTML(legend(names...)) + chart{labels: labels, series: lines, unit: short, title: "Orders expected in the next 90 days"}.draw()
	f.Means = fmt.Sprintf("Known customers will order about %s times within %d days (%s)", grouped(int64(math.Round(last.Orders.Value))), last.Days, between(last.Orders))
	if last.Revenue.Value > 0 {
		f.Means += fmt.Sprintf(", worth %s", p.band(last.Revenue))
	}
	f.Means += "; " + testWords(r) + "."
	switch n := last.New; {
	case n != nil && n.Customers.Value == 0:
		f.Means += " Nobody new came in the last 90 days."
	case n != nil:
		f.Means += fmt.Sprintf(" About %s customers (%s) will order for the first time; all together order %s times (%s)",
			grouped(int64(math.Round(n.Customers.Value))), between(n.Customers), grouped(int64(math.Round(last.AllOrders.Value))), between(last.AllOrders))
		if last.AllRevenue.Value > 0 {
			f.Means += fmt.Sprintf(", worth %s", p.band(last.AllRevenue))
		}
		f.Means += "."
	case len(last.Missing) > 0:
		f.Means += fmt.Sprintf(" New customers come on top: how many cannot be said from %d days of data, it takes %d.", last.Missing[0].Have, last.Missing[0].Need)
	}
	f.Do = "Plan stock and mails by the band, not by the line."
	if !r.Prediction.Fit.Identified {
		f.Do += " Leaving cannot be seen in these data yet, so the model assumes that nobody leaves: expect less than it says over long times."
	}
	return f
}

// zeroed returns a series with a band that begins at nothing.
func zeroed(class string) series {
	return series{class: class, values: []float64{0}, low: []float64{0}, high: []float64{0}}
}

func (s *series) extend(b model.Band) {
	s.values, s.low, s.high = append(s.values, b.Value), append(s.low, b.Low), append(s.high, b.High)
}

func between(b model.Band) string {
	return grouped(int64(b.Low)) + " to " + grouped(int64(math.Ceil(b.High)))
}

// band writes an amount with its band.
func (p purse) band(b model.Band) string {
	return fmt.Sprintf("%s (%s to %s)", p.round(b.Value), p.round(b.Low), p.round(b.High))
}

func backtestFigure(r *analysis.Report) figure {
	t := r.Prediction.Test()
	f := figure{ID: "backtest", Title: "Was the forecast right before?"}
	if t == nil {
		f.Means, f.Do = "There is too little history to hold any of it out.", "Take predictions as a first guess."
		return f
	}
	f.Note = fmt.Sprintf("Models fitted to everything but the last %g weeks, against what then happened: mean order days of each tenth of the customers, by what was expected of them. Model: %s.", t.Weeks, modelName(string(r.Prediction.Family)))
	labels, expected, actual := make([]string, 10), make([]float64, 10), make([]float64, 10)
	for i, d := range t.Deciles {
		labels[i], expected[i], actual[i] = fmt.Sprint(i+1), d.Predicted, d.Actual
	}
	f.Body = template.HTML(legend("expected", "actual")) + chart{labels: labels, bars: true, unit: short, title: "Expected and actual orders by tenth of customers",
		series: []series{{class: "c0", values: expected}, {class: "c1", values: actual}}}.draw()
	f.Means = fmt.Sprintf("Expected were %s order days and %s came (%+.1f %%); guessing that everybody goes on as before would have been %+.0f %% off. Of two customers it tells the one who orders again in %.0f of 100 cases.",
		grouped(int64(math.Round(t.Model.Predicted))), grouped(int64(t.Actual)), 100*t.Model.Error, 100*t.Naive.Error, 100*t.Model.AUC)
	if math.Abs(t.Model.Error) > 0.15 {
		f.Do = "The total was well off: use the ranking of customers, and take totals with the error in mind."
	} else {
		f.Do = "The forecast is good enough to plan with; look here again after a sale or a season."
	}
	return f
}

func modelName(family string) string {
	return map[string]string{"mbgnbd": "MBG/NBD", "bgnbd": "BG/NBD", "paretonbd": "Pareto/NBD", "nbd": "NBD"}[family]
}

func clvFigure(r *analysis.Report, p purse) figure {
	c := r.Prediction.CLV
	labels, values := make([]string, len(c.Bins)), make([]float64, len(c.Bins))
	for i, b := range c.Bins {
		labels[i], values[i] = p.short(b.From), float64(b.Customers)
		if i == len(c.Bins)-1 {
			labels[i] += "+"
		}
	}
	return figure{ID: "clv", Title: "What customers will be worth", Note: termsWords(r.Prediction.Terms) + " The last bar holds all above.",
		Body: chart{labels: labels, series: []series{{class: "c2", values: values}}, bars: true, unit: short, title: "Distribution of predicted value"}.draw(),
		Means: fmt.Sprintf("Half of the customers will be worth less than %s, and one in ten more than %s; the top tenth holds %s of the value. The mean is %s (%s to %s, as far as the model's parameters are uncertain); %s.",
			p.round(c.Median), p.round(c.P90), percent(c.TopTen), p.round(c.Mean), p.round(c.Low), p.round(c.High), testWords(r)),
		Do: "Spend on keeping a customer at most what they will be worth: most of the effort belongs to the top tenth."}
}

func termsWords(t model.Terms) string {
	s := fmt.Sprintf("Customers by expected net revenue of the next %.0f days, discounted at %g %% a year", 7*t.Weeks, 100*t.AnnualRate)
	if t.Margin < 1 {
		s += fmt.Sprintf(", at a margin of %g %%", 100*t.Margin)
	}
	return s + "."
}

// best returns the group with the greatest value of f.
func best(groups []analysis.GroupNumber, f func(analysis.GroupNumber) float64) analysis.GroupNumber {
	out := groups[0]
	for _, g := range groups {
		if f(g) > f(out) {
			out = g
		}
	}
	return out
}

func groupNamed(r *analysis.Report, kind metric.Kind) analysis.GroupNumber {
	for _, g := range r.RFM.Groups {
		if g.Group == string(kind) {
			return g
		}
	}
	return analysis.GroupNumber{}
}
