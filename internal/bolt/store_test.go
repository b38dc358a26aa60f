package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/bolt"
	"holdfast/internal/customer"
	"holdfast/internal/storetest"
)

func open(t testing.TB) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "holdfast.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		s := open(t)
		if err := s.Bulk(true); err != nil { // the suite asks nothing of the disk
			t.Fatal(err)
		}
		return s
	})
}

func TestAFileThatIsHeldSaysWhatToDo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holdfast.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, bolt.Options{Wait: time.Millisecond}); err == nil || !strings.Contains(err.Error(), "stop the other holdfast") || !strings.Contains(err.Error(), path) {
		t.Errorf("got error %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = bolt.Open(path, bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestAFileThatCannotBeOpenedIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "holdfast.db")
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got error %v", err)
	}
}

func TestWhatIsStoredIsThereAgain(t *testing.T) {
	for name, bulk := range map[string][]bool{
		"written one by one":              {false},
		"written in bulk, then synced":    {true, false},
		"written in bulk, and not synced": {true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "holdfast.db")
			s, err := bolt.Open(path, bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			want := storetest.ReferenceProfile()
			want.Version = 0
			for i, on := range bulk {
				if err := s.Bulk(on); err != nil {
					t.Fatal(err)
				}
				want.Version = int64(i)
				if err := s.PutProfile(t.Context(), want); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = bolt.Open(path, bolt.Options{}); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			want.Version++
			got, err := s.Profile(t.Context(), want.ID)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestReadsGoOnBesideAWriter(t *testing.T) {
	s := open(t)
	p := storetest.ReferenceProfile()
	p.Version = 0
	if err := s.Bulk(true); err != nil {
		t.Fatal(err)
	}
	if err := s.PutProfile(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			last := int64(0)
			for last < 100 {
				got, err := s.Profile(t.Context(), p.ID)
				if err != nil || got.Version < last {
					t.Errorf("got version %d after %d and error %v", got.Version, last, err)
					return
				}
				last = got.Version
			}
		})
	}
	for v := int64(1); v < 100; v++ {
		p.Version = v
		if err := s.PutProfile(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
}

func TestNothingIsDoneAfterTheContextEnded(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.PutProfile(ctx, customer.Profile{ID: "c"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if _, err := s.Profile(ctx, "c"); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if _, err := s.Profile(t.Context(), "c"); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("got error %v", err)
	}
}

func TestWhatExpiredIsDeletedAndNothingElse(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	now := time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
	if err := s.Bulk(true); err != nil {
		t.Fatal(err)
	}
	expiries := map[string]time.Time{"never": {}, "now": now, "before": now.Add(-time.Hour), "after": now.Add(1)}
	for name, expires := range expiries {
		key := customer.SendKey{Customer: "c", Campaign: name, Occurrence: "once", Step: 1}
		_, err := s.PutFact(ctx, "c", customer.Fact{Record: customer.Identity(name), Key: "order", Expires: expires})
		err = errors.Join(err,
			s.PutSend(ctx, customer.Send{SendKey: key, Status: customer.Planned, Due: now, Expires: expires}),
			s.PutInsight(ctx, customer.Insight{Kind: "k", Date: name, Expires: expires}))
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2500 { // more than one batch
		if _, err := s.PutFact(ctx, "many", customer.Fact{Record: "r", Key: fmt.Sprint(i), Expires: now}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Expire(ctx, now); err != nil || n != 2506 {
		t.Errorf("deleted %d, want 2506; error %v", n, err)
	}
	if n, err := s.Expire(ctx, now); err != nil || n != 0 {
		t.Errorf("deleted %d the second time; error %v", n, err)
	}
	got := map[string][]string{}
	facts, err1 := s.Facts(ctx, "c")
	for _, f := range facts {
		got["facts"] = append(got["facts"], string(f.Record))
	}
	due, _, err2 := s.DueSends(ctx, now, "", 10)
	for _, k := range due {
		got["sends"] = append(got["sends"], k.Campaign)
	}
	insights, err3 := s.Insights(ctx, "k", "", "")
	for _, i := range insights {
		got["insights"] = append(got["insights"], i.Date)
	}
	left := []string{"after", "never"}
	want := map[string][]string{"facts": left, "sends": left, "insights": left}
	if diff := cmp.Diff(want, got); diff != "" || errors.Join(err1, err2, err3) != nil {
		t.Errorf("error %v (-want +got):\n%s", errors.Join(err1, err2, err3), diff)
	}
}

// BenchmarkIngest makes the calls that one event of a known customer makes.
func BenchmarkIngest(b *testing.B) {
	for _, bulk := range []bool{false, true} {
		b.Run(map[bool]string{false: "synced", true: "bulk"}[bulk], func(b *testing.B) {
			s := open(b)
			if err := s.Bulk(bulk); err != nil {
				b.Fatal(err)
			}
			ctx := b.Context()
			p := storetest.ReferenceProfile()
			p.Version = 0
			f := storetest.ReferenceFact()
			if err := errors.Join(s.PutLink(ctx, customer.Link{Identity: f.Record, Customer: p.ID}), s.PutProfile(ctx, p)); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				f.Version = customer.NewVersion(f.At.Add(time.Duration(i)), "")
				_, err1 := s.Link(ctx, f.Record)
				p, err2 := s.Profile(ctx, p.ID)
				_, err3 := s.PutFact(ctx, p.ID, f)
				_, err4 := s.Facts(ctx, p.ID)
				if err := errors.Join(err1, err2, err3, err4, s.PutProfile(ctx, p)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkScan reads 10,000 reference profiles.
func BenchmarkScan(b *testing.B) {
	s := open(b)
	if err := s.Bulk(true); err != nil {
		b.Fatal(err)
	}
	const n = 10_000
	for i := range n {
		p := storetest.ReferenceProfile()
		p.ID, p.Version = customer.Identity(fmt.Sprint(i)).ID(), 0
		if err := s.PutProfile(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		read := 0
		for cursor, more := "", true; more; more = cursor != "" {
			page, next, err := s.ScanProfiles(b.Context(), 0, 1, cursor)
			if err != nil {
				b.Fatal(err)
			}
			read += len(page)
			cursor = next
		}
		if read != n {
			b.Fatalf("read %d profiles", read)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/profile")
}
