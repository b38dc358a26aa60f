package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"holdfast/internal/asl"
	"holdfast/internal/customer"
	"holdfast/internal/function/dispatch"
	"holdfast/internal/night"
	"holdfast/statemachine"
)

// The rhythm of the scheduler. On AWS dispatch runs every quarter of an hour;
// nobody wants to wait that long at a desk.
const (
	dispatchEvery = 15 * time.Second
	tickEvery     = 2 * time.Second
	nightEvery    = 30 * time.Second
	expireEvery   = 6 * time.Hour
)

// Run takes messages off the queues and keeps the schedule until ctx is done
// and what was under way has ended.
func (s *Stack) Run(ctx context.Context) {
	var all sync.WaitGroup
	s.Consume(ctx, &all)
	every(ctx, &all, tickEvery, "report on mails", func(ctx context.Context) error {
		_, err := s.Outbox.Tick(ctx, s.Now())
		return err
	})
	every(ctx, &all, dispatchEvery, "dispatch", s.Dispatch)
	every(ctx, &all, nightEvery, "night", s.catchUp)
	every(ctx, &all, expireEvery, "expire", func(ctx context.Context) error {
		_, err := s.Store.Expire(ctx, s.Now())
		return err
	})
	all.Wait()
}

// Consume takes messages off the queues until ctx is done.
func (s *Stack) Consume(ctx context.Context, all *sync.WaitGroup) {
	all.Go(func() { s.Events.Run(ctx, 2, s.functions["ingest"].Invoke) })
	all.Go(func() { s.Mail.Run(ctx, 2, s.functions["mailer"].Invoke) })
	all.Go(func() { s.Feedback.Run(ctx, 1, s.functions["feedback"].Invoke) })
}

func every(ctx context.Context, all *sync.WaitGroup, d time.Duration, what string, do func(context.Context) error) {
	all.Go(func() {
		ticker := time.NewTicker(d)
		defer ticker.Stop()
		for {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, what+" failed", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// Dispatch queues the mails that are due.
func (s *Stack) Dispatch(ctx context.Context) error {
	var done dispatch.Answer
	return s.call(ctx, "dispatch", dispatch.Request{At: s.Now()}, &done)
}

// Night runs the night of an instant, by the definition that is deployed.
func (s *Stack) Night(ctx context.Context, at time.Time) (night.Run, error) {
	names := map[string]string{"Shards": fmt.Sprint(max(1, s.options.Shards))}
	for _, f := range []string{"Survey", "Fit", "Score", "Summarize"} {
		names[f+"FunctionArn"] = strings.ToLower(f)
	}
	machine, err := asl.Parse(statemachine.Night, names)
	if err != nil {
		return night.Run{}, fmt.Errorf("read the night's definition: %w", err)
	}
	input, err := json.Marshal(map[string]time.Time{"at": at.UTC().Truncate(time.Second)})
	if err != nil {
		return night.Run{}, fmt.Errorf("start night: %w", err)
	}
	out, err := machine.Run(ctx, input, asl.Execution{
		Invoke: func(ctx context.Context, name string, payload json.RawMessage) (json.RawMessage, error) {
			return s.Invoke(ctx, name, payload)
		},
	})
	var run night.Run
	if err == nil {
		err = json.Unmarshal(out, &run)
	}
	return run, err
}

// Due returns the latest instant by now at which a night was due.
func (s *Stack) Due() time.Time {
	zone := s.Playbook().Business.Zone
	now := s.Now().In(zone)
	due := time.Date(now.Year(), now.Month(), now.Day(), s.options.NightHour, 0, 0, 0, zone)
	if due.After(now) {
		due = time.Date(now.Year(), now.Month(), now.Day()-1, s.options.NightHour, 0, 0, 0, zone)
	}
	return due.UTC()
}

// catchUp runs the latest night that was due, unless it, or a later one, was
// run. A stack that was off for a week makes up for one night, not seven.
func (s *Stack) catchUp(ctx context.Context) error {
	due := s.Due()
	last, err := s.Store.LatestInsight(ctx, night.Runs)
	if errors.Is(err, customer.ErrNotFound) {
		return nil // before the first one is asked for there is nothing to make up for
	}
	if err != nil || last.Date >= due.Format("2006-01-02T15:04:05Z") {
		return err
	}
	_, err = s.Night(ctx, due)
	return err
}
