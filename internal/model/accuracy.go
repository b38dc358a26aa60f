package model

import (
	"math"
	"slices"
)

func accuracy(all []guess) Accuracy {
	var n, actual, absolute, square float64
	var a Accuracy
	for _, g := range all {
		miss := g.orders - g.actual
		n += g.n
		actual += g.n * g.actual
		a.Predicted += g.n * g.orders
		absolute += g.n * math.Abs(miss)
		square += g.n * miss * miss
	}
	a.MAE, a.RMSE = absolute/n, math.Sqrt(square/n)
	if actual > 0 {
		a.Error = a.Predicted/actual - 1
	}
	a.AUC = auc(all)
	return a
}

// sortedBy sorts by a key, and what is equal by its place: the sums that follow
// are then always made in one order.
func sortedBy(all []guess, key func(guess) float64) []guess {
	type place struct {
		key float64
		at  int
	}
	places := make([]place, len(all))
	for i, g := range all {
		places[i] = place{key(g), i}
	}
	slices.SortFunc(places, func(a, b place) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return a.at - b.at
	})
	out := make([]guess, len(all))
	for i, p := range places {
		out[i] = all[p.at]
	}
	return out
}

// auc is the Mann-Whitney statistic of the chances of those who ordered and of
// those who did not.
func auc(all []guess) float64 {
	sorted := sortedBy(all, func(g guess) float64 { return g.chance })
	var did, didNot, wins float64
	for i := 0; i < len(sorted); {
		var yes, no float64
		chance := sorted[i].chance
		for ; i < len(sorted) && sorted[i].chance == chance; i++ {
			if sorted[i].actual > 0 {
				yes += sorted[i].n
			} else {
				no += sorted[i].n
			}
		}
		wins += yes * (didNot + no/2)
		did += yes
		didNot += no
	}
	if did == 0 || didNot == 0 {
		return 0.5
	}
	return wins / (did * didNot)
}

// deciles puts a customer into decile ⌊10 s/n⌋, s the customers of strictly
// fewer expected orders.
func deciles(all []guess) [10]Decile {
	sorted := sortedBy(all, func(g guess) float64 { return g.orders })
	var n float64
	for _, g := range sorted {
		n += g.n
	}
	var out [10]Decile
	fewer, equal := 0.0, 0.0
	for i, g := range sorted {
		if i > 0 && g.orders != sorted[i-1].orders {
			fewer += equal
			equal = 0
		}
		equal += g.n
		d := &out[min(int(10*fewer/n), 9)]
		d.Customers += int64(g.n)
		d.Predicted += g.n * g.orders
		d.Actual += g.n * g.actual
	}
	for i := range out {
		if d := &out[i]; d.Customers > 0 {
			d.Predicted /= float64(d.Customers)
			d.Actual /= float64(d.Customers)
		}
	}
	return out
}
