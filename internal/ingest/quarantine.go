package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// Quarantine is the kind of insight under which deliveries are kept that
// nobody could understand.
const Quarantine = "quarantine"

// quarantineLife is how long a quarantined delivery is kept; it may hold
// personal data that no erasure can find.
const quarantineLife = 14 * 24 * time.Hour

// A Quarantined is a delivery kept aside, and why.
type Quarantined struct {
	Reason   string          `json:"reason"`
	Source   string          `json:"source"`
	Topic    string          `json:"topic,omitempty"`
	Received time.Time       `json:"received"`
	Delivery json.RawMessage `json:"delivery"`
}

func (in *Ingester) quarantine(ctx context.Context, d Delivery, reason error, now time.Time) error {
	encoded, err := d.Encode()
	if err != nil {
		return err
	}
	topic := d.Get("x-shopify-topic")
	body, err := json.Marshal(Quarantined{Reason: reason.Error(), Source: d.Source, Topic: topic, Received: d.Received, Delivery: encoded})
	if err != nil {
		return fmt.Errorf("quarantine delivery: %w", err)
	}
	// The same delivery again is the same entry.
	sum := sha256.Sum256(append([]byte(d.Source+"\n"+topic+"\n"), d.Body...))
	err = in.Store.PutInsight(ctx, customer.Insight{
		Kind: Quarantine, Date: d.Received.UTC().Format(time.DateOnly) + "/" + hex.EncodeToString(sum[:8]),
		Body: body, Expires: now.Add(quarantineLife),
	})
	if err != nil {
		return fmt.Errorf("quarantine delivery: %w", err)
	}
	return nil
}
