package campaign

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"time"

	"holdfast/internal/customer"
)

// The activities that mails give rise to.
const (
	MailDelivered = "mail_delivered"
	MailOpened    = "mail_opened"
	MailClicked   = "mail_clicked"
)

// Who a consent came through.
const (
	ViaLink      = "link"
	ViaOneClick  = "one_click"
	ViaComplaint = "complaint"
)

// facts returns what n says of its customer; record and key are complete but
// for the record.
func (n Notice) facts(now time.Time) []customer.Fact {
	switch n.Kind {
	case NoticeDelivery:
		return n.activity(MailDelivered, now)
	case NoticeOpen:
		if !n.byMachine() {
			return n.activity(MailOpened, now)
		}
	case NoticeClick:
		if !n.byMachine() {
			return n.activity(MailClicked, now)
		}
	}
	lasting := n.lasting()
	if lasting == "" {
		return nil
	}
	var facts []customer.Fact
	for _, e := range n.Recipients {
		facts = append(facts, customer.Fact{
			Key:     "blocked/" + lasting,
			Version: customer.NewVersion(n.At, n.MessageID),
			At:      n.At.UTC(),
			Body:    customer.Body{Blocked: &customer.Blocked{Email: e, Reason: lasting}},
		})
	}
	if lasting == BlockComplaint {
		facts = append(facts, optOut(n.At, ViaComplaint))
	}
	return facts
}

// activity returns the fact of one activity of a mail of ours, none for
// another's.
func (n Notice) activity(name string, now time.Time) []customer.Fact {
	if n.Key.Customer == "" {
		return nil
	}
	properties := map[string]string{"campaign": n.Key.Campaign, "step": strconv.Itoa(n.Key.Step)}
	if n.Link != "" {
		properties["link"] = n.Link
	}
	sum := sha256.Sum256([]byte(n.MessageID + "\x00" + n.At.UTC().Format(time.RFC3339Nano) + "\x00" + n.Link))
	return []customer.Fact{{
		Key:     "activity/" + name + "/" + base64.RawURLEncoding.EncodeToString(sum[:12]),
		Version: customer.NewVersion(n.At, ""),
		At:      n.At.UTC(),
		Expires: n.At.UTC().Add(customer.ActivityLife),
		Body:    customer.Body{Activity: &customer.Activity{Name: name, Properties: properties}},
	}}
}

// optOut returns the fact that the customer wants no more mail.
func optOut(at time.Time, via string) customer.Fact {
	c := customer.Consent{Channel: customer.EmailChannel, State: customer.Unsubscribed, Explicit: true, Via: via}
	return customer.Fact{
		Key:     customer.ConsentKey(c),
		Version: customer.NewVersion(at, via),
		At:      at.UTC(),
		Body:    customer.Body{Consent: &c},
	}
}

// eventsOf makes facts about p events. They are of a record of our own that
// belongs to the customer through one of the sources' records, or through the address.
func eventsOf(p customer.Profile, facts []customer.Fact) []customer.Event {
	record := Record(p.ID)
	events := make([]customer.Event, 0, len(facts))
	for _, f := range facts {
		claim := customer.Claim{Version: customer.NewVersion(f.At, ""), Email: p.Email}
		if len(p.Records) > 0 {
			claim.Parent, claim.Email = p.Records[0], ""
		}
		f.Record = record
		events = append(events, customer.Event{Record: record, Claim: &claim, Fact: &f})
	}
	return events
}

// Record returns the record that carries what mails told of a customer.
func Record(id customer.ID) customer.Identity {
	return customer.Account("holdfast/mail").Record("customer", string(id))
}
