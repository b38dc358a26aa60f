package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"holdfast/internal/config"
	"holdfast/internal/local"
	"holdfast/internal/metric"
	"holdfast/internal/night"
	"holdfast/internal/wire"
)

// later is HubSpot's API for the demo shop, on loopback: it listens before the
// shop is there to answer.
type later struct {
	handler atomic.Pointer[http.Handler]
}

func (l *later) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := l.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	http.Error(w, "the demo shop is not running", http.StatusServiceUnavailable)
}

// listen returns the address of HubSpot's API: what HUBSPOT_API_URL says, the
// real one if there is a token for it, else l on a loopback port of its own.
func (l *later) listen(secrets map[string]config.Secret) (string, error) {
	if url := os.Getenv("HUBSPOT_API_URL"); url != "" || secrets[wire.HubspotToken] != "" {
		return url, nil
	}
	secrets[wire.HubspotToken] = "demo"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for the demo shop's CRM: %w", err)
	}
	server := &http.Server{Handler: l, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // it ends with the process
	return "http://" + listener.Addr().String(), nil
}

// demo makes the demo shop, and sends its history if the data has none yet.
func (r RunCmd) demo(ctx context.Context, c *Context, s *local.Stack, url string, hub *later, seeded bool) error {
	if seeded && !s.IsDemo(ctx) {
		return nil
	}
	d, err := s.NewDemo(ctx, r.Customers, c.Now())
	if err != nil {
		return err
	}
	handler := d.Shop.HubSpot()
	hub.handler.Store(&handler)
	if seeded {
		return nil
	}
	fmt.Fprintf(c.Out, "An empty directory: a demo shop with %d customers and %d webhooks moves in.\n", r.Customers, d.Shop.Len())
	started := c.Now()
	workers, stop := context.WithCancel(ctx)
	done := s.Background(workers)
	run, err := s.Seed(ctx, d, url, progress(c))
	stop()
	done()
	if c.Terminal {
		fmt.Fprint(c.Out, "\r\033[K")
	}
	if err != nil {
		return fmt.Errorf("seed the demo shop: %w", err)
	}
	fmt.Fprintf(c.Out, "Seeded in %s. The night of %s saw %d profiles and planned %d sends.\n\n",
		c.Now().Sub(started).Round(time.Second), run.At.In(s.Playbook().Business.Zone).Format("2 January 2006, 15:04"), run.Seen, run.Planned)
	return summary(ctx, c, s)
}

// progress prints how far a step is: in place on a terminal, else a line every
// few seconds.
func progress(c *Context) local.Progress {
	var last atomic.Int64
	return func(step string, done, total int) {
		every := 5 * time.Second
		if c.Terminal {
			every = 100 * time.Millisecond
		}
		now := c.Now().UnixNano()
		before := last.Load()
		if now-before < int64(every) || !last.CompareAndSwap(before, now) {
			return
		}
		text := step
		if total > 0 {
			text = fmt.Sprintf("%s: %d of %d (%d %%)", step, done, total, 100*done/total)
		}
		if c.Terminal {
			fmt.Fprintf(c.Out, "\r\033[K%s", text)
			return
		}
		fmt.Fprintln(c.Out, text)
	}
}

// summary prints the segments of the latest night and the sends by fate.
func summary(ctx context.Context, c *Context, s *local.Stack) error {
	stored, err := s.Store.LatestInsight(ctx, night.Snapshots)
	if err != nil {
		return fmt.Errorf("read snapshot: %w", err)
	}
	var snap night.Snapshot
	if err := json.Unmarshal(stored.Body, &snap); err != nil {
		return fmt.Errorf("read snapshot: %w", err)
	}
	rows := [][]string{{"segment", "customers", "orders", "revenue", "retention"}}
	row := func(name string, n metric.Numbers) {
		retention := "unknown"
		if n.Retention.Known {
			retention = fmt.Sprintf("%.0f %% (%.0f–%.0f)", 100*n.Retention.Value, 100*n.Retention.Low, 100*n.Retention.High)
		}
		rows = append(rows, []string{name, fmt.Sprint(n.Customers), fmt.Sprint(n.Orders), money(n.Revenue, snap.Currency), retention})
	}
	for _, name := range slices.Sorted(maps.Keys(snap.Segments)) {
		row(name, snap.Segments[name])
	}
	row("everybody", snap.Overall)
	if err := table(c.Out, rows); err != nil {
		return err
	}
	fates, err := s.Fates(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.Out)
	rows = [][]string{{"campaign", "sends", "fate"}}
	for _, f := range fates {
		rows = append(rows, []string{f.Campaign, fmt.Sprint(f.Sends), f.Fate})
	}
	return table(c.Out, rows)
}
