package asl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

type run struct {
	Execution
	transitions atomic.Int64
}

// graph walks g from its start to an end. object is the context object.
func (r *run) graph(ctx context.Context, g *graph, input, object any) (any, error) {
	for name := g.start; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := g.states[name]
		if r.transitions.Add(1) > int64(r.MaxTransitions) {
			return nil, &Error{State: name, Name: Runtime, Cause: fmt.Sprintf("over %d states entered", r.MaxTransitions)}
		}
		output, next, err := r.state(ctx, s, input, object)
		if err != nil {
			return nil, located(s, err)
		}
		if next == "" {
			return output, nil
		}
		name, input = next, output
	}
}

// located names the state an error comes from, unless one inside of it is named.
func located(s *state, err error) error {
	var named *Error
	switch {
	case errors.As(err, &named) && named.State != "":
		return err
	case named != nil:
		return &Error{State: s.name, Name: named.Name, Cause: named.Cause, err: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("state %q: %w", s.name, err)
	default:
		return &Error{State: s.name, Name: Runtime, Cause: err.Error(), err: err}
	}
}

func (r *run) state(ctx context.Context, s *state, raw, object any) (output any, next string, err error) {
	input, err := s.input.in(raw, object)
	if err != nil {
		return nil, "", err
	}
	switch s.kind {
	case "Fail":
		return nil, "", &Error{Name: s.errorName, Cause: s.cause}
	case "Succeed":
		output, err = s.output.in(input, object)
		return output, "", err
	case "Choice":
		if next, err = s.choose(input, object); err != nil {
			return nil, "", err
		}
		output, err = s.output.in(input, object)
		return output, next, err
	}
	result, err := r.attempts(ctx, s, input, object)
	if err != nil {
		return nil, "", err
	}
	if result, err = s.result.on(result, object); err != nil {
		return nil, "", err
	}
	output, err = s.output.in(s.resultPath.put(input, result), object)
	return output, s.next, err
}

func (s *state) choose(input, object any) (string, error) {
	for _, c := range s.choices {
		holds, err := c.holds(input, object)
		if err != nil {
			return "", err
		}
		if holds {
			return c.next, nil
		}
	}
	if s.fallback == "" {
		return "", &Error{Name: "States.NoChoiceMatched"}
	}
	return s.fallback, nil
}

// attempts does a state's work until it succeeds or no retrier has an attempt left.
func (r *run) attempts(ctx context.Context, s *state, input, object any) (any, error) {
	used := make([]int, len(s.retry))
	for {
		result, err := r.work(ctx, s, input, object)
		if err == nil || ctx.Err() != nil {
			return result, err
		}
		i := slices.IndexFunc(s.retry, func(t retrier) bool { return t.matches(err) })
		if i < 0 || used[i] >= s.retry[i].attempts {
			return nil, err
		}
		if err := r.Sleep(ctx, s.retry[i].delay(used[i])); err != nil {
			return nil, err
		}
		used[i]++
	}
}

func (r *run) work(ctx context.Context, s *state, input, object any) (any, error) {
	if s.kind == "Map" {
		return r.each(ctx, s, input, object)
	}
	payload, err := s.selector.on(input, object)
	if err != nil || s.kind == "Pass" {
		return payload, err
	}
	encoded, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	return r.task(ctx, s, encoded)
}

func (r *run) task(ctx context.Context, s *state, payload json.RawMessage) (any, error) {
	limited, cancel := limit(ctx, s.timeout)
	defer cancel()
	output, err := r.Invoke(limited, s.resource, payload)
	var named *Error
	switch {
	case err == nil:
		return decode(output)
	case ctx.Err() != nil:
		return nil, err
	case limited.Err() != nil:
		return nil, &Error{Name: Timeout, Cause: err.Error(), err: err}
	case errors.As(err, &named):
		return nil, &Error{Name: named.Name, Cause: named.Cause, err: err}
	default:
		return nil, &Error{Name: TaskFailed, Cause: err.Error(), err: err}
	}
}

// limit gives ctx a deadline after d, or none if d is zero.
func limit(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, d)
}

// each runs a Map's processor on every item. The results are in the items' order.
func (r *run) each(ctx context.Context, s *state, input, object any) (any, error) {
	found, err := s.items.in(input, object)
	if err != nil {
		return nil, err
	}
	items, ok := found.([]any)
	if !ok {
		return nil, fmt.Errorf("%s is %T, not a list", s.items, found)
	}
	results := make([]any, len(items))
	group, ctx := errgroup.WithContext(ctx)
	if s.concurrency > 0 {
		group.SetLimit(s.concurrency)
	}
	for i, item := range items {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			inner := map[string]any{"Map": map[string]any{"Item": map[string]any{
				"Index": json.Number(strconv.Itoa(i)), "Value": item,
			}}}
			own := item
			if s.selector != nil {
				var err error
				if own, err = s.selector.on(input, inner); err != nil {
					return err
				}
			}
			result, err := r.graph(ctx, s.processor, own, inner)
			results[i] = result
			return err
		})
	}
	return results, group.Wait()
}

// matches reports whether t is for err. States.ALL is for everything but the
// machine's own faults, States.TaskFailed for everything but those and timeouts.
func (t retrier) matches(err error) bool {
	var named *Error
	if !errors.As(err, &named) || named.Name == Runtime {
		return false
	}
	return slices.ContainsFunc(t.errors, func(name string) bool {
		return name == named.Name || name == all || name == TaskFailed && named.Name != Timeout
	})
}

// delay is the wait before the next attempt after used ones, without jitter: the
// language draws it between zero and this value.
func (t retrier) delay(used int) time.Duration {
	d := float64(t.interval) * math.Pow(t.rate, float64(used))
	if t.ceiling > 0 && d > float64(t.ceiling) {
		return t.ceiling
	}
	return time.Duration(min(d, float64(24*time.Hour)))
}
