package queue

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A Handler is a Lambda function as Lambda sees it: JSON in, JSON out.
type Handler func(ctx context.Context, event []byte) ([]byte, error)

// maxEvent is the most bytes of bodies that one call gets: Lambda's limit of 6
// MB for an event, with room for what surrounds and escapes the bodies.
const maxEvent = 3 << 20

// Run hands messages to h with as many calls at once as workers, until ctx is
// done and the calls under way have ended. Calls are not cut short by ctx; each
// has the visibility timeout for its time.
func (q *Queue) Run(ctx context.Context, workers int, h Handler) {
	var all sync.WaitGroup
	for range max(workers, 1) {
		all.Go(func() {
			for ctx.Err() == nil {
				if n := q.Poll(ctx, h); n == 0 {
					q.wait(ctx)
				}
			}
		})
	}
	all.Wait()
}

// Drain hands messages to h, one call at a time, until none is visible, and
// returns how many it handed over. Messages that fail are left to come back.
func (q *Queue) Drain(ctx context.Context, h Handler) int {
	total := 0
	for ctx.Err() == nil {
		n := q.Poll(ctx, h)
		if n == 0 {
			break
		}
		total += n
	}
	return total
}

// Poll hands one batch of visible messages to h and returns how many, 0 if
// none is visible. Those that h does not report as failed are deleted; if h
// returns an error, panics, or reports what it was not given, all have failed.
func (q *Queue) Poll(ctx context.Context, h Handler) int {
	batch := q.receive()
	if len(batch) == 0 {
		return 0
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.options.Visibility)
	defer cancel()
	answer, err := invoke(call, h, eventOf(q.options.Name, batch))
	failed := failures(batch, answer, err)
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range batch {
		if m := r.message; !failed[m.id] && !m.gone {
			q.remove(m)
		}
	}
	return len(batch)
}

func invoke(ctx context.Context, h Handler, event []byte) (answer []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("handler panicked")
		}
	}()
	return h(ctx, event)
}

// A receipt is a message as one call got it.
type receipt struct {
	*message
	receives int
	first    time.Time
}

// receive hides up to a batch of visible messages and returns them. One that
// was received too often goes to the dead instead.
func (q *Queue) receive() []receipt {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.reveal()
	now := q.options.Now()
	var batch []receipt
	size := 0
	for e := q.ready.Front(); e != nil && len(batch) < q.options.Batch; e = q.ready.Front() {
		m := e.Value.(*message)
		if m.receives >= q.options.MaxReceive {
			q.remove(m)
			q.dead = append(q.dead, m)
			continue
		}
		if size += len(m.body); size > maxEvent && len(batch) > 0 {
			break
		}
		q.ready.Remove(e)
		m.receives++
		if m.first.IsZero() {
			m.first = now
		}
		m.until = now.Add(q.options.Visibility)
		m.place = q.hidden.PushBack(m)
		batch = append(batch, receipt{message: m, receives: m.receives, first: m.first})
	}
	return batch
}

// remove takes m off the queue; q.mu is held.
func (q *Queue) remove(m *message) {
	q.ready.Remove(m.place) // does nothing if it is in the other list
	q.hidden.Remove(m.place)
	m.gone = true
}

// wait returns when a message may have become visible, or ctx is done.
func (q *Queue) wait(ctx context.Context) {
	q.mu.Lock()
	change := q.change
	var due <-chan time.Time
	q.reveal()
	if q.ready.Len() > 0 {
		q.mu.Unlock()
		return
	}
	if e := q.hidden.Front(); e != nil {
		due = q.options.After(e.Value.(*message).until.Sub(q.options.Now()))
	}
	q.mu.Unlock()
	select {
	case <-ctx.Done():
	case <-change:
	case <-due:
	}
}
