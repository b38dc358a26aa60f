package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/analysis"
	"holdfast/internal/orders"
)

var update = flag.Bool("update", false, "write the golden files")

// shop is a made-up shop of coffee, with a product whose name tries to be HTML.
func shop(t testing.TB, customers, days int) *analysis.Report {
	t.Helper()
	var file strings.Builder
	r := rand.New(rand.NewPCG(3, 5))
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	products := []string{"Beans", "Filters <script>alert(1)</script>", "Mug", "Kettle"}
	file.WriteString("order,customer,date,total,currency,product\n")
	id := 0
	for c := range customers {
		for at := float64(days) * r.Float64(); at < float64(days); at += 10 + 40*r.ExpFloat64() {
			id++
			day := begin.AddDate(0, 0, int(at)).Format(time.DateOnly)
			p := r.IntN(4)
			fmt.Fprintf(&file, "o-%d,c%d,%s,%.2f,EUR,%s\n", id, c, day, 10+40*r.Float64(), products[p])
			if p == 0 && r.IntN(2) == 0 {
				fmt.Fprintf(&file, "o-%d,,,,,%s\n", id, products[1])
			}
			if r.Float64() < 0.2 {
				break
			}
		}
	}
	l, err := orders.Read(t.Context(), strings.NewReader(file.String()), orders.Options{Name: "shop & co.csv"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := analysis.Of(l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestTheSummaryIsReadable(t *testing.T) {
	for name, r := range map[string]*analysis.Report{"shop.txt": shop(t, 600, 500), "few.txt": shop(t, 5, 20)} {
		var plain, colour bytes.Buffer
		if err := Text(&plain, r, false); err != nil {
			t.Fatal(err)
		}
		golden(t, name, plain.Bytes())
		if err := Text(&colour, r, true); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsRune(plain.Bytes(), '\x1b') || !bytes.ContainsRune(colour.Bytes(), '\x1b') {
			t.Errorf("%s: colours are for terminals only", name)
		}
		if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colour.String(), ""); len(got) < plain.Len() {
			t.Errorf("%s: another text in colour", name)
		}
	}
}

func TestThePageStandsAlone(t *testing.T) {
	for name, r := range map[string]*analysis.Report{"full": shop(t, 600, 500), "few": shop(t, 5, 20)} {
		var out bytes.Buffer
		if err := HTML(&out, r); err != nil {
			t.Fatal(err)
		}
		page := out.String()
		for _, never := range []string{"<script", "http://", "https://", "url(", "@import", "src=", "<link", "NaN", "%!"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: the page has %s", name, never)
			}
		}
		if !strings.Contains(page, `class="bar c0 pale"`) {
			t.Errorf("%s: no bar is pale", name)
		}
		figures := strings.Count(page, "<figure ")
		if means, do := strings.Count(page, `class="means"`), strings.Count(page, `class="do"`); figures < 8 || means != figures || do != figures {
			t.Errorf("%s: %d figures, %d say what they mean and %d what to do", name, figures, means, do)
		}
		if name == "full" && figures != 11 {
			t.Errorf("%d figures", figures)
		}
		if strings.Contains(page, `class="means"></p>`) || strings.Contains(page, `class="do"></p>`) {
			t.Errorf("%s: a sentence is empty", name)
		}
		var again bytes.Buffer
		if err := HTML(&again, r); err != nil || again.String() != page {
			t.Errorf("%s: another page the second time", name)
		}
	}
}

func TestOneDayOfOrdersIsSaidToTellLittle(t *testing.T) {
	l, err := orders.Read(t.Context(), strings.NewReader("customer,date,amount\na,2025-01-02,1\nb,2025-01-02,2\n"), orders.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := analysis.Of(l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text, page bytes.Buffer
	if err := errors.Join(Text(&text, r, false), HTML(&page, r)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), oneDayWords) || !strings.Contains(page.String(), oneDayWords) {
		t.Errorf("not said:\n%s", text.String())
	}
}

func TestAxesEndAtRoundValues(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		within    bool
		want      []float64
	}{
		{0, 1, true, []float64{0, 0.25, 0.5, 0.75, 1}},
		{0, 27_000, false, []float64{0, 10_000, 20_000, 30_000}},
		{-3, 5, false, []float64{-4, -2, 0, 2, 4, 6}},
		{0, 7, false, []float64{0, 2, 4, 6, 8}},
	} {
		got := ticksOf(c.low, c.high, c.within)
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); diff != "" {
			t.Errorf("%v to %v: -want +got\n%s", c.low, c.high, diff)
		}
	}
}

func TestAmountsAreShort(t *testing.T) {
	p := purse{"EUR"}
	for minor, want := range map[float64]string{0: "0 EUR", 1234: "12.34 EUR", 123_456: "1\u202f235 EUR", 1_234_567_800: "12.3 m EUR", -500: "−5 EUR"} {
		if got := p.round(minor); got != want {
			t.Errorf("%v: got %q, want %q", minor, got, want)
		}
	}
	if got := (purse{"JPY"}).short(1_500_000); got != "1.5m" {
		t.Errorf("got %q", got)
	}
}
