package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/experiment"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// A Look is what the customers there are say of a playbook, and of what rules
// may ask.
type Look struct {
	Customers int64            `json:"customers"`
	Sizes     map[string]int64 `json:"sizes"` // of segments
	// Both counts, by two segments in order of names and joined by a space, who
	// is in both.
	Both map[string]int64 `json:"both"`
	// Known counts by field of whom it is known, of the fields that rules ask.
	Known map[string]int64 `json:"known"`
	// Attributes and Activities are what sources tell beside the catalogue.
	Attributes []Seen `json:"attributes"`
	Activities []Seen `json:"activities"`
	// Categories are those of what was bought, and Tags what products.yaml gives
	// to it.
	Categories []Seen `json:"categories,omitempty"`
	Tags       []Seen `json:"tags,omitempty"`
	// Bought counts, by what rules ask of products, who bought it.
	Bought map[string]int64 `json:"bought,omitempty"`
}

// A Seen is something beside the catalogue that is there in the data.
type Seen struct {
	Name      string `json:"name"`
	Customers int64  `json:"customers"` // who have it
	Type      string `json:"type,omitempty"`
	Example   string `json:"example,omitempty"` // of an attribute: what most have, if at least ten do
	// Properties are, of an activity, those that filters may ask, sorted.
	Properties []string `json:"properties,omitempty"`
}

// Profiles are all that a look needs.
type Profiles interface {
	ScanProfiles(ctx context.Context, shard, shards int, cursor string) (page []customer.Profile, next string, err error)
}

// Survey looks at everybody as of now. It reads profiles and nothing else.
func Survey(ctx context.Context, s Profiles, b *playbook.Playbook, now time.Time) (Look, error) {
	l := looking{Look: Look{Sizes: map[string]int64{}, Both: map[string]int64{}, Known: map[string]int64{}, Bought: map[string]int64{}},
		attributes: map[string]map[string]int64{}, behaviour: newBehaviour(), now: now}
	for _, names := range b.Rules.Asked() {
		l.asked = append(l.asked, names...)
	}
	slices.Sort(l.asked)
	l.asked = slices.Compact(l.asked)
	rules := b.Rules
	if len(rules.Percentiles()) > 0 {
		ranker := night.NewRanker(rules)
		if err := everybody(ctx, s, func(p *customer.Profile) { ranker.Add(p, now) }); err != nil {
			return Look{}, err
		}
		rules = rules.Ranked(ranker.Cuts())
	}
	l.evaluator = rules.Evaluator()
	if err := everybody(ctx, s, l.add); err != nil {
		return Look{}, err
	}
	l.Attributes, l.Activities = l.seenAttributes(), l.seenActivities()
	l.Categories, l.Tags = seen(l.categories), seen(l.tags)
	return l.Look, nil
}

// everybody calls do for every customer.
func everybody(ctx context.Context, s Profiles, do func(*customer.Profile)) error {
	for cursor, more := "", true; more; {
		page, next, err := s.ScanProfiles(ctx, 0, 1, cursor)
		if err != nil {
			return fmt.Errorf("scan profiles: %w", err)
		}
		for i := range page {
			if !page[i].Anonymous() {
				do(&page[i])
			}
		}
		cursor, more = next, next != ""
	}
	return nil
}

type looking struct {
	Look
	asked      []string
	attributes map[string]map[string]int64 // by name, by value
	behaviour
	evaluator *segment.Evaluator
	now       time.Time
}

// maxValues is how many values of an attribute are told apart.
const maxValues = 1000

func (l *looking) add(p *customer.Profile) {
	l.Customers++
	in := l.evaluator.Of(p, l.now)
	for i, name := range in {
		l.Sizes[name]++
		for _, other := range in[i+1:] {
			l.Both[name+" "+other]++
		}
	}
	for _, name := range l.asked {
		l.Known[name] += one(l.evaluator.Known(p, l.now, name))
	}
	for name, value := range p.Attributes {
		values := l.attributes[name]
		if values == nil {
			values = map[string]int64{}
			l.attributes[name] = values
		}
		if _, known := values[value]; !known && len(values) >= maxValues {
			value = ""
		}
		values[value]++
	}
	l.behaviour.add(p, l.evaluator, l.now)
	l.evaluator.Bought(p, l.now, func(what string) { l.Bought[what]++ })
}

// fewToTell is how many customers must share an attribute's value for it to be
// shown: what few have may name one of them.
const fewToTell = 10

func (l *looking) seenAttributes() []Seen {
	all := []Seen{}
	for _, name := range slices.Sorted(maps.Keys(l.attributes)) {
		if _, isField := segment.FieldNamed(name); isField {
			continue
		}
		values := l.attributes[name]
		s := Seen{Name: "custom." + name, Type: segment.TypeOf(maps.Keys(values))}
		if !segment.Word(name) {
			s.Name = "custom[\"" + name + "\"]"
		}
		var most int64
		for _, value := range slices.Sorted(maps.Keys(values)) {
			n := values[value]
			s.Customers += n
			if value != "" && n >= fewToTell && n > most {
				most, s.Example = n, value
			}
		}
		all = append(all, s)
	}
	return all
}

const (
	// smallest is how many customers make a segment.
	smallest = 10
	// alike is from which share in common on two segments are one.
	alike = 0.9
	// rare is below which share of customers a field decides about nobody.
	rare = 0.05
)

// Warnings returns what the customers there are say against the playbook.
func (l Look) Warnings(b *playbook.Playbook) playbook.Problems {
	var all playbook.Problems
	if l.Customers < 10*smallest {
		return nil // too few to tell anything
	}
	asked := b.Rules.Asked()
	for i, d := range b.Segments {
		if n := l.Sizes[d.Name]; n < smallest {
			all = append(all, b.AtSegment(d.Name, areIn(n)+" in this segment", "widen the rule, or leave the segment out"))
		}
		if hardly := l.hardlyKnown(asked[d.Name]); len(hardly) > 0 {
			all = append(all, b.AtSegment(d.Name, fmt.Sprintf("of %s hardly anything is known that the rule asks: %s", people(l.Customers), strings.Join(hardly, ", ")), ""))
		}
		all = append(all, l.idle(b, d.Name)...)
		for _, other := range b.Segments[:i] {
			if share, both := l.shared(d.Name, other.Name); both >= smallest && share > alike {
				all = append(all, b.AtSegment(d.Name, fmt.Sprintf("this segment and `%s` have %.0f %% of their customers in common", other.Name, 100*share), "join them"))
			}
		}
	}
	for _, c := range b.Campaigns {
		if message := l.experiment(c); message != "" {
			all = append(all, b.AtCampaign(c.Name, message, "hold out more, or nobody"))
		}
	}
	return all
}

// hardlyKnown returns those of the fields that few customers have, with how
// many do.
func (l Look) hardlyKnown(fields []string) []string {
	var all []string
	for _, name := range fields {
		if n := l.Known[name]; float64(n) < rare*float64(l.Customers) {
			all = append(all, fmt.Sprintf("`%s` of %s", name, num(n)))
		}
	}
	return all
}

func areIn(n int64) string {
	switch n {
	case 0:
		return "nobody is"
	case 1:
		return "only 1 customer is"
	}
	return "only " + num(n) + " customers are"
}

// shared returns how many are in both segments, as a share of who is in either.
func (l Look) shared(a, b string) (share float64, both int64) {
	pair := []string{a, b}
	slices.Sort(pair)
	both = l.Both[strings.Join(pair, " ")]
	either := l.Sizes[a] + l.Sizes[b] - both
	if either == 0 {
		return 0, 0
	}
	return float64(both) / float64(either), both
}

// experiment returns why the holdout of c can tell nothing, "" if it can: even a
// mail that doubled the share of buyers from 10 to 20 % would not show, in four
// of five cases, at 95 % confidence. Arms of h and 1 − h of n customers tell as
// much as two equal ones of 2·n·h·(1 − h) each.
func (l Look) experiment(c playbook.Campaign) string {
	if c.Holdout <= 0 || c.Holdout >= 1 {
		return ""
	}
	control, errA := experiment.Conversions(10, 100)
	treated, errB := experiment.Conversions(20, 100)
	needed, errC := experiment.Needed(control, treated, 0.1, 0.05, 0.8)
	if errA != nil || errB != nil || errC != nil {
		return ""
	}
	n := float64(l.Sizes[c.Segment])
	if 2*n*c.Holdout*(1-c.Holdout) >= float64(needed) {
		return ""
	}
	least := int64(float64(needed)/(2*c.Holdout*(1-c.Holdout))) + 1
	return fmt.Sprintf("%s in `%s` are too few for its holdout to tell anything: even twice the orders would show only among %s",
		num(l.Sizes[c.Segment]), c.Segment, num(least))
}
