package orders

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
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

func (r run) walled() time.Duration { return r.wall }
func (r run) worked() time.Duration { return r.cpu }

func least(runs []run, of func(run) time.Duration) time.Duration {
	return of(slices.MinFunc(runs, func(x, y run) int { return cmp.Compare(of(x), of(y)) }))
}

func mostMemory(runs []run) float64 {
	return float64(slices.MaxFunc(runs, func(x, y run) int { return cmp.Compare(x.memory, y.memory) }).memory)
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

// tool builds the command.
func tool(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "holdfast")
	if out, err := exec.Command("go", "build", "-o", bin, "holdfast/cmd/holdfast").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// BenchmarkCostGrowsWithCustomers runs the commands on files of 10 thousand to
// 10 million customers, the last of them, of 1.6 GB, not with -short.
func BenchmarkCostGrowsWithCustomers(b *testing.B) {
	bin := tool(b)
	for _, n := range []int{10_000, 100_000, 1_000_000, 10_000_000} {
		if testing.Short() && n > 1_000_000 {
			break
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			dir, file := b.TempDir(), shopFile(b, n)
			for _, command := range []string{"rfm", "analyze"} {
				b.Run(command, func(b *testing.B) {
					args := []string{command, file}
					if command == "analyze" {
						args = append(args, "-o", filepath.Join(dir, "report.html"))
					}
					var runs []run
					for b.Loop() {
						runs = append(runs, timed(b, filepath.Join(dir, "out"), bin, args...))
					}
					b.ReportMetric(least(runs, run.walled).Seconds(), "s/run")
					b.ReportMetric(least(runs, run.worked).Seconds()*1e9/float64(n), "cpu-ns/customer")
					b.ReportMetric(mostMemory(runs)/1e6, "MB-at-most")
					b.ReportMetric(0, "ns/op")
				})
			}
		})
	}
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
	script := filepath.Join(peer.Node(b), "duckdb.mjs")
	dir, bin, file := b.TempDir(), tool(b), shopFile(b, 1_000_000)
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
			b.ReportMetric(least(us, run.walled).Seconds(), "s/run")
			b.ReportMetric(least(us, run.walled).Seconds()/least(duck, run.walled).Seconds(), "of-duckdb-wall")
			b.ReportMetric(least(us, run.worked).Seconds()/least(duck, run.worked).Seconds(), "of-duckdb-cpu")
			b.ReportMetric(mostMemory(us)/1e6, "MB-at-most")
			b.ReportMetric(0, "ns/op")
		})
	}
}
