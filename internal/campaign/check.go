package campaign

import (
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// A moment is all that decides whether a claimed send goes out, as read after
// its claim was stored.
type moment struct {
	now     time.Time
	send    customer.Send
	gone    bool // there is no such customer: erased, or merged into another
	profile customer.Profile
	link    customer.Link // of the profile's address
	// optIn is the latest explicit opt-in, read only if link has an opt-out.
	optIn time.Time
	sends []customer.Send // of the customer, this one among them
	retry time.Duration
}

// A verdict is what becomes of a claimed send: the status Claimed says that it
// may be sent; Planned, that it waits until due.
type verdict struct {
	status customer.SendStatus
	reason string
	due    time.Time
}

func skip(reason string) verdict { return verdict{status: customer.Skipped, reason: reason} }

func wait(due time.Time, reason string) verdict {
	return verdict{status: customer.Planned, due: due, reason: reason}
}

// The reasons a send is skipped or put off for, as stored.
const (
	ReasonCampaign     = "campaign_gone"     // not in the playbook any more
	ReasonCustomer     = customer.ReasonGone // erased, or merged into another
	ReasonDeleted      = "customer_deleted"
	ReasonNoAddress    = "no_address"
	ReasonNoConsent    = "no_consent"
	ReasonUnsubscribed = "unsubscribed"
	ReasonBlocked      = "blocked"
	ReasonOptedOut     = "opted_out" // by a mail's link to this address
	ReasonOrdered      = "ordered"
	ReasonLeft         = "left_segment"
	ReasonCap          = "frequency_cap"
	ReasonQuiet        = "quiet_hours"
	ReasonStep         = "earlier_step"
	ReasonMissing      = "missing:" // and the name of a variable that is not known
	ReasonTemplate     = "template"
	ReasonThrottled    = "throttled"
	ReasonStopped      = "stopped"  // see [ErrStopped]
	ReasonRejected     = "rejected" // by the mail service
)

// decide applies the playbook to a moment. What ends a send comes before what
// puts it off, so that nothing waits in vain.
func decide(b *playbook.Playbook, m moment) verdict {
	c, ok := b.Campaign(m.send.Campaign)
	if !ok || m.send.Step > len(c.Steps) {
		return skip(ReasonCampaign)
	}
	if m.gone {
		return skip(ReasonCustomer)
	}
	if c.Arm(m.send.Customer) == playbook.Control {
		return verdict{status: customer.HeldOut}
	}
	if reason := unwelcome(m); reason != "" {
		return skip(reason)
	}
	if reason := exit(c, m); reason != "" {
		return skip(reason)
	}
	if due, ok := afterStep(c, m); !ok {
		return wait(due, ReasonStep)
	}
	if end := quietEnd(b.Quiet, m.now, zoneOf(m.profile, b.Business.Zone)); end.After(m.now) {
		return wait(end, ReasonQuiet)
	}
	return capped(b, c, m)
}

// unwelcome returns why the customer must not be mailed at all, "" if they may.
func unwelcome(m moment) string {
	p := m.profile
	switch {
	case p.Deleted:
		return ReasonDeleted
	case p.Email == "":
		return ReasonNoAddress
	case p.Mail.State == customer.Unsubscribed:
		return ReasonUnsubscribed
	case p.Mail.State != customer.Subscribed:
		return ReasonNoConsent
	case p.Blocked != "", m.link.Block.Reason != "", !m.link.Erased.IsZero():
		return ReasonBlocked
	case !m.link.Block.OptOut.IsZero() && !m.optIn.After(m.link.Block.OptOut):
		return ReasonOptedOut
	}
	return ""
}

// exit returns why the campaign is over for the customer, "" if it is not.
func exit(c playbook.Campaign, m moment) string {
	if c.Exit.OrderWithin > 0 && slices.ContainsFunc(m.profile.Books, func(b customer.Book) bool { return b.Last.After(startOf(m.send)) }) {
		return ReasonOrdered
	}
	in := slices.ContainsFunc(m.profile.Derived.Segments, func(s customer.Membership) bool { return s.Segment == c.Segment })
	if c.Exit.SegmentLeft && !in {
		return ReasonLeft
	}
	return ""
}

// afterStep reports whether the step before is over for as long as this one
// has to wait after it; otherwise it returns when to look again.
func afterStep(c playbook.Campaign, m moment) (time.Time, bool) {
	for _, s := range m.sends {
		if s.Campaign != m.send.Campaign || s.Occurrence != m.send.Occurrence || s.Step != m.send.Step-1 {
			continue
		}
		switch {
		case s.Status == customer.Planned, s.Status == customer.Claimed:
			return later(m.now, s.Due).Add(m.retry), false
		case s.Accepted.Add(c.Steps[m.send.Step-1].After).After(m.now) && !s.Accepted.IsZero():
			return s.Accepted.Add(c.Steps[m.send.Step-1].After), false
		}
	}
	return time.Time{}, true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// quietEnd returns when the quiet hours that now falls into are over in zone,
// now itself outside of them.
func quietEnd(q playbook.Quiet, now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	y, mo, d := local.Date()
	at := func(day, minute int) time.Time { return time.Date(y, mo, d+day, 0, minute, 0, 0, zone) }
	from, to := at(0, q.From), at(0, q.To)
	switch {
	case q.From < q.To && !local.Before(from) && local.Before(to), q.From > q.To && local.Before(to):
		return to.UTC()
	case q.From > q.To && !local.Before(from):
		return at(1, q.To).UTC()
	}
	return now
}
