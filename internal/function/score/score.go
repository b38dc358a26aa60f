// Package score brings one shard's customers up to date with the night.
package score

import (
	"context"
	"log/slog"

	"holdfast/internal/night"
)

// A Handler scores shards.
type Handler struct {
	Night func(ctx context.Context) (*night.Night, error)
}

// Handle scores a shard from its cursor on. It returns the shard with the
// cursor of what is left, or done.
func (h Handler) Handle(ctx context.Context, s night.Shard) (night.Shard, error) {
	n, err := h.Night(ctx)
	if err != nil {
		return s, err
	}
	after, work, err := n.Score(ctx, s)
	slog.InfoContext(ctx, "scored", "shard", s.Shard, "shards", s.Shards, "done", after.Done,
		"changed", work.Changed, "planned", work.Planned, "failed", work.Failed)
	return after, err
}
