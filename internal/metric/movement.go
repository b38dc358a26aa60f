package metric

import "holdfast/internal/customer"

// A Movement says who ordered in a period, compared with the period before:
// Active = Retained + New + Reactivated, and those active before are Retained +
// Churned.
type Movement struct {
	Active      int64 `json:"active"`
	Retained    int64 `json:"retained"`    // ordered in the period before too
	New         int64 `json:"new"`         // ordered for the first time
	Reactivated int64 `json:"reactivated"` // had ordered, but not in the period before
	Churned     int64 `json:"churned"`     // ordered in the period before, and not in this
	Orders      int64 `json:"orders"`
	Revenue     int64 `json:"revenue"` // net, minor units
}

const movementFields = 7

// Movements are those of the periods of one calendar. Parts merge by adding.
type Movements []Movement

// A Step is what one customer adds to the movement of one period.
type Step struct {
	Calendar int // index
	Period   int
	Movement
}

// Steps appends to out what p adds to the movements of calendars. Purchases
// after the last period are not seen yet.
func (p Purchases) Steps(calendars []Calendar, out []Step) []Step {
	for i, c := range calendars {
		out = p.steps(i, c, out)
	}
	return out
}

func (p Purchases) steps(calendar int, c Calendar, out []Step) []Step {
	first := c.Index(p.First)
	before := -2 // the latest period with an order; -1 is the one before the calendar
	for i := 0; i < len(p.Days); {
		at := c.Index(p.Days[i].Day)
		if at >= c.Len() {
			break
		}
		s := Step{Calendar: calendar, Period: at}
		for ; i < len(p.Days) && c.Index(p.Days[i].Day) == at; i++ {
			s.Orders += int64(p.Days[i].Orders)
			s.Revenue = customer.AddMinor(s.Revenue, p.Days[i].Net)
		}
		if at < 0 {
			if p.activeBefore(c) {
				before = -1
			}
			continue
		}
		out = leave(out, calendar, before, at, c.Len())
		s.Active = 1
		switch {
		case at == before+1 && before >= -1:
			s.Retained = 1
		case at == first && !p.Earlier:
			s.New = 1
		default:
			s.Reactivated = 1
		}
		out = append(out, s)
		before = at
	}
	return leave(out, calendar, before, c.Len()+1, c.Len())
}

// leave appends that who ordered in period before did not in the one after,
// unless that is at, or not in the calendar.
func leave(out []Step, calendar, before, at, periods int) []Step {
	if next := before + 1; before >= -1 && next < at && next < periods {
		out = append(out, Step{Calendar: calendar, Period: next, Movement: Movement{Churned: 1}})
	}
	return out
}

// activeBefore reports whether p ordered in the period before the calendar's
// first.
func (p Purchases) activeBefore(c Calendar) bool {
	from, to := c.before(), c.Begin(0)
	for _, d := range p.Days {
		if d.Day >= from && d.Day < to {
			return true
		}
	}
	return false
}

// before returns the first day of the period before the first.
func (c Calendar) before() int {
	switch c.Unit {
	case Daily:
		return c.begins[0] - 1
	case Weekly:
		return c.begins[0] - 7
	}
	return dayNumber(date(c.begins[0]).AddDate(0, -1, 0))
}

// Add adds one step to its period.
func (m Movements) Add(s Step) {
	at := &m[s.Period]
	at.Active += s.Active
	at.Retained += s.Retained
	at.New += s.New
	at.Reactivated += s.Reactivated
	at.Churned += s.Churned
	at.Orders += s.Orders
	at.Revenue = customer.AddMinor(at.Revenue, s.Revenue)
}

// Merge adds what other counted, of the same calendar.
func (m *Movements) Merge(other Movements) {
	if *m == nil {
		*m = make(Movements, len(other))
	}
	for i, o := range other {
		m.Add(Step{Period: i, Movement: o})
	}
}

// MarshalText makes m one short string in JSON.
func (m Movements) MarshalText() ([]byte, error) {
	table := make(integers, 0, movementFields*len(m))
	for _, v := range m {
		table = append(table, v.Active, v.Retained, v.New, v.Reactivated, v.Churned, v.Orders, v.Revenue)
	}
	return encodeText(table)
}

// UnmarshalText reads what MarshalText wrote.
func (m *Movements) UnmarshalText(text []byte) error {
	var table integers
	if err := decodeText(text, &table); err != nil {
		return err
	}
	if len(table)%movementFields != 0 {
		return errIntegers
	}
	*m = make(Movements, 0, len(table)/movementFields)
	for ; len(table) > 0; table = table[movementFields:] {
		*m = append(*m, Movement{table[0], table[1], table[2], table[3], table[4], table[5], table[6]})
	}
	return nil
}
