// Package survey counts one shard's customers for the night's census.
package survey

import (
	"context"

	"holdfast/internal/night"
)

// A Handler surveys shards.
type Handler struct {
	Night func(ctx context.Context) (*night.Night, error)
}

// Handle surveys a shard from its cursor on. It returns the shard with the
// cursor of what is left, or done.
func (h Handler) Handle(ctx context.Context, s night.Shard) (night.Shard, error) {
	n, err := h.Night(ctx)
	if err != nil {
		return s, err
	}
	return n.Survey(ctx, s)
}
