package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/ingest"
)

// A Replayed says how a replay went.
type Replayed struct {
	Profiles  int           `json:"profiles"`
	Different int           `json:"different"` // than their facts
	Rewritten int           `json:"rewritten"`
	Examples  []customer.ID `json:"examples,omitempty"` // of different ones, at most ten
}

// Replay folds every profile again from its facts. With verify it only
// compares; otherwise it writes what is different. What facts that expired
// since may have said is left out of the comparison.
//
// A profile is written on the version it was read at, so a replay may run
// beside ingest; one that changes meanwhile is folded again.
func (d *Desk) Replay(ctx context.Context, verify bool) (Replayed, error) {
	var r Replayed
	for cursor, more := "", true; more; {
		page, next, err := d.Parts.Store.ScanProfiles(ctx, 0, 1, cursor)
		if err != nil {
			return r, fmt.Errorf("scan profiles: %w", err)
		}
		for _, p := range page {
			if err := d.replay(ctx, p.ID, verify, &r); err != nil {
				return r, err
			}
			if d.Progress != nil {
				d.Progress(r.Profiles)
			}
		}
		cursor, more = next, next != ""
	}
	return r, nil
}

func (d *Desk) replay(ctx context.Context, id customer.ID, verify bool, r *Replayed) error {
	book, err := d.Parts.Playbook()
	if err != nil {
		return err
	}
	r.Profiles++
	for try := range 20 {
		p, err := d.Parts.Store.Profile(ctx, id)
		if errors.Is(err, customer.ErrNotFound) {
			return nil // erased meanwhile
		}
		if err != nil {
			return fmt.Errorf("read profile: %w", err)
		}
		facts, err := d.Parts.Store.Facts(ctx, id)
		if err != nil {
			return fmt.Errorf("read facts: %w", err)
		}
		now := d.Parts.Now()
		folded := customer.Fold(ingest.Living(facts, now), book.Business.Zone)
		same, err := equal(p.Folded.Prune(now), folded.Prune(now))
		if err != nil || same {
			return err
		}
		if wait := time.Duration(try) * 20 * time.Millisecond; verify && try < 6 {
			// Ingest may be between a fact and its profile: look again.
			if err := pause(ctx, wait); err != nil {
				return err
			}
			continue
		}
		if !verify {
			p.Folded = folded
			if err := d.Parts.Store.PutProfile(ctx, p); errors.Is(err, customer.ErrConflict) {
				continue
			} else if err != nil {
				return fmt.Errorf("write profile: %w", err)
			}
			r.Rewritten++
		}
		r.Different++
		if len(r.Examples) < 10 {
			r.Examples = append(r.Examples, id)
		}
		return nil
	}
	return fmt.Errorf("replay %s: %w", id, customer.ErrConflict)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// equal compares to the byte.
func equal(a, b customer.Folded) (bool, error) {
	x, err := json.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("encode profile: %w", err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		return false, fmt.Errorf("encode profile: %w", err)
	}
	return string(x) == string(y), nil
}
