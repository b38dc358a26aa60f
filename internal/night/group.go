package night

import (
	"math"
	"slices"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/model"
)

// A Group is what scoring adds up over a group of customers, a segment or
// everybody. Its parts merge exactly.
type Group struct {
	Tally    metric.Tally `json:"tally"`
	Expected Expected     `json:"expected"`
	// Engagement is of the customers whom Tally counts.
	Engagement metric.Engagement `json:"engagement"`
	// Periods are by calendar: days, weeks, months.
	Periods [3]metric.Movements `json:"periods"`
	// GoalReached of GoalOf customers did what is wanted of the segment.
	GoalReached int64 `json:"goal_reached"`
	GoalOf      int64 `json:"goal_of"`
}

// An Expected adds up forecasts, each rounded to a thousandth, so that it does
// not matter in which order.
type Expected struct {
	Customers int64 `json:"customers"` // with a forecast
	Valued    int64 `json:"valued"`    // with a forecast of value
	Alive     int64 `json:"alive"`     // thousandths of customers
	Orders    int64 `json:"orders"`    // thousandths, over the horizon
	// Thousandths of minor units.
	CLV     int64 `json:"clv"`
	CLVLow  int64 `json:"clv_low"`
	CLVHigh int64 `json:"clv_high"`
	// Quarter is of the next 90 days.
	Quarter model.Sum `json:"quarter"`
}

func (e *Expected) add(f Forecast) {
	e.Customers++
	addThousandths(&e.Alive, f.Horizon.Alive)
	addThousandths(&e.Orders, f.Horizon.Orders)
	e.Quarter.Add(f.Quarter)
	if !f.Valued {
		return
	}
	e.Valued++
	addThousandths(&e.CLV, f.Year.CLV)
	addThousandths(&e.CLVLow, f.Year.Low)
	addThousandths(&e.CLVHigh, f.Year.High)
}

// addThousandths takes what is beyond 1e15 for that: it is wrong already.
func addThousandths(sum *int64, v float64) {
	*sum = customer.AddMinor(*sum, int64(math.Round(1000*min(v, 1e15))))
}

func (e *Expected) merge(o Expected) {
	e.Customers += o.Customers
	e.Valued += o.Valued
	e.Quarter.Merge(o.Quarter)
	for _, sum := range [][2]*int64{
		{&e.Alive, &o.Alive}, {&e.Orders, &o.Orders},
		{&e.CLV, &o.CLV}, {&e.CLVLow, &o.CLVLow}, {&e.CLVHigh, &o.CLVHigh},
	} {
		*sum[0] = customer.AddMinor(*sum[0], *sum[1])
	}
}

// How many periods are kept.
const (
	daysKept   = 60
	weeksKept  = 26
	monthsKept = 24
)

// calendarsOf returns the calendars of a night: days, weeks, months.
func calendarsOf(today int) []metric.Calendar {
	return []metric.Calendar{
		metric.NewCalendar(metric.Daily, today, daysKept),
		metric.NewCalendar(metric.Weekly, today, weeksKept),
		metric.NewCalendar(metric.Monthly, today, monthsKept),
	}
}

func newGroup() *Group {
	return &Group{Periods: [3]metric.Movements{
		make(metric.Movements, daysKept), make(metric.Movements, weeksKept), make(metric.Movements, monthsKept)}}
}

func (g *Group) merge(o *Group) {
	g.Tally.Merge(o.Tally)
	g.Expected.merge(o.Expected)
	g.Engagement.Merge(o.Engagement)
	g.GoalReached += o.GoalReached
	g.GoalOf += o.GoalOf
	for i := range g.Periods {
		g.Periods[i].Merge(o.Periods[i])
	}
}

// A Scored is what scoring a stretch of a shard, or everybody, gave.
type Scored struct {
	Overall  *Group            `json:"overall"`
	Segments map[string]*Group `json:"segments"`
	Cohorts  metric.Cohorts    `json:"cohorts"`
	Seen     int64             `json:"seen"` // profiles, empty ones left out
}

// newScored returns what scoring nobody gives.
func newScored(segments []string) Scored {
	s := Scored{Overall: newGroup(), Segments: map[string]*Group{}, Cohorts: metric.NewCohorts(monthsKept)}
	for _, name := range segments {
		s.Segments[name] = newGroup()
	}
	return s
}

func (s *Scored) merge(o Scored) {
	s.Overall.merge(o.Overall)
	s.Cohorts.Merge(o.Cohorts)
	s.Seen += o.Seen
	for name, g := range o.Segments {
		s.segment(name).merge(g)
	}
}

// segment returns the group of a segment, an empty one the first time.
func (s *Scored) segment(name string) *Group {
	g := s.Segments[name]
	if g == nil {
		g = newGroup()
		s.Segments[name] = g
	}
	return g
}

// A counter counts customers for one night.
type counter struct {
	frame     metric.Frame
	calendars []metric.Calendar
	since     int
	goals     map[string]Goal
	goalDays  []int // distinct
	scored    Scored
	steps     []metric.Step // memory, used again
	touches   metric.Touches
}

func (n *Night) counter(fit Fit) *counter {
	at := fit.At
	c := &counter{
		frame:     metric.Frame{Now: at, Zone: n.Zone, Currency: n.Currency, Window: fit.Window},
		calendars: calendarsOf(customer.DayOf(at, n.Zone)),
		since:     fit.Since,
		goals:     goalsOf(n.Goals),
		scored:    newScored(n.Segments),
	}
	for _, g := range c.goals {
		if g.Within > 0 {
			c.goalDays = append(c.goalDays, g.Within)
		}
	}
	slices.Sort(c.goalDays)
	c.goalDays = slices.Compact(c.goalDays)
	return c
}

// add counts p for everybody and for the segments it is in.
func (c *counter) add(p customer.Profile, f Forecast, foreseen bool) {
	c.scored.Seen++
	var bought metric.Purchases
	c.steps, c.touches = c.steps[:0], metric.Touches{}
	if !p.Anonymous() {
		var ok bool
		c.touches = metric.TouchesOf(p.Folded, c.frame.Now, c.frame.Zone)
		if bought, ok = metric.PurchasesOf(p.Folded, c.frame.Currency, c.since, c.frame.Zone); ok {
			c.steps = bought.Steps(c.calendars, c.steps)
			c.scored.Cohorts.Add(bought, c.calendars[2])
		}
	}
	c.count(c.scored.Overall, p, f, foreseen)
	for _, m := range p.Derived.Segments {
		c.count(c.scored.segment(m.Segment), p, f, foreseen)
	}
}

func (c *counter) count(g *Group, p customer.Profile, f Forecast, foreseen bool) {
	g.Tally.Add(p.Folded, c.frame)
	g.Engagement.Add(c.touches)
	if foreseen {
		g.Expected.add(f)
	}
	for _, s := range c.steps {
		g.Periods[s.Calendar].Add(s)
	}
}
