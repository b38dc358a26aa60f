package playbook

import (
	"slices"
	"time"

	"github.com/expr-lang/expr"

	"holdfast/internal/customer"
)

// functions are what rules call, in place of expr-lang's own of the same names.
func (x *exprlang) functions() []expr.Option {
	return []expr.Option{
		expr.DisableBuiltin("count"), expr.DisableBuiltin("sum"),
		expr.Function("count", func(a ...any) (any, error) { return x.times(a[0].(string), 0, a[1].(int)), nil }, new(func(string, int) int)),
		expr.Function("sum", func(...any) (any, error) { return float64(x.secondsOfHelpToday()) / 60, nil }, new(func(string, string, int) float64)),
		expr.Function("trend", x.trend, new(func(string, int) any)),
		expr.Function("days_since", func(a ...any) (any, error) { return x.since(a[0].(time.Time)), nil }, new(func(time.Time) float64)),
		expr.Function("between", between, new(func(int, int, int) bool), new(func(float64, float64, float64) bool)),
		expr.Function("orders_within", func(a ...any) (any, error) { return x.ordersWithin(a[0].(int)), nil }, new(func(int) int)),
		expr.Function("percentile", x.percentile, new(func(float64) float64)),
		expr.Function("bought", x.bought, new(func(string) bool), new(func(string, int) bool)),
		expr.Function("last_bought", x.lastBought, new(func(string) time.Time)),
		expr.Function("has_any", hasAny, new(func([]string, []any) bool)),
		expr.Function("known", func(a ...any) (any, error) { return a[0] != "", nil }, new(func(string) bool)),
		expr.Function("in_segment", func(a ...any) (any, error) { return x.member[a[0].(string)], nil }, new(func(string) bool)),
	}
}

func (x *exprlang) trend(a ...any) (any, error) {
	name, days := a[0].(string), a[1].(int)
	earlier := x.times(name, days, 2*days)
	if earlier == 0 {
		return nil, nil
	}
	return float64(x.times(name, 0, days)) / float64(earlier), nil
}

func between(a ...any) (any, error) {
	if n, ok := a[0].(int); ok {
		return n >= a[1].(int) && n <= a[2].(int), nil
	}
	n := a[0].(float64)
	return n >= a[1].(float64) && n <= a[2].(float64), nil
}

// percentile is that of order values: the starter asks no other.
func (x *exprlang) percentile(a ...any) (any, error) {
	n, _ := slices.BinarySearch(x.cuts, a[0].(float64))
	for n < len(x.cuts) && x.cuts[n] <= a[0].(float64) {
		n++
	}
	return float64(n), nil
}

func (x *exprlang) bought(a ...any) (any, error) {
	for _, g := range x.Goods {
		if kindOf(g).is(a[0].(string)) && (len(a) == 1 || g.Last > x.today-a[1].(int)) {
			return true, nil
		}
	}
	return false, nil
}

func (x *exprlang) lastBought(a ...any) (any, error) {
	last := 0
	for _, g := range x.Goods {
		last = latest(last, g, kindOf(g).is(a[0].(string)))
	}
	if last == 0 {
		return time.Time{}, nil
	}
	return customer.StartOf(last, x.zone), nil
}

func (k kind) is(what string) bool {
	switch what {
	case "tag:basic":
		return k.basic
	case "tag:advanced":
		return k.advanced
	case "tag:durable":
		return k.durable
	case "tag:digital":
		return k.digital
	}
	return what == "category:"+k.category
}

func hasAny(a ...any) (any, error) {
	return slices.ContainsFunc(a[1].([]any), func(v any) bool { return slices.Contains(a[0].([]string), v.(string)) }), nil
}
