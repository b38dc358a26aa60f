package campaign

import (
	"time"

	"holdfast/internal/customer"
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
func capped(r Rules, c Campaign, m moment) verdict {
	for _, limit := range r.Caps {
		accepted, open, ahead := 0, 0, 0
		for _, s := range m.sends {
			if s.SendKey == m.send.SendKey {
				continue
			}
			before := goesBefore(r, s, c, m.send)
			switch {
			case reached(s).After(m.now.Add(-limit.Window)) && s.Status != customer.Claimed:
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

// goesBefore reports whether s goes before the send t of campaign c.
func goesBefore(r Rules, s customer.Send, c Campaign, t customer.Send) bool {
	other, ok := r.Campaign(s.Campaign)
	switch {
	case !ok:
		return false
	case other.Priority != c.Priority:
		return other.Priority > c.Priority
	}
	return compareKeys(s.SendKey, t.SendKey) < 0
}
