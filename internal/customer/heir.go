package customer

import "time"

// ReasonMerged is why a planned send was skipped whose customer merged into
// another: that one has it instead.
const ReasonMerged = "merged"

// ReasonGone is why a send was skipped whose customer was not there when it was
// to be sent: erased, or joined with another a moment ago.
const ReasonGone = "customer_gone"

// HandedTo returns s as it stays with its customer when another gets it. It is
// written before the other's copy: whoever claims or settles it meanwhile is
// refused, and learns who has it now.
func (s Send) HandedTo(to ID, now time.Time) Send {
	s.Heir = to
	if s.Open() {
		s.Status, s.Reason, s.Settled = Skipped, ReasonMerged, now.UTC()
	}
	return s
}

// Open reports whether an heir is to get s instead of its customer.
func (s Send) Open() bool {
	return s.Status == Planned || s.Status == Skipped && s.Reason == ReasonGone
}

// TakenBack reports whether s is a send that its heir is to get instead.
func (s Send) TakenBack() bool { return s.Status == Skipped && s.Reason == ReasonMerged }

// Inherits reports whether s, the heir's, is to follow what becomes of the send
// from: it was copied from it when it was claimed, or it is still planned. One
// that was claimed for the heir is a mail of its own.
func (s Send) Inherits(from Send) bool {
	return s.Status == Planned || !s.Claimed.IsZero() && s.Claimed.Equal(from.Claimed)
}

// Inherit returns what the heir of s has of it, have being what is stored there,
// of version 0 if nothing is. Done again it changes nothing.
func (s Send) Inherit(have Send) Send {
	switch {
	case have.Version == 0:
		have = s
		have.Customer, have.Version, have.Heir = s.Heir, 0, ""
		if s.TakenBack() {
			have = have.planned(s.Due)
		}
	case s.TakenBack():
		if have.Status == Claimed && have.Inherits(s) {
			have = have.planned(s.Due)
		}
	case !have.Inherits(s):
	case have.Status == Planned:
		if s.mailed() {
			own := have
			have = s
			have.Customer, have.Version, have.Heir = own.Customer, own.Version, own.Heir
		}
	default:
		s.Fate().Apply(&have)
		if have.Address == "" {
			have.Address = s.Address
		}
	}
	if have.Heir == s.Customer { // the heir merged into this one before, and this one came to life again
		have.Heir = ""
	}
	return have
}

// planned returns s as it was before it was claimed.
func (s Send) planned(due time.Time) Send {
	s.Status, s.Reason, s.Due = Planned, "", due
	s.Claimed, s.Settled, s.Address = time.Time{}, time.Time{}, ""
	return s
}

// mailed reports whether the mail may have gone out.
func (s Send) mailed() bool {
	return s.Status == Claimed || s.Status == Unknown || rank(s.Status) > 0 && s.Status != Failed
}
