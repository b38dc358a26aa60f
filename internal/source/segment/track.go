package segment

import (
	"cmp"
	"strings"

	"holdfast/internal/customer"
)

// otherNames are names that stand for one of the e-commerce spec: of its first
// version, and other spellings.
var otherNames = map[string]string{
	"viewed_product": "product_viewed", "added_product": "product_added", "removed_product": "product_removed",
	"viewed_product_category": "product_list_viewed", "viewed_cart": "cart_viewed", "started_checkout": "checkout_started",
	"completed_order": "order_completed", "updated_order": "order_updated", "refunded_order": "order_refunded",
	"cancelled_order": "order_cancelled", "canceled_order": "order_cancelled", "order_canceled": "order_cancelled",
}

// elsewhere begins the names of activities around mails that others sent: they
// must not pass for those of our own mails, nor for the customer's own doing.
const elsewhere = "mail_elsewhere_"

// eventName returns the name under which a tracked event is kept.
func eventName(name string) string {
	s := snake(name)
	switch s {
	case "email_delivered", "email_opened", "email_link_clicked", "email_bounced", "email_marked_as_spam":
		return elsewhere + strings.TrimPrefix(s, "email_")
	}
	if rest, ok := strings.CutPrefix(s, "mail_"); ok {
		return elsewhere + rest
	}
	return cmp.Or(otherNames[s], s)
}

// track returns what was done. Orders, refunds, scored survey answers and
// support tickets are what they are; everything else is an activity.
func (s Source) track(m message) ([]customer.Event, error) {
	p := m.properties.normal()
	switch m.event {
	case "order_completed", "order_updated", "order_refunded", "order_cancelled":
		if s.Shop {
			return nil, ErrUnwanted
		}
		return s.order(m, p)
	case "checkout_started", "cart_viewed":
		events := []customer.Event{m.activity(m.event, m.tracked())}
		if e, ok := s.basket(m, p); ok {
			events = append(events, e)
		}
		return events, nil
	}
	if e, ok := m.survey(p); ok {
		return []customer.Event{e}, nil
	}
	if e, ok := s.ticket(m, p); ok {
		return []customer.Event{e}, nil
	}
	return []customer.Event{m.activity(m.event, m.tracked())}, nil
}
