package analysis

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"holdfast/internal/orders"
)

// writeShop writes the orders of a made-up shop: customers come over two years,
// buy at rates of their own, leave for good at some time, and spend by taste.
func writeShop(w io.Writer, customers int) error {
	b := bufio.NewWriterSize(w, 1<<20)
	r := rand.New(rand.NewPCG(7, uint64(customers)))
	begin := time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC)
	fmt.Fprintln(b, "order_id,customer,date,amount")
	const days = 730.0
	id := 0
	for c := range customers {
		at := days * math.Pow(r.Float64(), 0.9)
		every := 12 + 70*r.ExpFloat64()
		leaves := 0.05 + 0.4*r.Float64()*r.Float64()
		taste := math.Exp(8.2 + 0.5*r.NormFloat64())
		for at < days {
			id++
			cents := int(taste * math.Exp(0.3*r.NormFloat64()))
			fmt.Fprintf(b, "%d,c%07d,%s,%d.%02d\n", id, c, begin.AddDate(0, 0, int(at)).Format(time.DateOnly), cents/100, cents%100)
			if r.Float64() < leaves {
				break
			}
			at += every * r.ExpFloat64()
		}
	}
	return b.Flush()
}

func shop(b testing.TB, customers int) *orders.Ledger {
	b.Helper()
	var file bytes.Buffer
	if err := writeShop(&file, customers); err != nil {
		b.Fatal(err)
	}
	l, err := orders.Read(b.Context(), &file, orders.Options{Name: "shop.csv"})
	if err != nil {
		b.Fatal(err)
	}
	return l
}

func BenchmarkAnalyze(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("%d customers", n), func(b *testing.B) {
			l := shop(b, n)
			for b.Loop() {
				if _, err := Of(l, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRFM(b *testing.B) {
	l := shop(b, 1_000_000)
	for b.Loop() {
		totals := l.Totals(l.Last)
		rfm := Score(totals, l.Last)
		rfm.Count(totals, nil)
	}
}
