package metric

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

func TestEveryBuyerIsOfOneKind(t *testing.T) {
	seen := map[Kind]bool{}
	for i := range 5 * 5 * 5 * 2 {
		r, f, m, orders := 1+i%5, 1+i/5%5, 1+i/25%5, 1+i/125
		k := KindOf(r, f, m, orders)
		if !slices.Contains(Kinds(), k) {
			t.Errorf("%d%d%d with %d orders is %q", r, f, m, orders, k)
		}
		seen[k] = true
	}
	if len(seen) != len(Kinds()) {
		t.Errorf("some kind is nobody's: %v", seen)
	}
	for _, c := range []struct {
		name            string
		r, f, m, orders int
		want            Kind
	}{
		{"the best of all", 5, 5, 5, 9, Champions},
		{"a first order this week, however great", 5, 1, 5, 1, NewBuyers},
		{"a first order a while ago", 4, 1, 1, 1, Promising},
		{"once among the best, silent for long", 1, 5, 4, 9, CannotLose},
		{"one order, long ago", 1, 1, 1, 1, Lost},
		{"no score", 0, 0, 0, 0, ""},
	} {
		if got := KindOf(c.r, c.f, c.m, c.orders); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestKlaviyoGroupsAreAllOfThe27(t *testing.T) {
	sizes := map[customer.Group]int{}
	for i := range 27 {
		sizes[KlaviyoGroupOf([]int64{366, 181, 180}[i%3], 1+i/3%3, 1+i/9)]++
	}
	want := map[customer.Group]int{"champions": 3, "loyal": 5, "recent": 5, "needs_attention": 5, "at_risk": 5, "inactive": 4}
	if diff := cmp.Diff(want, sizes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := []customer.Group{KlaviyoGroupOf(365, 3, 3), KlaviyoGroupOf(366, 3, 3), KlaviyoGroupOf(180, 3, 3)}; !slices.Equal(got, []customer.Group{"loyal", "needs_attention", "champions"}) {
		t.Errorf("groups by recency: %v", got)
	}
}

func TestQuintilesOfSortedValuesAreThoseOfCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-3, 12), 1, 80).Draw(t, "values")
		small := rapid.Bool().Draw(t, "small is best")
		c := Counts{}
		for _, v := range values {
			c.Add(v)
		}
		slices.Sort(values)
		got, want := CutScale(values, small, 5), NewScale(c, small, 5)
		for v := range c {
			if got.Score(v) != want.Score(v) {
				t.Fatalf("%d: got %d, want %d (%+v, %+v)", v, got.Score(v), want.Score(v), got, want)
			}
		}
		thirds := NewScale(c, false, 3)
		for v := range c {
			if got := CutScale(values, false, 3).Score(v); got != thirds.Score(v) {
				t.Fatalf("third of %d: got %d, want %d", v, got, thirds.Score(v))
			}
		}
	})
}
