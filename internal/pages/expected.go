package pages

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// An expectation is what the latest night forecast of one customer, in words.
type expectation struct {
	Days, NoOrder, Alive int // NoOrder and Alive in percent
	Orders               string
	Value                string // with its interval; "" if there is no forecast of it
	Next                 string
}

// expected returns what o says, nil if nothing is forecast.
func expected(o customer.Outlook, c customer.Currency, now time.Time, zone *time.Location) *expectation {
	if o.Horizon == 0 {
		return nil
	}
	e := &expectation{Days: o.Horizon, NoOrder: o.NoOrder, Alive: o.Alive, Orders: strconv.FormatFloat(float64(o.Orders)/100, 'f', -1, 64)}
	if o.Band > 0 {
		of := func(minor int64) string { return amount(float64(minor), c) }
		e.Value = fmt.Sprintf("%s%s%s, 95%s%%: %s–%s", of(o.CLV), nbsp, c, nbsp, of(o.Low()), of(o.High()))
	}
	today := customer.DayOf(now, zone)
	day := func(ahead int) string { return customer.StartOf(today+ahead, zone).Format(dayLayout) }
	switch {
	case o.Next == 0:
		e.Next = "none expected"
	case o.NextTo == 0:
		e.Next = "as likely as not by " + day(o.Next)
	default:
		e.Next = fmt.Sprintf("%s to %s, as likely as not by %s", day(o.NextFrom), day(o.NextTo), day(o.Next))
	}
	return e
}

// A goodView is a product that the customer bought.
type goodView struct {
	customer.Good
	On   string // the day they bought it last
	Kind string // category and article number
}

func bought(goods []customer.Good, zone *time.Location) []goodView {
	var all []goodView
	for _, g := range goods {
		v := goodView{Good: g, On: customer.StartOf(g.Last, zone).Format(dayLayout)}
		if v.Title == "" {
			v.Title, v.SKU = cmp.Or(v.SKU, "unnamed"), ""
		}
		v.Kind = strings.Trim(v.Category+" · "+v.SKU, " ·")
		all = append(all, v)
	}
	return all
}
