package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestObserveMergesOrdersOfOneDayAndSeesNoFuture(t *testing.T) {
	type result struct {
		H     History
		Seen  bool
		Later int
	}
	for _, tt := range []struct {
		name string
		days []int
		want result
	}{
		{"nobody", nil, result{}},
		{"first order after now", []int{101}, result{Later: 1}},
		{"one order", []int{30}, result{H: Days(0, 0, 70), Seen: true}},
		{"order now", []int{100}, result{H: Days(0, 0, 0), Seen: true}},
		{"two orders on one day are one", []int{30, 30, 44, 44}, result{H: Days(1, 14, 70), Seen: true}},
		{"what comes later counts by day", []int{30, 100, 101, 101, 110, 111}, result{H: Days(1, 70, 70), Seen: true, Later: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got result
			got.H, got.Seen = Observe(tt.days, 100)
			got.Later = Later(tt.days, 100, 110)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestImpossibleHistoriesAreRefused(t *testing.T) {
	var c Counts
	for name, err := range map[string]error{
		"negative repeats":      c.Add(History{-1, 0, 1}, 1),
		"last after now":        c.Add(History{1, 2, 1}, 1),
		"last without repeats":  c.Add(History{0, 1, 2}, 1),
		"negative age":          c.Add(History{0, 0, -1}, 1),
		"age not a number":      c.Add(History{0, 0, math.NaN()}, 1),
		"infinite age":          c.Add(History{0, 0, math.Inf(1)}, 1),
		"negative customers":    c.Add(History{0, 0, 1}, -1),
		"negative later orders": c.AddOutcome(History{0, 0, 1}, -1, 1),
	} {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
	if c.Customers() != 0 || c.Distinct() != 0 {
		t.Errorf("counted %d customers", c.Customers())
	}
}

func TestCountsEncodeInRuns(t *testing.T) {
	var c Counts
	for _, h := range []History{Days(2, 213, 272), Days(0, 0, 70), Days(2, 100, 272), Days(0, 0, 70), {1, 30.43, 38.86}} {
		if err := c.AddOutcome(h, h.Repeats, 1); err != nil {
			t.Fatal(err)
		}
	}
	got, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[0,70,1,0,0,2,1,272.02,1,213.01,1,1,2,272,2,100,2,1,213,2,1]`; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Any number of shards, merged in any order and by way of JSON, gives the same
// bytes, of the counts and of everything fitted to them.
func TestShardsGiveTheSameBytes(t *testing.T) {
	s := newShop(must(MBGNBD, 0.525, 6.183, 0.891, 1.614), 78, 3)
	type seen struct {
		h     History
		later int
	}
	var all []seen
	for range 2000 {
		h, later := s.observe(13)
		all = append(all, seen{Days(h.Repeats, int(h.Last*7), int(h.Age*7)), later})
	}
	result := func(shards int) string {
		parts, spending := make([]Counts, shards), make([]Spending, shards)
		order := rand.New(rand.NewPCG(uint64(shards), 9))
		for _, i := range order.Perm(len(all)) {
			c := all[i]
			if err := parts[i%shards].AddOutcome(c.h, c.later, 1); err != nil {
				t.Fatal(err)
			}
			if c.h.Repeats > 0 {
				if err := spending[i%shards].Add(c.h.Repeats, float64(100+(i*7919)%4000), 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		var counts Counts
		var money Spending
		for _, i := range order.Perm(shards) {
			counts.Merge(travel(t, &parts[i], new(Counts)))
			money.Merge(travel(t, &spending[i], new(Spending)))
		}
		choice, err := Choose(&counts, 13, MBGNBD, BGNBD, NBD)
		if err != nil {
			t.Fatal(err)
		}
		value, err := FitSpending(&money, 0.99)
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal([]any{&counts, &money, choice, value})
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	want := result(1)
	for _, shards := range []int{1, 2, 7, 64} {
		t.Run(fmt.Sprint(shards), func(t *testing.T) {
			if got := result(shards); got != want {
				t.Error("bytes differ from those of one shard")
			}
		})
	}
}

func travel[T any](t *testing.T, from, to T) T {
	t.Helper()
	data, err := json.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestSumsDoNotDependOnTheNumberOfProcessors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 5*chunkRows).Draw(t, "n")
		part := func(from, to int) total {
			var out total
			for i := from; i < to; i++ {
				out[0] += 1 / float64(i+1)
			}
			return out
		}
		if a, b := sumChunks(n, part), sumChunks(n, part); a != b {
			t.Fatalf("%v, then %v", a, b)
		}
	})
}

func FuzzCountsUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{`[]`, `[0,70,1,0,0,2]`, `[2,272,2,100,2,1,213,2,1]`, `[1,2]`, `{}`, `[0,70,1e9,0,0,2]`, `[0,-1,1,0,0,1]`, `[0.5,7,1,0,0,1]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Counts
		if err := json.Unmarshal(data, &c); err != nil {
			return
		}
		for triple, n := range c.n {
			if !triple.history().valid() || n < 1 || triple.later < 0 {
				t.Fatalf("accepted %+v of %d customers", triple, n)
			}
		}
		again := travel(t, &c, new(Counts))
		if len(again.n) != len(c.n) || again.Customers() != c.Customers() {
			t.Fatal("a second journey changes the counts")
		}
	})
}

func FuzzSpendingUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{`[]`, `[1,1999,3]`, `[1,1999]`, `[1,0,3]`, `[1,1999.5,0]`, `[-1,5,5]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Spending
		if err := json.Unmarshal(data, &s); err != nil {
			return
		}
		for p, n := range s.n {
			if p.orders < 1 || !(p.total > 0) || n < 1 {
				t.Fatalf("accepted %+v of %d customers", p, n)
			}
		}
		if again := travel(t, &s, new(Spending)); again.Customers() != s.Customers() {
			t.Fatal("a second journey changes the spending")
		}
	})
}
