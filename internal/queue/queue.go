// Package queue is a queue inside one process that behaves as SQS with Lambda's
// event source mapping does: messages come at least once, in no promised order,
// are hidden while a handler has them, come back if it fails, and end with the
// dead after too many attempts. It calls handlers with Lambda's own JSON. What is on
// it is gone when the process ends.
package queue

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"holdfast/internal/customer"
)

// MaxBytes is the most that a message may have, as in SQS.
const MaxBytes = 1 << 20

// Options are the settings of a queue.
type Options struct {
	Name string // of the queue, in its ARN
	// Visibility is how long a message is hidden once a handler has it, and so
	// how long a failed one waits; 0: 30 seconds.
	Visibility time.Duration
	MaxReceive int // attempts before a message ends with the dead; 0: 5
	Batch      int // messages a call gets at most; 0: 10
	// Now tells the time, After waits; nil: the wall clock.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

func (o Options) withDefaults() Options {
	if o.Visibility <= 0 {
		o.Visibility = 30 * time.Second
	}
	if o.MaxReceive <= 0 {
		o.MaxReceive = 5
	}
	if o.Batch <= 0 {
		o.Batch = 10
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	return o
}

// A Queue is one queue with its dead-letter queue. It is safe for concurrent use.
type Queue struct {
	options Options

	mu     sync.Mutex
	last   int        // number of the last message
	ready  *list.List // of *message, visible
	hidden *list.List // of *message, in order of until
	dead   []*message
	// change is closed and replaced whenever a message becomes visible.
	change chan struct{}
}

type message struct {
	id       string
	body     []byte
	group    string
	sent     time.Time
	first    time.Time // when it was first received
	until    time.Time // hidden until
	receives int
	place    *list.Element // in ready or hidden
	gone     bool          // handled, or dead
}

// A Message is a message as shown to people.
type Message struct {
	ID       string
	Body     []byte
	Group    string
	Sent     time.Time
	Receives int
}

// Depth counts the messages of a queue.
type Depth struct {
	Visible int // waiting for a handler
	Hidden  int // with a handler, or waiting for another attempt
	Dead    int
}

// New returns an empty queue.
func New(o Options) *Queue {
	return &Queue{options: o.withDefaults(), ready: list.New(), hidden: list.New(), change: make(chan struct{})}
}

// Send puts one message on the queue. group is passed on to handlers. The error
// wraps [customer.ErrInvalid] for an empty body or one above [MaxBytes].
func (q *Queue) Send(ctx context.Context, body []byte, group string) error {
	return q.SendBatch(ctx, [][]byte{body}, group)
}

// SendBatch puts messages on the queue, all or, on an error, none.
func (q *Queue) SendBatch(ctx context.Context, bodies [][]byte, group string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("queue messages: %w", err)
	}
	for i, body := range bodies {
		if len(body) == 0 || len(body) > MaxBytes {
			return fmt.Errorf("queue message %d: %w: a message has 1 to %d bytes, not %d", i, customer.ErrInvalid, MaxBytes, len(body))
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.options.Now()
	for _, body := range bodies {
		q.last++
		m := &message{id: fmt.Sprintf("00000000-0000-4000-8000-%012d", q.last), body: append([]byte(nil), body...), group: group, sent: now}
		m.place = q.ready.PushBack(m)
	}
	q.changed()
	return nil
}

// Depth returns how many messages there are at this moment.
func (q *Queue) Depth() Depth {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.reveal()
	return Depth{Visible: q.ready.Len(), Hidden: q.hidden.Len(), Dead: len(q.dead)}
}

// Dead returns copies of the messages that were given up, the oldest first.
func (q *Queue) Dead() []Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	dead := make([]Message, len(q.dead))
	for i, m := range q.dead {
		dead[i] = Message{ID: m.id, Body: append([]byte(nil), m.body...), Group: m.group, Sent: m.sent, Receives: m.receives}
	}
	return dead
}

// Redrive puts the dead messages back on the queue, their attempts forgotten,
// and returns how many there were.
func (q *Queue) Redrive() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.dead)
	for _, m := range q.dead {
		m.gone, m.receives, m.first = false, 0, time.Time{}
		m.place = q.ready.PushBack(m)
	}
	q.dead = nil
	q.changed()
	return n
}

// changed wakes everybody who waits; q.mu is held.
func (q *Queue) changed() {
	close(q.change)
	q.change = make(chan struct{})
}

// reveal makes messages visible whose time is over; q.mu is held.
func (q *Queue) reveal() {
	now := q.options.Now()
	for e := q.hidden.Front(); e != nil && !e.Value.(*message).until.After(now); e = q.hidden.Front() {
		m := e.Value.(*message)
		q.hidden.Remove(e)
		m.place = q.ready.PushBack(m)
	}
}
