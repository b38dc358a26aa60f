package experiment

import (
	"encoding/json"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var exhaustive = flag.Bool("exhaustive", false, "test statistical claims on many more seeds")

func to(digits float64) cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= digits })
}

func arm(t testing.TB, converted, n int64) Arm {
	t.Helper()
	a, err := Conversions(converted, n)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestThePublishedExampleReproduces(t *testing.T) {
	got, err := Compare(arm(t, 412, 10_240), arm(t, 489, 10_198), 0.05)
	if err != nil {
		t.Fatal(err)
	}
	got.Lift, got.SE = nil, 0
	want := Reading{
		Difference:  0.0077162035,
		Welch:       Interval{0.0020871359, 0.0133452712},
		AlwaysValid: Interval{-0.0012714166, 0.0167038237},
	}
	if diff := cmp.Diff(want, got, to(5.1e-11)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Decided() {
		t.Error("decided, though the always-valid interval holds 0")
	}
	if rho := mixture(0.05); math.Abs(rho-0.0398400668) > 5e-11 {
		t.Errorf("ρ = %.10f", rho)
	}
}

func TestNewcombeReproducesThePaper(t *testing.T) {
	if diff := cmp.Diff(Interval{0.0524, 0.3339}, Newcombe(56, 70, 48, 80, 0.05), to(5e-5)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWilsonStaysWithinZeroAndOne(t *testing.T) {
	for _, tt := range []struct {
		name string
		k, n int64
		want Interval
	}{
		{"nobody asked", 0, 0, Interval{0, 1}},
		{"none of ten", 0, 10, Interval{0, 0.2775}},
		{"all of ten", 10, 10, Interval{0.7225, 1}},
		{"81 of 263, Newcombe's example", 81, 263, Interval{0.2553, 0.3662}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Wilson(tt.k, tt.n, 0.05), to(5e-5)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSampleRatio(t *testing.T) {
	for _, tt := range []struct {
		name   string
		sizes  []int64
		shares []float64
		want   Ratio
	}{
		{"the published mismatch", []int64{821_588, 815_482}, nil, Ratio{22.7744, 1.8e-6, true}},
		{"a holdout of a tenth", []int64{9_012, 988}, []float64{9, 1}, Ratio{0.16, 0.6892, false}},
		{"three arms", []int64{1000, 1000, 1100}, nil, Ratio{6.4516, 0.0397, false}},
		{"nobody yet", []int64{0, 0}, nil, Ratio{0, 1, false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := SampleRatio(tt.sizes, tt.shares)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, to(5e-5)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got, _ := SampleRatio([]int64{821_588, 815_482}, nil); math.Abs(got.P-1.8e-6) > 5e-8 {
		t.Errorf("p = %v, want 1.8e-6", got.P)
	}
}

func TestBestReproducesThePublishedOdds(t *testing.T) {
	got, err := Best([]Rate{{10, 200}, {15, 200}, {22, 200}, {18, 200}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.00471, 0.07468, 0.69160, 0.22901} {
		if math.Abs(got[i].Best-want) > 5.1e-6 {
			t.Errorf("P(best) of arm %d = %.6f, want %v", i, got[i].Best, want)
		}
	}
}

func TestOddsAgreeWithDrawsAndSumToOne(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rates []Rate
	}{
		{"no data: all alike", []Rate{{0, 0}, {0, 0}, {0, 0}}},
		{"nobody converted", []Rate{{0, 300}, {0, 200}}},
		{"everybody converted", []Rate{{20, 20}, {300, 300}}},
		{"many customers", []Rate{{50_000, 1_000_000}, {50_300, 1_000_000}}},
		{"far apart", []Rate{{1, 1000}, {900, 1000}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Best(tt.rates)
			if err != nil {
				t.Fatal(err)
			}
			want := drawn(tt.rates, 200_000)
			sum := 0.0
			for i := range got {
				sum += got[i].Best
				scale := want[i].Loss + 1e-6
				if math.Abs(got[i].Best-want[i].Best) > 0.005 || math.Abs(got[i].Loss-want[i].Loss) > 0.03*scale {
					t.Errorf("arm %d: %+v, draws give %+v", i, got[i], want[i])
				}
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("probabilities sum to %v", sum)
			}
		})
	}
}

func drawn(rates []Rate, draws int) []Odds {
	rng := rand.New(rand.NewPCG(1, 1))
	out, x := make([]Odds, len(rates)), make([]float64, len(rates))
	for range draws {
		best := 0
		for i, r := range rates {
			a, b := gamma(rng, float64(1+r.Converted)), gamma(rng, float64(1+r.N-r.Converted))
			x[i] = a / (a + b)
			if x[i] > x[best] {
				best = i
			}
		}
		out[best].Best += 1 / float64(draws)
		for i := range rates {
			out[i].Loss += (x[best] - x[i]) / float64(draws)
		}
	}
	return out
}

// gamma draws by Marsaglia and Tsang.
func gamma(rng *rand.Rand, shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		z := rng.NormFloat64()
		v := math.Pow(1+c*z, 3)
		if v > 0 && math.Log(rng.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// peeks returns how many of the experiments without a difference were decided
// at any of fifty peeks.
func peeks(t *testing.T, experiments int, draw func(*rand.Rand) int64) (always, welch int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 7))
	for range experiments {
		var a, b Tally
		alarm, naive := false, false
		for range 50 {
			for range 100 {
				a.Add(draw(rng), 0)
				b.Add(draw(rng), 0)
			}
			r, err := Compare(a.Arm(), b.Arm(), 0.05)
			if errors.Is(err, ErrTooLittle) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			alarm = alarm || r.Decided()
			naive = naive || r.Welch.Excludes(0)
		}
		if alarm {
			always++
		}
		if naive {
			welch++
		}
	}
	return always, welch
}

func TestPeekingFiftyTimesAtNothingRaisesFewFalseAlarms(t *testing.T) {
	experiments := 200
	if *exhaustive {
		experiments = 4000
	}
	for name, draw := range map[string]func(*rand.Rand) int64{
		"one in ten converts": func(r *rand.Rand) int64 {
			if r.Float64() < 0.1 {
				return 1
			}
			return 0
		},
		"revenue with a long tail": func(r *rand.Rand) int64 {
			if r.Float64() < 0.2 {
				return int64(math.Exp(8 + r.NormFloat64()))
			}
			return 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			always, welch := peeks(t, experiments, draw)
			t.Logf("false alarms: %d always valid, %d Welch, of %d", always, welch, experiments)
			if always > experiments*5/100 {
				t.Errorf("%d false alarms of %d", always, experiments)
			}
			if welch < experiments/10 {
				t.Errorf("Welch raised only %d: this test does not peek", welch)
			}
		})
	}
}

func TestLiftByTheDeltaMethod(t *testing.T) {
	r, err := Compare(Arm{N: 400, Mean: 10, Variance: 25}, Arm{N: 100, Mean: 12, Variance: 36}, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	want := math.Sqrt(36.0/(100*100) + 25.0*144/(400*10_000))
	if math.Abs(r.Lift.Value-0.2) > 1e-15 || math.Abs(r.Lift.SE-want) > 1e-15 {
		t.Errorf("lift %+v, want 0.2 ± %v", r.Lift, want)
	}
	r, err = Compare(Arm{N: 400, Variance: 25}, Arm{N: 100, Mean: 12, Variance: 36}, 0.05)
	if err != nil || r.Lift != nil {
		t.Errorf("lift over nothing = %+v, err = %v", r.Lift, err)
	}
}

func TestNeeded(t *testing.T) {
	// Fleiss: 3,839 an arm tell 10 % from 12 % with power 0.8, by this formula.
	a, b := Arm{Variance: 0.1 * 0.9}, Arm{Variance: 0.12 * 0.88}
	got, err := Needed(a, b, 0.02, 0.05, 0.8)
	if err != nil || got != 3839 {
		t.Errorf("needed %d, err = %v", got, err)
	}
	if _, err := Needed(a, b, 0, 0.05, 0.8); !errors.Is(err, ErrInvalid) {
		t.Errorf("err = %v, want ErrInvalid", err)
	}
}

func TestCUPEDRemovesWhatThePastExplains(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var a, b Tally
	for range 4000 {
		before := rng.NormFloat64() * 300
		a.Add(int64(5000+before+rng.NormFloat64()*100), int64(2000+before))
		before = rng.NormFloat64()*300 + 20 // luck of the draw
		b.Add(int64(5030+before+rng.NormFloat64()*100), int64(2000+before))
	}
	plain, err := Compare(a.Arm(), b.Arm(), 0.05)
	if err != nil {
		t.Fatal(err)
	}
	left, right, share := Adjusted(&a, &b)
	adjusted, err := Compare(left, right, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(share-0.9) > 0.01 || math.Abs(adjusted.SE/plain.SE-math.Sqrt(1-share)) > 0.01 {
		t.Errorf("explained %v, SE %v of %v", share, adjusted.SE, plain.SE)
	}
	if !adjusted.Welch.Excludes(0) || adjusted.Welch.Excludes(30) {
		t.Errorf("adjusted interval %+v, the truth is 30", adjusted.Welch)
	}
}

func TestCUPEDWithoutAPastChangesNothing(t *testing.T) {
	var a, b Tally
	for i := range int64(50) {
		a.Add(i%7, 0)
		b.Add(i%5, 0)
	}
	left, right, share := Adjusted(&a, &b)
	if left != a.Arm() || right != b.Arm() || share != 0 {
		t.Errorf("got %+v, %+v, %v", left, right, share)
	}
}

func TestTalliesMergeExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type pair struct{ y, x int64 }
		all := rapid.SliceOf(rapid.Custom(func(t *rapid.T) pair {
			return pair{rapid.Int64().Draw(t, "y"), rapid.Int64().Draw(t, "x")}
		})).Draw(t, "customers")
		shards := rapid.IntRange(1, 9).Draw(t, "shards")
		var one, merged Tally
		parts := make([]Tally, shards)
		for i, p := range all {
			one.Add(p.y, p.x)
			parts[i%shards].Add(p.y, p.x)
		}
		for i := range parts {
			data, err := json.Marshal(&parts[shards-1-i])
			if err != nil {
				t.Fatal(err)
			}
			var part Tally
			if err := json.Unmarshal(data, &part); err != nil {
				t.Fatal(err)
			}
			merged.Merge(&part)
		}
		want, _ := json.Marshal(&one)
		got, _ := json.Marshal(&merged)
		if string(got) != string(want) {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}

func TestTalliesAgreeWithSums(t *testing.T) {
	var tally Tally
	var sum, squares float64
	for i := range int64(1000) {
		v := i * i % 997
		tally.Add(v, i)
		sum += float64(v)
		squares += float64(v * v)
	}
	want, err := Sums(1000, sum, squares)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tally.Arm(), to(1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ err, want error }{
		"more conversions than customers": {second(Conversions(11, 10)), ErrInvalid},
		"negative conversions":            {second(Conversions(-1, 10)), ErrInvalid},
		"squares below the mean's":        {second(Sums(10, 100, 99)), ErrInvalid},
		"not a number":                    {second(Sums(10, math.NaN(), 1)), ErrInvalid},
		"rate above one":                  {second(Best([]Rate{{2, 1}})), ErrInvalid},
		"no rates":                        {second(Best(nil)), ErrInvalid},
		"one arm":                         {second(SampleRatio([]int64{5}, nil)), ErrInvalid},
		"no share":                        {second(SampleRatio([]int64{5, 5}, []float64{1, 0})), ErrInvalid},
		"alpha of 1":                      {second(Compare(Arm{}, Arm{}, 1)), ErrInvalid},
		"one customer":                    {second(Compare(Arm{N: 1}, Arm{N: 9, Variance: 1}, 0.05)), ErrTooLittle},
		"nobody converted":                {second(Compare(Arm{N: 90}, Arm{N: 90}, 0.05)), ErrTooLittle},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: err = %v, want %v", name, tt.err, tt.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func FuzzTallyUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{`[0,0,0,0,0,0]`, `[1,5,0,25,0,0]`, `[2,5,0,1,0,0]`, `[-1,0,0,0,0,0]`, `[1,null,0,0,0,0]`, `{}`, `[1,2]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var tally Tally
		if err := json.Unmarshal(data, &tally); err != nil {
			return
		}
		if a := tally.Arm(); a.N < 0 || a.Variance < 0 || math.IsNaN(a.Mean) {
			t.Fatalf("accepted %s as %+v", data, a)
		}
	})
}
