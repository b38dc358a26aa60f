package model

import "math"

// tails hold, for one number of repeats, the areas under
// (α+y)^−(r+x) (β+y)^−(s+1) from each time of a sample to its last, relative to
// the height there: every integral from t_x to T is a difference of two, so that
// the quadrature costs one narrow panel a time and not twenty nodes a history.
// Tails differ by what they have in common with nothing: the shorter one is
// never the greater, and at worst three digits of sixteen are lost.
type tails []area

// panelNodes is enough for sixteen digits where a panel is narrow.
const panelNodes = 6

// A panel lies between two neighbouring times of a sample. It keeps what does
// not depend on the repeats.
type panel struct {
	width  float64
	narrow bool
	nodes  [panelNodes]struct{ weight, logA, invA, logB, invB float64 }
}

// mostPanels bounds the memory for samples whose times are not days.
const mostPanels = 20_000

// panels returns those of s, nil if there are too many.
func (m pareto) panels(s *sample) []panel {
	if len(s.weeks) > mostPanels {
		return nil
	}
	rule := legendreOn(panelNodes)
	out := make([]panel, max(len(s.weeks)-1, 0))
	for k := range out {
		from, width := s.weeks[k], s.weeks[k+1]-s.weeks[k]
		p := &out[k]
		p.width, p.narrow = width, width < 0.3*min(m.alpha, m.beta)+0.3*from
		for i, x := range rule.at {
			n := &p.nodes[i]
			a, b := m.alpha+from+x*width, m.beta+from+x*width
			n.weight, n.logA, n.invA, n.logB, n.invB = rule.weight[i]*width, math.Log(a), 1/a, math.Log(b), 1/b
		}
	}
	return out
}

// tailsOf returns the tails for the x-th number of repeats, whose rows are those
// given; nil where so few rows are better integrated one by one.
func (m pareto) tailsOf(s *sample, x int, rows []row, panels []panel, a, b []perTime) tails {
	first, last := len(s.weeks), 0
	for _, r := range rows {
		first, last = min(first, int(r.last)), max(last, int(r.age))
	}
	if panels == nil || len(rows)*len(legendre().at) < (last-first)*panelNodes {
		return nil
	}
	rate, loss := m.r+float64(s.repeats[x]), m.s+1
	out := make(tails, last+1)
	for k := last - 1; k >= first; k-- {
		t := &out[k]
		if p := &panels[k]; p.narrow && p.width*(rate*a[k].inverse+loss*b[k].inverse) < 1 {
			t.addPanel(p, rate, loss, a[k].log, b[k].log)
		} else {
			t.addWide(decay{m.alpha + s.weeks[k], rate, m.beta + s.weeks[k], loss}.integrate(p.width), a[k].log, b[k].log)
		}
		t.add(out[k+1], math.Exp(-rate*(a[k+1].log-a[k].log)-loss*(b[k+1].log-b[k].log)))
	}
	return out
}

// addPanel adds an area whose logarithms are not relative to its begin.
func (t *area) addPanel(p *panel, rate, loss, logA, logB float64) {
	for i := range p.nodes {
		n := &p.nodes[i]
		f := n.weight * math.Exp(-rate*(n.logA-logA)-loss*(n.logB-logB))
		t.value += f
		t.lnA += f * n.logA
		t.invA += f * n.invA
		t.lnB += f * n.logB
		t.invB += f * n.invB
	}
}

func (t *area) addWide(i area, logA, logB float64) {
	i.lnA += logA * i.value
	i.lnB += logB * i.value
	t.add(i, 1)
}

func (t *area) add(o area, factor float64) {
	t.value += factor * o.value
	t.lnA += factor * o.lnA
	t.invA += factor * o.invA
	t.lnB += factor * o.lnB
	t.invB += factor * o.invB
}
