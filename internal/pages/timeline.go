package pages

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// A moment is one fact in plain words.
type moment struct {
	At      time.Time
	Kind    string // the fact's: order, contact, activity…
	Title   string
	Details []string
	Source  string
}

// momentOf says what a fact is about. Names of campaigns come from b.
func momentOf(f customer.Fact, b *playbook.Playbook) moment {
	m := moment{At: f.At, Kind: f.Kind(), Source: sourceWords(f.Record)}
	switch v := f.Body; {
	case v.Order != nil:
		m.order(*v.Order)
	case v.Refund != nil:
		m.Title = money(v.Refund.Amount) + " refunded"
	case v.Payment != nil:
		m.Title = fmt.Sprintf("Payment of %s: %s, %s", money(v.Payment.Amount), spoken(v.Payment.Kind), spoken(v.Payment.Status))
	case v.Checkout != nil:
		m.checkout(*v.Checkout)
	case v.Contact != nil:
		m.contact(*v.Contact)
	case v.Consent != nil:
		m.consent(*v.Consent)
	case v.Ticket != nil:
		m.ticket(*v.Ticket)
	case v.Deal != nil:
		m.deal(*v.Deal)
	case v.Activity != nil:
		m.activity(*v.Activity, b)
	default:
		m.rest(v, f.Record)
	}
	return m
}

func (m *moment) say(format string, args ...any) {
	m.Details = append(m.Details, fmt.Sprintf(format, args...))
}

func (m *moment) order(o customer.Order) {
	amount := func(minor int64) string { return money(customer.Money{Minor: minor, Currency: o.Currency}) }
	m.Title = strings.TrimSpace("Ordered "+o.Number) + " for " + amount(o.Total)
	if items := itemsOf(o.Items); items != "" {
		m.say("%s", items)
	}
	if o.Current != o.Total {
		m.say("now %s, after edits and returns", amount(o.Current))
	}
	if o.Buyer.Currency != "" {
		m.say("paid as %s", money(o.Buyer))
	}
	if o.Discount > 0 {
		m.say("%s off%s", amount(o.Discount), with(" with ", strings.Join(o.Codes, ", ")))
	}
	for _, state := range []string{o.Payment, o.Shipment} {
		if state != "" {
			m.say("%s", spoken(state))
		}
	}
	if !o.Cancelled.IsZero() {
		m.say("cancelled")
	}
	if o.Test {
		m.say("a test, not counted")
	}
	if o.Channel != "" {
		m.say("by %s", o.Channel)
	}
}

// with returns text after a word, nothing for no text.
func with(word, text string) string {
	if text == "" {
		return ""
	}
	return word + text
}

func itemsOf(items []customer.Item) string {
	var all []string
	for _, i := range items {
		name := i.Title
		if name == "" {
			name = "item " + i.Product
		}
		all = append(all, fmt.Sprintf("%d × %s", i.Quantity, name))
	}
	return strings.Join(all, ", ")
}

func (m *moment) checkout(c customer.Checkout) {
	of := with(" of ", amountOf(c.Total))
	m.Title = "Left a cart" + of
	if !c.Completed.IsZero() {
		m.Title = "Completed a checkout" + of
	}
	if items := itemsOf(c.Items); items != "" {
		m.say("%s", items)
	}
}

// amountOf prints an amount, nothing for none.
func amountOf(m customer.Money) string {
	if m.Currency == "" && m.Minor == 0 {
		return ""
	}
	return money(m)
}

func (m *moment) contact(c customer.Contact) {
	m.Title = "Contact details"
	for _, v := range []string{
		strings.TrimSpace(c.FirstName + " " + c.LastName), string(c.Email), string(c.Phone),
		strings.TrimSpace(c.Postcode + " " + c.City), c.Region, c.Country,
		with("language ", c.Language), with("time zone ", c.TimeZone), with("account ", c.State),
	} {
		if v != "" {
			m.Details = append(m.Details, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
		m.say("%s: %s", spoken(name), c.Attributes[name])
	}
}

func (m *moment) consent(c customer.Consent) {
	channel := map[customer.Channel]string{customer.EmailChannel: "marketing mail", customer.SMSChannel: "marketing by SMS"}[c.Channel]
	m.Title = map[customer.ConsentState]string{
		customer.Subscribed:    "Subscribed to ",
		customer.Unsubscribed:  "Unsubscribed from ",
		customer.Pending:       "Asked to confirm ",
		customer.NotSubscribed: "Not subscribed to ",
	}[c.State] + channel
	if c.Via != "" {
		m.say("through %s", wayWords(c.Via))
	}
	if c.Explicit {
		m.say("by the customer")
	}
}

func (m *moment) ticket(t customer.Ticket) {
	m.Title = "Opened a support case"
	for _, v := range []string{with("category ", spoken(t.Category)), with("priority ", spoken(t.Priority)), with("stage ", t.Stage)} {
		if v != "" {
			m.Details = append(m.Details, v)
		}
	}
	if !t.Closed.IsZero() {
		m.say("closed after %s", duration(t.Closed.Sub(t.Opened)))
	}
}

func (m *moment) deal(d customer.Deal) {
	m.Title = strings.TrimSpace("Deal "+d.Name) + with(", ", amountOf(d.Amount))
	if d.Won {
		m.say("won")
	}
	if d.Stage != "" {
		m.say("stage %s", d.Stage)
	}
}

func (m *moment) activity(a customer.Activity, b *playbook.Playbook) {
	if of := a.Properties["campaign"]; of != "" {
		m.Title = map[string]string{campaign.MailDelivered: "Mail delivered", campaign.MailOpened: "Mail opened", campaign.MailClicked: "Link in a mail clicked"}[a.Name]
		m.say("%s, mail %s", campaignTitle(b, of), a.Properties["step"])
		if link := a.Properties["link"]; link != "" {
			m.say("%s", link)
		}
		if m.Title != "" {
			return
		}
	}
	m.Title = capital(spoken(a.Name))
	for _, name := range slices.Sorted(maps.Keys(a.Properties)) {
		m.say("%s: %s", spoken(name), a.Properties[name])
	}
}

func (m *moment) rest(v customer.Body, record customer.Identity) {
	switch {
	case v.Merged != nil:
		m.Title = "Joined into the record " + string(v.Merged.Into)
	case v.Moved != nil:
		m.Title = "Moved to the customer " + string(v.Moved.To)
	case v.Deleted != nil && v.Deleted.Deleted:
		m.Title = thing(record) + " put away at the source"
	case v.Deleted != nil:
		m.Title = thing(record) + " taken out again at the source"
	case v.Tags != nil:
		m.Title = "Tags: " + strings.Join(v.Tags.Tags, ", ")
	case v.Tag != nil && v.Tag.On:
		m.Title = "Tagged " + v.Tag.Tag
	case v.Tag != nil:
		m.Title = "Tag taken off: " + v.Tag.Tag
	case v.Summary != nil:
		m.Title = fmt.Sprintf("The source counts %s, %s", plural(v.Summary.Orders, "order", "orders"), money(v.Summary.Spend))
	case v.Blocked != nil:
		m.Title = "No mail to " + string(v.Blocked.Email) + " any more"
		m.say("%s", spoken(v.Blocked.Reason))
	case v.Survey != nil:
		m.Title = fmt.Sprintf("Answered %s: %g of %g", strings.ToUpper(v.Survey.Survey), v.Survey.Score, v.Survey.Scale)
	default:
		m.Title = capital(spoken(m.Kind))
	}
}

// thing says what a record is of: "Customer", "Order".
func thing(record customer.Identity) string {
	part := strings.Split(string(record), "/")
	if record.Person() || len(part) < 4 {
		return "Customer"
	}
	return capital(spoken(part[2]))
}
