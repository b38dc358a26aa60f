package night

import (
	"context"
	"encoding/json"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
)

// Survey counts a shard's customers for the census. Counting changes nobody;
// what was counted is stored under the stretch it was counted in, so that an
// invocation that is repeated replaces its own part.
func (n *Night) Survey(ctx context.Context, s Shard) (Shard, error) {
	census := metric.NewCensus()
	after, err := n.scan(ctx, s, func(page []customer.Profile) error {
		for _, p := range page {
			census.Add(p.Folded, n.Currency, s.At, n.Zone)
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	return after, n.putPart(ctx, Surveys, s, after, census)
}

// Fit merges the census of all shards and stores what scoring needs to know.
// Any number of shards gives the same fit, to the byte.
func (n *Night) Fit(ctx context.Context, at time.Time, shards int) (Fit, error) {
	if err := (Shard{At: at, Shards: shards}).Check(); err != nil {
		return Fit{}, err
	}
	census := metric.NewCensus()
	err := n.parts(ctx, Surveys, at, shards, func(body json.RawMessage) error {
		part := metric.NewCensus()
		if err := json.Unmarshal(body, part); err != nil {
			return err
		}
		census.Merge(part)
		return nil
	})
	if err != nil {
		return Fit{}, err
	}
	fit := Fit{At: at.UTC(), Customers: census.Customers, RFM: census.RFM(), Window: n.Window}
	if fit.Window == 0 {
		fit.Window, fit.WindowDerived = census.Window()
	}
	_, err = n.put(ctx, Fits, key(at), fit, 0, at)
	return fit, err
}
