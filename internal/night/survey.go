package night

import (
	"context"
	"encoding/json"
	"time"

	"holdfast/internal/customer"
)

// Survey counts a shard's customers for the census. Counting changes nobody;
// what was counted is stored under the stretch it was counted in, so that an
// invocation that is repeated replaces its own part.
func (n *Night) Survey(ctx context.Context, s Shard) (Shard, error) {
	c := newCensus(n.Horizon)
	ranker := n.ranker()
	after, err := n.scan(ctx, s, func(page []customer.Profile) error {
		for _, p := range page {
			if err := c.add(p.Folded, n.Currency, s.At, n.Zone); err != nil {
				return err
			}
			if ranker != nil && !p.Anonymous() {
				ranker.Add(&p, s.At)
			}
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	if ranker != nil {
		c.Rankings = ranker.Rankings
	}
	body, err := pack(c)
	if err != nil {
		return s, err
	}
	return after, n.putPart(ctx, Surveys, s, after, body)
}

// ranker returns who counts the values of the fields of which rules ask the
// percentile, nil if there are none.
func (n *Night) ranker() *Ranker {
	if n.Set == nil || len(n.Set.Percentiles()) == 0 {
		return nil
	}
	return NewRanker(n.Set)
}

// Fit merges the census of all shards and stores what scoring needs to know,
// and how the models were chosen. Any number of shards gives the same fit, to
// the byte.
func (n *Night) Fit(ctx context.Context, at time.Time, shards int) (Fit, error) {
	if err := (Shard{At: at, Shards: shards}).Check(); err != nil {
		return Fit{}, err
	}
	all := newCensus(n.Horizon)
	err := n.parts(ctx, Surveys, at, shards, func(body json.RawMessage) error {
		var p packed
		if err := json.Unmarshal(body, &p); err != nil {
			return err
		}
		part := newCensus(n.Horizon)
		if err := p.unpack(part); err != nil {
			return err
		}
		return all.merge(part)
	})
	if err != nil {
		return Fit{}, err
	}
	fit := Fit{At: at.UTC(), Customers: all.Customers, RFM: all.RFM(), Klaviyo: all.Klaviyo(), Window: n.Window, Since: all.Since,
		Percentiles: all.Rankings.Cuts()}
	if fit.Window == 0 {
		fit.Window, fit.WindowDerived = all.Window()
	}
	report, err := all.models()
	if err != nil {
		return Fit{}, err
	}
	report.At = at.UTC()
	if fit.Foresight, err = n.foresight(report); err != nil {
		return Fit{}, err
	}
	if _, err := n.put(ctx, Models, key(at), report, 0, at); err != nil {
		return Fit{}, err
	}
	_, err = n.put(ctx, Fits, key(at), fit, 0, at)
	return fit, err
}
