package night

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

// A Goal is what a playbook says is wanted of a segment, and whether it came
// about. What is wanted can be measured if it says "order within 60 days": of
// the customers for whom the rule would have held that long ago, by the orders
// they had then, the share who have ordered since. Whatever else the rule asks
// is taken as it is now.
type Goal struct {
	Text string `json:"text"`
	// Within is the days that the goal gives; 0: it cannot be measured.
	Within  int         `json:"within,omitempty"`
	Reached metric.Rate `json:"reached"`
}

var goalForm = regexp.MustCompile(`\border within (\d{1,3}|a|one|two|three|four|five|six) ?(d|days?|w|weeks?|months?)\b`)

// inWords are numbers as goals write them; "a" is one.
var inWords = []string{"", "one", "two", "three", "four", "five", "six"}

// goalDays returns how many days a goal gives for an order, 0 if it does not
// say. A month is 30 days.
func goalDays(text string) int {
	found := goalForm.FindStringSubmatch(strings.ToLower(text))
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		n = max(1, slices.Index(inWords, found[1]))
	}
	switch found[2][0] {
	case 'w':
		n *= 7
	case 'm':
		n *= 30
	}
	return n
}

// goalsOf returns the goals of segments without what was reached.
func goalsOf(texts map[string]string) map[string]Goal {
	goals := map[string]Goal{}
	for name, text := range texts {
		if text != "" {
			goals[name] = Goal{Text: text, Within: goalDays(text)}
		}
	}
	return goals
}

// reached counts p for the goals of the segments it would have been in.
func (c *counter) reached(p customer.Profile, d Deriver) {
	today := customer.DayOf(c.frame.Now, c.frame.Zone)
	for _, within := range c.goalDays {
		then := customer.StartOf(today-within+1, c.frame.Zone).Add(-time.Nanosecond)
		past, ok := rewound(p, then, c.frame.Zone)
		if !ok {
			continue
		}
		book, _ := metric.BookOf(p.Folded, c.frame.Currency)
		ordered := slices.ContainsFunc(book.Days, func(d customer.Day) bool { return d.Day > today-within && d.Day <= today })
		for _, m := range d.Derive(past, then).Segments {
			if c.goals[m.Segment].Within == within {
				g := c.scored.segment(m.Segment)
				g.GoalOf++
				if ordered {
					g.GoalReached++
				}
			}
		}
	}
}

// rewound returns p with the orders it had at the end of the day of then. It
// reports false if p was not known yet.
func rewound(p customer.Profile, then time.Time, zone *time.Location) (customer.Profile, bool) {
	day := customer.DayOf(then, zone)
	if p.Anonymous() || !p.Created.IsZero() && customer.DayOf(p.Created, zone) > day {
		return p, false
	}
	var books []customer.Book
	for _, b := range p.Books {
		if b.Orders > 0 && customer.DayOf(b.First, zone) > day {
			continue
		}
		if n := len(b.Days); n > 0 && b.Days[n-1].Day > day {
			for n > 0 && b.Days[n-1].Day > day {
				n--
				b.Orders -= b.Days[n].Orders
				b.Spend -= b.Days[n].Net
			}
			if b.Days = b.Days[:n]; n == 0 {
				return p, false
			}
			b.Last = customer.StartOf(b.Days[n-1].Day, zone)
		}
		books = append(books, b)
	}
	if p.Created.IsZero() && len(books) == 0 {
		return p, false
	}
	p.Books, p.Derived = books, customer.Derived{}
	return p, true
}
