package shopify

import (
	"cmp"
	"strconv"
	"time"

	"holdfast/internal/customer"
)

// A refund's money is in its transactions alone: its line items may be none,
// and their sum is not what went back.
type refund struct {
	ID           id            `json:"id"`
	GID          gid           `json:"admin_graphql_api_id"`
	Order        id            `json:"order_id"`
	CreatedAt    instant       `json:"created_at"`
	ProcessedAt  instant       `json:"processed_at"`
	Transactions []transaction `json:"transactions"`

	Duties *moneySet `json:"total_duties_set"`
	Lines  []struct {
		Subtotal *moneySet `json:"subtotal_set"`
	} `json:"refund_line_items"`
	Adjustments []struct {
		Amount *moneySet `json:"amount_set"`
	} `json:"order_adjustments"`
}

// A transaction is one movement of money. Its currency may be null, and the
// amount is in the buyer's currency if they paid in that.
type transaction struct {
	ID          id        `json:"id"`
	GID         gid       `json:"admin_graphql_api_id"`
	Order       id        `json:"order_id"`
	Kind        string    `json:"kind"`
	Status      string    `json:"status"`
	CreatedAt   instant   `json:"created_at"`
	ProcessedAt instant   `json:"processed_at"`
	Amount      amount    `json:"amount"`
	Currency    string    `json:"currency"`
	AmountSet   *moneySet `json:"amount_set"`
	Unsettled   *moneySet `json:"total_unsettled_set"`
}

// parseRefund reads a refund, which names no customer: it belongs to whomever
// its order belongs to, which may arrive later.
func parseRefund(d delivery) ([]customer.Event, error) {
	var r refund
	if err := decode(d.body, &r); err != nil {
		return nil, err
	}
	if err := r.GID.check("admin_graphql_api_id", "Refund"); err != nil {
		return nil, err
	}
	if r.Order == "" {
		return nil, invalid("order_id", "missing; the delivery was too large and holds an id only: read the refund's order from the shop and import it")
	}
	return r.events(d, d.record("order", string(r.Order)), r.shopCode())
}

// shopCode returns the shop's currency, "" if the refund does not tell.
func (r refund) shopCode() customer.Currency {
	c := r.Duties.shopCode()
	for _, l := range r.Lines {
		c = cmp.Or(c, l.Subtotal.shopCode())
	}
	for _, a := range r.Adjustments {
		c = cmp.Or(c, a.Amount.shopCode())
	}
	return c
}

// events returns the refund's movements of money. shop is the shop's currency.
func (r refund) events(d delivery, order customer.Identity, shop customer.Currency) ([]customer.Event, error) {
	var events []customer.Event
	for _, t := range r.Transactions {
		at, err := d.instant("transactions.created_at", t.ProcessedAt, t.CreatedAt, r.ProcessedAt, r.CreatedAt)
		if err != nil {
			return nil, err
		}
		e, err := t.event(d, order, shop, at)
		if err != nil {
			return nil, err
		}
		events = append(events, e...)
	}
	return events, nil
}

func parseTransaction(d delivery) ([]customer.Event, error) {
	var t transaction
	if err := decode(d.body, &t); err != nil {
		return nil, err
	}
	if err := t.GID.check("admin_graphql_api_id", "OrderTransaction"); err != nil {
		return nil, err
	}
	if t.Order == "" {
		return nil, invalid("order_id", "missing; the id of the transaction's order is needed")
	}
	at, err := d.instant("created_at", t.ProcessedAt, t.CreatedAt)
	if err != nil {
		return nil, err
	}
	return t.event(d, d.record("order", string(t.Order)), t.Unsettled.shopCode(), at)
}

// event returns the one fact of a transaction, none for a refund that is not
// through. The same refund comes in orders, refunds and transactions; it is
// one fact, and of the three the one that knows most of its currency stays.
func (t transaction) event(d delivery, order customer.Identity, shop customer.Currency, at time.Time) ([]customer.Event, error) {
	if t.ID == "" {
		return nil, invalid("transactions.id", "missing; the id of the transaction is needed")
	}
	if t.Kind == "" {
		return nil, invalid("transactions.kind", "missing; a word such as sale or refund is needed")
	}
	m, known, err := t.money(shop)
	if err != nil {
		return nil, err
	}
	e := customer.Event{Record: order}
	switch {
	case t.Kind != "refund":
		e.Fact = fact(order, "payment/"+string(t.ID), d.version(at), at,
			customer.Body{Payment: &customer.Payment{Kind: t.Kind, Status: t.Status, Amount: m}})
	case t.Status != "success":
		return nil, nil
	case m.Minor < 0:
		return nil, invalid("transactions.amount", "a refund must not be negative")
	default:
		e.Fact = fact(order, "refund/"+string(t.ID), customer.NewVersion(at, strconv.Itoa(known)+"/"+m.String()), at,
			customer.Body{Refund: &customer.Refund{Amount: m}})
	}
	return []customer.Event{e}, nil
}

// money returns the amount of t and how sure its currency is: 3 the shop's own
// amount, 2 the transaction's currency, 1 the shop's currency taken for it, 0
// unknown.
func (t transaction) money(shop customer.Currency) (customer.Money, int, error) {
	if t.AmountSet.shopCode() != "" && t.AmountSet.Shop.Amount != "" {
		m, err := parseMoney("transactions.amount_set", t.AmountSet.Shop.Amount, t.AmountSet.shopCode())
		return m, 3, err
	}
	if t.Amount == "" {
		return customer.Money{}, 0, invalid("transactions.amount", `missing; a decimal such as "19.99" is needed`)
	}
	c, known := currency(t.Currency), 2
	if c == "" {
		c, known = shop, 1
	}
	if c == "" {
		known = 0
	}
	m, err := parseMoney("transactions.amount", t.Amount, c)
	return m, known, err
}
