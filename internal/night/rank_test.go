package night

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

func TestOrdinalsKeepTheOrderOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if x, y := ordinal(a), ordinal(b); (a < b) != (x < y) || (a == b) != (x == y) {
			t.Errorf("%v and %v are %d and %d", a, b, x, y)
		}
		if back := valueOf(ordinal(a)); back != a {
			t.Errorf("%v comes back as %v", a, back)
		}
	})
	if ordinal(math.Copysign(0, -1)) != ordinal(0) {
		t.Error("zeros differ")
	}
}

// The percentile of a value is how many whole percent of all have less.
func TestCutsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-20, 20).Draw(t, "v")) / 2 }), 1, 300).Draw(t, "values")
		parts := []Rankings{{"spend": {}}, {}, {"spend": {}}}
		whole := Rankings{}
		for i, v := range values {
			parts[2*(i%2)]["spend"].Add(ordinal(v))
		}
		for _, p := range parts {
			whole.Merge(p)
		}
		cuts := whole.Cuts()["spend"]
		for _, v := range values {
			less := 0
			for _, w := range values {
				if w < v {
					less++
				}
			}
			if got, want := cuts.Of(v), 100*less/len(values); got != want {
				t.Errorf("%v is at %d, want %d, of %v", v, got, want, slices.Sorted(slices.Values(values)))
			}
		}
		encoded, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		var back Rankings
		if err := json.Unmarshal(encoded, &back); err != nil || !cmp.Equal(whole, back) {
			t.Errorf("comes back as %v, error %v", back, err)
		}
	})
}

func TestPercentilesAreOfThoseOfWhomTheFieldIsKnown(t *testing.T) {
	set, err := segment.Compile([]segment.Definition{{Name: "top", When: "percentile(aov) >= 50 and percentile(spend) >= 75"}}, segment.Settings{Zone: time.UTC, Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	r := NewRanker(set)
	profile := func(orders int, spend int64) *customer.Profile {
		p := &customer.Profile{}
		if orders > 0 {
			p.Books = []customer.Book{{Currency: "EUR", Orders: orders, Spend: spend}}
		}
		return p
	}
	all := []*customer.Profile{profile(0, 0), profile(0, 0), profile(1, 1000), profile(2, 8000)}
	for _, p := range all {
		r.Add(p, at)
	}
	cuts := r.Cuts()
	if got := cuts["aov"].Of(40); got != 50 {
		t.Errorf("of two buyers the one with the greater orders is at %d", got)
	}
	e := set.Ranked(cuts).Evaluator()
	for i, want := range []bool{false, false, false, true} {
		if got := len(e.Of(all[i], at)) == 1; got != want {
			t.Errorf("customer %d is in: %v", i, got)
		}
	}
	if len(set.Evaluator().Of(all[3], at)) > 0 {
		t.Error("before a night somebody has a percentile")
	}
}
