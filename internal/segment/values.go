package segment

import (
	"slices"
	"time"

	"holdfast/internal/customer"
)

// Values returns what is known of p under the names of the catalogue, for
// mails: numbers and money as float64, texts as string, dates as [time.Time]
// in the merchant's zone, lists as []string, booleans as bool. A dotted name
// lies in a map of its own: "rfm" holds "f", "custom" holds every attribute.
func Values(p *customer.Profile, now time.Time, settings Settings) map[string]any {
	e := settings.env()
	e.begin(p, now)
	custom := make(map[string]any, len(p.Attributes))
	for name, value := range p.Attributes {
		custom[name] = value
	}
	values := map[string]any{"custom": custom, "rfm": map[string]any{}}
	for i := range catalogue {
		f := &catalogue[i]
		if v, ok := f.value(&e); ok {
			put(values, f.Name, v)
		}
	}
	return values
}

func put(values map[string]any, name string, v any) {
	if len(name) > 4 && name[:4] == "rfm." {
		values["rfm"].(map[string]any)[name[4:]] = v
		return
	}
	values[name] = v
}

func (f *Field) value(e *env) (any, bool) {
	switch {
	case f.number != nil:
		v, ok := f.number(e)
		return v, ok
	case f.text != nil:
		v, ok := f.text(e)
		return v, ok
	case f.date != nil:
		v, ok := f.date(e)
		return v.In(e.zone), ok
	case f.list != nil:
		v, ok := f.list(e)
		return slices.Clone(v), ok
	}
	v, ok := f.flag(e)
	return v, ok
}
