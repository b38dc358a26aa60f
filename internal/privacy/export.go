package privacy

import (
	"context"
	"errors"
	"fmt"

	"holdfast/internal/customer"
	"holdfast/internal/identity"
)

// A Copy is all that is known of one customer.
type Copy struct {
	Profile customer.Profile `json:"profile"`
	Facts   []customer.Fact  `json:"facts"`
	Sends   []customer.Send  `json:"sends"`
	Links   []customer.Link  `json:"identities"`
}

// Export returns a copy of everything that is known of the customer with this
// identity. It returns [customer.ErrNotFound] if there is none.
func (d Desk) Export(ctx context.Context, i customer.Identity) (Copy, error) {
	id, err := identity.Find(ctx, d.Store, i)
	if err != nil {
		return Copy{}, err
	}
	return d.Copy(ctx, id)
}

// Copy is [Desk.Export] for a customer whose id is known.
func (d Desk) Copy(ctx context.Context, id customer.ID) (Copy, error) {
	var c Copy
	var err error
	if c.Profile, err = d.Store.Profile(ctx, id); err != nil && !errors.Is(err, customer.ErrNotFound) {
		return c, fmt.Errorf("read profile: %w", err)
	}
	if c.Facts, err = d.Store.Facts(ctx, id); err != nil {
		return c, fmt.Errorf("read facts: %w", err)
	}
	if c.Profile.Version == 0 && len(c.Facts) == 0 {
		return c, fmt.Errorf("export customer: %w", customer.ErrNotFound)
	}
	if c.Sends, err = d.Store.Sends(ctx, id); err != nil {
		return c, fmt.Errorf("read sends: %w", err)
	}
	names, _, err := d.links(ctx, nil, c.Facts)
	if err != nil {
		return c, err
	}
	if c.Links, err = d.Store.Links(ctx, names); err != nil {
		return c, fmt.Errorf("read links: %w", err)
	}
	return c, nil
}
