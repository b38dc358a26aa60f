package pages

import (
	"fmt"
	"math"

	"holdfast/internal/customer"
	"holdfast/internal/model"
	"holdfast/internal/night"
)

// An aheadRow is what one kind of customers is expected to order.
type aheadRow struct{ Who, Orders, OrdersBand, Revenue, RevenueBand string }

// aheadRows are the next days, nil if nothing can be expected.
func aheadRows(s night.Snapshot) []aheadRow {
	d := s.Ahead
	if d == nil {
		return nil
	}
	row := func(who string, orders, revenue model.Band) aheadRow {
		r := aheadRow{Who: who, Orders: rough(orders.Value), OrdersBand: rough(math.Floor(orders.Low)) + "–" + rough(math.Ceil(orders.High))}
		if revenue.Value > 0 {
			r.Revenue = amount(revenue.Value, s.Currency) + nbsp + string(s.Currency)
			r.RevenueBand = amount(revenue.Low, s.Currency) + "–" + amount(revenue.High, s.Currency)
		}
		return r
	}
	rows := []aheadRow{row("Known customers", d.Orders, d.Revenue)}
	if n := d.New; n != nil {
		who := fmt.Sprintf("About %s new ones (%s–%s)", rough(n.Customers.Value), rough(math.Floor(n.Customers.Low)), rough(math.Ceil(n.Customers.High)))
		rows = append(rows, row(who, n.Orders, n.Revenue), row("Together", d.AllOrders, d.AllRevenue))
	}
	return rows
}

func rough(v float64) string { return count(int64(math.Round(v))) }

// amount prints an expected amount in whole units: it is not known to the cent.
func amount(minor float64, c customer.Currency) string {
	return rough(minor / math.Pow10(c.Decimals()))
}

// A contactRow is where customers are active, and how that changed.
type contactRow struct {
	Where, Share, Interval, Change, ChangeInterval string
	Customers, Activities                          int64
	Trend                                          string // more, less; "" where it may be chance
}

func contactRows(s night.Snapshot) []contactRow {
	var rows []contactRow
	for _, c := range s.Engagement[""] {
		r := contactRow{
			Where: map[customer.Touchpoint]string{customer.Mailbox: "E-mail", customer.Elsewhere: "Elsewhere"}[c.Touchpoint],
			Share: percent(c.Rate.Value), Interval: fmt.Sprintf("%.1f–%s", 100*c.Rate.Low, percent(c.Rate.High)),
			Change: points(c.Change.Value), ChangeInterval: points(c.Change.Low) + " to " + points(c.Change.High),
			Customers: c.Rate.Hits, Activities: c.Activities,
		}
		if r.Where == "" {
			r.Where = capital(string(c.Touchpoint))
		}
		switch {
		case c.Change.Low > 0:
			r.Trend = "more"
		case c.Change.High < 0:
			r.Trend = "less"
		}
		rows = append(rows, r)
	}
	return rows
}

// points prints a difference of shares: "+1.2", "−0.4".
func points(v float64) string {
	tenths := int64(math.Round(1000 * math.Abs(v)))
	sign := "+"
	switch {
	case tenths == 0:
		sign = "±"
	case v < 0:
		sign = "−"
	}
	return fmt.Sprintf("%s%d.%d", sign, tenths/10, tenths%10)
}
