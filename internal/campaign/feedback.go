package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// SoftLimit is how many mails in a row may fail to reach an address before it
// counts as one that does not work.
const SoftLimit = 3

// The reasons in [customer.Block].
const (
	BlockBounce    = "bounce"
	BlockComplaint = "complaint"
	// BlockSoft follows from the ledger and goes when a delivery turns up that
	// came in between.
	BlockSoft = "soft_bounces"
)

// Feedback takes what the mail service reports.
type Feedback struct {
	Store  Store
	Tokens Tokens
}

// Apply brings the ledger and the address's block up to date with n, and
// returns what n means for the customer as events for ingest: what happened to
// the mail, and for a permanent bounce or a complaint the block and the opt-out.
// The events depend on n and the customer alone, and are keyed by what
// happened, so that applied twice they count once.
//
// Invariant: what is stored depends on the set of notices, not on their order
// or repetition: statuses merge by rank and time, permanent blocks are for
// good, and soft bounces are counted in the ledger. If the process dies
// anywhere, the notice comes back and completes what is missing.
//
// A notice without our tags, or of a customer who was erased, only blocks
// addresses. The errors are the store's.
func (f Feedback) Apply(ctx context.Context, n Notice, now time.Time) ([]customer.Event, error) {
	owner := customer.ID("")
	if n.Key != (customer.SendKey{}) {
		var err error
		if owner, err = f.settle(ctx, n); err != nil {
			return nil, err
		}
	}
	customers, err := f.block(ctx, n, owner)
	if err != nil {
		return nil, err
	}
	if n.Key.Customer != "" && !slices.Contains(customers, n.Key.Customer) {
		customers = append(customers, n.Key.Customer)
	}
	facts := n.facts(now)
	if len(facts) == 0 {
		return nil, nil
	}
	var events []customer.Event
	for _, id := range customers {
		p, err := f.Store.Profile(ctx, id)
		switch {
		case errors.Is(err, customer.ErrNotFound): // erased since
			continue
		case err != nil:
			return nil, fmt.Errorf("read profile %s: %w", id, err)
		}
		events = append(events, eventsOf(p, facts)...)
	}
	return events, nil
}

// settle merges what n says into its send, and returns the customer whose it is
// by now.
func (f Feedback) settle(ctx context.Context, n Notice) (customer.ID, error) {
	address := ""
	if len(n.Recipients) == 1 {
		address = f.Tokens.Address(n.Recipients[0])
	}
	s, err := settle(ctx, f.Store, n.Key, n.fate(), address)
	if errors.Is(err, customer.ErrNotFound) { // erased since, or long ago
		return n.Key.Customer, nil
	}
	if err != nil {
		return "", err
	}
	return inherit(ctx, f.Store, s)
}

// block brings the blocks of n's recipients up to date. It returns the
// customers who have a recipient's address if n is not of a mail of ours, but
// concerns whoever has it. Soft bounces are counted in the ledger of owner.
func (f Feedback) block(ctx context.Context, n Notice, owner customer.ID) ([]customer.ID, error) {
	lasting := n.lasting()
	soft := n.Kind == NoticeBounce && !n.Permanent || n.Kind == NoticeDelivery
	if lasting == "" && (!soft || n.Key.Customer == "") {
		return nil, nil
	}
	var customers []customer.ID
	for _, e := range n.Recipients {
		if lasting == "" {
			if err := f.countSoft(ctx, owner, e); err != nil {
				return nil, err
			}
			continue
		}
		link, err := updateBlock(ctx, f.Store, e, func(b *customer.Block) bool { return stop(b, lasting, n.At) })
		if err != nil {
			return nil, err
		}
		if n.Key.Customer == "" {
			holders, err := f.holders(ctx, link, e)
			if err != nil {
				return nil, err
			}
			customers = append(customers, holders...)
		}
	}
	return customers, nil
}

// lasting returns the reason for which n blocks its recipients for good, "" if
// it does not.
func (n Notice) lasting() string {
	switch {
	case n.Kind == NoticeComplaint && !n.NotSpam:
		return BlockComplaint
	case n.Kind == NoticeBounce && n.Permanent:
		return BlockBounce
	}
	return ""
}

// stop blocks for good and reports whether b changed. A complaint outweighs a
// bounce; of two alike the earlier stays.
func stop(b *customer.Block, reason string, at time.Time) bool {
	before := *b
	b.Soft = 0 // does not matter any more
	switch {
	case b.Reason == reason:
		b.At = customer.Earliest(b.At, at)
	case b.Reason != BlockComplaint:
		b.Reason, b.At = reason, at.UTC()
	}
	return *b != before
}

// countSoft counts, in the ledger, the transient bounces at an address since
// the last delivery there, and blocks or frees it accordingly. Word of another
// delivery may raise the count, too: of two of one mail the earlier stays.
func (f Feedback) countSoft(ctx context.Context, owner customer.ID, e customer.Email) error {
	sends, err := f.Store.Sends(ctx, owner)
	if err != nil {
		return fmt.Errorf("read sends %s: %w", owner, err)
	}
	count, last := softBounces(sends, f.Tokens.addresses(e))
	_, err = updateBlock(ctx, f.Store, e, func(b *customer.Block) bool {
		if b.Reason == BlockBounce || b.Reason == BlockComplaint {
			return false
		}
		before := *b
		b.Soft, b.Reason, b.At = count, "", time.Time{}
		if count >= SoftLimit {
			b.Reason, b.At = BlockSoft, last
		}
		return *b != before
	})
	return err
}

// softBounces returns how many mails to an address bounced for the time being
// after the last one that was delivered, and when the last of them did.
func softBounces(sends []customer.Send, addresses []string) (int, time.Time) {
	var delivered, last time.Time
	for _, s := range sends {
		if s.Status == customer.Delivered && slices.Contains(addresses, s.Address) {
			delivered = later(delivered, s.Settled)
		}
	}
	count := 0
	for _, s := range sends {
		if s.Status == customer.Bounced && s.Reason == reasonTransient && s.Settled.After(delivered) && slices.Contains(addresses, s.Address) {
			count++
			last = later(last, s.Settled)
		}
	}
	return count, last
}

// holders returns the customers whose present address is e.
func (f Feedback) holders(ctx context.Context, l customer.Link, e customer.Email) ([]customer.ID, error) {
	var ids []customer.ID
	for _, record := range l.Holders {
		held, err := f.Store.Link(ctx, record)
		if err == nil && held.Customer != "" {
			var p customer.Profile
			if p, err = f.Store.Profile(ctx, held.Customer); err == nil && p.Email == e {
				ids = append(ids, held.Customer)
			}
		}
		if err != nil && !errors.Is(err, customer.ErrNotFound) {
			return nil, fmt.Errorf("find the holders of an address: %w", err)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
