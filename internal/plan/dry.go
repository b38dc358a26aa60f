package plan

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
)

// dry lets a night survey a store that must not be written to: what it would
// store stays in memory. So do the profiles, while they are not too many: they
// are needed twice.
type dry struct {
	Store
	mu       sync.Mutex
	insights map[string]customer.Insight
	pages    map[place]page
	kept     int
}

type place struct {
	shard, shards int
	cursor        string
}

type page struct {
	profiles []customer.Profile
	next     string
}

// keep is up to how many profiles are kept in memory, at some 3 KB each.
const keep = 200_000

func newDry(s Store) *dry {
	return &dry{Store: s, insights: map[string]customer.Insight{}, pages: map[place]page{}}
}

// ScanProfiles is the store's, the second time from memory.
func (d *dry) ScanProfiles(ctx context.Context, shard, shards int, cursor string) ([]customer.Profile, string, error) {
	at := place{shard, shards, cursor}
	d.mu.Lock()
	have, ok := d.pages[at]
	d.mu.Unlock()
	if ok {
		return have.profiles, have.next, nil
	}
	profiles, next, err := d.Store.ScanProfiles(ctx, shard, shards, cursor)
	if err != nil {
		return nil, "", fmt.Errorf("scan profiles: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept+len(profiles) <= keep {
		d.kept += len(profiles)
		d.pages[at] = page{profiles, next}
	}
	return profiles, next, nil
}

// each calls do for every page of a shard.
func (d *dry) each(ctx context.Context, shard, shards int, do func([]customer.Profile) error) error {
	for cursor, more := "", true; more; {
		profiles, next, err := d.ScanProfiles(ctx, shard, shards, cursor)
		if err != nil {
			return err
		}
		if err := do(profiles); err != nil {
			return err
		}
		cursor, more = next, next != ""
	}
	return nil
}

// Insight returns what the night would have stored.
func (d *dry) Insight(_ context.Context, kind, date string) (customer.Insight, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, ok := d.insights[kind+"#"+date]
	if !ok {
		return customer.Insight{}, fmt.Errorf("insight %s: %w", kind, customer.ErrNotFound)
	}
	return i, nil
}

// PutInsight keeps i in memory.
func (d *dry) PutInsight(_ context.Context, i customer.Insight) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.insights[i.Kind+"#"+i.Date] = i
	return nil
}

// Insights is for nights that write.
func (d *dry) Insights(context.Context, string, string, string) ([]customer.Insight, error) {
	return nil, nil
}

// Profile is for nights that write.
func (d *dry) Profile(_ context.Context, id customer.ID) (customer.Profile, error) {
	return customer.Profile{}, fmt.Errorf("profile %s: %w", id, customer.ErrNotFound)
}

// PutProfile is for nights that write.
func (d *dry) PutProfile(_ context.Context, p customer.Profile) error {
	return fmt.Errorf("profile %s: %w", p.ID, customer.ErrConflict)
}

// fit returns what the night at an instant would find out of everybody.
func (d *dry) fit(ctx context.Context, b *playbook.Playbook, at time.Time, shards int) (night.Fit, error) {
	n := night.Of(d, b)
	var group errgroup.Group
	for i := range shards {
		group.Go(func() error {
			_, err := n.Survey(ctx, night.Shard{At: at, Shard: i, Shards: shards})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return night.Fit{}, err
	}
	return n.Fit(ctx, at, shards)
}

// waiting counts the planned sends of campaigns, whenever they are due.
func (d *dry) waiting(ctx context.Context, campaigns []string) (map[string]int64, error) {
	counts := map[string]int64{}
	for cursor, more := "", len(campaigns) > 0; more; {
		keys, next, err := d.DueSends(ctx, time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC), cursor, 1000)
		if err != nil {
			return nil, fmt.Errorf("list planned sends: %w", err)
		}
		for _, k := range keys {
			if slices.Contains(campaigns, k.Campaign) {
				counts[k.Campaign]++
			}
		}
		cursor, more = next, next != ""
	}
	return counts, nil
}

// pending returns the customers who have planned sends that are due by an
// instant.
func (d *dry) pending(ctx context.Context, by time.Time) (map[customer.ID]bool, error) {
	all := map[customer.ID]bool{}
	for cursor, more := "", true; more; {
		keys, next, err := d.DueSends(ctx, by, cursor, 1000)
		if err != nil {
			return nil, fmt.Errorf("list due sends: %w", err)
		}
		for _, k := range keys {
			all[k.Customer] = true
		}
		cursor, more = next, next != ""
	}
	return all, nil
}
