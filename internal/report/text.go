package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"holdfast/internal/analysis"
)

// Text writes the summary for a terminal, in colour if it is one.
func Text(w io.Writer, r *analysis.Report, colour bool) error {
	t := terminal{colour: colour}
	p := purse{r.Currency}
	t.bold("%s", r.Reading.File)
	t.line(" · orders from %s to %s", r.From, r.To)
	t.line("")
	for _, x := range tilesOf(r, p) {
		t.line("  %s  %s  %s", pad(x.Name, 30), t.paint(strong, padLeft(x.Value, 14)), t.paint(faint, x.Note))
	}
	t.months(r, p)
	t.groups(r, p)
	t.forecast(r, p)
	if len(r.Pairs) > 0 {
		t.head("Bought together")
		for _, x := range r.Pairs[:min(5, len(r.Pairs))] {
			t.line("  %s + %s  %s orders, %.1f × chance", x.NameA, x.NameB, grouped(x.Both), x.Lift)
		}
	}
	t.line("")
	t.line("Retention: %s.", windowWords(r.Window))
	if r.SameDay != nil {
		t.line("Orders: %s", r.SameDay.Note)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

const (
	strong = "1"
	faint  = "2"
	green  = "32"
)

type terminal struct {
	b      strings.Builder
	colour bool
}

func (t *terminal) paint(code, s string) string {
	if !t.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// line ends the line, without spaces at its end.
func (t *terminal) line(format string, args ...any) {
	t.b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

func (t *terminal) bold(format string, args ...any) {
	t.b.WriteString(t.paint(strong, fmt.Sprintf(format, args...)))
}

func (t *terminal) head(s string) { t.line("\n%s", t.paint(strong, s)) }

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}
func padLeft(s string, n int) string {
	return strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s))) + s
}

// shownMonths is how many months a summary shows.
const shownMonths = 12

func (t *terminal) months(r *analysis.Report, p purse) {
	from := max(0, len(r.Months)-shownMonths)
	t.head("Months")
	t.line("  %s %s  %s %s %s %s  %s", pad("", 8), padLeft("revenue", 10), pad("", 20), padLeft("active", 9), padLeft("new", 9), padLeft("back", 9), "retention within the window")
	top := 1.0
	for _, m := range r.Months[from:] {
		top = max(top, float64(m.Revenue))
	}
	for i := from; i < len(r.Months); i++ {
		m, a := r.Months[i], r.Active[i]
		label, retention := m.Label, shown(a.Retention)
		if !m.Complete {
			label += "*"
		}
		if !a.Retention.Known {
			retention = "–"
		}
		t.line("  %s %s  %s %s %s %s  %s", pad(label, 8), padLeft(p.short(float64(m.Revenue)), 10), t.paint(green, bar(float64(m.Revenue)/top, 20)),
			padLeft(grouped(m.Active), 9), padLeft(grouped(m.New), 9), padLeft(grouped(m.Retained+m.Reactivated), 9), retention)
	}
	t.line("  %s", t.paint(faint, incomplete))
}

// bar draws a share of width in eighths of a cell.
func bar(share float64, width int) string {
	n := int(math.Round(min(1, max(0, share)) * float64(8*width)))
	s := strings.Repeat("█", n/8)
	if n%8 > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[n%8-1])
	}
	return pad(s, width)
}

func (t *terminal) groups(r *analysis.Report, p purse) {
	t.head("Segments")
	t.line("  %s %s  %s %s %s", pad("", 20), padLeft("customers", 10), pad("", 20), padLeft("revenue", 10), padLeft("days since", 11))
	people := best(r.RFM.Groups, func(g analysis.GroupNumber) float64 { return float64(g.Customers) })
	for _, g := range r.RFM.Groups {
		t.line("  %s %s  %s %s %s", pad(kinds[g.Group].title, 20), padLeft(grouped(g.Customers), 10), t.paint(green, bar(float64(g.Customers)/math.Max(1, float64(people.Customers)), 20)),
			padLeft(p.short(float64(g.Revenue)), 10), padLeft(fmt.Sprintf("%.0f", g.Recency), 11))
	}
	if oneDay(r) {
		t.line("  %s", oneDayWords)
	}
}

func (t *terminal) forecast(r *analysis.Report, p purse) {
	t.head("What comes next")
	if r.Prediction == nil {
		t.line("  Nothing can be predicted yet: %s.", r.Unpredicted)
		return
	}
	f, b := forecastFigure(r, p), backtestFigure(r)
	t.line("  %s", f.Means)
	t.line("  %s", b.Means)
	if !r.Prediction.Fit.Identified {
		t.line("  Leaving cannot be seen in these data: the model assumes that nobody leaves.")
	}
	if r.Prediction.Missing != "" {
		t.line("  The value of orders stays unknown: %s.", r.Prediction.Missing)
	}
}
