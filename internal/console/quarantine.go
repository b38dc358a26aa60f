package console

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/ingest"
)

// A Quarantined is a delivery kept aside.
type Quarantined struct {
	ID       string    `json:"id"`
	Source   string    `json:"source"`
	Topic    string    `json:"topic,omitempty"`
	Reason   string    `json:"reason"`
	Received time.Time `json:"received"`
	Bytes    int       `json:"bytes"`
}

// A Retried says how trying again went.
type Retried struct {
	Tried   int `json:"tried"`
	Applied int `json:"applied"` // and taken out of the quarantine
}

// Quarantine lists the deliveries that nobody could understand, the oldest
// first. What they hold is not shown: it may be personal.
func (d *Desk) Quarantine(ctx context.Context) ([]Quarantined, error) {
	stored, err := d.Parts.Store.Insights(ctx, ingest.Quarantine, "", "")
	if err != nil {
		return nil, fmt.Errorf("list quarantine: %w", err)
	}
	list := []Quarantined{}
	for _, i := range stored {
		var q ingest.Quarantined
		if err := json.Unmarshal(i.Body, &q); err != nil {
			return nil, fmt.Errorf("read quarantine %s: %w", i.Date, err)
		}
		list = append(list, Quarantined{ID: i.Date, Source: q.Source, Topic: q.Topic, Reason: q.Reason, Received: q.Received, Bytes: len(q.Delivery)})
	}
	return list, nil
}

// Retry applies quarantined deliveries again. One that is understood by now
// leaves the quarantine, after it was applied; the others stay.
func (d *Desk) Retry(ctx context.Context, ids []string) (Retried, error) {
	stored, err := d.Parts.Store.Insights(ctx, ingest.Quarantine, "", "")
	if err != nil {
		return Retried{}, fmt.Errorf("list quarantine: %w", err)
	}
	in, err := d.Parts.Ingester(ctx, d.Sources)
	if err != nil {
		return Retried{}, err
	}
	var r Retried
	for _, i := range stored {
		if len(ids) > 0 && !slices.Contains(ids, i.Date) {
			continue
		}
		var q ingest.Quarantined
		if err := json.Unmarshal(i.Body, &q); err != nil {
			return r, fmt.Errorf("read quarantine %s: %w", i.Date, err)
		}
		delivery, err := ingest.Decode(q.Delivery, q.Received)
		if err != nil {
			return r, fmt.Errorf("read quarantine %s: %w", i.Date, err)
		}
		r.Tried++
		result := in.Handle(ctx, []ingest.Delivery{delivery}, d.Parts.Now())
		if result.Errors[0] != nil {
			return r, result.Errors[0]
		}
		if result.Quarantined > 0 {
			continue
		}
		if err := d.Parts.Store.DeleteInsight(ctx, i.Kind, i.Date); err != nil {
			return r, fmt.Errorf("clear quarantine %s: %w", i.Date, err)
		}
		r.Applied++
	}
	return r, nil
}
