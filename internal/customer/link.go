package customer

import (
	"slices"
	"time"
)

// A Link is one identity as stored: a record with whom it belongs to, an
// address with who holds it, or the tombstone of either.
type Link struct {
	Identity Identity `json:"identity"` // for a tombstone, a keyed hash: see the privacy package
	Version  int64    `json:"version"`  // increments on every save; 0: not stored yet

	// Of a record:

	Customer ID        `json:"customer,omitempty"` // where its facts live
	Seen     time.Time `json:"seen,omitzero"`      // when it was first seen, by our clock
	Merged   Identity  `json:"merged,omitempty"`   // the record it was merged into
	Parent   Tie       `json:"parent,omitzero"`    // the record it is claimed for
	Email    Tie       `json:"email,omitzero"`     // the mail address it is claimed for
	Phone    Tie       `json:"phone,omitzero"`
	// Founder is the record from whose identity Customer was derived.
	Founder Identity `json:"founder,omitempty"`
	// Unsettled are the identities around which others may still have to move
	// because of this record's latest tie: itself, and addresses it had.
	Unsettled []Identity `json:"unsettled,omitempty"`
	// From are customers whose facts of this record may not be moved yet.
	From []ID `json:"from,omitempty"`

	// Of an address:

	// Holders are records that may hold the address. A superset; a record's
	// own link decides.
	Holders []Identity `json:"holders,omitempty"`
	Block   Block      `json:"block,omitzero"`

	// Of a tombstone: when the person was erased.

	Erased time.Time `json:"erased,omitzero"`
}

// A Tie is what binds a record to another identity: the latest claim of it.
type Tie struct {
	To      Identity `json:"to,omitempty"`
	Version Version  `json:"version,omitempty"`
}

// Take returns the later of t and a claim that to, at v. A claim that names
// nobody takes nothing back; of two claims of one version, the greater name
// stays, whichever came first.
func (t Tie) Take(to Identity, v Version) Tie {
	if to == "" || v < t.Version || v == t.Version && to <= t.To {
		return t
	}
	return Tie{To: to, Version: v}
}

// Ties returns the ties of a record: l with what c claims.
func (l Link) Ties(c Claim) Link {
	l.Parent = l.Parent.Take(c.Parent, c.Version)
	l.Email = l.Email.Take(EmailIdentity(c.Email), c.Version)
	l.Phone = l.Phone.Take(PhoneIdentity(c.Phone), c.Version)
	return l
}

// At returns l with its facts belonging to a customer, whom founder founded.
// The one they belonged to before is among From until they have moved.
func (l Link) At(id ID, founder Identity) Link {
	var from []ID
	for _, f := range append(slices.Clone(l.From), l.Customer) {
		if f != "" && f != id && !slices.Contains(from, f) {
			from = append(from, f)
		}
	}
	l.Customer, l.Founder, l.From = id, founder, from
	return l
}

// A Block is what keeps mail from an address, whoever holds it. The zero value
// blocks nothing.
type Block struct {
	Reason string    `json:"reason,omitempty"` // bounce, complaint: for good
	At     time.Time `json:"at,omitzero"`
	// OptOut is when the holder of the address opted out by a mail's link; an
	// explicit opt-in afterwards lifts it.
	OptOut time.Time `json:"opt_out,omitzero"`
	// Soft counts the transient bounces since the last delivery.
	Soft int `json:"soft,omitempty"`
}
