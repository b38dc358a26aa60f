package metric

import (
	"math"
	"time"

	"holdfast/internal/customer"
)

// EngagementDays is the stretch in which engagement is counted, and compared
// with the one before it.
const EngagementDays = 30

// touchpoints is how many there are.
const touchpoints = 8

// A Touch is what one customer did at one touchpoint, in the latest
// [EngagementDays] and in as many before.
type Touch struct{ Now, Before int64 }

// Touches are those of one customer, in the order of [customer.Touchpoints].
type Touches [touchpoints]Touch

// TouchesOf counts what p did of their own accord; today counts. Of support
// cases only the latest is known by its day.
func TouchesOf(p customer.Folded, now time.Time, zone *time.Location) Touches {
	var out Touches
	today := customer.DayOf(now, zone)
	for _, s := range p.Activity {
		a := customer.Activity{Name: s.Name}
		if !a.Own() {
			continue
		}
		t := &out[a.Touchpoint().Index()]
		for _, c := range s.Counts {
			t.add(today-c.Day, int64(c.N))
		}
	}
	if !p.Service.Last.IsZero() {
		out[customer.Support.Index()].add(today-customer.DayOf(p.Service.Last, zone), 1)
	}
	return out
}

func (t *Touch) add(age int, n int64) {
	switch {
	case age < 0:
	case age < EngagementDays:
		t.Now += n
	case age < 2*EngagementDays:
		t.Before += n
	}
}

// An Engagement adds up the touches of a group. Its parts merge by adding.
type Engagement [touchpoints]struct {
	Active       int64 `json:"active"` // customers, now
	ActiveBefore int64 `json:"active_before"`
	Both         int64 `json:"both"` // active now and before
	Acts         int64 `json:"acts"`
	ActsBefore   int64 `json:"acts_before"`
}

// Add counts one customer.
func (e *Engagement) Add(all Touches) {
	for i, t := range all {
		e[i].Active += one(t.Now > 0)
		e[i].ActiveBefore += one(t.Before > 0)
		e[i].Both += one(t.Now > 0 && t.Before > 0)
		e[i].Acts += t.Now
		e[i].ActsBefore += t.Before
	}
}

// Merge adds what other counted.
func (e *Engagement) Merge(other Engagement) {
	for i, o := range other {
		e[i].Active += o.Active
		e[i].ActiveBefore += o.ActiveBefore
		e[i].Both += o.Both
		e[i].Acts += o.Acts
		e[i].ActsBefore += o.ActsBefore
	}
}

// A Contact is the engagement of a group at one touchpoint, and its trend.
type Contact struct {
	Touchpoint customer.Touchpoint `json:"touchpoint"`
	// Rate is the share of the group's customers who did something there in the
	// latest [EngagementDays], Before that of the days before.
	Rate   Rate `json:"rate"`
	Before Rate `json:"before"`
	// Change is Rate less Before, with its 95 % interval: it is of the same
	// customers (Agresti & Min, Statistics in Medicine 24, 2005).
	Change           Score `json:"change"`
	Activities       int64 `json:"activities"`
	ActivitiesBefore int64 `json:"activities_before"`
}

// Contacts returns the touchpoints at which anything happened to a group of so
// many customers.
func (e *Engagement) Contacts(customers int64) []Contact {
	var out []Contact
	for i, at := range customer.Touchpoints() {
		t := e[i]
		if t.Acts+t.ActsBefore == 0 {
			continue
		}
		out = append(out, Contact{
			Touchpoint: at, Rate: NewRate(t.Active, customers), Before: NewRate(t.ActiveBefore, customers),
			Change:     paired(t.Active-t.Both, t.ActiveBefore-t.Both, customers),
			Activities: t.Acts, ActivitiesBefore: t.ActsBefore,
		})
	}
	return out
}

// paired returns the difference of two shares of the same n customers, of whom
// so many were counted only in the first and only in the second.
func paired(first, second, n int64) Score {
	if n <= 0 {
		return Score{}
	}
	b, c, all := float64(first)+0.5, float64(second)+0.5, float64(n)+2
	middle := (b - c) / all
	half := z95 * math.Sqrt(max(b+c-(b-c)*(b-c)/all, 0)) / all
	return Score{Known: true, Value: float64(first-second) / float64(n), Low: max(-1, middle-half), High: min(1, middle+half), Of: n}
}
