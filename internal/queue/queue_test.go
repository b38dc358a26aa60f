package queue_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/queue"
)

// got is what a handler sees of a record.
type got struct {
	ID       string            `json:"messageId"`
	Body     string            `json:"body"`
	Source   string            `json:"eventSource"`
	ARN      string            `json:"eventSourceARN"`
	Receipt  string            `json:"receiptHandle"`
	MD5      string            `json:"md5OfBody"`
	Region   string            `json:"awsRegion"`
	Attrs    map[string]string `json:"attributes"`
	Messages map[string]any    `json:"messageAttributes"`
}

func records(t testing.TB, event []byte) []got {
	t.Helper()
	var e struct{ Records []got }
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatal(err)
	}
	return e.Records
}

func failing(ids ...string) []byte {
	type item struct {
		ID string `json:"itemIdentifier"`
	}
	items := []item{}
	for _, id := range ids {
		items = append(items, item{id})
	}
	b, _ := json.Marshal(map[string]any{"batchItemFailures": items})
	return b
}

func send(t testing.TB, q *queue.Queue, bodies ...string) {
	t.Helper()
	for _, b := range bodies {
		if err := q.Send(t.Context(), []byte(b), ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAHandlerGetsWhatLambdaWouldGiveIt(t *testing.T) {
	now := time.UnixMilli(1780000000000)
	q := queue.New(queue.Options{Name: "mails", Now: func() time.Time { return now }})
	if err := q.Send(t.Context(), []byte("héllo"), "shop"); err != nil {
		t.Fatal(err)
	}
	var seen []got
	n := q.Poll(t.Context(), func(_ context.Context, event []byte) ([]byte, error) {
		seen = records(t, event)
		return failing(), nil
	})
	want := []got{{
		ID: "00000000-0000-4000-8000-000000000001", Body: "héllo", Source: "aws:sqs", ARN: "arn:aws:sqs:local:000000000000:mails", Region: "local",
		Receipt: "00000000-0000-4000-8000-000000000001#1", MD5: "be50e8478cf24ff3595bc7307fb91b50", Messages: map[string]any{},
		Attrs: map[string]string{"ApproximateReceiveCount": "1", "SentTimestamp": "1780000000000", "ApproximateFirstReceiveTimestamp": "1780000000000", "SenderId": "holdfast", "MessageGroupId": "shop"},
	}}
	if diff := cmp.Diff(want, seen); diff != "" || n != 1 {
		t.Error(diff)
	}
	if d := q.Depth(); d != (queue.Depth{}) {
		t.Errorf("left: %+v", d)
	}
}

func TestWhatAHandlerReturnsDecides(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(ids []string) ([]byte, error)
		failed []string
	}{
		"no failures":                  {func([]string) ([]byte, error) { return failing(), nil }, nil},
		"nothing at all":               {func([]string) ([]byte, error) { return nil, nil }, nil},
		"null":                         {func([]string) ([]byte, error) { return []byte("null"), nil }, nil},
		"one failure":                  {func(ids []string) ([]byte, error) { return failing(ids[1]), nil }, []string{"b"}},
		"an error":                     {func([]string) ([]byte, error) { return nil, errors.New("broken") }, []string{"a", "b", "c"}},
		"a panic":                      {func([]string) ([]byte, error) { panic("broken") }, []string{"a", "b", "c"}},
		"what is no answer":            {func([]string) ([]byte, error) { return []byte("{"), nil }, []string{"a", "b", "c"}},
		"a failure of another message": {func([]string) ([]byte, error) { return failing("other"), nil }, []string{"a", "b", "c"}},
		"a failure without a name":     {func([]string) ([]byte, error) { return []byte(`{"batchItemFailures":[{}]}`), nil }, []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Unix(0, 0)
			q := queue.New(queue.Options{Visibility: time.Minute, Now: func() time.Time { return now }})
			send(t, q, "a", "b", "c")
			q.Poll(t.Context(), func(_ context.Context, event []byte) ([]byte, error) {
				var ids []string
				for _, r := range records(t, event) {
					ids = append(ids, r.ID)
				}
				return c.answer(ids)
			})
			if d := q.Depth(); d != (queue.Depth{Hidden: len(c.failed)}) {
				t.Errorf("depth %+v", d)
			}
			now = now.Add(time.Minute - 1)
			if n := q.Poll(t.Context(), nil); n != 0 {
				t.Errorf("%d messages before their time", n)
			}
			now = now.Add(1)
			var again []string
			q.Poll(t.Context(), func(_ context.Context, event []byte) ([]byte, error) {
				for _, r := range records(t, event) {
					again = append(again, r.Body)
					if r.Attrs["ApproximateReceiveCount"] != "2" {
						t.Errorf("received %s times", r.Attrs["ApproximateReceiveCount"])
					}
				}
				return nil, nil
			})
			if diff := cmp.Diff(c.failed, again); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMessageThatKeepsFailingEndsWithTheDeadAndCanComeBack(t *testing.T) {
	now := time.Unix(0, 0)
	q := queue.New(queue.Options{MaxReceive: 3, Visibility: time.Second, Now: func() time.Time { return now }})
	send(t, q, "bad", "good")
	attempts := 0
	handler := func(_ context.Context, event []byte) ([]byte, error) {
		for _, r := range records(t, event) {
			if r.Body == "bad" {
				attempts++
				return failing(r.ID), nil
			}
		}
		return nil, nil
	}
	for range 6 {
		q.Drain(t.Context(), handler)
		now = now.Add(time.Second)
	}
	want := []queue.Message{{ID: "00000000-0000-4000-8000-000000000001", Body: []byte("bad"), Sent: time.Unix(0, 0), Receives: 3}}
	if diff := cmp.Diff(want, q.Dead()); diff != "" || attempts != 3 || q.Depth() != (queue.Depth{Dead: 1}) {
		t.Errorf("%d attempts, depth %+v, %s", attempts, q.Depth(), diff)
	}
	if n := q.Redrive(); n != 1 || q.Depth() != (queue.Depth{Visible: 1}) {
		t.Errorf("%d came back, depth %+v", n, q.Depth())
	}
	if n := q.Drain(t.Context(), func(context.Context, []byte) ([]byte, error) { return nil, nil }); n != 1 || q.Depth() != (queue.Depth{}) {
		t.Errorf("%d handled, depth %+v", n, q.Depth())
	}
}

func TestLimits(t *testing.T) {
	q := queue.New(queue.Options{Batch: 4})
	for _, body := range [][]byte{nil, make([]byte, queue.MaxBytes+1)} {
		if err := q.SendBatch(t.Context(), [][]byte{[]byte("fine"), body}, ""); !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("%d bytes: %v", len(body), err)
		}
	}
	if d := q.Depth(); d != (queue.Depth{}) {
		t.Errorf("part of a refused batch is there: %+v", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Send(ctx, []byte("late"), ""); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	big := strings.Repeat("x", queue.MaxBytes)
	send(t, q, "1", "2", "3", "4", "5", big, big, big, big)
	var sizes []int
	q.Drain(t.Context(), func(_ context.Context, event []byte) ([]byte, error) {
		sizes = append(sizes, len(records(t, event)))
		return nil, nil
	})
	if diff := cmp.Diff([]int{4, 3, 2}, sizes); diff != "" {
		t.Error(diff)
	}
}

func TestRunWaitsForMessagesAndForThoseThatComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New(queue.Options{Visibility: 30 * time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		started := time.Now()
		var when []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			q.Run(ctx, 1, func(_ context.Context, event []byte) ([]byte, error) {
				for _, r := range records(t, event) {
					when = append(when, fmt.Sprintf("%s %s", r.Body, time.Since(started)))
					if len(when) == 1 {
						return failing(r.ID), nil
					}
				}
				return nil, nil
			})
		}()
		time.Sleep(time.Minute)
		send(t, q, "first")
		time.Sleep(10 * time.Second)
		send(t, q, "second")
		time.Sleep(time.Minute)
		cancel()
		<-done
		if diff := cmp.Diff([]string{"first 1m0s", "second 1m10s", "first 1m30s"}, when); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRunEndsWhenItsCallsHaveEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New(queue.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		var finished atomic.Int32
		send(t, q, "a")
		done := make(chan struct{})
		go func() {
			defer close(done)
			q.Run(ctx, 2, func(call context.Context, _ []byte) ([]byte, error) {
				cancel()
				time.Sleep(10 * time.Second)
				if call.Err() == nil {
					finished.Add(1)
				}
				return nil, nil
			})
		}()
		<-done
		if finished.Load() != 1 || q.Depth() != (queue.Depth{}) {
			t.Errorf("%d calls ended well, depth %+v", finished.Load(), q.Depth())
		}
	})
}

// Whatever fails, and however often: every message is handled, or is with the
// dead after its attempts; none is lost, and none comes back once handled.
func TestEveryMessageIsHandledOrDead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := time.Unix(0, 0)
		limit := rapid.IntRange(1, 4).Draw(r, "attempts")
		q := queue.New(queue.Options{MaxReceive: limit, Batch: rapid.IntRange(1, 5).Draw(r, "batch"), Visibility: time.Second, Now: func() time.Time { return now }})
		count := rapid.IntRange(1, 12).Draw(r, "messages")
		left := map[string]int{} // failures to come
		for i := range count {
			body := fmt.Sprint(i)
			left[body] = rapid.IntRange(0, 5).Draw(r, "failures")
			send(t, q, body)
		}
		handled, attempts := map[string]int{}, map[string]int{}
		for range 40 {
			q.Poll(context.Background(), func(_ context.Context, event []byte) ([]byte, error) {
				var failed []string
				for _, m := range records(t, event) {
					attempts[m.Body]++
					if left[m.Body] > 0 {
						left[m.Body]--
						failed = append(failed, m.ID)
						continue
					}
					handled[m.Body]++
				}
				return failing(failed...), nil
			})
			if rapid.Bool().Draw(r, "time passes") {
				now = now.Add(time.Second)
			}
		}
		for range 40 {
			now = now.Add(time.Second)
			q.Poll(context.Background(), func(_ context.Context, event []byte) ([]byte, error) {
				var failed []string
				for _, m := range records(t, event) {
					attempts[m.Body]++
					if left[m.Body]--; left[m.Body] >= 0 {
						failed = append(failed, m.ID)
						continue
					}
					handled[m.Body]++
				}
				return failing(failed...), nil
			})
		}
		var dead []string
		for _, m := range q.Dead() {
			dead = append(dead, string(m.Body))
		}
		for i := range count {
			body := fmt.Sprint(i)
			if isDead := slices.Contains(dead, body); handled[body] > 1 || (handled[body] == 1) == isDead || isDead && attempts[body] != limit {
				r.Fatalf("message %s: handled %d times, %d attempts of %d, dead %t", body, handled[body], attempts[body], limit, isDead)
			}
		}
		if d := q.Depth(); d.Visible+d.Hidden > 0 {
			r.Fatalf("left %+v", d)
		}
	})
}
