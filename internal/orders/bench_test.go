package orders

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// writeShop writes the orders of a made-up shop, four and a half a customer over
// two years. Few customers order often, most seldom.
func writeShop(w io.Writer, customers int) error {
	b := bufio.NewWriterSize(w, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	total := customers * 9 / 2
	fmt.Fprintln(b, "order_id,customer,date,amount")
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range total {
		c, day := i, r.IntN(730)
		if i >= customers {
			c, day = int(math.Pow(r.Float64(), 1.7)*float64(customers)), i*730/total
		}
		cents := 500 + r.IntN(20_000)
		fmt.Fprintf(b, "#%d,c%07d,%s,%d.%02d\n", 1000+i, (c*7919+13)%customers, begin.AddDate(0, 0, day).Format("2006-01-02"), cents/100, cents%100)
	}
	return b.Flush()
}

func shopFile(b *testing.B, customers int) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "orders.csv")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := writeShop(f, customers); err != nil {
		b.Fatal(err)
	}
	return name
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		name := shopFile(b, n)
		for _, part := range []string{"totals", "histories"} {
			b.Run(fmt.Sprintf("%s of %d customers", part, n), func(b *testing.B) {
				for b.Loop() {
					f, err := os.Open(name)
					if err != nil {
						b.Fatal(err)
					}
					l, err := Read(context.Background(), f, Options{Name: name})
					f.Close()
					if err != nil {
						b.Fatal(err)
					}
					if part == "totals" {
						l.Totals(l.Last)
					} else {
						l.Histories(l.Last)
					}
				}
				info, _ := os.Stat(name)
				b.SetBytes(info.Size())
			})
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	var buf bytes.Buffer
	if err := writeShop(&buf, 10_000); err != nil {
		b.Fatal(err)
	}
	data, d, spans := buf.Bytes(), newDialect(','), make([]span, 4)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		for i := 0; i < len(data); {
			_, i, _ = d.split(data, i, spans)
		}
	}
}
