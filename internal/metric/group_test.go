package metric

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEveryBuyerIsInOneGroup(t *testing.T) {
	seen := map[Group]bool{}
	for r := 1; r <= 5; r++ {
		for f := 1; f <= 5; f++ {
			for m := 1; m <= 5; m++ {
				for orders := 1; orders <= 2; orders++ {
					g := GroupOf(r, f, m, orders)
					if !slices.Contains(Groups(), g) {
						t.Errorf("%d%d%d with %d orders is %q", r, f, m, orders, g)
					}
					seen[g] = true
				}
			}
		}
	}
	if len(seen) != len(Groups()) {
		t.Errorf("some group is nobody's: %v", seen)
	}
	for _, c := range []struct {
		name            string
		r, f, m, orders int
		want            Group
	}{
		{"the best of all", 5, 5, 5, 9, Champions},
		{"a first order this week, however great", 5, 1, 5, 1, NewBuyers},
		{"a first order a while ago", 4, 1, 1, 1, Promising},
		{"once among the best, silent for long", 1, 5, 4, 9, CannotLose},
		{"one order, long ago", 1, 1, 1, 1, Lost},
		{"no score", 0, 0, 0, 0, ""},
	} {
		if got := GroupOf(c.r, c.f, c.m, c.orders); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestKlaviyoGroupsAreAllOfThe27(t *testing.T) {
	sizes := map[KlaviyoGroup]int{}
	for r := 1; r <= 3; r++ {
		for f := 1; f <= 3; f++ {
			for m := 1; m <= 3; m++ {
				sizes[KlaviyoGroupOf(r, f, m)]++
			}
		}
	}
	want := map[KlaviyoGroup]int{KlaviyoChampions: 3, KlaviyoLoyal: 5, KlaviyoRecent: 5, KlaviyoAttention: 5, KlaviyoAtRisk: 5, KlaviyoInactive: 4}
	if diff := cmp.Diff(want, sizes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := []int{KlaviyoRecency(180), KlaviyoRecency(181), KlaviyoRecency(365), KlaviyoRecency(366)}; !slices.Equal(got, []int{3, 2, 2, 1}) {
		t.Errorf("recency scores %v", got)
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
		got, want := CutScale(values, small, 5), NewScale(c, small)
		for v := int64(-4); v < 14; v++ {
			if got.Score(v) != want.Score(v) && c[v] > 0 {
				t.Fatalf("%d: got %d, want %d (%+v, %+v)", v, got.Score(v), want.Score(v), got, want)
			}
		}
	})
}
