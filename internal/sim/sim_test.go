package sim_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/bolt"
)

// runs is how many scenarios to try of each kind. Without it they are always
// the same few; with it, others each time.
var runs = flag.Int("sim.runs", 0, "how many scenarios to try of each kind, 0 for the usual ones")

func TestMain(m *testing.M) {
	flag.Parse()
	n, seed := *runs, "0"
	if n == 0 {
		n, seed = 120, "7"
	}
	for name, value := range map[string]string{"rapid.checks": fmt.Sprint(n), "rapid.seed": seed} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// stores gives one empty store after the other.
func stores(t *testing.T) func() *bolt.Store {
	dir, n := t.TempDir(), 0
	return func() *bolt.Store {
		n++
		store, err := bolt.Open(filepath.Join(dir, fmt.Sprint(n)), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Bulk(true); err != nil {
			t.Fatal(err)
		}
		return store
	}
}

// final plays a scenario and returns what is stored in the end.
func final(t *testing.T, open func() *bolt.Store, s scenario) (state, *world, error) {
	store := open()
	defer func() { _ = store.Close() }()
	w, err := play(t, store, s)
	if err != nil {
		return state{}, w, err
	}
	end, err := w.read()
	return end, w, err
}

// differs plays s, and its history once in order, and returns what is wrong
// with the end, "" if nothing is.
func differs(t *testing.T, open func() *bolt.Store, s scenario) string {
	want, _, err := final(t, open, s.once())
	if err != nil {
		return "in order: " + err.Error()
	}
	got, _, err := final(t, open, s)
	if err != nil {
		return err.Error()
	}
	problems := append(got.wrong(), got.lost(s.history)...)
	if diff := cmp.Diff(want.customers(), got.customers()); diff != "" {
		problems = append(problems, "invariant 1: not as once in order:\n"+diff)
	}
	for _, p := range want.wrong() {
		problems = append(problems, "in order: "+p)
	}
	return strings.Join(problems, "\n")
}

func (s scenario) String() string {
	var b strings.Builder
	for i, m := range s.history {
		for _, e := range m {
			fmt.Fprintf(&b, "%d %s", i, e.Record)
			if e.Fact != nil {
				fmt.Fprintf(&b, " fact %s v%s", e.Fact.Key, e.Fact.Version)
			}
			if e.Claim != nil {
				fmt.Fprintf(&b, " claim %s", text(e.Claim))
			}
			if e.Command != nil {
				fmt.Fprintf(&b, " command %s %s %s", e.Command.Kind, e.Command.Into, e.Command.Email)
			}
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(&b, "batches %v, workers %d, slow %v, plan %v", s.batches, s.workers, s.slow, s.plan)
	return b.String()
}

// Invariants 1 and 2: whatever comes twice, late, in any order, to however
// many processes that die and fail anywhere, the end is that of the events
// once in order.
func TestTheEndDependsOnTheSetOfEventsAlone(t *testing.T) {
	open := stores(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := scenarios(rt, histories(rt, 8))
		if problem := differs(t, open, s); problem != "" {
			rt.Fatalf("%v\n%s", s, problem)
		}
	})
}
