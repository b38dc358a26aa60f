package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"holdfast/internal/model"
)

func TestAFitSaysWhatItRestsOn(t *testing.T) {
	data := manyOrders()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"an export is back-tested", []string{"--model", "auto"}, "\nChosen by: back-test of the last "},
		{"nothing is capped unless asked for", []string{"--model", "gammagamma"}, "\nMean order values are taken as they are;"},
		{"what is capped is counted", []string{"--model", "gammagamma", "--winsorise", "0.9"}, " customers have a mean order value above "},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, _, err := verb(t, &ModelFitCmd{}, data, append([]string{"FILE"}, c.args...)...)
			if err != nil || !strings.Contains(out, c.want) {
				t.Errorf("%v: want %q in\n%s", err, c.want, out)
			}
		})
	}
}

// staying is a table of customers of whom none ever leaves.
func staying() string {
	r := rand.New(rand.NewPCG(4, 4))
	var b strings.Builder
	b.WriteString("x,t_x,T\n")
	for range 1500 {
		age, last, x := 30+float64(r.IntN(10)), 0.0, 0
		for at := r.ExpFloat64() * 9; at < age; at += r.ExpFloat64() * 9 {
			last, x = at, x+1
		}
		fmt.Fprintf(&b, "%d,%.4f,%.4f\n", x, last, age)
	}
	return b.String()
}

func TestADefaultGivesWayOnlyToWhatIsClearlyBetter(t *testing.T) {
	of := func(family model.Family, parameters int, likelihood float64) model.Fit {
		return model.Fit{Family: family, Parameters: make([]model.Parameter, parameters), LogLikelihood: likelihood}
	}
	const by = "likelihood (Akaike's criterion), as no time could be held out"
	for _, c := range []struct {
		name string
		fits []model.Fit
		want model.Family
		why  string
	}{
		{"the likeliest is taken", []model.Fit{of(model.MBGNBD, 4, -101), of(model.BGNBD, 4, -100), of(model.ParetoNBD, 4, -105)}, model.BGNBD, by},
		{"the default where another is hardly better", []model.Fit{of(model.MBGNBD, 4, -100.9), of(model.BGNBD, 4, -100), of(model.ParetoNBD, 4, -105)}, model.MBGNBD,
			by + "; the data do not tell mbgnbd and bgnbd apart (it differs by less than 2), and the first is used, the default"},
		{"the first of several that are clearly better than the default", []model.Fit{of(model.MBGNBD, 4, -109), of(model.BGNBD, 4, -100.4), of(model.ParetoNBD, 4, -100), of(model.NBD, 2, -102.9)}, model.BGNBD,
			by + "; the data do not tell bgnbd, paretonbd and nbd apart (it differs by less than 2), and the first is used"},
		{"parameters cost", []model.Fit{of(model.MBGNBD, 4, -100), of(model.NBD, 2, -100)}, model.NBD, by},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, why := likeliest(c.fits); got.Family != c.want || why != c.why {
				t.Errorf("got  %s, %s\nwant %s, %s", got.Family, why, c.want, c.why)
			}
		})
	}
}

func TestAPredictionSaysHowItsModelWasChosen(t *testing.T) {
	out, told, err := verb(t, &ModelPredictCmd{}, manyOrders(), "FILE", "--model", "auto", "--format", "json")
	var got struct{ Model fitted }
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || !strings.HasPrefix(got.Model.ChosenBy, "back-test of the last ") {
		t.Errorf("%v: %+v", err, got.Model)
	}
	if want := "orders.csv: " + got.Model.Model + ", chosen by " + got.Model.ChosenBy + "\n"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestTenthsOfABackTestAreListed(t *testing.T) {
	out, _, err := verb(t, &ModelBacktestCmd{}, manyOrders(), "FILE", "--deciles", "--format", "csv")
	rows, bad := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || bad != nil || len(rows) != 1+4*10 || strings.Join(rows[0], ",") != "model,tenth,customers,predicted,actual" {
		t.Fatalf("%v %v\n%s", err, bad, out)
	}
	for i, row := range rows[1:] {
		if want := []string{string(model.Families()[i/10]), strconv.Itoa(1 + i%10)}; row[0] != want[0] || row[1] != want[1] {
			t.Errorf("row %d is %v, want %v", i, row, want)
		}
	}
	for choice, args := range map[bool][]string{true: {"FILE"}, false: {"FILE", "--model", "nbd"}} {
		text, _, err := verb(t, &ModelBacktestCmd{}, manyOrders(), args...)
		if err != nil || strings.Contains(text, "Chosen: ") != choice || strings.Count(text, " 10  ") != 1 {
			t.Errorf("%v: %v\n%s", args, err, text)
		}
	}
	text, _, err := verb(t, &ModelBacktestCmd{}, manyOrders(), "FILE", "--deciles", "--model", "nbd")
	if err != nil || strings.Count(text, "\nnbd ") != 10 || strings.Contains(text, "Chosen") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestAFitWithoutDropoutShowsWhatPredicts(t *testing.T) {
	out, _, err := verb(t, &ModelFitCmd{}, staying(), "FILE", "--summary", "--model", "bgnbd", "--format", "json")
	var got fitted
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || got.Identified || got.Fallback == nil || got.Fallback.Model != string(model.NBD) {
		t.Fatalf("%v\n%s", err, out)
	}
	out, _, err = verb(t, &ModelFitCmd{}, staying(), "FILE", "--summary", "--model", "bgnbd")
	if err != nil || !strings.Contains(out, "\nnbd    r ") || !strings.Contains(out, "Dropout cannot be seen") {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = verb(t, &ModelFitCmd{}, staying(), "FILE", "--summary", "--model", "auto", "--format", "json")
	got = fitted{}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || got.Model != string(model.NBD) || !strings.HasPrefix(got.ChosenBy, "likelihood") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWrongModelFlagsAreExplained(t *testing.T) {
	for _, c := range []struct {
		command interface{ Run(*Context) error }
		args    []string
		want    string
	}{
		{&ModelFitCmd{}, []string{"FILE", "--calibration-end", "1997-9-30"}, "--calibration-end 1997-9-30: write the day as 2025-06-30"},
		{&ModelFitCmd{}, []string{"FILE", "--winsorise", "2"}, "--winsorise 2: a quantile such as 0.99"},
		{&ModelFitCmd{}, []string{"FILE", "--summary", "--calibration-end", "2025-01-01"}, "--summary: such a table has no dates, and is taken as it is: leave out --calibration-end and --as-of"},
		{&ModelPredictCmd{}, []string{"FILE", "--lenient", "--model", "nbd", "--params", "r=1,r=2,alpha=3"}, "--params r=1,r=2,alpha=3: write each parameter once, as r=0.243,alpha=4.414,a=0.793,b=2.426"},
		{&ModelPredictCmd{}, []string{"FILE", "--lenient", "--model", "nbd", "--params", "r=1,alpha=-3"}, "--params r=1,alpha=-3: nbd has the parameters r, alpha, all positive"},
		{&ModelBacktestCmd{}, []string{"FILE", "--lenient", "--holdout", "300"}, "--holdout 300: the data have only 8 weeks until 2025-03-07"},
	} {
		if _, _, err := verb(t, c.command, fewOrders, c.args...); err == nil || err.Error() != c.want+" (see --help)" {
			t.Errorf("%v: got %v, want %s", c.args, err, c.want)
		}
	}
}

func TestTooLittleForABackTestIsNoWrongFlag(t *testing.T) {
	_, _, err := verb(t, &ModelBacktestCmd{}, "customer,date,amount\na,2025-01-01,5\n", "-")
	var wrong usageError
	if want := "standard input: too little data: there are 0 weeks until 2025-01-01, and a back-test holds out 4"; err == nil || errors.As(err, &wrong) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTablesOfHistoriesMayBeCompressed(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, staying())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if out, _, err := verb(t, &ModelFitCmd{}, b.String(), "-", "--summary", "--model", "nbd", "--format", "json"); err != nil || !strings.Contains(out, `"n": 1500`) {
		t.Errorf("%v\n%s", err, out)
	}
	if _, _, err := verb(t, &ModelFitCmd{}, "x,y\n", "-", "--summary"); err == nil || !strings.HasPrefix(err.Error(), "standard input:1: ") {
		t.Errorf("%v", err)
	}
}

func TestOrdersOfNothingAreLeftOutAloud(t *testing.T) {
	data := manyOrders() + "c1,2024-02-02,0.00\nc2,2024-02-02,0\n"
	_, told, err := verb(t, &ModelFitCmd{}, data, "FILE", "--model", "bgnbd")
	if err != nil || !strings.Contains(told, "2 rows left out of no value; --free-orders keeps them, as published fits do\n") {
		t.Errorf("%v %q", err, told)
	}
	if _, told, err = verb(t, &ModelFitCmd{}, data, "FILE", "--model", "bgnbd", "--free-orders"); err != nil || told != "" {
		t.Errorf("%v %q", err, told)
	}
}
