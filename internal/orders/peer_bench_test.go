package orders

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"holdfast/internal/peer"
)

// A run is what a process took.
type run struct {
	wall, cpu time.Duration
	memory    int64 // bytes at most
}

func timed(b *testing.B, out string, name string, args ...string) run {
	b.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	cmd.Stderr = &stderr
	if out != "" {
		f, err := os.Create(out)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		cmd.Stdout = f
	}
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.Bytes())
	}
	s := cmd.ProcessState
	r := run{wall: time.Since(begin), cpu: s.UserTime() + s.SystemTime()}
	if usage, ok := s.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" {
		r.memory = usage.Maxrss << 10
	}
	return r
}

// sortedRows returns the rows of a table after its header, with so many columns,
// in the order of bytes.
func sortedRows(b *testing.B, file string, columns int) [][]byte {
	b.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	rows := bytes.Split(bytes.TrimSpace(data), []byte{'\n'})[1:]
	for i, row := range rows {
		rows[i] = bytes.Join(bytes.SplitN(row, []byte{','}, columns+1)[:columns], []byte{','})
	}
	slices.SortFunc(rows, bytes.Compare)
	return rows
}

// BenchmarkBesideDuckDB scores the same million customers in holdfast and in
// DuckDB, each in a process of its own with two threads, in turns, and reports
// the best time of each and the ratio. Once with the table of the ten groups as
// the result, once with the row of every customer, which must be the same.
func BenchmarkBesideDuckDB(b *testing.B) {
	dir := b.TempDir()
	script := filepath.Join(peer.Node(b), "duckdb.mjs")
	bin := filepath.Join(dir, "holdfast")
	if out, err := exec.Command("go", "build", "-o", bin, "holdfast/cmd/holdfast").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	file := shopFile(b, 1_000_000)
	ours, theirs := filepath.Join(dir, "holdfast.csv"), filepath.Join(dir, "duckdb.csv")
	for _, what := range []string{"groups", "customers"} {
		format := map[string]string{"groups": "text", "customers": "csv"}[what]
		b.Run(what, func(b *testing.B) {
			var us, duck []run
			for b.Loop() {
				for range 5 {
					us = append(us, timed(b, ours, bin, "rfm", file, "--format", format))
					duck = append(duck, timed(b, "", "node", script, what, file, theirs))
				}
			}
			if what == "customers" && !slices.EqualFunc(sortedRows(b, ours, 8), sortedRows(b, theirs, 8), bytes.Equal) {
				b.Fatal("the rows are not the same")
			}
			wall := func(r run) time.Duration { return r.wall }
			cpu := func(r run) time.Duration { return r.cpu }
			b.ReportMetric(least(us, wall).Seconds(), "s/run")
			b.ReportMetric(least(us, wall).Seconds()/least(duck, wall).Seconds(), "of-duckdb-wall")
			b.ReportMetric(least(us, cpu).Seconds()/least(duck, cpu).Seconds(), "of-duckdb-cpu")
			b.ReportMetric(float64(slices.MaxFunc(us, func(x, y run) int { return cmp.Compare(x.memory, y.memory) }).memory)/1e6, "MB-at-most")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func least(runs []run, of func(run) time.Duration) time.Duration {
	return of(slices.MinFunc(runs, func(x, y run) int { return cmp.Compare(of(x), of(y)) }))
}
