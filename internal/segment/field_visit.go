package segment

import "holdfast/internal/customer"

// visitDays is how far back the fields of visits look.
const visitDays = 30

var visitFields = []Field{
	number("visit_days", "days", "days of the latest 30 on which they were seen at the site or in the app", fromActivity, "4", func(e *env) (float64, bool) {
		days := map[int]bool{}
		e.visits(func(c customer.Count) { days[c.Day] = true })
		return float64(len(days)), true
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
		s := &e.p.Activity[i]
		if (customer.Activity{Name: s.Name}).Touchpoint() == customer.Mailbox {
			continue
		}
		for _, c := range s.Counts {
			if c.Day > e.today-visitDays && c.Day <= e.today {
				each(c)
			}
		}
	}
}
