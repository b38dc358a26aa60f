package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"holdfast/internal/analysis"
	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

// grouped writes a whole number with thin spaces between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return sign + s
}

// purse writes amounts of one currency.
type purse struct{ currency customer.Currency }

func (p purse) unit() float64 { return math.Pow10(p.currency.Decimals()) }

// round writes an amount of minor units to three digits or the unit: "€ 12 400".
func (p purse) round(minor float64) string {
	v := minor / p.unit()
	text := ""
	switch a := math.Abs(v); {
	case a >= 1e9:
		text = fmt.Sprintf("%.2f bn", v/1e9)
	case a >= 1e7:
		text = fmt.Sprintf("%.1f m", v/1e6)
	case a >= 1e6:
		text = fmt.Sprintf("%.2f m", v/1e6)
	case a >= 100 || a == math.Trunc(a):
		text = grouped(int64(math.Round(v)))
	default:
		text = fmt.Sprintf("%.2f", v)
	}
	return strings.TrimSpace(text + " " + string(p.currency))
}

// short writes an amount for an axis.
func (p purse) short(minor float64) string { return short(minor / p.unit()) }

func short(v float64) string {
	for _, k := range []struct {
		size float64
		name string
	}{{1e9, "bn"}, {1e6, "m"}, {1e3, "k"}} {
		if math.Abs(v) >= k.size {
			return strconv.FormatFloat(math.Round(v/k.size*100)/100, 'f', -1, 64) + k.name
		}
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

func percent(v float64) string {
	if math.Abs(v) < 0.0995 {
		return fmt.Sprintf("%.1f %%", 100*v)
	}
	return fmt.Sprintf("%.0f %%", 100*v)
}

// signed writes a change with its sign.
func signed(v float64) string { return strings.Replace(fmt.Sprintf("%+.0f %%", 100*v), "-", "−", 1) }

func axisPercent(v float64) string {
	return strconv.FormatFloat(math.Round(v*1000)/10, 'f', -1, 64) + "%"
}

// shown writes a rate with its interval.
func shown(r metric.Rate) string {
	if !r.Known {
		return "unknown"
	}
	return fmt.Sprintf("%s (%s to %s)", percent(r.Value), percent(r.Low), percent(r.High))
}

// titles of the kinds of buyers, and what to do for them.
var kinds = map[string]struct{ title, advice string }{
	string(metric.Champions):  {"Champions", "Thank them with early access and ask them to tell friends; no discounts."},
	string(metric.Loyal):      {"Loyal", "Show them what goes with what they own."},
	string(metric.Potential):  {"Potential loyalists", "Bring the next order nearer: a bundle, a subscription, points."},
	string(metric.NewBuyers):  {"New", "Welcome them well: the second order decides about the third."},
	string(metric.Promising):  {"Promising", "Ask for the second order now, with what others bought next."},
	string(metric.Attention):  {"Need attention", "Remind them, with a limited offer on what they bought before."},
	string(metric.Sleepy):     {"About to sleep", "Send what is new, once; then leave them in peace."},
	string(metric.AtRisk):     {"At risk", "Win them back with a personal reason, while they still remember."},
	string(metric.CannotLose): {"Cannot lose", "Find out what went wrong: write to them by name, or call."},
	string(metric.Lost):       {"Lost", "Spend little: one last mail, then stop."},
}

func windowWords(w analysis.Window) string {
	switch {
	case w.Given:
		return fmt.Sprintf("active means: ordered within %d days, as was asked for", w.Days)
	case w.Derived:
		return fmt.Sprintf("active means: ordered within %d days, within which nine of ten who come back do so", w.Days)
	}
	return fmt.Sprintf("active means: ordered within %d days, the usual window where too few orders were repeated to take it from the data", w.Days)
}
