package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"holdfast/internal/experiment"
)

// ExperimentCmd reads out an A/B test.
type ExperimentCmd struct {
	A      string  `help:"The control: CONVERSIONS/N, or SUM/SQUARES/N of a value such as revenue." required:"" placeholder:"412/10240"`
	B      string  `help:"The treated, alike." required:"" placeholder:"489/10198"`
	Alpha  float64 `help:"Intervals hold with confidence 1 − alpha; 0.05 if not given." default:"0.05" placeholder:"ALPHA"`
	Power  float64 `help:"The power that the sample size is for; 0.8 if not given." default:"0.8" placeholder:"POWER"`
	Effect float64 `help:"The difference that the sample size is for; the one seen if not given." placeholder:"DIFFERENCE"`
	Shares string  `help:"How customers were assigned, such as 10:90; 1:1 if not given." default:"1:1" placeholder:"A:B"`
	Anyway bool    `help:"Read it even though the sizes of the groups are wrong."`
	Format string  `help:"text, json or csv." enum:"text,json,csv" default:"text"`
}

// An outcome is one group as given.
type outcome struct {
	arm  experiment.Arm
	rate *experiment.Rate // of conversions; nil for a value
}

// A readout is what the command says.
type readout struct {
	A           experiment.Arm      `json:"a"`
	B           experiment.Arm      `json:"b"`
	Alpha       float64             `json:"alpha"`
	SampleRatio experiment.Ratio    `json:"sample_ratio"`
	Reading     *experiment.Reading `json:"reading"` // null where the groups cannot be compared
	Decided     bool                `json:"decided"`
	OddsA       *experiment.Odds    `json:"odds_a,omitempty"`
	OddsB       *experiment.Odds    `json:"odds_b,omitempty"`
	Effect      float64             `json:"effect"`           // that the sample size is for
	Needed      int64               `json:"needed_per_group"` // 0 if there is no effect to see
	StillA      int64               `json:"still_needed_a"`
	StillB      int64               `json:"still_needed_b"`
}

// Run prints the read-out.
func (e *ExperimentCmd) Run(c *Context) error {
	a, err := outcomeOf("--a", e.A)
	if err != nil {
		return err
	}
	b, err := outcomeOf("--b", e.B)
	if err != nil {
		return err
	}
	if (a.rate == nil) != (b.rate == nil) {
		return usageError("--a and --b are of different kinds: give both as CONVERSIONS/N, or both as SUM/SQUARES/N")
	}
	if !(e.Alpha > 0 && e.Alpha < 1 && e.Power > 0 && e.Power < 1) {
		return usageError(fmt.Sprintf("--alpha %g --power %g: both are above 0 and below 1", e.Alpha, e.Power))
	}
	out, err := e.read(a, b)
	if err != nil {
		return err
	}
	if e.Format == "json" {
		err = printJSON(c.Out, out)
	} else {
		err = e.print(c, out)
	}
	if err == nil && out.Reading == nil {
		return exitWith(exitError)
	}
	return err
}

// outcomeOf reads CONVERSIONS/N or SUM/SQUARES/N.
func outcomeOf(flag, text string) (outcome, error) {
	wrong := func(why string) (outcome, error) {
		return outcome{}, usageError(fmt.Sprintf("%s %s: %s", flag, text, why))
	}
	parts := strings.Split(text, "/")
	n, err := strconv.ParseInt(parts[len(parts)-1], 10, 64)
	if err != nil || n <= 0 || len(parts) < 2 || len(parts) > 3 {
		return wrong("write it as CONVERSIONS/N, or SUM/SQUARES/N")
	}
	if len(parts) == 2 {
		k, err := strconv.ParseInt(parts[0], 10, 64)
		if err != nil {
			return wrong("conversions are a whole number")
		}
		arm, err := experiment.Conversions(k, n)
		if err != nil {
			return wrong("conversions are at least 0 and at most N")
		}
		return outcome{arm, &experiment.Rate{Converted: k, N: n}}, nil
	}
	sum, err1 := strconv.ParseFloat(parts[0], 64)
	squares, err2 := strconv.ParseFloat(parts[1], 64)
	arm, err3 := experiment.Sums(n, sum, squares)
	if err1 != nil || err2 != nil || err3 != nil {
		return wrong("no values have this sum and this sum of squares")
	}
	return outcome{arm, nil}, nil
}

func (e *ExperimentCmd) shares() ([]float64, error) {
	a, b, ok := strings.Cut(e.Shares, ":")
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	if !ok || err1 != nil || err2 != nil || !(x > 0 && y > 0) {
		return nil, usageError("--shares " + e.Shares + ": write it as 1:1 or 10:90")
	}
	return []float64{x, y}, nil
}

func (e *ExperimentCmd) read(a, b outcome) (*readout, error) {
	shares, err := e.shares()
	if err != nil {
		return nil, err
	}
	out := &readout{A: a.arm, B: b.arm, Alpha: e.Alpha}
	if out.SampleRatio, err = experiment.SampleRatio([]int64{a.arm.N, b.arm.N}, shares); err != nil {
		return nil, err
	}
	if out.SampleRatio.Mismatch && !e.Anyway {
		return out, nil
	}
	reading, err := experiment.Compare(a.arm, b.arm, e.Alpha)
	if err != nil {
		return nil, fmt.Errorf("read the experiment: %w", err)
	}
	out.Reading, out.Decided = &reading, reading.Decided()
	if err := out.odds(a, b); err != nil {
		return nil, err
	}
	if out.Effect = e.Effect; out.Effect == 0 {
		out.Effect = reading.Difference
	}
	if out.Effect != 0 {
		if out.Needed, err = experiment.Needed(a.arm, b.arm, out.Effect, e.Alpha, e.Power); err != nil {
			return nil, usageError(fmt.Sprintf("--effect %g --alpha %g --power %g: %v", e.Effect, e.Alpha, e.Power, err))
		}
	}
	out.StillA, out.StillB = max(0, out.Needed-a.arm.N), max(0, out.Needed-b.arm.N)
	return out, nil
}

// odds fills in what is believed of each group: of rates from a uniform prior,
// of values by the normal approximation of the difference.
func (r *readout) odds(a, b outcome) error {
	if a.rate != nil {
		odds, err := experiment.Best([]experiment.Rate{*a.rate, *b.rate})
		if err != nil {
			return err
		}
		r.OddsA, r.OddsB = &odds[0], &odds[1]
		return nil
	}
	d, se := r.Reading.Difference, r.Reading.SE
	z := d / se
	best, density := math.Erfc(-z/math.Sqrt2)/2, math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
	r.OddsA = &experiment.Odds{Best: 1 - best, Loss: d*best + se*density}
	r.OddsB = &experiment.Odds{Best: best, Loss: se*density - d*(1-best)}
	return nil
}

func (e *ExperimentCmd) print(c *Context, r *readout) error {
	if r.Reading == nil {
		w := c.Out
		if e.Format == "csv" {
			rows := [][]any{{"number", "value", "low", "high"}, {"a", r.A.Mean, nil, nil}, {"b", r.B.Mean, nil, nil}, {"sample ratio p", r.SampleRatio.P, nil, nil}}
			if err := printRows(w, e.Format, rows); err != nil {
				return err
			}
			w = c.Err
		}
		_, err := fmt.Fprintf(w, "The groups are not as large as the assignment makes them (%d and %d, p = %.2g): customers are missing from one of them,\n"+
			"and there is no use in reading the experiment. Find out where they were lost; --anyway reads it all the same.\n", r.A.N, r.B.N, r.SampleRatio.P)
		return err
	}
	rows := [][]any{{"number", "value", "low", "high"}, {"a", r.A.Mean, nil, nil}, {"b", r.B.Mean, nil, nil},
		{"difference (always valid)", r.Reading.Difference, r.Reading.AlwaysValid.Low, r.Reading.AlwaysValid.High},
		{"difference (Welch, read once)", r.Reading.Difference, r.Reading.Welch.Low, r.Reading.Welch.High}}
	if l := r.Reading.Lift; l != nil {
		rows = append(rows, []any{"relative lift (always valid)", l.Value, l.AlwaysValid.Low, l.AlwaysValid.High}, []any{"relative lift (Welch)", l.Value, l.Welch.Low, l.Welch.High})
	}
	rows = append(rows, []any{"P(b is best)", r.OddsB.Best, nil, nil}, []any{"expected loss of a", r.OddsA.Loss, nil, nil}, []any{"expected loss of b", r.OddsB.Loss, nil, nil},
		[]any{"sample ratio p", r.SampleRatio.P, nil, nil}, []any{"needed per group", r.Needed, nil, nil}, []any{"still needed in a", r.StillA, nil, nil}, []any{"still needed in b", r.StillB, nil, nil})
	if err := printRows(c.Out, e.Format, rows); err != nil || e.Format == "csv" {
		return err
	}
	verdict := "Nothing is decided yet: the always-valid interval holds 0."
	if r.Decided {
		verdict = "Decided: the always-valid interval excludes 0, however often it was looked at."
	}
	fmt.Fprintln(c.Out, "\n"+verdict)
	return nil
}
