package customer

import (
	"cmp"
	"slices"
	"strconv"
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

// maxSeconds is more than anybody spends on anything in a day, or a year.
const maxSeconds = 1 << 30

// A timing is a property that says how long an activity took, with the seconds
// of its unit.
type timing struct {
	name string
	unit float64
}

var timings = []timing{{"seconds", 1}, {"duration", 1}, {"duration_seconds", 1}, {"time_on_page", 1}, {"minutes", 60}, {"engagement_time_msec", 0.001}}

// seconds returns how long a took, rounded; 0 if nobody says.
func (a Activity) seconds() int {
	for _, t := range timings {
		if n, err := strconv.ParseFloat(a.Properties[t.name], 64); err == nil && n > 0 {
			return int(min(n*t.unit+0.5, maxSeconds))
		}
	}
	return 0
}

// What a detail keeps of an activity.
const (
	maxTelling      = 3
	longestProperty = 40 // bytes; a value that is longer is left out, as half of it would be another
)

// tellingFirst are the properties that details keep before others, which follow by
// name.
var tellingFirst = []string{"category", "price", "query", "campaign", "name", "sku", "value", "brand", "product_id", "quantity"}

// silent are properties that are different every time, or that say what another
// one says: they would use up the room that others need.
var silent = map[string]bool{"path": true, "url": true, "title": true, "referrer": true, "referer": true, "currency": true,
	"products": true, "categories": true, "image_url": true, "position": true, "message_id": true, "step": true, "send": true,
	"tab_url": true, "width": true, "height": true}

// wordless reports whether a property says nothing by which rules tell
// activities apart.
func wordless(name string) bool {
	return silent[name] || strings.HasPrefix(name, "utm_") || strings.HasSuffix(name, "_id") && name != "product_id" || slices.ContainsFunc(timings, func(t timing) bool { return t.name == name })
}

// telling returns the properties by which rules may tell a from others of its
// name, sorted by name.
func (a Activity) telling() []Property {
	var of []Property
	for name, value := range a.Properties {
		if value != "" && len(value) <= longestProperty && !wordless(name) {
			of = append(of, Property{name, value})
		}
	}
	rank := func(name string) int {
		if i := slices.Index(tellingFirst, name); i >= 0 {
			return i
		}
		return len(tellingFirst)
	}
	byName := func(p, q Property) int { return strings.Compare(p.Name, q.Name) }
	slices.SortFunc(of, func(p, q Property) int { return cmp.Or(cmp.Compare(rank(p.Name), rank(q.Name)), byName(p, q)) })
	of = of[:min(len(of), maxTelling)]
	slices.SortFunc(of, byName)
	return of
}
