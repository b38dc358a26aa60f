package customer

import (
	"cmp"
	"slices"
	"strings"
)

// activity counts what happened by name and day, within each one's window.
func (f *folding) activity() []Series {
	found := map[string]*Series{}
	for _, fact := range f.facts {
		a := fact.Body.Activity
		if a == nil {
			continue
		}
		s := found[a.Name]
		if s == nil {
			s = &Series{Name: a.Name}
			found[a.Name] = s
		}
		c := Count{Day: DayOf(fact.At, f.zone), N: 1, Seconds: a.seconds()}
		s.Counts = append(s.Counts, c)
		if of := a.telling(); len(of) > 0 {
			s.Details = append(s.Details, Detail{c, of})
		}
	}
	all := make([]Series, 0, len(found))
	for _, s := range found {
		s.join()
		all = append(all, *s)
	}
	return ofDetails(ofSeries(all))
}

// join adds up what happened on one day, with the same properties in details,
// and leaves out what lies before the window.
func (s *Series) join() {
	slices.SortFunc(s.Counts, func(a, b Count) int { return cmp.Compare(a.Day, b.Day) })
	s.Counts = joined(s.Counts, func(a, b *Count) bool { return a.Day == b.Day }, (*Count).add)
	first := s.last() - ActivityWindow
	s.Counts = slices.DeleteFunc(s.Counts, func(c Count) bool { return c.Day <= first })
	slices.SortFunc(s.Details, Detail.compare)
	s.Details = joined(s.Details, func(a, b *Detail) bool { return a.compare(*b) == 0 }, func(a, b *Detail) { a.add(&b.Count) })
	s.Details = slices.DeleteFunc(s.Details, func(d Detail) bool { return d.Day <= first })
}

func (s *Series) last() int { return s.Counts[len(s.Counts)-1].Day }

// joined adds neighbours that are the same to the first of them.
func joined[T any](sorted []T, same func(a, b *T) bool, add func(to, from *T)) []T {
	var all []T
	for i := range sorted {
		if n := len(all); n > 0 && same(&all[n-1], &sorted[i]) {
			add(&all[n-1], &sorted[i])
			continue
		}
		all = append(all, sorted[i])
	}
	return all
}

func (c *Count) add(d *Count) {
	c.N += d.N
	c.Seconds = min(c.Seconds+d.Seconds, maxSeconds)
}

// compare orders details by day and properties; those of one day that have the
// same properties are equal.
func (d Detail) compare(e Detail) int {
	return cmp.Or(cmp.Compare(d.Day, e.Day), slices.CompareFunc(d.Of, e.Of, func(p, q Property) int {
		return cmp.Or(strings.Compare(p.Name, q.Name), strings.Compare(p.Value, q.Value))
	}))
}

// ofSeries returns all, sorted by name; of too many, the latest.
func ofSeries(all []Series) []Series {
	slices.SortFunc(all, func(a, b Series) int {
		return cmp.Or(cmp.Compare(b.last(), a.last()), strings.Compare(a.Name, b.Name))
	})
	all = all[:min(len(all), MaxSeries)]
	slices.SortFunc(all, func(a, b Series) int { return strings.Compare(a.Name, b.Name) })
	if len(all) == 0 {
		return nil
	}
	return all
}

// ofDetails returns all with the latest of their details; of the last day that
// still has room, the first by name and properties.
func ofDetails(all []Series) []Series {
	var days []int
	for _, s := range all {
		for _, d := range s.Details {
			days = append(days, d.Day)
		}
	}
	if len(days) <= MaxDetails {
		return all
	}
	slices.Sort(days)
	first := days[len(days)-MaxDetails]
	room := MaxDetails
	for _, day := range days {
		if day > first {
			room--
		}
	}
	for i := range all {
		all[i].Details = slices.DeleteFunc(all[i].Details, func(d Detail) bool {
			if d.Day == first {
				room--
			}
			return d.Day < first || d.Day == first && room < 0
		})
	}
	return all
}
