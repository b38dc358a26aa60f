package campaign

import (
	"time"

	"holdfast/internal/customer"
)

// A fate is what one event or answer says of a send. Fates are merged by rank
// and time, so that their order and repetition do not matter.
type fate struct {
	status    customer.SendStatus // "" says nothing
	reason    string
	at        time.Time // when status was reached
	accepted  time.Time // when the service accepted the mail
	messageID string
	opened    time.Time
	clicked   time.Time
}

// rank orders statuses by how much they know. A mail that is delivered may yet
// bounce or be complained about; never the other way round.
func rank(s customer.SendStatus) int {
	switch s {
	case customer.Sent:
		return 1
	case customer.Failed:
		return 2
	case customer.Delivered:
		return 3
	case customer.Bounced:
		return 4
	case customer.Complained:
		return 5
	}
	return 0
}

// apply merges f into s and reports whether s changed. Of one status the
// earliest instant stays, with the reason that sorts first at that instant.
func (f fate) apply(s *customer.Send) bool {
	before := *s
	have, news := rank(s.Status), rank(f.status)
	switch {
	case news > have:
		s.Status, s.Reason, s.Settled = f.status, f.reason, f.at.UTC()
	case news == have && news > 0 && (f.at.Before(s.Settled) || f.at.Equal(s.Settled) && f.reason < s.Reason):
		s.Reason, s.Settled = f.reason, f.at.UTC()
	}
	s.Accepted = earliest(s.Accepted, f.accepted)
	s.Opened = earliest(s.Opened, f.opened)
	s.Clicked = earliest(s.Clicked, f.clicked)
	if s.MessageID == "" || f.messageID != "" && f.messageID < s.MessageID {
		s.MessageID = f.messageID
	}
	return *s != before
}

// earliest returns the earlier of two instants; zero is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b.UTC()
	}
	return a
}
