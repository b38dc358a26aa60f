package recommend

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/orders"
)

// basket is one order of products.
func basket(n uint32, products ...uint32) (out []orders.Line) {
	for _, p := range products {
		out = append(out, orders.Line{Customer: n, Product: p, Basket: n})
	}
	return out
}

func TestPairsGoTogetherMoreOftenThanByChance(t *testing.T) {
	var lines []orders.Line
	n := uint32(0)
	add := func(times int, products ...uint32) {
		for range times {
			lines = append(lines, basket(n, products...)...)
			n++
		}
	}
	add(10, 0, 1)    // together
	add(1, 0)        //
	add(4, 2, 3)     // together, but too seldom
	add(20, 4, 5, 4) // twice in one order is once
	add(20, 4)       // 4 is in most orders,
	add(5, 4, 6)     // and 6 no more often with it
	add(15, 6)       // than by chance
	got := Pairs(lines, 7)
	want := []Pair{
		{A: 0, B: 1, Both: 10, OfA: 11, OfB: 10, Orders: 75, LLR: 52.20},
		{A: 4, B: 5, Both: 20, OfA: 45, OfB: 20, Orders: 75, LLR: 25.16},
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.005 })
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if lift := got[0].Lift(); math.Abs(lift-75.0/11) > 1e-12 {
		t.Errorf("lift %v", lift)
	}
}

func TestIndependentProductsHaveNoRatio(t *testing.T) {
	// Dunning's table of one word: both 110, one 2442, other 111, neither 29114.
	if got := llr(110, 2442, 111, 29114); math.Abs(got-270.72) > 0.01 {
		t.Errorf("got %v", got)
	}
	if got := llr(10, 10, 10, 10); got > 1e-12 {
		t.Errorf("independent: %v", got)
	}
}

func TestPairsDoNotDependOnTheOrderOfLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.Custom(func(t *rapid.T) orders.Line {
			return orders.Line{Product: rapid.Uint32Range(0, 3).Draw(t, "product"), Basket: rapid.Uint32Range(0, 20).Draw(t, "basket")}
		})
		lines := rapid.SliceOfN(line, 1, 120).Draw(t, "lines")
		if diff := cmp.Diff(Pairs(lines, 4), Pairs(rapid.Permutation(lines).Draw(t, "again"), 4)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWhatIsBoughtAgainAndAgainIsDue(t *testing.T) {
	buy := func(customer, product uint32, days ...int32) (out []orders.Line) {
		for _, d := range days {
			out = append(out, orders.Line{Customer: customer, Product: product, Day: d})
		}
		return out
	}
	var lines []orders.Line
	lines = append(lines, buy(1, 0, 40, 10, 70, 70)...)    // every 30 days: due on 100
	lines = append(lines, buy(1, 1, 60, 95)...)            // due on 130, too late to matter
	lines = append(lines, buy(2, 0, 90)...)                // once
	lines = append(lines, buy(2, 1, 10, 20)...)            // due on 30, long overdue
	lines = append(lines, buy(3, 1, 40, 85, 101)...)       // the last has not come yet
	lines = append(lines, buy(orders.Nobody, 0, 1, 50)...) // nobody's
	want := []Replenishment{{Customer: 1, Product: 0, Times: 3, Gap: 30, Last: 70, Due: 100}}
	if diff := cmp.Diff(want, Replenish(lines, 100, 114)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
