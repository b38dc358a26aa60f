package playtest

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"holdfast/internal/customer"
)

const account = customer.Account("test/shop")

// facts returns what sources would have sent of the test's customer.
func (s *scene) facts() ([]customer.Fact, error) {
	facts, err := s.person()
	if err != nil {
		return nil, err
	}
	for _, more := range []func() ([]customer.Fact, error){s.orders, s.carts, s.tickets, s.surveys, s.activities} {
		of, err := more()
		if err != nil {
			return nil, err
		}
		facts = append(facts, of...)
	}
	return facts, nil
}

func fact(record customer.Identity, key string, at time.Time, body customer.Body) customer.Fact {
	return customer.Fact{Record: record, Key: key, Version: customer.NewVersion(at, ""), At: at, Body: body}
}

func (s *scene) person() ([]customer.Fact, error) {
	p, record := s.Customer, account.Record("1")
	address := "customer@example.com"
	if p.Email != nil {
		address = *p.Email
	}
	c := customer.Contact{FirstName: p.FirstName, LastName: p.LastName, Country: p.Country, Region: p.Region, City: p.City,
		Postcode: p.Postcode, Language: p.Language, TimeZone: p.TimeZone, Attributes: p.Attributes}
	var err error
	if address != "" {
		if c.Email, err = customer.ParseEmail(address); err != nil {
			return nil, wrong("this is no mail address", "write it as mia@example.com", "customer", "email")
		}
	}
	if p.Created == "" {
		p.Created = "400d"
	}
	if c.Created, err = s.ago(p.Created, "customer", "created"); err != nil {
		return nil, err
	}
	at := c.Created
	facts := []customer.Fact{fact(record, customer.ContactKey("", c), at, customer.Body{Contact: &c})}
	if p.Tags != nil {
		facts = append(facts, fact(record, "tags", at, customer.Body{Tags: &customer.Tags{Tags: p.Tags}}))
	}
	if p.Blocked != "" {
		facts = append(facts, fact(record, "blocked/"+p.Blocked, at, customer.Body{Blocked: &customer.Blocked{Email: c.Email, Reason: p.Blocked}}))
	}
	state := customer.ConsentState(p.Consent)
	switch state {
	case "":
		state = customer.Subscribed
	case customer.Subscribed, customer.Unsubscribed, customer.Pending, customer.NotSubscribed:
	case "unknown":
		return facts, nil
	default:
		return nil, wrong("this is no consent", "write subscribed, unsubscribed, pending, not_subscribed or unknown", "customer", "consent")
	}
	consent := customer.Consent{Channel: customer.EmailChannel, State: state, Explicit: true}
	return append(facts, fact(record, customer.ConsentKey(consent), at, customer.Body{Consent: &consent})), nil
}

func (s *scene) orders() ([]customer.Fact, error) {
	var facts []customer.Fact
	for i, o := range s.Orders {
		at, err := s.ago(o.Ago, "orders", strconv.Itoa(i), "ago")
		if err != nil {
			return nil, err
		}
		if o.Total <= 0 || o.Refunded < 0 {
			return nil, wrong("an order has a `total` above 0", "write it as {ago: 75d, total: 35}", "orders", strconv.Itoa(i))
		}
		total := s.minor(o.Total)
		order := customer.Order{Placed: at, Currency: s.book.Business.Currency, Total: total, Current: total, Payment: "paid",
			Discount: s.minor(o.Discount), Channel: o.Channel}
		if o.Code != "" {
			order.Codes = []string{o.Code}
		}
		if order.Items, err = items(o.Items, strconv.Itoa(i)); err != nil {
			return nil, err
		}
		if o.Cancelled {
			order.Cancelled = at
		}
		record := account.Record("order", strconv.Itoa(i+1))
		facts = append(facts, fact(record, "order", at, customer.Body{Order: &order}))
		if o.Refunded > 0 {
			facts = append(facts, fact(record, "refund/1", at, customer.Body{Refund: &customer.Refund{Amount: s.money(o.Refunded)}}))
		}
	}
	return facts, nil
}

func items(of []Item, order string) ([]customer.Item, error) {
	var all []customer.Item
	for i, item := range of {
		if item.Title == "" && item.SKU == "" || item.Quantity < 0 {
			return nil, wrong("an item has a `title` or `sku`, and a `quantity` if there is more than one", "write it as {title: Espresso, quantity: 2}", "orders", order, "items", strconv.Itoa(i))
		}
		all = append(all, customer.Item{Title: item.Title, SKU: item.SKU, Category: item.Category, Quantity: max(1, item.Quantity)})
	}
	return all, nil
}

// minor returns an amount in minor units of the merchant's currency.
func (s *scene) minor(major float64) int64 {
	return int64(math.Round(major * math.Pow10(s.book.Business.Currency.Decimals())))
}

func (s *scene) money(major float64) customer.Money {
	return customer.Money{Minor: s.minor(major), Currency: s.book.Business.Currency}
}

func (s *scene) carts() ([]customer.Fact, error) {
	var facts []customer.Fact
	for i, c := range s.Carts {
		at, err := s.ago(c.Ago, "carts", strconv.Itoa(i), "ago")
		if err != nil {
			return nil, err
		}
		cart := customer.Checkout{Total: s.money(c.Total), URL: c.URL, Items: []customer.Item{{Quantity: 1, Price: s.minor(c.Total)}}}
		facts = append(facts, fact(account.Record("cart", strconv.Itoa(i+1)), "checkout", at, customer.Body{Checkout: &cart}))
	}
	return facts, nil
}

func (s *scene) tickets() ([]customer.Fact, error) {
	var facts []customer.Fact
	for i, t := range s.Tickets {
		at, err := s.ago(t.Ago, "tickets", strconv.Itoa(i), "ago")
		if err != nil {
			return nil, err
		}
		ticket := customer.Ticket{Opened: at}
		if t.Closed {
			ticket.Closed = s.at
		}
		facts = append(facts, fact(account.Record("ticket", strconv.Itoa(i+1)), "ticket", at, customer.Body{Ticket: &ticket}))
	}
	return facts, nil
}

func (s *scene) surveys() ([]customer.Fact, error) {
	var facts []customer.Fact
	for i, a := range s.Surveys {
		at, err := s.ago(a.Ago, "surveys", strconv.Itoa(i), "ago")
		if err != nil {
			return nil, err
		}
		survey := customer.Survey{Survey: "nps", Scale: 10}
		switch {
		case a.NPS != nil && a.CSAT == nil && *a.NPS >= 0 && *a.NPS <= 10:
			survey.Score = *a.NPS
		case a.CSAT != nil && a.NPS == nil && *a.CSAT >= 0 && *a.CSAT <= 1:
			survey = customer.Survey{Survey: "csat", Score: *a.CSAT, Scale: 1}
		default:
			return nil, wrong("an answer has `nps` from 0 to 10 or `csat` from 0 to 1", "write it as {ago: 3d, nps: 4}", "surveys", strconv.Itoa(i))
		}
		facts = append(facts, fact(account.Record("1"), "survey/"+strconv.Itoa(i+1), at, customer.Body{Survey: &survey}))
	}
	return facts, nil
}

// maxTimes is how often an activity may happen in a test.
const maxTimes = 1000

func (s *scene) activities() ([]customer.Fact, error) {
	var facts []customer.Fact
	for i, a := range s.Activities {
		at, err := s.ago(a.Ago, "activities", strconv.Itoa(i), "ago")
		if err != nil {
			return nil, err
		}
		if a.Name == "" || a.Times < 0 || a.Times > maxTimes {
			return nil, wrong("an activity has a `name`, and `times` up to 1000 if it was more than once", "write it as {name: product_viewed, ago: 3d, times: 2}", "activities", strconv.Itoa(i))
		}
		for n := range max(1, a.Times) {
			key := fmt.Sprintf("activity/%s/%d-%d", a.Name, i+1, n)
			facts = append(facts, fact(account.Record("1"), key, at, customer.Body{Activity: &customer.Activity{Name: a.Name, Properties: a.Properties}}))
		}
	}
	return facts, nil
}
