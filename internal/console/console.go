// Package console is what people do to a system from the command line: run a
// night, ask why, erase, export, replay, look into the quarantine. The verbs
// work on any store; a running stack offers them over loopback.
package console

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/identity"
	"holdfast/internal/ingest"
	"holdfast/internal/night"
	"holdfast/internal/plan"
	"holdfast/internal/privacy"
	"holdfast/internal/wire"
)

// Verbs are what can be done, here or in another process.
type Verbs interface {
	// Night runs the night of an instant, the latest that was due if it is zero.
	Night(ctx context.Context, at time.Time) (night.Run, error)
	Explain(ctx context.Context, who string) (Explanation, error)
	Erase(ctx context.Context, who string) (Erased, error)
	Export(ctx context.Context, who string) (privacy.Copy, error)
	Replay(ctx context.Context, verify bool) (Replayed, error)
	Quarantine(ctx context.Context) ([]Quarantined, error)
	// Retry applies quarantined deliveries again, all if ids is empty.
	Retry(ctx context.Context, ids []string) (Retried, error)
	Plan(ctx context.Context, p Proposal) (plan.Plan, error)
	// Look tells what the customers say of a playbook, an archive of [plan.Pack].
	Look(ctx context.Context, book []byte) (plan.Look, error)
	// Sample draws customers, without their names.
	Sample(ctx context.Context, size int) (*plan.Sample, error)
	// DiffNights compares two nights, the latest two if the instants are zero.
	DiffNights(ctx context.Context, from, to time.Time, examples int) (plan.NightDiff, error)
}

// A Desk does the verbs on a store of its own process.
type Desk struct {
	Parts   *wire.Parts
	Sources map[string]ingest.Source
	// StartNight runs the night of an instant.
	StartNight func(ctx context.Context, at time.Time) (night.Run, error)
	Due        func() time.Time // the latest night that was due
	// Progress is told how far a long verb is; nil: nobody.
	Progress func(done int)
}

var _ Verbs = (*Desk)(nil)

// Night runs the night of at.
func (d *Desk) Night(ctx context.Context, at time.Time) (night.Run, error) {
	if at.IsZero() {
		at = d.Due()
	}
	return d.StartNight(ctx, at)
}

// ParseIdentity reads what people call a customer: an id, a mail address, a
// phone number, or a source's record such as shopify/{shop}/{id}. The error
// wraps [customer.ErrInvalid].
func ParseIdentity(who string) (customer.Identity, error) {
	who = strings.TrimSpace(who)
	if id, err := customer.ParseID(who); err == nil {
		return customer.AliasIdentity(id), nil
	}
	if strings.Count(who, "/") >= 2 {
		return customer.Identity(who), nil
	}
	who = strings.TrimPrefix(strings.TrimPrefix(who, "email/"), "phone/")
	if e, err := customer.ParseEmail(who); err == nil {
		return customer.EmailIdentity(e), nil
	}
	if p, err := customer.ParsePhone(who); err == nil {
		return customer.PhoneIdentity(p), nil
	}
	return "", fmt.Errorf("%w: name a customer by id (c and 16 letters), mail address, phone number (+49…) or record (shopify/shop.myshopify.com/123)", customer.ErrInvalid)
}

// find returns the customer that who names.
func (d *Desk) find(ctx context.Context, who string) (customer.ID, error) {
	i, err := ParseIdentity(who)
	if err != nil {
		return "", err
	}
	id, err := identity.Find(ctx, d.Parts.Store, i)
	if raw, ok := strings.CutPrefix(string(i), "customer/"); ok && errors.Is(err, customer.ErrNotFound) {
		return customer.ID(raw), nil // no alias: the id itself
	}
	return id, stranger(err)
}

// stranger says of a customer who is not found that nobody is, whatever was
// looked for.
func stranger(err error) error {
	if errors.Is(err, customer.ErrNotFound) {
		return fmt.Errorf("nobody is known by that name: %w", customer.ErrNotFound)
	}
	return err
}

// An Erased says what an erasure was about.
type Erased struct {
	Customer customer.ID `json:"customer,omitempty"` // "" if nobody was known
}

// Erase forgets the customer that who names. A customer who is not known is
// remembered as erased all the same, so that they cannot come later; except by
// an id, which means nothing by itself.
func (d *Desk) Erase(ctx context.Context, who string) (Erased, error) {
	i, err := ParseIdentity(who)
	if err != nil {
		return Erased{}, err
	}
	desk, err := d.Parts.Desk(ctx)
	if err != nil {
		return Erased{}, err
	}
	id, err := d.find(ctx, who)
	if err != nil && !errors.Is(err, customer.ErrNotFound) {
		return Erased{}, err
	}
	about := []customer.Identity{i}
	if strings.HasPrefix(string(i), "customer/") {
		copied, err := desk.Copy(ctx, id)
		if err != nil {
			return Erased{}, err
		}
		about = nil
		for _, l := range copied.Links {
			about = append(about, l.Identity)
		}
	}
	return Erased{Customer: id}, desk.Erase(ctx, about, d.Parts.Now())
}

// Export returns all that is known of the customer that who names.
func (d *Desk) Export(ctx context.Context, who string) (privacy.Copy, error) {
	id, err := d.find(ctx, who)
	if err != nil {
		return privacy.Copy{}, err
	}
	desk, err := d.Parts.Desk(ctx)
	if err != nil {
		return privacy.Copy{}, err
	}
	return desk.Copy(ctx, id)
}
