package model

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBacktestOfSimulatedCustomers(t *testing.T) {
	c := newShop(must(MBGNBD, 0.525, 6.183, 0.891, 1.614), 78, 21).counts(6000, 26)
	choice, err := Choose(c, 26, MBGNBD, BGNBD, NBD)
	if err != nil {
		t.Fatal(err)
	}
	if choice.Family != MBGNBD {
		t.Errorf("chose %s for customers of MBG/NBD", choice.Family)
	}
	if last, err := Choose(c, 26, NBD, MBGNBD); err != nil || last.Family != MBGNBD {
		t.Errorf("chose %s where MBG/NBD came last, err = %v", last.Family, err)
	}
	b := choice.Tests[0]
	if b.Customers != 6000 || b.Weeks != 26 || b.Fit.Family != MBGNBD {
		t.Errorf("back-test of %d customers, %v weeks, %s", b.Customers, b.Weeks, b.Fit.Family)
	}
	if math.Abs(b.Model.Error) > 0.1 || b.Model.AUC < 0.75 || b.Model.RMSE >= b.Naive.RMSE || b.Model.MAE >= b.Naive.MAE {
		t.Errorf("model %+v, naive %+v", b.Model, b.Naive)
	}
	var customers int64
	var predicted, actual float64
	for i, d := range b.Deciles {
		customers += d.Customers
		predicted += d.Predicted * float64(d.Customers)
		actual += d.Actual * float64(d.Customers)
		if i > 0 && d.Customers > 0 && b.Deciles[i-1].Customers > 0 && d.Predicted < b.Deciles[i-1].Predicted {
			t.Errorf("decile %d expects less than the one before", i)
		}
	}
	if customers != 6000 || math.Abs(predicted-b.Model.Predicted) > 1e-6 || math.Abs(actual-b.Actual) > 1e-6 {
		t.Errorf("deciles sum to %d customers, %v predicted, %v actual", customers, predicted, actual)
	}
	if top := b.Deciles[9]; math.Abs(top.Predicted/top.Actual-1) > 0.15 {
		t.Errorf("top decile %+v", top)
	}
}

func TestAccuracyByHand(t *testing.T) {
	guesses := []guess{
		{n: 2, orders: 0.5, chance: 0.4, actual: 0},
		{n: 1, orders: 0.5, chance: 0.4, actual: 1},
		{n: 1, orders: 2, chance: 0.8, actual: 3},
	}
	got := accuracy(guesses)
	want := Accuracy{Predicted: 3.5, Error: 3.5/4 - 1, MAE: 2.5 / 4, RMSE: math.Sqrt(1.75 / 4), AUC: 0.75}
	if diff := cmp.Diff(want, got, closely); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	deciles := deciles(guesses)
	if diff := cmp.Diff(Decile{3, 0.5, 1.0 / 3}, deciles[0], closely); diff != "" {
		t.Errorf("tied customers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Decile{1, 2, 3}, deciles[7]); diff != "" {
		t.Errorf("the best (-want +got):\n%s", diff)
	}
}

func TestNobodyOrderingAgainIsNoError(t *testing.T) {
	c := newShop(cdnow()[0], 78, 5).counts(1500, 0)
	b, err := Test(MBGNBD, c, 13)
	if err != nil {
		t.Fatal(err)
	}
	if b.Actual != 0 || b.Model.AUC != 0.5 || b.Model.Error != 0 || !(b.Model.Predicted > 0) {
		t.Errorf("got %+v", b.Model)
	}
}

func TestChooseRefuses(t *testing.T) {
	var e *TooLittle
	if _, err := Choose(&Counts{}, 13); !errors.As(err, &e) {
		t.Errorf("err = %v, want *TooLittle", err)
	}
	if _, err := Choose(&Counts{}, 0); !errors.Is(err, ErrInvalid) {
		t.Errorf("err = %v, want ErrInvalid", err)
	}
}

func TestOnlyAClearlyWorseForecastGivesWay(t *testing.T) {
	guesses := func(orders ...float64) []guess {
		var out []guess
		for i, v := range orders {
			out = append(out, guess{n: 10, orders: v, actual: float64(i % 2)})
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		a, b  []guess
		worse bool
	}{
		{"the same is not worse", guesses(0.5, 0.5), guesses(0.5, 0.5), false},
		{"better is not worse", guesses(0.1, 0.9), guesses(0.5, 0.5), false},
		{"always a little worse is worse", guesses(0.51, 0.49, 0.51, 0.49), guesses(0.5, 0.5, 0.5, 0.5), true},
		{"now better and now worse is chance", guesses(0.41, 0.41, 0.6, 0.6, 0.41, 0.4), guesses(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), false},
	} {
		if got := clearlyWorse(tt.a, tt.b); got != tt.worse {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}
