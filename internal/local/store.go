package local

import (
	"context"

	"holdfast/internal/bolt"
	"holdfast/internal/customer"
	"holdfast/internal/outbox"
)

// A store is the embedded store with the outbox beside it: what is left of a
// customer there goes with the profile. On AWS no copy of a mail is kept.
type store struct {
	*bolt.Store
	outbox *outbox.Outbox
}

// DeleteProfile drops the mails first, so that a process that dies in between
// leaves a profile by which they are found again.
func (s store) DeleteProfile(ctx context.Context, id customer.ID, version int64) error {
	if err := s.outbox.Forget(id); err != nil {
		return err
	}
	return s.Store.DeleteProfile(ctx, id, version)
}
