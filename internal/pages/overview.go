package pages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/ingest"
	"holdfast/internal/night"
)

// lookBack is how far before the latest night others are looked for.
const lookBack = 40 * 24 * time.Hour

const (
	shownNights     = 7
	shownRecent     = 10
	shownQuarantine = 5
)

type overview struct {
	frame
	Snapshot  night.Snapshot // of the latest night; At is zero before the first
	Figures   []figure
	Ahead     []aheadRow
	Contacts  []contactRow
	Segments  []segmentRow
	Campaigns []campaignRow
	Silent    []string // titles of campaigns without any send
	Nights    []night.Run
	Trouble   trouble
	Waiting   int // messages on the queues
	Recent    []customerRow
	PublicURL string
	NightAt   string // the clock time at which nights are due
}

// Empty reports whether nothing has ever arrived.
func (o overview) Empty() bool { return o.Snapshot.At.IsZero() && len(o.Recent) == 0 }

// trouble is what waits for somebody to look at it.
type trouble struct {
	Quarantined []ingest.Quarantined // the latest ones
	Total       int                  // of all quarantined
	Queues      []Queue              // those with dead messages
}

// Any reports whether there is anything to look at.
func (t trouble) Any() bool { return t.Total > 0 || len(t.Queues) > 0 }

func (s Site) overview(r *http.Request) (answer, error) {
	ctx := r.Context()
	o := overview{frame: s.frame("Overview", "overview"), PublicURL: s.PublicURL, NightAt: fmt.Sprintf("%02d:00", s.NightHour)}
	snapshots, err := recent[night.Snapshot](ctx, s.Store, night.Snapshots)
	if err != nil {
		return answer{}, err
	}
	if n := len(snapshots); n > 0 {
		o.Snapshot = snapshots[n-1]
		o.Figures = figures(o.Snapshot)
		o.Ahead, o.Contacts = aheadRows(o.Snapshot), contactRows(o.Snapshot)
		o.Segments = segmentRows(s.Playbook().Segments, snapshots)
	}
	if o.Nights, err = recent[night.Run](ctx, s.Store, night.Runs); err != nil {
		return answer{}, err
	}
	o.Nights = o.Nights[max(0, len(o.Nights)-shownNights):]
	slices.Reverse(o.Nights)
	if o.Campaigns, o.Silent, err = s.campaigns(ctx); err != nil {
		return answer{}, err
	}
	var queues []Queue
	if s.Queues != nil {
		queues = s.Queues()
	}
	for _, q := range queues {
		o.Waiting += q.Waiting
	}
	if o.Trouble, err = s.trouble(ctx, queues); err != nil {
		return answer{}, err
	}
	o.Recent, _, err = s.list(ctx, shownRecent, everybody, latest)
	return answer{template: "overview", data: o}, err
}

// recent returns the insights of a kind that nights of late have left, by date.
func recent[T any](ctx context.Context, store Store, kind string) ([]T, error) {
	last, err := store.LatestInsight(ctx, kind)
	if errors.Is(err, customer.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read latest %s: %w", kind, err)
	}
	from := ""
	if t, err := time.Parse(time.RFC3339, last.Date); err == nil {
		from = t.Add(-lookBack).Format(time.RFC3339)
	}
	insights, err := store.Insights(ctx, kind, from, last.Date)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", kind, err)
	}
	all := make([]T, len(insights))
	for i, in := range insights {
		if err := json.Unmarshal(in.Body, &all[i]); err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", kind, in.Date, err)
		}
	}
	return all, nil
}

func (s Site) trouble(ctx context.Context, queues []Queue) (trouble, error) {
	t := trouble{Queues: slices.DeleteFunc(queues, func(q Queue) bool { return q.Dead == 0 })}
	insights, err := s.Store.Insights(ctx, ingest.Quarantine, "", "")
	if err != nil {
		return t, fmt.Errorf("read quarantine: %w", err)
	}
	t.Total = len(insights)
	for _, in := range slices.Backward(insights[max(0, t.Total-shownQuarantine):]) {
		var q ingest.Quarantined
		if err := json.Unmarshal(in.Body, &q); err != nil {
			return t, fmt.Errorf("read quarantined delivery: %w", err)
		}
		t.Quarantined = append(t.Quarantined, q)
	}
	return t, nil
}

// People returns the customers seen lately, as lists of customers take them.
func (o overview) People() customers { return customers{frame: o.frame, Rows: o.Recent} }
