// Package fit merges a night's census into what scoring needs to know.
package fit

import (
	"context"
	"time"

	"holdfast/internal/night"
)

// A Request names a night and how many shards it has.
type Request struct {
	At     time.Time `json:"at"`
	Shards int       `json:"shards"`
}

// A Handler fits nights.
type Handler struct {
	Night func(ctx context.Context) (*night.Night, error)
}

// Handle fits one night.
func (h Handler) Handle(ctx context.Context, r Request) (night.Fit, error) {
	n, err := h.Night(ctx)
	if err != nil {
		return night.Fit{}, err
	}
	return n.Fit(ctx, r.At, r.Shards)
}
