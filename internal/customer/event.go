package customer

import (
	"strings"
	"time"
)

// An Event is one thing that happened at a source, normalised. It may carry a
// fact to keep, a claim about whom its record belongs to, or a command, and
// any of them together. Events may come twice, late and in any order; what is
// stored afterwards depends on their set alone.
type Event struct {
	Record  Identity // the record it is about; never ""
	Claim   *Claim   // nil when the event says nothing of whom the record belongs to
	Fact    *Fact    // nil when there is nothing to keep
	Command *Command
}

// A Claim says whom a record belongs to, as of Version: to the customer of
// another record (Parent), else to whoever has this mail address, else this
// phone number. An event with less knowledge leaves fields empty, and an empty
// field claims nothing.
type Claim struct {
	Version Version  `json:"version,omitempty"`
	Parent  Identity `json:"parent,omitempty"` // "" if the record stands for itself
	Email   Email    `json:"email,omitempty"`
	Phone   Phone    `json:"phone,omitempty"`
}

// A CommandKind says what a [Command] asks for.
type CommandKind string

const (
	// Merge: the source joined Record into Into; Record lives on as an alias.
	Merge CommandKind = "merge"
	// Erase: forget the person behind Record and the addresses, for good.
	Erase CommandKind = "erase"
	// EraseAccount: forget everything of the account of Record.
	EraseAccount CommandKind = "erase_account"
	// Export: the person asked for their data; Reference names the request.
	Export CommandKind = "export"
	// Disconnect: the account withdrew our access.
	Disconnect CommandKind = "disconnect"
)

// A Command is what a source asks us to do beyond remembering.
type Command struct {
	Kind      CommandKind
	At        time.Time
	Into      Identity // Merge: the record that stays
	Email     Email    // Erase, Export: may be all that is known
	Phone     Phone
	Reference string
}

// A Version orders the states of one object: the later state has the greater
// version. It compares as a string.
type Version string

// NewVersion returns the version of a state that the source says it modified
// at; tie breaks ties between states of the same instant, is compared as a
// string, and must be the same when the same state is delivered again. Instants
// outside the years 1 to 9999 are held at their ends.
func NewVersion(at time.Time, tie string) Version {
	at = at.UTC()
	switch {
	case at.Year() < 1:
		at = time.Time{}
	case at.Year() > 9999:
		at = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	}
	return Version(at.Format("2006-01-02T15:04:05.000000000Z") + "/" + tie)
}

// Time returns the instant of v, zero if it has none.
func (v Version) Time() time.Time {
	s, _, _ := strings.Cut(string(v), "/")
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// A Fact is an event as stored, under its customer. Key names the object or
// the occurrence within the record, so that storing it twice is storing it
// once; of several states of one object the greatest Version stays.
type Fact struct {
	Record  Identity  `json:"record"`
	Key     string    `json:"key"`
	Version Version   `json:"version"`
	At      time.Time `json:"at"`               // when it happened, UTC
	Expires time.Time `json:"expires,omitzero"` // zero: kept
	// Claim is what the event that brought the fact claimed, nil for nothing.
	Claim *Claim `json:"claim,omitempty"`
	Body  Body   `json:"body"`
}

// ID returns the name of f, unique under its customer.
func (f Fact) ID() string { return string(f.Record) + "#" + f.Key }

// Kind returns the first word of f's key: "order", "contact", "activity"…
func (f Fact) Kind() string {
	kind, _, _ := strings.Cut(f.Key, "/")
	return kind
}

// A Body is what a fact says; exactly one field is set.
type Body struct {
	Contact  *Contact  `json:"contact,omitempty"`  // key contact/{shape}, see [ContactKey]
	Merged   *Merged   `json:"merged,omitempty"`   // key merged
	Moved    *Moved    `json:"moved,omitempty"`    // key moved
	Deleted  *Deleted  `json:"deleted,omitempty"`  // key deleted
	Tags     *Tags     `json:"tags,omitempty"`     // key tags: the whole list
	Tag      *Tag      `json:"tag,omitempty"`      // key tag/{tag}: one added or removed
	Consent  *Consent  `json:"consent,omitempty"`  // key consent/{channel}/{in|out|said}, see [ConsentKey]
	Order    *Order    `json:"order,omitempty"`    // key order
	Refund   *Refund   `json:"refund,omitempty"`   // key refund/{transaction id}
	Payment  *Payment  `json:"payment,omitempty"`  // key payment/{transaction id}
	Checkout *Checkout `json:"checkout,omitempty"` // key checkout
	Ticket   *Ticket   `json:"ticket,omitempty"`   // key ticket
	Deal     *Deal     `json:"deal,omitempty"`     // key deal
	Summary  *Summary  `json:"summary,omitempty"`  // key summary
	Blocked  *Blocked  `json:"blocked,omitempty"`  // key blocked/{reason}
	Survey   *Survey   `json:"survey,omitempty"`   // key survey/{id}
	Activity *Activity `json:"activity,omitempty"` // key activity/{name}/{id}
}
