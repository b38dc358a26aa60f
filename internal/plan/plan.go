// Package plan says what a changed playbook would do, before it does it: which
// customers the next night would move, which mails would go out, what that would
// cost. It runs the rules of the night and of the mailer themselves, on what is
// stored, and writes nothing.
package plan

import (
	"context"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// A Store is read, and never written to.
type Store interface {
	ScanProfiles(ctx context.Context, shard, shards int, cursor string) (page []customer.Profile, next string, err error)
	Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error)
	Link(ctx context.Context, i customer.Identity) (customer.Link, error)
	Sends(ctx context.Context, id customer.ID) ([]customer.Send, error)
	DueSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error)
}

// Nights is how many nights a plan looks ahead.
const Nights = 7

// A Plan is what the next night does with the changed playbook, compared with
// what it would do with the one before.
type Plan struct {
	At        time.Time `json:"at"`        // the night's scheduled instant
	Customers int64     `json:"customers"` // profiles looked at
	// Changed: the playbooks would treat somebody differently, now or later.
	Changed   bool       `json:"changed"`
	Segments  []Segment  `json:"segments"`  // by name; all of both playbooks
	Campaigns []Campaign `json:"campaigns"` // by name; all of both playbooks
	// Mails are the templates whose wording differs, by name.
	Mails []string `json:"mails,omitempty"`
	// Settings: caps, quiet hours or what mails say of the business differ.
	Settings bool `json:"settings,omitempty"`
	Cost     Cost `json:"cost"`
}

// A Fate says what becomes of a segment or campaign.
type Fate string

const (
	Same    Fate = ""
	Added   Fate = "added"
	Removed Fate = "removed"
	Altered Fate = "altered"
)

// A Segment is what the night does to a segment's customers.
type Segment struct {
	Name   string `json:"name"`
	Fate   Fate   `json:"fate,omitempty"`
	Before int64  `json:"before"` // as stored
	After  int64  `json:"after"`
	// Entered and Left are the customers whom the night moves, for whatever
	// reason: After = Before + Entered − Left.
	Entered int64 `json:"entered"`
	Left    int64 `json:"left"`
	// By the change: in with the changed playbook and out with the one before,
	// and the other way round. Time alone moves the others.
	EnteredByChange int64 `json:"entered_by_change"`
	LeftByChange    int64 `json:"left_by_change"`
	// Examples are of the customers with the smallest ids; those whom the change
	// concerns come first.
	Examples []Example `json:"examples,omitempty"`
}

// An Example is one customer who is moved, and why.
type Example struct {
	Customer customer.ID `json:"customer"`
	Moved    Direction   `json:"moved"`
	ByChange bool        `json:"by_change"`
	Why      string      `json:"why"` // the deciding conditions, with the values
}

// A Direction is which way a customer moves, if any.
type Direction string

const (
	Enters Direction = "enters"
	Leaves Direction = "leaves"
	// Stays: would leave, but for the change.
	Stays Direction = "stays"
	// Waits: would enter, but for the change.
	Waits Direction = "waits"
)

// A Campaign is the mails of a campaign with the playbook before and after.
type Campaign struct {
	Name   string  `json:"name"`
	Fate   Fate    `json:"fate,omitempty"`
	Before Outlook `json:"before"`
	After  Outlook `json:"after"`
	// Dropped are the sends that are planned already, for whenever, and will not
	// go out because the campaign is removed.
	Dropped int64 `json:"dropped,omitempty"`
}

// An Outlook is what becomes of a campaign's sends if nobody does anything
// meanwhile: nobody orders, clicks or opts out.
type Outlook struct {
	Tonight Mails `json:"tonight"` // until the night after
	Week    Mails `json:"week"`    // within 7 days, tonight included
}

// Mails counts sends by their end; those that are due later are in none.
type Mails struct {
	Sent    int64            `json:"sent"`
	Skipped map[string]int64 `json:"skipped,omitempty"` // by reason
	HeldOut int64            `json:"held_out"`
}

// Options are what a plan is made of.
type Options struct {
	Store         Store
	Before, After *playbook.Playbook
	// Mails and Settings are what the files say of [Plan.Mails] and [Plan.Settings].
	Mails    []string
	Settings bool
	At       time.Time // scheduled instant of the night
	Examples int       // at most so many a segment
	Workers  int       // 0: one
}
