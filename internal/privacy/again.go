package privacy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// forget is the command by which ingestion reports a record that somebody who
// was erased is still bound to, or was.
const forget customer.CommandKind = "forget"

// again takes away what was stored of a record while its person, or its
// account, was being erased. A record that only claims somebody who was erased
// stays as it is if it is known to be a person's, or anybody's else. A thing of
// nobody's goes for good: had the claim come first it would have gone with the
// person, and so would what is claimed for it.
func (d Desk) again(ctx context.Context, record customer.Identity, c customer.Command, now time.Time) error {
	stored, err := d.Store.Links(ctx, []customer.Identity{record})
	if err != nil {
		return fmt.Errorf("read link: %w", err)
	}
	l := customer.Link{Identity: record, Customer: record.ID()}
	if len(stored) > 0 {
		l = stored[0]
	}
	ties := []customer.Identity{l.Merged, l.Parent.To, l.Email.To, l.Phone.To}
	nobodys := !record.Person() && !slices.ContainsFunc(ties, func(i customer.Identity) bool { return i != "" })
	if len(stored) == 0 || nobodys {
		ties = append(claimed(c), c.Into)
	}
	gone, err := d.gone(ctx, append([]customer.Identity{record}, ties...))
	if err != nil {
		return err
	}
	switch {
	case len(gone) > 0 && nobodys:
		gone = []customer.Identity{record}
	case len(gone) > 0 && len(stored) == 0:
		gone = nil
	case len(gone) > 0:
		gone = slices.Compact(append([]customer.Identity{record}, gone...))
	default:
		return d.outlived(ctx, l, c)
	}
	if err := d.Erase(ctx, gone, now); err != nil {
		return err
	}
	return d.sweep(ctx, record, c)
}

// outlived takes away of a record that stays what is not its own to keep: its
// place among the holders of erased addresses, and what its account told before
// that was erased.
func (d Desk) outlived(ctx context.Context, l customer.Link, c customer.Command) error {
	record := l.Identity
	if err := d.disclaim(ctx, record, c); err != nil {
		return err
	}
	until, err := d.Store.Links(ctx, []customer.Identity{accountTombstone(record.Account())})
	if err != nil {
		return fmt.Errorf("read tombstone: %w", err)
	}
	for _, t := range until {
		if err := d.eraseRecord(ctx, l, t.Erased); err != nil {
			return err
		}
		if c.Reference == "" {
			continue
		}
		if _, err := d.forget(ctx, customer.ID(c.Reference), record, t.Erased); err != nil {
			return err
		}
	}
	return nil
}

// gone returns those of people's identities that were erased.
func (d Desk) gone(ctx context.Context, all []customer.Identity) ([]customer.Identity, error) {
	var gone []customer.Identity
	for _, i := range all {
		erased, err := d.Tombstones.person(ctx, i)
		if err != nil {
			return nil, err
		}
		if erased {
			gone = append(gone, i)
		}
	}
	return gone, nil
}

// sweep takes away what a process that came late left of a record: facts with
// the customers of its own name, of the one it was claimed for and of the one
// it was placed with, and its place among the holders of what it claimed.
func (d Desk) sweep(ctx context.Context, record customer.Identity, c customer.Command) error {
	ids := []customer.ID{record.ID()}
	if c.Into != "" {
		ids = append(ids, c.Into.ID())
	}
	if c.Reference != "" {
		ids = append(ids, customer.ID(c.Reference))
	}
	held := claimed(c)
	for _, id := range ids {
		facts, err := d.Store.Facts(ctx, id)
		if err != nil {
			return fmt.Errorf("read facts: %w", err)
		}
		held = append(held, named(slices.DeleteFunc(facts, func(f customer.Fact) bool { return f.Record != record }))...)
	}
	for _, address := range held {
		if err := d.release(ctx, address, record); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := d.clear(ctx, id, []customer.Identity{record}); err != nil {
			return err
		}
	}
	return nil
}

// disclaim takes a record that stays off the erased addresses that it claimed:
// a process may have listed it there and died before it tied it to them.
func (d Desk) disclaim(ctx context.Context, record customer.Identity, c customer.Command) error {
	gone, err := d.gone(ctx, claimed(c))
	if err != nil {
		return err
	}
	for _, address := range gone {
		if err := d.release(ctx, address, record); err != nil {
			return err
		}
	}
	return nil
}

func claimed(c customer.Command) []customer.Identity {
	return []customer.Identity{customer.EmailIdentity(c.Email), customer.PhoneIdentity(c.Phone)}
}
