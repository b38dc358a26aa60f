package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// A behaviour counts what customers did and bought, by name.
type behaviour struct {
	activities, categories, tags map[string]int64
	properties                   map[string]map[string]bool // by activity
}

func newBehaviour() behaviour {
	return behaviour{map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]map[string]bool{}}
}

// maxProperties is how many properties of an activity are told.
const maxProperties = 20

func (b behaviour) add(p *customer.Profile, e *segment.Evaluator, now time.Time) {
	for _, s := range p.Activity {
		b.activities[s.Name]++
		of := b.properties[s.Name]
		if of == nil {
			of = map[string]bool{}
			b.properties[s.Name] = of
		}
		for _, d := range s.Details {
			for _, property := range d.Of {
				if len(of) < maxProperties {
					of[property.Name] = true
				}
			}
		}
	}
	for _, name := range e.List(p, now, "categories") {
		b.categories[name]++
	}
	for _, name := range e.List(p, now, "product_tags") {
		b.tags[name]++
	}
}

func seen(counts map[string]int64) []Seen {
	all := []Seen{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, Seen{Name: name, Customers: counts[name]})
	}
	return all
}

func (b behaviour) seenActivities() []Seen {
	all := seen(b.activities)
	for i := range all {
		all[i].Properties = slices.Sorted(maps.Keys(b.properties[all[i].Name]))
	}
	return all
}

// idle warns of activities and products that a segment's rule asks about and
// that nobody has done or bought: they may be misspelt. Where no source tells of
// any activity, or of any product, it says nothing.
func (l Look) idle(b *playbook.Playbook, name string) playbook.Problems {
	var all playbook.Problems
	done := namesOf(l.Activities)
	for _, activity := range b.Rules.Counted()[name] {
		if len(done) > 0 && !slices.Contains(done, activity) {
			all = append(all, b.AtSegment(name, fmt.Sprintf("no activity `%s` of anybody is known", activity), segment.DidYouMean(activity, done)))
		}
	}
	bought := slices.Concat(namesOf(l.Categories), namesOf(l.Tags))
	for _, what := range b.Rules.Shopped()[name] {
		if len(bought) > 0 && l.Bought[what] == 0 {
			_, word, _ := strings.Cut(what, ":")
			if word == "" {
				word = what
			}
			all = append(all, b.AtSegment(name, fmt.Sprintf("nobody has bought `%s`", what), segment.DidYouMean(word, bought)))
		}
	}
	return all
}

func namesOf(all []Seen) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.Name
	}
	return out
}
