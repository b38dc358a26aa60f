package customer

import "time"

// A Link is one identity as stored: a record with whom it belongs to, an
// address with who holds it, or the tombstone of either.
type Link struct {
	Identity Identity `json:"identity"` // for a tombstone, a keyed hash: see the privacy package
	Version  int64    `json:"version"`  // increments on every save; 0: not stored yet

	// Of a record:

	Customer ID        `json:"customer,omitempty"` // where its facts live
	Seen     time.Time `json:"seen,omitzero"`      // when it was first seen, by our clock
	Claim    Claim     `json:"claim,omitzero"`     // the latest claim
	Merged   Identity  `json:"merged,omitempty"`   // the record it was merged into
	// Founder is the record from whose identity Customer was derived.
	Founder Identity `json:"founder,omitempty"`
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
