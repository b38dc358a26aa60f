package pages

import (
	"fmt"
	"math"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/night"
)

// A figure is one number of the business with what it means.
type figure struct {
	Label, Value, Note string
	Unit               string       // of an amount, its currency
	Rate               *metric.Rate // of a share: draws its interval
	Missing            string       // what it takes to know the value, "" if it is known
}

// Interval prints the 95 % interval of a share.
func (f figure) Interval() string {
	return fmt.Sprintf("%.1f–%s", 100*f.Rate.Low, percent(f.Rate.High))
}

// At returns the place of a share on a line from 0 to 100.
func (f figure) At() string { return fmt.Sprintf("%.1f", 100*f.Rate.Value) }

// Low returns where the interval begins on that line.
func (f figure) Low() string { return fmt.Sprintf("%.1f", 100*f.Rate.Low) }

// Wide returns how much of that line the interval takes.
func (f figure) Wide() string {
	return fmt.Sprintf("%.1f", math.Max(0.5, 100*(f.Rate.High-f.Rate.Low)))
}

// figures are the numbers of a night, in the order they are shown.
func figures(s night.Snapshot) []figure {
	n, days := s.Overall, plural(s.Window, "day", "days")
	amount := func(minor int64) string { return money(customer.Money{Minor: minor, Currency: s.Currency}) }
	mailable := figure{Label: "Mailable", Value: count(n.Mailable), Note: "subscribed, with an address that works"}
	if n.Customers > 0 {
		mailable.Note = percent(float64(n.Mailable)/float64(n.Customers)) + " of customers: " + mailable.Note
	}
	average := figure{Label: "Average order value", Value: bare(n.AOV, s.Currency), Unit: string(s.Currency), Note: "net revenue by order"}
	if n.Orders == 0 {
		average.Missing = "an order in " + string(s.Currency)
	}
	return []figure{
		{Label: "Customers", Value: count(n.Customers), Note: plural(n.Buyers, "has", "have") + " ordered"},
		mailable,
		{Label: "Orders", Value: count(n.Orders), Note: "of all time; " + count(n.WindowOrders) + " in the last " + days},
		{Label: "Revenue", Value: bare(n.Revenue, s.Currency), Unit: string(s.Currency),
			Note: "net of refunds, of all time; " + amount(n.WindowRevenue) + " in the last " + days},
		average,
		share("Repeat purchase rate", n.Repeat, fmt.Sprintf("%s of %s ordered at least twice", count(n.Repeat.Hits), plural(n.Repeat.Of, "buyer", "buyers")),
			"a customer with an order"),
		share("Retention rate", n.Retention, fmt.Sprintf("%s of %s who were active %s ago still are", count(n.Retention.Hits), count(n.Retention.Of), days),
			"a customer whose order is "+spanOf(s.Window)+" old"),
		share("Churn rate", n.Churn, fmt.Sprintf("%s of %s who were active %s ago are not any more", count(n.Churn.Hits), count(n.Churn.Of), days),
			"a customer whose order is "+spanOf(s.Window)+" old"),
	}
}

func share(label string, r metric.Rate, note, missing string) figure {
	if !r.Known {
		return figure{Label: label, Missing: missing}
	}
	return figure{Label: label, Value: percent(r.Value), Note: note, Rate: &r}
}

// spanOf says how old an order must be to count as active one window ago.
func spanOf(window int) string { return fmt.Sprintf("%d to %d days", window, 2*window-1) }
