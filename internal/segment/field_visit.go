package segment

import (
	"math/bits"
	"slices"

	"holdfast/internal/customer"
)

// visitDays is how far back the fields of visits look; at most 32.
const visitDays = 30

var visitFields = []Field{
	number("visit_days", "days", "days of the latest 30 on which they were seen at the site or in the app", fromActivity, "4", func(e *env) (float64, bool) {
		var days uint32 // a bit for each
		e.visits(func(c customer.Count) { days |= 1 << (e.today - c.Day) })
		return float64(bits.OnesCount32(days)), true
	}).always(),
	number("site_minutes", "minutes", "time they spent there in the latest 30 days, as far as activities say how long they took", fromActivity, "12.5", func(e *env) (float64, bool) {
		seconds := 0
		e.visits(func(c customer.Count) { seconds += c.Seconds })
		return float64(seconds) / 60, true
	}).always(),
}

// visits calls each with the counts of what the customer did at the site or in
// the app; what happens around mails is none of it.
func (e *env) visits(each func(customer.Count)) {
	for i := range e.p.Activity {
		counts := e.p.Activity[i].Counts
		lately := slices.IndexFunc(counts, func(c customer.Count) bool { return c.Day > e.today-visitDays })
		if lately < 0 || (customer.Activity{Name: e.p.Activity[i].Name}).Touchpoint() == customer.Mailbox {
			continue
		}
		for _, c := range counts[lately:] {
			if c.Day <= e.today {
				each(c)
			}
		}
	}
}
