package shopify

import (
	"strconv"

	"holdfast/internal/customer"
)

// summary reads the shop's own count of a customer's orders; GraphQL writes
// such a count as text.
func summary(orders amount, spent *money) (customer.Summary, error) {
	var s customer.Summary
	if orders != "" {
		n, err := strconv.ParseInt(string(orders), 10, 32)
		if err != nil || n < 0 {
			return s, invalid("numberOfOrders", "must be a whole number")
		}
		s.Orders = int(n)
	}
	if spent == nil || spent.Amount == "" {
		return s, nil
	}
	var err error
	s.Spend, err = parseMoney("amountSpent.amount", spent.Amount, spent.code())
	return s, err
}
