package segment

import (
	"fmt"

	"holdfast/internal/customer"
)

func orderFunctions() []Function {
	return []Function{
		{Name: "orders_within", Signature: "orders_within(days)", Type: Number, arguments: 1, compile: (*compiler).ordersWithin,
			Meaning: fmt.Sprintf("orders of the latest days, today included; of a customer with purchases on more than %d days the latest of them count", customer.MaxDays), Example: "orders_within(90) >= 3"},
		{Name: "spend_within", Signature: "spend_within(days)", Type: Money, arguments: 1, compile: (*compiler).spendWithin,
			Meaning: "what those orders came to, refunds taken off", Example: "spend_within(365) >= 500"},
		{Name: "bought", Signature: "bought(what, days)", Type: Boolean, arguments: 1, optional: 1, compile: (*compiler).bought,
			Meaning: fmt.Sprintf("whether they bought, ever or in the latest days, what has this title, article number, category or tag; `*` stands for anything; `product:`, `category:` or `tag:` before it asks for that only; of a customer with more than %d products those bought last count", customer.MaxGoods), Example: `bought("category:coffee", 90)`},
		{Name: "last_bought", Signature: "last_bought(what)", Type: Date, arguments: 1, compile: (*compiler).lastBought,
			Meaning: "the latest day on which they bought it", Example: `days_since(last_bought("Hand Grinder*")) >= 180`},
		{Name: "units_bought", Signature: "units_bought(what)", Type: Number, arguments: 1, compile: (*compiler).unitsBought,
			Meaning: "how many pieces of it they bought in all", Example: `units_bought("tag:gift") >= 2`},
	}
}

// longestWindow is how many days a window over orders may have.
const longestWindow = 3650

func (c *compiler) ordersWithin(n *node) (typed, bool) {
	days, ok := c.days(n.parts[0], longestWindow)
	if !ok {
		return typed{}, false
	}
	return c.counted(n, func(e *env) (float64, bool) {
		orders := 0
		for i := len(e.book.Days) - 1; i >= 0 && e.book.Days[i].Day > e.today-days; i-- {
			if e.book.Days[i].Day <= e.today {
				orders += e.book.Days[i].Orders
			}
		}
		return float64(orders), true
	}).always(), true
}

func (c *compiler) spendWithin(n *node) (typed, bool) {
	days, ok := c.days(n.parts[0], longestWindow)
	if !ok {
		return typed{}, false
	}
	t := c.counted(n, func(e *env) (float64, bool) {
		var spend int64
		for i := len(e.book.Days) - 1; i >= 0 && e.book.Days[i].Day > e.today-days; i-- {
			if e.book.Days[i].Day <= e.today {
				spend = customer.AddMinor(spend, e.book.Days[i].Net)
			}
		}
		return e.major(spend), true
	})
	t.Type = Money
	return t, true
}
