package plan

// merge adds what another worker found. The order in which workers are merged
// does not matter.
func (w *worker) merge(o *worker) {
	w.customers += o.customers
	for name, s := range o.segments {
		have := w.segments[name]
		if have == nil {
			w.segments[name] = s
			continue
		}
		have.Before += s.Before
		have.After += s.After
		have.Entered += s.Entered
		have.Left += s.Left
		have.EnteredByChange += s.EnteredByChange
		have.LeftByChange += s.LeftByChange
		for _, f := range s.found {
			have.example(f, w.Examples)
		}
	}
	for i := range w.campaigns {
		for name, of := range o.campaigns[i] {
			have := w.campaigns[i][name]
			if have == nil {
				w.campaigns[i][name] = of
				continue
			}
			have.Tonight.merge(of.Tonight)
			have.Week.merge(of.Week)
		}
		w.work[i].changed += o.work[i].changed
		w.work[i].planned += o.work[i].planned
		w.work[i].handled += o.work[i].handled
		w.work[i].accepted += o.work[i].accepted
	}
}

func (m *Mails) merge(o Mails) {
	m.Sent += o.Sent
	m.HeldOut += o.HeldOut
	for reason, n := range o.Skipped {
		if m.Skipped == nil {
			m.Skipped = map[string]int64{}
		}
		m.Skipped[reason] += n
	}
}
