package night

import (
	"maps"
	"slices"

	"holdfast/internal/experiment"
	"holdfast/internal/metric"
)

// Comparisons say which segments differ from everybody else, and by how much.
//
// The intervals are Newcombe's, each at confidence 1 − Alpha/Tests (Bonferroni):
// with 95 % confidence all of them hold together. A segment differs by what its
// rule asks for, and one whose rule asks for an order differs in retention by
// its rule alone: this tells size, not cause.
type Comparisons struct {
	Alpha    float64                 `json:"alpha"` // of all together
	Tests    int                     `json:"tests"`
	Segments map[string][]Comparison `json:"segments"`
}

// A Comparison is one rate of a segment and of all who are not in it.
type Comparison struct {
	Measure    string      `json:"measure"` // RetentionRate or RepeatRate
	Segment    metric.Rate `json:"segment"`
	Others     metric.Rate `json:"others"`
	Difference float64     `json:"difference"` // Segment − Others
	Low        float64     `json:"low"`
	High       float64     `json:"high"`
	Differs    bool        `json:"differs"` // the interval excludes 0
}

// What is compared.
const (
	RetentionRate = "retention_rate"
	RepeatRate    = "repeat_purchase_rate"
)

const alphaOfAll = 0.05

// compare compares the segments; one that everybody or nobody is in cannot be.
func compare(overall metric.Tally, segments map[string]*Group) Comparisons {
	c := Comparisons{Alpha: alphaOfAll, Segments: map[string][]Comparison{}}
	for name, g := range segments {
		t := g.Tally
		for _, m := range []Comparison{
			{RetentionRate, metric.NewRate(t.Retained, t.Start), metric.NewRate(overall.Retained-t.Retained, overall.Start-t.Start), 0, 0, 0, false},
			{RepeatRate, metric.NewRate(t.Repeaters, t.Buyers), metric.NewRate(overall.Repeaters-t.Repeaters, overall.Buyers-t.Buyers), 0, 0, 0, false},
		} {
			if m.Segment.Known && m.Others.Known {
				c.Segments[name] = append(c.Segments[name], m)
				c.Tests++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Segments)) {
		for i := range c.Segments[name] {
			c.Segments[name][i].decide(alphaOfAll / float64(c.Tests))
		}
	}
	return c
}

func (c *Comparison) decide(alpha float64) {
	i := experiment.Newcombe(c.Segment.Hits, c.Segment.Of, c.Others.Hits, c.Others.Of, alpha)
	c.Difference = c.Segment.Value - c.Others.Value
	c.Low, c.High = i.Low, i.High
	c.Differs = i.Excludes(0)
}
