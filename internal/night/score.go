package night

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/internal/customer"
)

// Work is what a night, or part of it, did to the world.
type Work struct {
	Changed    int64   `json:"changed"` // profiles written
	Planned    int64   `json:"planned"` // sends
	Failed     int64   `json:"failed"`  // customers left for the next night
	ReadUnits  float64 `json:"read_units"`
	WriteUnits float64 `json:"write_units"`
}

// Score brings the derived part of a shard's customers up to date with the
// night's fit, plans their sends, and tallies them.
//
// Invariant: a profile is written only if its derived part changed, and on the
// version it was read at; one that changes under the write is read again. A
// process that dies in between leaves some customers scored and others not;
// the stretch is done again, and writes only what is missing. A customer who
// cannot be written does not keep the others from being scored.
func (n *Night) Score(ctx context.Context, s Shard) (Shard, Work, error) {
	fit, err := n.FitOf(ctx, s.At)
	if err != nil {
		return s, Work{}, err
	}
	pass := &pass{Night: n, at: s.At, counter: n.counter(fit), deriver: n.Rules(fit)}
	pass.spare.New = func() any { return n.Rules(fit) }
	read, write := n.units()
	after, err := n.scan(ctx, s, func(page []customer.Profile) error { return pass.page(ctx, page) })
	if err != nil {
		return s, pass.work, err
	}
	r, w := n.units()
	pass.work.ReadUnits, pass.work.WriteUnits = r-read, w-write
	return after, pass.work, n.putScored(ctx, s, after, pass)
}

// putScored stores a stretch's tallies with the work it took, unless the same
// tallies are there: then the stretch was done before, and this time there was
// nothing to do.
func (n *Night) putScored(ctx context.Context, s, after Shard, p *pass) error {
	type stored struct {
		Scored
		Work Work `json:"work"`
	}
	if have, err := n.part(ctx, Scores, s, s.Cursor); err == nil {
		var before stored
		if json.Unmarshal(have.Body, &before) == nil && have.Next == after.Cursor {
			a, _ := json.Marshal(before.Scored)
			b, _ := json.Marshal(p.counter.scored)
			if string(a) == string(b) {
				return nil
			}
		}
	}
	return n.putPart(ctx, Scores, s, after, stored{p.counter.scored, p.work})
}

// FitOf returns the fit of the night at an instant.
func (n *Night) FitOf(ctx context.Context, at time.Time) (Fit, error) {
	i, err := n.Store.Insight(ctx, Fits, key(at))
	if err != nil {
		return Fit{}, fmt.Errorf("read fit of the night: %w", err)
	}
	return ParseFit(i.Body)
}

// LatestFit returns the fit of the latest night, the zero one before the first.
func LatestFit(ctx context.Context, s interface {
	LatestInsight(ctx context.Context, kind string) (customer.Insight, error)
}) (Fit, error) {
	i, err := s.LatestInsight(ctx, Fits)
	if errors.Is(err, customer.ErrNotFound) {
		return Fit{}, nil
	}
	if err != nil {
		return Fit{}, fmt.Errorf("read latest fit: %w", err)
	}
	return ParseFit(i.Body)
}

func (n *Night) units() (read, write float64) {
	if n.Units == nil {
		return 0, 0
	}
	return n.Units()
}

// A pass is the scoring of one stretch.
type pass struct {
	*Night
	at      time.Time
	counter *counter
	deriver Deriver
	spare   sync.Pool // of Derivers, for profiles that change under the write
	mu      sync.Mutex
	work    Work
}

// writers is how many profiles are written at a time; nearly all their time is
// waiting.
const writers = 16

// page scores one page of profiles. Deriving is done here, one after the
// other; only what must be written or planned goes to the writers.
func (p *pass) page(ctx context.Context, page []customer.Profile) error {
	var group errgroup.Group
	group.SetLimit(writers)
	for _, c := range page {
		if c.Empty() {
			continue
		}
		before := c.Derived
		c.Derived = p.deriver.Derive(c, p.at)
		forecast, foreseen := p.deriver.Forecast()
		p.counter.add(c, forecast, foreseen)
		p.counter.reached(c, p.deriver)
		changed := !Same(before, c.Derived)
		if !changed && len(c.Derived.Segments) == 0 {
			continue
		}
		group.Go(func() error { return p.keep(ctx, c, changed) })
	}
	return group.Wait()
}

// keep writes c if it changed, and plans its sends. Only the end of the
// context ends the pass; any other failure is this customer's alone.
func (p *pass) keep(ctx context.Context, c customer.Profile, changed bool) error {
	var err error
	if changed {
		c, err = p.write(ctx, c)
	}
	planned := 0
	if err == nil && p.Plan != nil {
		planned, err = p.Plan(ctx, c, p.at)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.work.Planned += int64(planned)
	switch {
	case err == nil && changed:
		p.work.Changed++
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		p.work.Failed++
	}
	return nil
}

// write stores c with its derived part. If the profile changed meanwhile, the
// newer one is derived again.
func (p *pass) write(ctx context.Context, c customer.Profile) (customer.Profile, error) {
	for range 10 {
		err := p.Store.PutProfile(ctx, c)
		if !errors.Is(err, customer.ErrConflict) {
			return c, err
		}
		if c, err = p.Store.Profile(ctx, c.ID); err != nil {
			return c, fmt.Errorf("read profile: %w", err)
		}
		before := c.Derived
		deriver := p.spare.Get().(Deriver)
		c.Derived = deriver.Derive(c, p.at)
		p.spare.Put(deriver)
		if Same(before, c.Derived) {
			return c, nil
		}
	}
	return c, fmt.Errorf("write profile: %w", customer.ErrConflict)
}

// Same reports whether a and b say the same of the customer; which night said
// it does not matter. A night that finds a would not write b.
func Same(a, b customer.Derived) bool {
	return a.R == b.R && a.F == b.F && a.M == b.M && a.Group == b.Group && a.Outlook == b.Outlook && slices.Equal(a.Segments, b.Segments)
}

// ParseFit reads a fit as it is stored. The error wraps [model.ErrInvalid] if
// its models cannot be.
func ParseFit(body []byte) (Fit, error) {
	var fit Fit
	if err := json.Unmarshal(body, &fit); err != nil {
		return fit, fmt.Errorf("read fit: %w", err)
	}
	if fit.Foresight != nil {
		if _, err := newOracle(fit.Foresight); err != nil {
			return fit, fmt.Errorf("read fit: %w", err)
		}
	}
	return fit, nil
}
