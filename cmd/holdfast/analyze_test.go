package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// verb runs a command on a file of this content.
func verb(t *testing.T, command interface{ Run(*Context) error }, data string, args ...string) (out, told string, err error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", name)
	}
	p, err := kong.New(command)
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.Parse(args)
	if err != nil {
		return "", "", err
	}
	var stdout, stderr bytes.Buffer
	c := &Context{Ctx: t.Context(), In: strings.NewReader(data), Out: &stdout, Err: &stderr,
		Now: func() time.Time { return time.Date(2025, 6, 30, 12, 0, 0, 0, time.UTC) }}
	err = k.Run(c)
	clean := func(s string) string { return strings.ReplaceAll(s, name, "orders.csv") }
	return clean(stdout.String()), clean(stderr.String()), err
}

const fewOrders = "customer,date,amount,product\n" +
	"ann,2025-01-05,10,mug\nann,2025-02-05,20.50,mug\nann,2025-03-07,10,mug\n" +
	"bob,2025-01-31,99,pot\nbob,2025-03-01,1,mug\ncy,2025-03-02,5,pot\n,2025-03-03,7,pot\ndee,never,1,pot\n"

func TestRFMSaysWhoIsWho(t *testing.T) {
	out, told, err := verb(t, &RFMCmd{}, fewOrders, "FILE", "--format", "csv", "--lenient")
	if err != nil {
		t.Fatal(err)
	}
	want := `customer,recency_days,frequency,monetary,r,f,m,group,klaviyo_group
ann,0,3,40.50,4,4,2,potential_loyalists,champions
bob,6,2,100.00,1,2,4,at_risk,champions
cy,5,1,5.00,2,1,1,lost,recent
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if want := "orders.csv: 1 row left out without a customer\norders.csv: 1 row not understood and left out; --rejects FILE keeps them\n  orders.csv:9: date not understood\n"; told != want {
		t.Errorf("told %q", told)
	}
}

func TestRFMAsOfADaySeesNothingLater(t *testing.T) {
	out, _, err := verb(t, &RFMCmd{}, fewOrders, "FILE", "--format", "json", "--lenient", "--as-of", "2025-02-04")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		AsOf      string `json:"as_of"`
		Customers []rfmCustomerSeen
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	want := []rfmCustomerSeen{{"ann", 30, 1, 10}, {"bob", 4, 1, 99}}
	if diff := cmp.Diff(want, got.Customers); diff != "" || got.AsOf != "2025-02-04" {
		t.Errorf("as of %s: -want +got\n%s", got.AsOf, diff)
	}
}

type rfmCustomerSeen struct {
	Customer  string
	Recency   int `json:"recency_days"`
	Frequency int
	Monetary  float64
}

func TestRetentionAndCohortsAreTables(t *testing.T) {
	out, _, err := verb(t, &RetentionCmd{}, fewOrders, "-", "--format", "csv", "--lenient")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != 4 || rows[3][0] != "2025-03" || strings.Join(rows[3][6:12], " ") != "1 3 1 1 1 0" {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = verb(t, &CohortsCmd{}, fewOrders, "FILE", "--lenient")
	want := `Who ordered so many months after their first order, in percent. * the month is not over.
The data begin in 2025-01: who seems new there may have bought before.

cohort   customers    +1      +2
2025-01          2  50.0  100.0*
2025-03          1
`
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("%v: -want +got\n%s", err, diff)
	}
}

func TestRecommendationsAreListed(t *testing.T) {
	out, _, err := verb(t, &RecommendCmd{}, fewOrders, "FILE", "--lenient", "--list", "replenish", "--days", "40", "--format", "csv")
	want := "customer,product,times,gap_days,last,due\nann,mug,3,31,2025-03-07,2025-04-07\n"
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("%v: -want +got\n%s", err, diff)
	}
	kinds := "customer,date,amount,product,category\nann,2025-01-05,1,mug,cups\nbob,2025-01-05,1,cup,cups\nbob,2025-01-06,1,cup,cups\ncy,2025-03-05,1,pan,pans\n"
	for list, want := range map[string]string{
		"products":  "with,product,why\ncup,mug,category\nmug,cup,category\npan,cup,popular\n",
		"customers": "customer,product,why,with\nann,cup,category,mug\nbob,mug,category,cup\ncy,cup,popular,pan\n",
	} {
		out, _, err := verb(t, &RecommendCmd{}, kinds, "FILE", "--list", list, "--top", "1", "--format", "csv")
		if diff := cmp.Diff(want, out); diff != "" || err != nil {
			t.Errorf("%s: %v: -want +got\n%s", list, err, diff)
		}
	}
	out, _, err = verb(t, &RecommendCmd{}, kinds, "FILE", "--as-of", "2025-01-05", "--format", "json")
	if err != nil || strings.Contains(out, "pan") || !strings.Contains(out, `"as_of": "2025-01-05"`) {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(out, "null") || !strings.Contains(out, `"pairs": []`) {
		t.Errorf("lists of nothing are not empty:\n%s", out)
	}
	out, _, err = verb(t, &RecommendCmd{}, kinds, "FILE")
	if want := "No two products are together in at least 5 orders, and more often than by chance.\n"; out != want || err != nil {
		t.Errorf("%v: got %q", err, out)
	}
	if _, _, err := verb(t, &RecommendCmd{}, "customer,date,amount\na,2025-01-01,1\n", "FILE"); err == nil || !strings.HasSuffix(err.Error(), "there is no column of products; name it with --product NAME") {
		t.Errorf("%v", err)
	}
}

func TestWhatIsAnOrderIsSaidWithoutIDs(t *testing.T) {
	data := manyOrders()
	data += strings.Repeat("c1,2024-02-02,3.00\n", 2) + strings.Repeat("c2,2024-02-03,3.00\n", 2)
	for i := range 30 {
		data += strings.Repeat(fmt.Sprintf("c%d,2024-02-%02d,3.00\n", i, 1+i%28), 2)
	}
	const told, key = "orders.csv: there are no order ids, so each row is an order (", `"without_order_ids": {`
	for _, c := range []struct {
		command   interface{ Run(*Context) error }
		args      []string
		out, told string
	}{
		{&AnalyzeCmd{}, []string{"FILE"}, "\nOrders: there are no order ids", ""},
		{&AnalyzeCmd{}, []string{"FILE", "--format", "json"}, key, ""},
		{&RFMCmd{}, []string{"FILE"}, "", told},
		{&RFMCmd{}, []string{"FILE", "--format", "json"}, key, told},
		{&RetentionCmd{}, []string{"FILE"}, "", told},
		{&RetentionCmd{}, []string{"FILE", "--format", "json"}, key, told},
		{&ModelFitCmd{}, []string{"FILE", "--model", "nbd"}, "", told},
		{&ModelPredictCmd{}, []string{"FILE", "--model", "nbd"}, "", told},
		{&ModelBacktestCmd{}, []string{"FILE", "--model", "nbd"}, "", told},
	} {
		out, said, err := verb(t, c.command, data, c.args...)
		if err != nil || !strings.Contains(out, c.out) || !strings.Contains(said, c.told) {
			t.Errorf("%T %v: %v: told %q, and\n%.600s", c.command, c.args, err, said, out)
		}
	}
}

// codedProducts is an export of products that have codes and descriptions.
func codedProducts() string {
	var b strings.Builder
	b.WriteString("Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID\n")
	for i := range 20 {
		for k, product := range []string{"85123A,\"MUG, RED\"", "71053,POT", "84406B,PAN"} {
			if i < 5 == (k < 2) {
				fmt.Fprintf(&b, "%d,%s,1,2024-%02d-01,2.55,%d\n", i, product, 1+i%5, 17850+i/5)
			}
		}
	}
	return b.String()
}

func TestProductsOfCodesAreShownByTheirDescriptions(t *testing.T) {
	for _, c := range []struct {
		format string
		want   []string
	}{
		{"text", []string{"  lift\nMUG, RED  POT                 5              5              5 "}},
		{"csv", []string{"orders_with_both,orders_with_a,orders_with_b,log_likelihood_ratio,lift,a_name,b_name\n85123A,71053,5,5,5,", ",\"MUG, RED\",POT\n"}},
		{"json", []string{`"a": "85123A"`, `"b": "71053"`, `"a_name": "MUG, RED"`, `"b_name": "POT"`, `"product": "84406B",
      "product_name": "PAN"`, `"with_name": "POT"`}},
	} {
		out, _, err := verb(t, &RecommendCmd{}, codedProducts(), "FILE", "--format", c.format)
		for _, want := range c.want {
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("%s: %v: want %q in\n%s", c.format, err, want, out)
			}
		}
	}
	page := filepath.Join(t.TempDir(), "report.html")
	out, _, err := verb(t, &AnalyzeCmd{}, codedProducts(), "FILE", "-o", page)
	if want := "\nBought together\n  MUG, RED + POT  5 orders, 4.0 × chance\n"; err != nil || !strings.Contains(out, want) {
		t.Errorf("%v: want %q in\n%s", err, want, out)
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.Contains(html, []byte("<th>MUG, RED<br>+ POT</th>")) || !bytes.Contains(html, []byte("product name is “Description”")) {
		t.Errorf("%v: the page does not show descriptions", err)
	}
}

func TestPredictionsAtPublishedParameters(t *testing.T) {
	for _, c := range []struct {
		name, row string
		args      []string
		column    string
		want      float64
		digits    float64
	}{
		{"BG/NBD of the CDNOW sample", "2,30.43,38.86", []string{"--model", "bgnbd", "--params", "r=.243,alpha=4.414,a=.793,b=2.426", "--horizon", "39"}, "expected_orders", 1.226, 5e-4},
		{"Pareto/NBD, note 008", "26,30.86,31", []string{"--model", "paretonbd", "--params", "r=.5533971,alpha=10.5801985,s=.6060625,beta=11.6562237", "--horizon", "52"}, "expected_orders", 25.46, 5e-3},
		{"Pareto/NBD, alive", "26,30.86,31", []string{"--model", "paretonbd", "--params", "r=.5533971,alpha=10.5801985,s=.6060625,beta=11.6562237", "--horizon", "52"}, "p_alive", 0.9979, 5e-5},
	} {
		out, _, err := verb(t, &ModelPredictCmd{}, "x,t_x,T\n"+c.row+"\n", append([]string{"FILE", "--summary", "--format", "csv"}, c.args...)...)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%v\n%s", err, out)
		}
		for i, name := range rows[0] {
			if got, _ := strconv.ParseFloat(rows[1][i], 64); name == c.column && math.Abs(got-c.want) > c.digits {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
	}
}

// manyOrders is a shop with customers enough to fit models to.
func manyOrders() string {
	var b strings.Builder
	r := rand.New(rand.NewPCG(1, 9))
	b.WriteString("customer,date,amount\n")
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for c := range 700 {
		for at := 400 * r.Float64(); at < 400; at += 8 + 30*r.ExpFloat64() {
			fmt.Fprintf(&b, "c%d,%s,%.2f\n", c, begin.AddDate(0, 0, int(at)).Format(time.DateOnly), 5+20*r.Float64())
			if r.Float64() < 0.25 {
				break
			}
		}
	}
	return b.String()
}

func TestModelsAreFittedPredictedAndTested(t *testing.T) {
	data := manyOrders()
	for _, m := range []string{"mbgnbd", "bgnbd", "gammagamma", "auto"} {
		out, _, err := verb(t, &ModelFitCmd{}, data, "FILE", "--model", m, "--format", "json", "--calibration-end", "2024-12-01")
		var got fitted
		if err != nil || json.Unmarshal([]byte(out), &got) != nil || got.N < 100 || len(got.Parameters) < 2 || got.LogLikelihood == 0 {
			t.Errorf("%s: %v\n%s", m, err, out)
		}
	}
	out, _, err := verb(t, &ModelPredictCmd{}, data, "FILE", "--format", "json", "--horizon", "26")
	var got struct{ Predictions []prediction }
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || len(got.Predictions) != 700 {
		t.Fatalf("%v: %d predictions", err, len(got.Predictions))
	}
	for _, p := range got.Predictions {
		if p.CLV == nil || *p.CLV < 0 || *p.CLV > 500 || p.Alive < 0 || p.Alive > 1 || p.NoOrder < 1-p.Alive-1e-9 || *p.Value < 5 || *p.Value > 25 {
			t.Fatalf("%+v", p)
		}
	}
	out, _, err = verb(t, &ModelBacktestCmd{}, data, "FILE", "--holdout", "10", "--format", "csv", "--model", "mbgnbd")
	if err != nil || strings.Count(out, "\n") != 3 || !strings.Contains(out, "\nnaive,") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAnalyzeShowsEverything(t *testing.T) {
	page := filepath.Join(t.TempDir(), "report.html")
	out, _, err := verb(t, &AnalyzeCmd{}, manyOrders(), "FILE", "-o", page)
	if err != nil || !strings.Contains(out, "What comes next\n  Known customers will order about ") {
		t.Errorf("%v\n%s", err, out)
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.Contains(html, []byte("</html>")) {
		t.Errorf("%v", err)
	}
	out, _, err = verb(t, &AnalyzeCmd{}, manyOrders(), "-", "--format", "json")
	var got struct {
		Numbers struct{ Customers int }
		Months  []any
	}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || got.Numbers.Customers != 700 || len(got.Months) != 14 {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestBadRowsGoToAFile(t *testing.T) {
	rejects := filepath.Join(t.TempDir(), "bad.csv")
	if _, _, err := verb(t, &RFMCmd{}, fewOrders, "FILE", "--rejects", rejects); err == nil || !strings.Contains(err.Error(), "1 of 8 are not understood (12.5 %, at most 5 % may be)") {
		t.Errorf("%v", err)
	}
	if got, err := os.ReadFile(rejects); err != nil || string(got) != "line,reason,row\n9,date not understood,\"dee,never,1,pot\"\n" {
		t.Errorf("%v %q", err, got)
	}
}

func TestWrongFlagsAreExplained(t *testing.T) {
	for _, c := range []struct {
		command interface{ Run(*Context) error }
		args    []string
		want    string
	}{
		{&RFMCmd{}, []string{"FILE", "--as-of", "soon"}, "--as-of soon: write the day as 2025-06-30 (see --help)"},
		{&RFMCmd{}, []string{"FILE", "--lenient", "--as-of", "2020-01-01"}, "--as-of 2020-01-01: the first order is of 2025-01-05 (see --help)"},
		{&RFMCmd{}, []string{"FILE", "--zone", "Berlin"}, "--zone Berlin: there is no such time zone; write it as Europe/Berlin (see --help)"},
		{&RFMCmd{}, []string{"FILE", "--currency", "Euro"}, "--currency Euro: invalid: a currency is three letters such as EUR (see --help)"},
		{&ModelPredictCmd{}, []string{"FILE", "--summary", "--params", "r=1"}, ""},
		{&ModelBacktestCmd{}, []string{"FILE", "--lenient", "--calibration-end", "2025-03-05"}, "--calibration-end 2025-03-05: the data end on 2025-03-07, 1 weeks later is beyond that (see --help)"},
		{&ExperimentCmd{}, []string{"--a", "1/2", "--b", "1/2", "--alpha", "2"}, "--alpha 2 --power 0.8: both are above 0 and below 1 (see --help)"},
		{&ExperimentCmd{}, []string{"--a", "1/2", "--b", "1/2", "--power", "NaN"}, "--alpha 0.05 --power NaN: both are above 0 and below 1 (see --help)"},
		{&ExperimentCmd{}, []string{"--a", "1", "--b", "1/2"}, "--a 1: write it as CONVERSIONS/N, or SUM/SQUARES/N (see --help)"},
		{&ExperimentCmd{}, []string{"--a", "3/2", "--b", "1/2"}, "--a 3/2: conversions are at least 0 and at most N (see --help)"},
		{&ExperimentCmd{}, []string{"--a", "1/2", "--b", "5/9/3"}, "--a and --b are of different kinds: give both as CONVERSIONS/N, or both as SUM/SQUARES/N (see --help)"},
	} {
		_, _, err := verb(t, c.command, fewOrders, c.args...)
		if err == nil || c.want != "" && err.Error() != c.want {
			t.Errorf("%v: got %v, want %s", c.args, err, c.want)
		}
	}
}

func TestThePublishedExperimentIsRead(t *testing.T) {
	out, _, err := verb(t, &ExperimentCmd{}, "", "--a", "412/10240", "--b", "489/10198", "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var got readout
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 5e-11 }
	r := got.Reading
	if !near(r.Difference, .0077162035) || !near(r.Welch.Low, .0020871359) || !near(r.Welch.High, .0133452712) || !near(r.AlwaysValid.Low, -.0012714166) || !near(r.AlwaysValid.High, .0167038237) || got.Decided {
		t.Errorf("%s", out)
	}
	if got.OddsB.Best < 0.99 || got.Needed <= 0 || got.StillA != max(0, got.Needed-10240) {
		t.Errorf("%s", out)
	}
}

func TestAnExperimentThatLostCustomersIsNotRead(t *testing.T) {
	out, _, err := verb(t, &ExperimentCmd{}, "", "--a", "400/821588", "--b", "500/815482")
	var code exitWith
	if !errors.As(err, &code) || code != exitError || !strings.Contains(out, "p = 1.8e-06") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, format := range []string{"json", "csv"} {
		out, told, err := verb(t, &ExperimentCmd{}, "", "--a", "400/821588", "--b", "500/815482", "--format", format)
		if !errors.As(err, &code) || code != exitError {
			t.Errorf("%s: ended with %v", format, err)
		}
		rows, bad := csv.NewReader(strings.NewReader(out)).ReadAll()
		if format == "csv" && (bad != nil || len(rows) != 4 || !strings.Contains(told, "p = 1.8e-06")) {
			t.Errorf("%v: told %q, and\n%s", bad, told, out)
		}
	}
	out, _, err = verb(t, &ExperimentCmd{}, "", "--a", "400/821588", "--b", "600/815482", "--anyway")
	if err != nil || !strings.Contains(out, "Decided: ") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestRevenueIsComparedBySums(t *testing.T) {
	out, _, err := verb(t, &ExperimentCmd{}, "", "--a", "1000/30000/100", "--b", "1300/40000/100", "--format", "json", "--effect", "2")
	var got readout
	if err != nil || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatal(err)
	}
	d, se := got.Reading.Difference, got.Reading.SE
	want := math.Erfc(-d/se/math.Sqrt2) / 2
	if d != 3 || math.Abs(got.OddsB.Best-want) > 1e-12 || math.Abs(got.OddsA.Loss-got.OddsB.Loss-d) > 1e-9 || got.Effect != 2 {
		t.Errorf("%s", out)
	}
}
