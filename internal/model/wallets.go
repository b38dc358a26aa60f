package model

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// wallets are a Spending made ready for fitting: values relative to their mean,
// and sums by number of orders for what does not need each value.
type wallets struct {
	customers float64
	mean, cap float64
	capped    int64
	orders    []int // distinct, ascending
	rows      []wallet
}

type wallet struct {
	orders int32 // index
	m, lnM float64
	n      float64
}

func walletsOf(s *Spending, quantile float64) *wallets {
	all := s.sorted()
	w := &wallets{}
	for _, p := range all {
		x, n := int(p.orders), float64(s.n[p])
		if len(w.orders) == 0 || w.orders[len(w.orders)-1] != x {
			w.orders = append(w.orders, x)
		}
		w.rows = append(w.rows, wallet{orders: int32(len(w.orders) - 1), m: p.total / float64(x), n: n})
		w.customers += n
	}
	w.winsorise(quantile)
	for _, r := range w.rows {
		w.mean += r.n * r.m / w.customers
	}
	for i := range w.rows {
		r := &w.rows[i]
		r.m /= w.mean
		r.lnM = math.Log(r.m)
	}
	return w
}

// winsorise sets what is above the quantile to it: the smallest value that at
// least this share of customers does not exceed.
func (w *wallets) winsorise(quantile float64) {
	if !(quantile > 0 && quantile < 1) {
		return
	}
	byValue := slices.Clone(w.rows)
	slices.SortFunc(byValue, func(a, b wallet) int { return cmp.Compare(a.m, b.m) })
	seen := 0.0
	for _, r := range byValue {
		if seen += r.n; seen >= quantile*w.customers {
			w.cap = r.m
			break
		}
	}
	for i := range w.rows {
		if r := &w.rows[i]; r.m > w.cap {
			r.m = w.cap
			w.capped += int64(r.n)
		}
	}
}

// correlation is 0 where one of the two does not vary.
func (w *wallets) correlation() float64 {
	var meanX, xx, xm, mm float64
	for _, r := range w.rows {
		meanX += r.n * float64(w.orders[r.orders]) / w.customers
	}
	for _, r := range w.rows {
		dx, dm := float64(w.orders[r.orders])-meanX, r.m-1
		xx += r.n * dx * dx
		xm += r.n * dx * dm
		mm += r.n * dm * dm
	}
	if c := xm / math.Sqrt(xx*mm); mm > 1e-18*w.customers && xx > 0 {
		return c
	}
	return 0
}

func (w *wallets) logLikelihood(at, gradient []float64) float64 {
	p, q, gamma := math.Exp(at[0]), math.Exp(at[1]), math.Exp(at[2])
	type perOrders struct{ constant, shape, dp, dq float64 }
	byX := make([]perOrders, len(w.orders))
	lnGammaQ, _ := math.Lgamma(q)
	for i, orders := range w.orders {
		x := float64(orders)
		both, _ := math.Lgamma(p*x + q)
		own, _ := math.Lgamma(p * x)
		psi := mathext.Digamma(p*x + q)
		byX[i] = perOrders{
			constant: both - own - lnGammaQ + q*at[2] + p*x*math.Log(x),
			shape:    p * x,
			dp:       x * (psi - mathext.Digamma(p*x) + math.Log(x)),
			dq:       psi - mathext.Digamma(q) + at[2],
		}
	}
	sum := sumChunks(len(w.rows), func(from, to int) total {
		var t total
		for _, r := range w.rows[from:to] {
			c, x := &byX[r.orders], float64(w.orders[r.orders])
			l := math.Log(gamma + x*r.m)
			t[0] += r.n * (c.constant + (c.shape-1)*r.lnM - (c.shape+q)*l)
			t[1] += r.n * (c.dp + x*(r.lnM-l))
			t[2] += r.n * (c.dq - l)
			t[3] += r.n * (q/gamma - (c.shape+q)/(gamma+x*r.m))
		}
		return t
	})
	gradient[0], gradient[1], gradient[2] = p*sum[1], q*sum[2], gamma*sum[3]
	return sum[0]
}
