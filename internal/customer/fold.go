package customer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"time"
)

// Windows of what expires. A fact of an activity lives longer than any window
// that is kept of it, so that its expiry never changes a fold's meaning. What
// tells who a customer is, what they bought and what they allowed is kept.
const (
	// ActivityWindow is how many days a series spans, its latest day included.
	ActivityWindow = 120
	// ActivityLife is how long the fact of an activity is kept.
	ActivityLife = 400 * 24 * time.Hour
	// CartWindow is how long before the latest open cart another still counts.
	CartWindow = 30 * 24 * time.Hour
	// CartLife is how long the fact of a cart or checkout is kept.
	CartLife = 100 * 24 * time.Hour
	// MaxDays is how many days with purchases a [Book] keeps.
	MaxDays = 64
	// MaxSeries is how many activities a profile counts: whoever can name one
	// could otherwise grow it without end.
	MaxSeries = 40
	// MaxDetails is how many details of activities a profile keeps.
	MaxDetails = 32
	// MaxGoods is how many products a profile keeps, those bought last.
	MaxGoods = 32
	// MaxCodes is how many discount codes a profile keeps, those used last.
	MaxCodes = 8
)

// Fold returns what facts say of their customer. It depends on their set
// alone: not on their order, nor on how often one is given, nor on the
// present time. zone is the merchant's, in which days begin and end.
func Fold(facts []Fact, zone *time.Location) Folded {
	f := folding{zone: zone, facts: latest(facts)}
	f.sort()
	var p Folded
	p.Records = f.persons()
	p.Contact = f.contact()
	p.Tags = f.tags()
	p.Deleted = f.deleted()
	p.Blocked = f.blocked(p.Email)
	p.Mail = f.permission(EmailChannel)
	p.SMS = f.permission(SMSChannel)
	p.Books = f.books()
	p.Goods, p.Codes = f.goods()
	p.Carts = f.carts()
	p.Service = f.service()
	p.Deals = f.deals()
	p.Surveys = f.surveys()
	p.Reported = f.reported()
	p.Activity = f.activity()
	p.Seen = f.seen(p)
	return p
}

// Prune returns p without what facts that expired by now may have said. Two
// folds of one customer, before and after facts of activities, carts and
// checkouts expired, are equal pruned.
func (p Folded) Prune(now time.Time) Folded {
	const margin = 10 * 24 * time.Hour
	if p.Carts.Last.Before(now.Add(CartWindow + margin - CartLife)) {
		p.Carts = CartState{}
	}
	if p.Seen.Before(now.Add(margin - ActivityLife)) {
		p.Seen = p.ordered()
	}
	first := DayOf(now.Add(margin-ActivityLife), time.UTC)
	var kept []Series
	for _, s := range p.Activity {
		i, _ := slices.BinarySearchFunc(s.Counts, first, func(c Count, day int) int { return cmp.Compare(c.Day, day) })
		if i < len(s.Counts) {
			s.Counts = slices.Clone(s.Counts[i:])
			s.Details = slices.DeleteFunc(slices.Clone(s.Details), func(d Detail) bool { return d.Day < first })
			if len(s.Details) == 0 {
				s.Details = nil
			}
			kept = append(kept, s)
		}
	}
	p.Activity = kept
	return p
}

// DayOf returns the day of t in zone, in days since 1970-01-01 there.
func DayOf(t time.Time, zone *time.Location) int {
	const day = 24 * 60 * 60
	_, east := t.In(zone).Zone()
	clock := t.Unix() + int64(east)
	return int((clock - (clock%day+day)%day) / day)
}

// StartOf returns the first instant of day in zone. That is not midnight where
// clocks jump over it; a day that a zone left out begins with the next.
func StartOf(day int, zone *time.Location) time.Time {
	utc := time.Unix(int64(day)*86400, 0).UTC()
	y, m, d := utc.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if DayOf(midnight, zone) == day && DayOf(midnight.Add(-1), zone) < day {
		return midnight
	}
	const east = 16 * 3600 // seconds; no zone is further from UTC
	seconds := sort.Search(2*east, func(s int) bool {
		return DayOf(utc.Add(time.Duration(s-east)*time.Second), zone) >= day
	})
	return utc.Add(time.Duration(seconds-east) * time.Second).In(zone)
}

// folding holds the facts of one fold, sorted so that iteration order never
// depends on how they came.
type folding struct {
	zone  *time.Location
	facts []*Fact
	// merged are the records that stand for another one now, and the version
	// of their merge.
	merged map[Identity]merge
}

type merge struct {
	into    Identity
	version Version
}

// latest keeps of each fact its greatest version, and nothing of records that
// moved to another customer.
func latest(facts []Fact) []*Fact {
	type name struct {
		record Identity
		key    string
	}
	best := make(map[name]int, len(facts))
	moved := map[Identity]bool{}
	kept := make([]*Fact, 0, len(facts))
	for i := range facts {
		f := &facts[i]
		if f.Body.Moved != nil {
			moved[f.Record] = true
		}
		k, ok := best[name{f.Record, f.Key}]
		switch {
		case !ok:
			best[name{f.Record, f.Key}] = len(kept)
			kept = append(kept, f)
		case kept[k].Version < f.Version, kept[k].Version == f.Version && beats(f, kept[k]):
			kept[k] = f
		}
	}
	return slices.DeleteFunc(kept, func(f *Fact) bool { return moved[f.Record] })
}

// beats decides between two facts of one name and version. They should be the
// same; where a source errs, the choice must not depend on which came first.
func beats(f, than *Fact) bool {
	if c := f.At.Compare(than.At); c != 0 {
		return c > 0
	}
	a, errA := json.Marshal(f.Body)
	b, errB := json.Marshal(than.Body)
	return errA == nil && (errB != nil || bytes.Compare(a, b) > 0)
}

func (f *folding) sort() {
	slices.SortFunc(f.facts, func(a, b *Fact) int {
		return cmp.Or(cmp.Compare(a.Version, b.Version), strings.Compare(string(a.Record), string(b.Record)), strings.Compare(a.Key, b.Key))
	})
	f.merged = map[Identity]merge{}
	for _, fact := range f.facts {
		if m := fact.Body.Merged; m != nil {
			f.merged[fact.Record] = merge{m.Into, fact.Version}
		}
	}
}

// stands reports whether r speaks for itself still.
func (f *folding) stands(r Identity) bool {
	_, merged := f.merged[r]
	return !merged
}

// persons returns the customer records of which a fact is kept, sorted.
func (f *folding) persons() []Identity {
	var records []Identity
	for _, fact := range f.facts {
		if fact.Expires.IsZero() && fact.Record.Person() {
			records = append(records, fact.Record)
		}
	}
	slices.Sort(records)
	return slices.Compact(records)
}

// deleted reports whether every customer record is put away; a merged record
// says nothing of the person any more, nor does what expires.
func (f *folding) deleted() bool {
	state := map[Identity]bool{}
	for _, fact := range f.facts {
		if !fact.Expires.IsZero() || !fact.Record.Person() || !f.stands(fact.Record) {
			continue
		}
		if d := fact.Body.Deleted; d != nil {
			state[fact.Record] = d.Deleted
		} else if _, ok := state[fact.Record]; !ok {
			state[fact.Record] = false
		}
	}
	for _, gone := range state {
		if !gone {
			return false
		}
	}
	return len(state) > 0
}

func (f *folding) blocked(address Email) string {
	reason := ""
	for _, fact := range f.facts {
		if b := fact.Body.Blocked; b != nil && b.Email == address && address != "" {
			reason = b.Reason
		}
	}
	return reason
}
