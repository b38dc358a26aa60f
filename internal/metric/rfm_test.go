package metric

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

// The definition: a customer's score is min(5, 1 + ⌊5·s/n⌋), s being how many
// of all n are strictly worse.
func TestScoresAreThoseOfRankingEverybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(-3, 8), rapid.Int64()), 1, 60).Draw(t, "values")
		small := rapid.Bool().Draw(t, "small is best")
		counts := Counts{}
		for _, v := range values {
			counts.Add(v)
		}
		scale := NewScale(counts, small, 5)
		for _, v := range values {
			worse := 0
			for _, other := range values {
				if small && other > v || !small && other < v {
					worse++
				}
			}
			if want := min(5, 1+5*worse/len(values)); scale.Score(v) != want {
				t.Fatalf("score of %d among %v is %d, want %d", v, values, scale.Score(v), want)
			}
		}
	})
}

func TestScoresAtTheBoundaries(t *testing.T) {
	ten := Counts{}
	for v := range int64(10) {
		ten.Add(v)
	}
	for _, tt := range []struct {
		name  string
		scale Scale
		value int64
		want  int
	}{
		{"nobody was counted", NewScale(Counts{}, false, 5), 5, 0},
		{"one customer has nobody below", NewScale(Counts{7: 1}, false, 5), 7, 1},
		{"all are equal", NewScale(Counts{7: 9}, true, 5), 7, 1},
		{"the second fifth begins with two below", NewScale(ten, false, 5), 2, 2},
		{"the first fifth ends with one below", NewScale(ten, false, 5), 1, 1},
		{"the best", NewScale(ten, false, 5), 9, 5},
		{"above all that were counted", NewScale(ten, false, 5), 99, 5},
		{"below all that were counted", NewScale(ten, false, 5), -99, 1},
		{"between two values counts as the lower", NewScale(Counts{0: 5, 100: 5}, false, 5), 50, 1},
		{"the smallest is the best of recency", NewScale(ten, true, 5), 0, 5},
		{"the greatest is the worst of recency", NewScale(ten, true, 5), 9, 1},
		{"later than all is the best of recency", NewScale(ten, true, 5), -1, 5},
		{"half are worse", NewScale(Counts{1: 50, 2: 50}, false, 5), 2, 3},
		{"the zero scale", Scale{}, 3, 0},
	} {
		if got := tt.scale.Score(tt.value); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func someCounts() *rapid.Generator[Counts] {
	return rapid.Custom(func(t *rapid.T) Counts {
		return Counts(rapid.MapOfN(rapid.Int64(), rapid.Int64Range(1, 1<<40), 0, 20).Draw(t, "counts"))
	})
}

func TestCountsComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := someCounts().Draw(t, "counts")
		raw, err := c.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back Counts
		if err := back.UnmarshalBinary(raw); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, back); diff != "" {
			t.Fatal(diff)
		}
		text, err := json.Marshal(map[string]Counts{"c": c})
		if err != nil {
			t.Fatal(err)
		}
		var again map[string]Counts
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, again["c"]); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestPartsMergeToTheCountsOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Int64Range(0, 9)).Draw(t, "values")
		whole, parts := Counts{}, []Counts{{}, {}, {}}
		for _, v := range values {
			whole.Add(v)
			parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(v)
		}
		merged := Counts{}
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			merged.Merge(parts[i])
		}
		if diff := cmp.Diff(whole, merged); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestQuantilesAreThoseOfSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-5, 30), 1, 40).Draw(t, "values")
		tenths := rapid.IntRange(0, 10).Draw(t, "tenths")
		counts := Counts{}
		for _, v := range values {
			counts.Add(v)
		}
		slices.Sort(values)
		q := float64(tenths) / 10
		i := slices.IndexFunc(values, func(v int64) bool {
			upTo := 0
			for _, w := range values {
				if w <= v {
					upTo++
				}
			}
			return float64(upTo) >= q*float64(len(values))
		})
		if got := counts.Quantile(q); got != values[i] {
			t.Fatalf("the %g-quantile of %v is %d, want %d", q, values, got, values[i])
		}
	})
}

func FuzzCountsOfBrokenBytes(f *testing.F) {
	for _, c := range []Counts{{}, {1: 2}, {-5: 1, 0: 3, 1 << 60: 9}} {
		raw, err := c.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var c Counts
		if err := c.UnmarshalBinary(raw); err != nil {
			return
		}
		again, err := c.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back Counts
		if err := back.UnmarshalBinary(again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzCountsOfBrokenText(f *testing.F) {
	text, err := Counts{3: 4}.MarshalText()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("H4sI"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c Counts
		_ = c.UnmarshalText(text) // it must come back, and may refuse
	})
}

func TestRecencyIsDaysOfTheMerchantsCalendar(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	last := customer.Book{Last: time.Date(2026, 3, 1, 22, 30, 0, 0, time.UTC)} // 23:30 in Vienna
	for _, tt := range []struct {
		name string
		now  time.Time
		want int64
	}{
		{"the same evening", last.Last.Add(20 * time.Minute), 0},
		{"after midnight there, not yet in UTC", last.Last.Add(40 * time.Minute), 1},
		{"a month on, over the change of clocks", time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC), 30},
		{"an order in the future is of today", last.Last.AddDate(0, 0, -3), 0},
	} {
		if got := Recency(last, tt.now, vienna); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestTheActiveWindowIsTakenFromAHundredGaps(t *testing.T) {
	c := NewCensus()
	for i := range int64(99) {
		c.Gaps.Add(i + 1)
	}
	if days, derived := c.Window(); days != DefaultWindow || derived {
		t.Errorf("of 99 gaps %d, %t", days, derived)
	}
	c.Gaps.Add(100)
	if days, derived := c.Window(); days != 90 || !derived {
		t.Errorf("of 100 gaps %d, %t; want their 90th percentile", days, derived)
	}
}
