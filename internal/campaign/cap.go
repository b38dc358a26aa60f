package campaign

import (
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// capped applies the frequency caps over all campaigns.
//
// Every mailer stores its claim before it reads the customer's sends, and a
// send stays claimed until its outcome is recorded. Of any set of sends that
// are let through, the one whose claim was stored last has therefore seen all
// the others, claimed or accepted, and they left room for it: no cap is ever
// exceeded, whatever the mailers' clocks say. Counting only claims that come
// earlier in some order would not do: a mailer that claims after the later one
// has checked would not count it.
//
// A claim need not become a mail, so a send that only claims stand in the way
// of waits instead of being skipped. It waits longer the more sends go before it,
// by priority and then by key, so that those that met do not meet again.
func capped(b *playbook.Playbook, c playbook.Campaign, m moment) verdict {
	if c.Transactional {
		return verdict{status: customer.Claimed}
	}
	for _, limit := range b.Caps {
		accepted, open, ahead := 0, 0, 0
		for _, s := range m.sends {
			of, known := b.Campaign(s.Campaign)
			if s.SendKey == m.send.SendKey || of.Transactional {
				continue
			}
			before := known && goesBefore(s, of, m.send, c)
			switch {
			case reached(s).After(m.now.Add(-limit.Within)) && s.Status != customer.Claimed:
				accepted++
			case s.Status == customer.Claimed, s.Status == customer.Planned && before && !s.Due.After(m.now):
				open++
				if before {
					ahead++
				}
			}
		}
		switch {
		case accepted >= limit.Mails:
			return skip(ReasonCap)
		case accepted+open >= limit.Mails:
			return wait(m.now.Add(time.Duration(1+ahead)*m.retry), ReasonCap)
		}
	}
	return verdict{status: customer.Claimed}
}

// reached returns when s was, or may have been, accepted, zero if it was not.
func reached(s customer.Send) time.Time {
	switch s.Status {
	case customer.Sent, customer.Delivered, customer.Bounced, customer.Complained, customer.Unknown:
		return later(s.Accepted, s.Claimed)
	}
	return time.Time{}
}

// goesBefore reports whether the send s of a campaign goes before t of another.
func goesBefore(s customer.Send, of playbook.Campaign, t customer.Send, c playbook.Campaign) bool {
	if of.Priority != c.Priority {
		return of.Priority > c.Priority
	}
	return compareKeys(s.SendKey, t.SendKey) < 0
}
