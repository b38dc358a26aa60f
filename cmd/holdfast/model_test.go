package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
