// Package dispatch queues the mails that are due, and gives up claims whose
// outcome nobody told.
package dispatch

import (
	"context"
	"log/slog"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/function"
)

// A Request is the scheduled instant.
type Request struct {
	At time.Time `json:"at"`
}

// An Answer is what one run did.
type Answer struct {
	Queued  int  `json:"queued"`
	Full    bool `json:"full"` // the quota allowed no more
	Unknown int  `json:"unknown"`
}

// A Handler dispatches.
type Handler struct {
	Dispatcher campaign.Dispatcher
	Sweeper    campaign.Sweeper
	Now        func() time.Time
}

// Handle dispatches once. It goes by the present instant, not the scheduled
// one: a run that comes late is to find what is due by now.
func (h Handler) Handle(ctx context.Context, _ Request) (Answer, error) {
	now := h.Now()
	unknown, err := h.Sweeper.Run(ctx, now)
	function.Count(ctx, "SendsUnknown", unknown, now)
	if err != nil {
		return Answer{Unknown: unknown}, err
	}
	d, err := h.Dispatcher.Run(ctx, now)
	slog.InfoContext(ctx, "dispatched", "queued", d.Queued, "full", d.Full, "unknown", unknown)
	return Answer{Queued: d.Queued, Full: d.Full, Unknown: unknown}, err
}
