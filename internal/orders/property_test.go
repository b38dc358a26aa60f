package orders

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

func TestFieldsAreThoseOfTheStandardReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab, \"\n;é")), 0, 8, -1)
		table := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 1, 20).Draw(t, "table")
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		_ = w.WriteAll(table)
		r := csv.NewReader(bytes.NewReader(buf.Bytes()))
		want, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		d, spans := newDialect(','), make([]span, 3)
		var got [][]string
		for i, data := 0, buf.Bytes(); i < len(data); {
			n, next, _ := d.split(data, i, spans)
			var row []string
			for _, s := range spans[:min(n, 3)] {
				v := string(data[s.from:s.to])
				if s.quoted {
					v = strings.ReplaceAll(v, `""`, `"`)
				}
				row = append(row, strings.ReplaceAll(v, "\r\n", "\n"))
			}
			if n > 1 || row[0] != "" {
				got = append(got, row)
			}
			i = next
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: -want +got\n%s", buf.String(), diff)
		}
	})
}

// trickle gives a file in pieces of any size.
type trickle struct {
	data string
	size int
}

func (r *trickle) Read(p []byte) (int, error) {
	if r.data == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.size)], r.data)
	r.data = r.data[n:]
	return n, nil
}

func TestBlocksEndWithRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab,\"\n")), 0, 60, -1).Draw(t, "text")
		cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
		d := newDialect(',')
		whole := d.whole([]byte(text[:cut]), false)
		at := 0
		for at < whole {
			_, at, _ = d.split([]byte(text), at, nil)
		}
		// A quote that is closed only beyond what is there keeps its record back,
		// so that no record is ever cut, unless it is longer than quoted text may be.
		if at != whole {
			t.Fatalf("%q cut at %d: block ends at %d, record at %d", text, cut, whole, at)
		}
	})
}

func TestSpacesAreSqueezedInPiecesOfAnySize(t *testing.T) {
	many, first := regexp.MustCompile(` +`), regexp.MustCompile(`(?m)^ `)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("a1  \n")), 0, 60, -1).Draw(t, "text")
		got, err := io.ReadAll(&squeeze{r: &trickle{text, rapid.IntRange(1, 9).Draw(t, "size")}, space: true})
		if want := first.ReplaceAllString(many.ReplaceAllString(text, " "), ""); err != nil || string(got) != want {
			t.Fatalf("got %q, %v, want %q", got, err, want)
		}
	})
}

func TestAStrayQuoteDoesNotHoldBackABlock(t *testing.T) {
	data := "5\" pipe,1\nb,2\n"
	if got := newDialect(',').whole([]byte(data), false); got != len(data) {
		t.Errorf("%d of %d bytes", got, len(data))
	}
}

func TestNamesOfOneHashKeepApart(t *testing.T) {
	names := []string{"customer", "customer1", "customer2", "c", "", "eleven long", "a name that is longer than a slot", "a name that is longer than a slut", "customer\x00"}
	tables := make([]table, 1)
	var data []byte
	var keys []key
	for range 2 {
		for _, n := range names {
			k := key{hash: 7, from: uint32(len(data)), to: uint32(len(data) + len(n))}
			if data = append(data, n...); n == "" {
				continue
			}
			if len(n) <= short {
				k.a, k.b = pack([]byte(n))
			}
			keys = append(keys, k)
		}
	}
	room(tables, func(int) int { return len(keys) })
	tab := &tables[0]
	var got []uint32
	for i := range keys {
		got = append(got, tab.number(&keys[i], data, uint32(i)))
	}
	if want := []uint32{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for id, name := range []string{"customer", "customer1", "customer2", "c", "eleven long"} {
		if got := string(tab.name(uint32(id))); got != name {
			t.Errorf("%d is %q", id, got)
		}
	}
}

func TestAmountsAreThoseOfTheExactReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?[0-9]{1,17}(\.[0-9]{0,2})?`).Draw(t, "amount")
		want, err := customer.ParseMoney(s, "EUR")
		got, rounded, why := amountOf([]byte(s), '.', 2)
		if (err != nil) != (why != "") || rounded || err == nil && want.Minor != got {
			t.Fatalf("%s: got %d %v %q, want %d %v", s, got, rounded, why, want.Minor, err)
		}
	})
}

func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.IntRange(-25_000, 80_000).Draw(t, "day")
		at := time.Unix(int64(day)*86400, 0).UTC()
		for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05Z", "20060102", "02.01.2006", "2 Jan 2006", "January 2, 2006", "2006/01/02 15:04"} {
			var d dating
			got, why := d.day([]byte(at.Format(layout)), 1)
			if why != "" || int(got) != day {
				t.Fatalf("%s: got %d %q, want %d", at.Format(layout), got, why, day)
			}
		}
	})
}

func TestLedgersDoNotDependOnProcessorsOrPieces(t *testing.T) {
	var file strings.Builder
	file.WriteString("order,customer,date,amount,sku,description\n")
	for i := range 60_000 {
		fmt.Fprintf(&file, "%c-%d,\"customer number %d, of \"\"many\"\"\",2025-0%d-1%d,%d.5,product %d,%d\n", 'a'+i%26, i*7%50_000, i*i%7919, 1+i%6, i%9, i%300-20, i%97, i%53)
	}
	var want []string
	for _, c := range []struct{ processors, size int }{{1, 1 << 20}, {2, 999}, {3, 1 << 16}} {
		before := runtime.GOMAXPROCS(c.processors)
		l, err := Read(t.Context(), &trickle{file.String(), c.size}, Options{})
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		got := append(told(l), fmt.Sprint(l.Reading, l.Guests, len(l.Lines), l.Lines[:100], l.Title(5)))
		if want == nil {
			want = got
		}
		if !slices.Equal(want, got) {
			t.Errorf("%+v: another ledger", c)
		}
	}
	if len(want) < 3000 {
		t.Errorf("%d customers only", len(want))
	}
}

func TestTheFirstAndLastDayAreThoseOfAllBlocks(t *testing.T) {
	rows := strings.Repeat("somebody,2025-06-01,1\n", blockSize/10)
	l, err := read(t, "customer,date,amount\na,2025-06-30,1\na,2025-05-01,1\n"+rows, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if day := func(d int32) string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }; day(l.First) != "2025-05-01" || day(l.Last) != "2025-06-30" {
		t.Errorf("from %s to %s", day(l.First), day(l.Last))
	}
}

func TestTotalsAreThoseOfTheHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var file strings.Builder
		file.WriteString("customer,date,amount\n")
		for range rapid.IntRange(1, 60).Draw(t, "rows") {
			fmt.Fprintf(&file, "%d,2025-01-%02d,%d\n", rapid.IntRange(1, 9).Draw(t, "who"), rapid.IntRange(1, 28).Draw(t, "day"), rapid.IntRange(-3, 9).Draw(t, "amount"))
		}
		l, err := Read(t.Context(), strings.NewReader(file.String()), Options{})
		if err != nil {
			return // none was an order
		}
		until := l.First + int32(rapid.IntRange(0, 27).Draw(t, "until"))
		totals, h := l.Totals(until), l.Histories(until)
		for i, got := range totals {
			want := Total{First: math.MaxInt32, Last: math.MinInt32}
			for _, e := range h.Of(i) {
				want.Cents += e.Cents
				if l.Order(e) {
					if want.Orders == 0 {
						want.First = e.Day
					}
					want.Orders++
					want.Last = e.Day
				}
			}
			if got != want {
				t.Fatalf("customer %d: got %+v, want %+v", i, got, want)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"customer,date,amount\na,2025-01-02,10.00\n", "sep=;\ncustomer;date;amount\n\"a\n\";2.1.25;1.234,5\n", "\xff\xfea\x00", "\x1f\x8b", "a,20250101,1e400\n",
		"order,email,date,total,product,qty\n1,A@b,1/2/2025,-,,\"\n", " customer date  amount\n a  20250102   1.0\n", "customer,date,amount\n7.0,20250102,€1\n8.0,20250102,2 USD\n",
		"cust,date,qty,price,sku,description\na,2025-01-02,1,92233720368547758.07,A,mug\na,2025-01-02,1,1,A,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Read(t.Context(), bytes.NewReader(data), Options{Lenient: true, Rejects: io.Discard})
		if err != nil {
			return
		}
		left := int64(0)
		for why, n := range l.Reading.Left {
			if why != Guest {
				left += n
			}
		}
		orders := metric.Counts{}
		for _, total := range l.Totals(l.Last) {
			orders.Add(int64(total.Orders))
		}
		if l.First > l.Last || l.Reading.Bad+left > l.Reading.Rows || orders.Total() != int64(l.Customers.Len()) {
			t.Errorf("no ledger: %+v", l.Reading)
		}
	})
}
