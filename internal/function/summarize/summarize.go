// Package summarize closes a night: its numbers and the record of the run.
package summarize

import (
	"context"
	"log/slog"
	"time"

	"holdfast/internal/function"
	"holdfast/internal/function/fit"
	"holdfast/internal/night"
)

// A Handler summarizes nights.
type Handler struct {
	Night func(ctx context.Context) (*night.Night, error)
	Now   func() time.Time
}

// Handle summarizes one night and returns the record of its run.
func (h Handler) Handle(ctx context.Context, r fit.Request) (night.Run, error) {
	n, err := h.Night(ctx)
	if err != nil {
		return night.Run{}, err
	}
	_, run, err := n.Summarize(ctx, r.At, r.Shards)
	if err != nil {
		return run, err
	}
	slog.InfoContext(ctx, "night finished", "at", run.At, "seen", run.Seen, "changed", run.Changed, "planned", run.Planned, "failed", run.Failed)
	function.Count(ctx, "NightFinished", 1, h.Now())
	function.Count(ctx, "NightSeen", int(run.Seen), h.Now())
	return run, nil
}
