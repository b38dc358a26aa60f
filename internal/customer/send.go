package customer

import (
	"fmt"
	"time"
)

// A SendKey names one mail that a customer may get: one step of one occurrence
// of one campaign. It is the ledger's key, so there is at most one such mail.
type SendKey struct {
	Customer   ID     `json:"customer"`
	Campaign   string `json:"campaign"`
	Occurrence string `json:"occurrence"` // which time round: "once", or the instant of entry as 20060102T150405Z
	Step       int    `json:"step"`       // from 1
}

// String returns the key's part below its customer: "campaign#occurrence#step".
// Steps are written with two digits, so that keys sort as they run.
func (k SendKey) String() string {
	return fmt.Sprintf("%s#%s#%02d", k.Campaign, k.Occurrence, k.Step)
}

// A SendStatus is where a send stands. Stored values are for ever.
type SendStatus string

const (
	Planned    SendStatus = "planned"
	Claimed    SendStatus = "claimed"    // a mailer has it; SES may have been asked
	Sent       SendStatus = "sent"       // SES accepted it
	Delivered  SendStatus = "delivered"  // the recipient's server accepted it
	Bounced    SendStatus = "bounced"    // it did not
	Complained SendStatus = "complained" // the recipient called it spam
	Skipped    SendStatus = "skipped"    // never sent, see Reason
	HeldOut    SendStatus = "held_out"   // never sent: the customer is in the control group
	Failed     SendStatus = "failed"     // SES refused it, see Reason
	Unknown    SendStatus = "unknown"    // whether SES accepted it was never learnt
)

// A Send is one mail of one step to one customer, and its fate.
type Send struct {
	SendKey
	Version   int64      `json:"version"` // increments on every save; 0: not stored yet
	Status    SendStatus `json:"status"`
	Reason    string     `json:"reason,omitempty"` // why skipped or failed: no_consent, frequency_cap, …
	Segment   string     `json:"segment"`          // the segment that started it
	Template  string     `json:"template"`
	Variant   string     `json:"variant,omitempty"`
	Planned   time.Time  `json:"planned"`
	Due       time.Time  `json:"due"` // not before
	Claimed   time.Time  `json:"claimed,omitzero"`
	Accepted  time.Time  `json:"accepted,omitzero"`
	Settled   time.Time  `json:"settled,omitzero"` // when the last status was reached
	MessageID string     `json:"message_id,omitempty"`
	Address   string     `json:"address,omitempty"` // keyed hash of the address it went to
	Opened    time.Time  `json:"opened,omitzero"`   // first, machine opens left out
	Clicked   time.Time  `json:"clicked,omitzero"`
	Expires   time.Time  `json:"expires,omitzero"`
	// Heir is the customer into whom this one merged: the send is theirs since,
	// and whatever is learnt of it goes on to them.
	Heir ID `json:"heir,omitempty"`
}

// An Insight is one stored result of a night, a run record, a count: a JSON
// document under a kind and a date.
type Insight struct {
	Kind    string    `json:"kind"`
	Date    string    `json:"date"`
	Body    []byte    `json:"body"` // JSON
	Expires time.Time `json:"expires,omitzero"`
}
