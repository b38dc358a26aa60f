package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"holdfast/internal/config"
	"holdfast/internal/customer"
	"holdfast/internal/demo"
	"holdfast/internal/night"
	"holdfast/internal/queue"
	"holdfast/internal/wire"
)

// demoMark is the insight that says that the demo shop was seeded.
const demoMark = "demo"

// A Demo fills an empty stack with the history of an invented shop, sent over
// HTTP as the sources would.
type Demo struct {
	mark
	Shop *demo.Shop
}

// A mark is what is kept of a demo.
type mark struct {
	Customers int       `json:"customers"`
	Night     time.Time `json:"night"`   // the night after the history's end
	Morning   time.Time `json:"morning"` // when its mails go out
}

// NewDemo returns the demo of the stack: the one that is in the data, else one
// whose first morning is the latest ten o'clock in the merchant's zone by now.
func (s *Stack) NewDemo(ctx context.Context, customers int, now time.Time) (*Demo, error) {
	zone := s.Playbook().Business.Zone
	local := now.In(zone)
	at := func(day, hour int) time.Time {
		return time.Date(local.Year(), local.Month(), day, hour, 0, 0, 0, zone).UTC()
	}
	day := local.Day()
	if local.Hour() < 10 {
		day--
	}
	m := mark{Customers: customers, Night: at(day, s.options.NightHour), Morning: at(day, 10)}
	stored, err := s.Store.LatestInsight(ctx, demoMark)
	if err == nil {
		err = json.Unmarshal(stored.Body, &m)
	}
	if err != nil && !errors.Is(err, customer.ErrNotFound) {
		return nil, fmt.Errorf("read the demo's mark: %w", err)
	}
	return &Demo{mark: m, Shop: demo.New(demo.Options{
		Seed: 1, Customers: m.Customers, End: m.Night.Add(-time.Hour), Currency: s.Playbook().Business.Currency,
	})}, nil
}

// IsDemo reports whether the data is the demo shop's.
func (s *Stack) IsDemo(ctx context.Context) bool {
	_, err := s.Store.LatestInsight(ctx, demoMark)
	return err == nil
}

// Seeded reports whether the data has the demo shop already, or anything else.
func (s *Stack) Seeded(ctx context.Context) (bool, error) {
	_, err := s.Store.LatestInsight(ctx, demoMark)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, customer.ErrNotFound) {
		return false, fmt.Errorf("look for the demo shop: %w", err)
	}
	page, _, err := s.Store.ScanProfiles(ctx, 0, 1, "")
	return len(page) > 0, err
}

// Progress tells how far a step is; total 0 means that it is not known.
type Progress func(step string, done, total int)

// Seed sends the demo shop's webhooks to url, where the stack listens, waits
// until they are ingested, runs a night and sends its mails. The stack goes by
// the demo's clock meanwhile. If the process dies in between, the next start
// finds no mark and sends everything again, which changes nothing.
func (s *Stack) Seed(ctx context.Context, d *Demo, url string, progress Progress) (night.Run, error) {
	s.SetClock(func() time.Time { return d.Night })
	defer s.SetClock(time.Now)
	if err := s.Store.Bulk(true); err != nil {
		return night.Run{}, err
	}
	err := d.Shop.Send(ctx, &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}, demo.Target{
		URL: url, PublicURL: s.options.PublicURL, Now: s.Now,
		ShopifySecret: first(s.options.Secrets[wire.ShopifySecrets]), HubSpotSecret: first(s.options.Secrets[wire.HubspotSecrets]),
		SegmentSecret: first(s.options.Secrets[wire.SegmentSecrets]),
	}, func(done, total int) { progress("send webhooks", done, total) })
	if err = errors.Join(err, s.drain(ctx, progress), s.Store.Bulk(false)); err != nil {
		return night.Run{}, err
	}
	progress("run the night", 0, 0)
	run, err := s.Night(ctx, d.Night)
	if err != nil {
		return run, fmt.Errorf("run the night: %w", err)
	}
	s.SetClock(func() time.Time { return d.Morning })
	if err := s.Dispatch(ctx); err != nil {
		return run, fmt.Errorf("dispatch mails: %w", err)
	}
	if err := s.drain(ctx, progress); err != nil {
		return run, err
	}
	body, err := json.Marshal(d.mark)
	if err != nil {
		return run, fmt.Errorf("mark the demo: %w", err)
	}
	return run, s.Store.PutInsight(ctx, customer.Insight{Kind: demoMark, Date: "seeded", Body: body})
}

// first returns the value of a secret that signs.
func first(s config.Secret) string {
	for i, r := range s {
		if r == '\n' {
			return string(s[:i])
		}
	}
	return string(s)
}

// drain waits until nothing is on the queues any more.
func (s *Stack) drain(ctx context.Context, progress Progress) error {
	total := 0
	for {
		left := 0
		for _, q := range []*queue.Queue{s.Events, s.Mail, s.Feedback} {
			d := q.Depth()
			left += d.Visible + d.Hidden
		}
		total = max(total, left)
		progress("work off the queues", total-left, total)
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
