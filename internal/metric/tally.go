package metric

import (
	"time"

	"holdfast/internal/customer"
)

// A Tally is the sums over a group of customers, a segment or everybody, from
// which its numbers follow. Amounts are minor units of the merchant's
// currency. Its parts merge by adding.
type Tally struct {
	Customers int64 `json:"customers"`
	Buyers    int64 `json:"buyers"`    // with at least one order
	Repeaters int64 `json:"repeaters"` // with at least two
	Orders    int64 `json:"orders"`
	Revenue   int64 `json:"revenue"` // net, of all time
	Mailable  int64 `json:"mailable"`

	// Within the active window that ends now.
	WindowOrders  int64 `json:"window_orders"`
	WindowRevenue int64 `json:"window_revenue"`
	WindowRepeat  int64 `json:"window_repeaters"` // with at least two orders in it
	// Active customers at the end of this window and of the one before:
	// End = Retained + New + Reactivated, Start = Retained + Churned.
	Start       int64 `json:"start"`
	End         int64 `json:"end"`
	Retained    int64 `json:"retained"`
	New         int64 `json:"new"`
	Reactivated int64 `json:"reactivated"`
	Churned     int64 `json:"churned"`

	Promoters  int64 `json:"promoters"`
	Detractors int64 `json:"detractors"`
	NPSAnswers int64 `json:"nps_answers"`
	Satisfied  int64 `json:"satisfied"`
	CSATAnswer int64 `json:"csat_answers"`
}

// A Frame is what a tally is made in.
type Frame struct {
	Now      time.Time
	Zone     *time.Location
	Currency customer.Currency
	Window   int // days
}

// Add counts one customer.
//
// Active means: ordered within the last Window days, by the merchant's
// calendar; today's orders and those of the Window-1 days before. Retention is
// found by intersecting the customers of both windows, so that a customer who
// comes back after a gap is reactivated, and not retained.
func (t *Tally) Add(p customer.Folded, f Frame) {
	if p.Anonymous() {
		// Nobody's orders count, but not as a customer's.
		if b, ok := BookOf(p, f.Currency); ok {
			t.Orders += int64(b.Orders)
			t.Revenue = customer.AddMinor(t.Revenue, b.Spend)
		}
		return
	}
	t.Customers++
	if p.Mail.State == customer.Subscribed && p.Blocked == "" && !p.Deleted && p.Email != "" {
		t.Mailable++
	}
	t.answers(p.Surveys)
	b, ok := BookOf(p, f.Currency)
	if !ok {
		return
	}
	t.Buyers++
	if b.Orders > 1 {
		t.Repeaters++
	}
	t.Orders += int64(b.Orders)
	t.Revenue = customer.AddMinor(t.Revenue, b.Spend)
	t.window(b, f)
}

func (t *Tally) window(b customer.Book, f Frame) {
	today := customer.DayOf(f.Now, f.Zone)
	var before, start, end bool
	orders := 0
	for _, d := range b.Days {
		switch age := today - d.Day; {
		case age < f.Window:
			end = true
			orders += d.Orders
			t.WindowRevenue = customer.AddMinor(t.WindowRevenue, d.Net)
		case age < 2*f.Window:
			start = true
		default:
			before = true
		}
	}
	before = before || today-customer.DayOf(b.First, f.Zone) >= 2*f.Window
	t.WindowOrders += int64(orders)
	t.WindowRepeat += one(orders > 1)
	t.Start += one(start)
	t.End += one(end)
	t.Retained += one(start && end)
	t.Churned += one(start && !end)
	t.Reactivated += one(end && !start && before)
	t.New += one(end && !start && !before)
}

func (t *Tally) answers(s customer.SurveyState) {
	if !s.NPSAt.IsZero() {
		t.NPSAnswers++
		t.Promoters += one(s.NPS >= 9)
		t.Detractors += one(s.NPS <= 6)
	}
	if !s.CSATAt.IsZero() {
		t.CSATAnswer++
		t.Satisfied += one(s.CSAT >= 0.8)
	}
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Merge adds what other counted.
func (t *Tally) Merge(o Tally) {
	t.Customers += o.Customers
	t.Buyers += o.Buyers
	t.Repeaters += o.Repeaters
	t.Orders += o.Orders
	t.Revenue = customer.AddMinor(t.Revenue, o.Revenue)
	t.Mailable += o.Mailable
	t.WindowOrders += o.WindowOrders
	t.WindowRevenue = customer.AddMinor(t.WindowRevenue, o.WindowRevenue)
	t.WindowRepeat += o.WindowRepeat
	t.Start += o.Start
	t.End += o.End
	t.Retained += o.Retained
	t.New += o.New
	t.Reactivated += o.Reactivated
	t.Churned += o.Churned
	t.Promoters += o.Promoters
	t.Detractors += o.Detractors
	t.NPSAnswers += o.NPSAnswers
	t.Satisfied += o.Satisfied
	t.CSATAnswer += o.CSATAnswer
}
