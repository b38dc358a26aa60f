package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fataler is what a test and a property's check have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func ok(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got error %v", err)
	}
}

func refused(t fataler, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func equal(t fataler, got, want any, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, options...); diff != "" {
		t.Fatalf("stored and read again (-want +got):\n%s", diff)
	}
}

// oneWins runs write many times at once and checks that it succeeds once and
// is refused otherwise.
func oneWins(t *testing.T, refusal error, write func() error) {
	t.Helper()
	const writers = 8
	var won atomic.Int32
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			switch err := write(); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, refusal):
				t.Errorf("got error %v, want %v", err, refusal)
			}
		})
	}
	all.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d of %d writers won, want one", n, writers)
	}
}

// pages reads a list to its end.
func pages[T any](t fataler, read func(cursor string) ([]T, string, error)) (all []T, n int) {
	t.Helper()
	for cursor := ""; ; n++ {
		page, next, err := read(cursor)
		ok(t, err)
		all = append(all, page...)
		if next == "" {
			return all, n + 1
		}
		if next == cursor {
			t.Fatalf("the cursor %q leads to itself", cursor)
		}
		cursor = next
	}
}
