package customer

import "time"

// A Fate is what one event or answer says of a send. Fates are merged by rank
// and time, so that their order and repetition do not matter.
type Fate struct {
	Status    SendStatus // "" says nothing
	Reason    string
	At        time.Time // when Status was reached
	Accepted  time.Time // when the service accepted the mail
	MessageID string
	Opened    time.Time
	Clicked   time.Time
}

// rank orders statuses by how much they know. A mail that is delivered may yet
// bounce or be complained about; never the other way round.
func rank(s SendStatus) int {
	switch s {
	case Sent:
		return 1
	case Failed:
		return 2
	case Delivered:
		return 3
	case Bounced:
		return 4
	case Complained:
		return 5
	}
	return 0
}

// Apply merges f into s and reports whether s changed. Of one status the
// earliest instant stays, with the reason that sorts first at that instant.
func (f Fate) Apply(s *Send) bool {
	before := *s
	have, news := rank(s.Status), rank(f.Status)
	switch {
	case news > have:
		s.Status, s.Reason, s.Settled = f.Status, f.Reason, f.At.UTC()
	case news == have && news > 0 && (f.At.Before(s.Settled) || f.At.Equal(s.Settled) && f.Reason < s.Reason):
		s.Reason, s.Settled = f.Reason, f.At.UTC()
	}
	s.Accepted = Earliest(s.Accepted, f.Accepted)
	s.Opened = Earliest(s.Opened, f.Opened)
	s.Clicked = Earliest(s.Clicked, f.Clicked)
	if s.MessageID == "" || f.MessageID != "" && f.MessageID < s.MessageID {
		s.MessageID = f.MessageID
	}
	return *s != before
}

// Fate returns what is known of a send.
func (s Send) Fate() Fate {
	return Fate{s.Status, s.Reason, s.Settled, s.Accepted, s.MessageID, s.Opened, s.Clicked}
}

// Earliest returns the earlier of two instants; zero is none.
func Earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b.UTC()
	}
	return a
}
