package customer

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

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
