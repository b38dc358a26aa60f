// Package local runs the whole system in one process on one machine: the real
// handlers, called with Lambda's JSON, over an embedded store, queues in
// memory, an outbox in place of the mail service, and a scheduler. No mail
// leaves the machine and nothing but loopback is reached.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"holdfast/internal/bolt"
	"holdfast/internal/config"
	"holdfast/internal/customer"
	"holdfast/internal/outbox"
	"holdfast/internal/playbook"
	"holdfast/internal/queue"
	"holdfast/internal/wire"
)

// DataFile is the store's file in the data directory.
const DataFile = "holdfast.db"

// Options are the settings of a stack.
type Options struct {
	Dir        string // where the data is kept
	Playbook   fs.FS
	PublicURL  string
	Secrets    map[string]config.Secret // by the names of package wire
	HubspotURL string                   // of HubSpot's API
	Hubspot    string                   // its version
	Legacy     bool                     // accept HubSpot's signatures before v3
	Accounts   string                   // that may deliver, see [wire.Parts]
	Habits     outbox.Habits
	// NightHour is the hour of the merchant's day at which the night is due.
	NightHour int
	Shards    int
}

// A Stack is a running system. Close it.
type Stack struct {
	Store  *bolt.Store
	Outbox *outbox.Outbox
	Parts  *wire.Parts
	// Events, Mail and Feedback are the queues.
	Events, Mail, Feedback *queue.Queue

	options   Options
	functions map[string]*function
	book      atomic.Pointer[playbook.Playbook]
	refused   atomic.Pointer[error] // see [Stack.Refused]
	loaded    string                // stamp of the files as they were read last
	clock     atomic.Pointer[func() time.Time]
}

// Secrets are secrets in memory.
type Secrets map[string]config.Secret

// Get returns the secret called name, or [customer.ErrNotFound].
func (s Secrets) Get(_ context.Context, name string) (config.Secret, error) {
	v, ok := s[name]
	if !ok || v == "" {
		return "", fmt.Errorf("read secret %s: %w", name, customer.ErrNotFound)
	}
	return v, nil
}

// Open opens the data, or makes it, and puts the stack together. A playbook
// with problems is refused with all of them.
func Open(o Options) (*Stack, error) {
	loaded := stamp(o.Playbook)
	book, err := playbook.Load(o.Playbook)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	file, err := bolt.Open(filepath.Join(o.Dir, DataFile), bolt.Options{})
	if err != nil {
		return nil, err
	}
	s := &Stack{Store: file, options: o, loaded: loaded}
	s.book.Store(book)
	s.SetClock(time.Now)
	s.Events = s.queue("events")
	s.Mail = s.queue("mail")
	s.Feedback = s.queue("feedback")
	s.Outbox, err = outbox.Open(filepath.Join(o.Dir, "outbox"), outbox.Options{
		Now: s.Now, Seed: "holdfast", Habits: o.Habits,
		Report: func(ctx context.Context, event []byte) error { return s.Feedback.Send(ctx, event, "") },
	})
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s.Parts = &wire.Parts{
		Store: store{file, s.Outbox}, Secrets: Secrets(o.Secrets), Now: s.Now, FitFor: time.Second, Accounts: o.Accounts,
		Playbook: func() (*playbook.Playbook, error) { return s.book.Load(), nil },
	}
	s.functions = s.wire()
	return s, nil
}

func (s *Stack) queue(name string) *queue.Queue {
	return queue.New(queue.Options{Name: name, Batch: 50, Visibility: 10 * time.Second})
}

// Now returns the stack's present time.
func (s *Stack) Now() time.Time { return (*s.clock.Load())() }

// SetClock makes the stack go by another clock.
func (s *Stack) SetClock(now func() time.Time) { s.clock.Store(&now) }

// Playbook returns the playbook in force.
func (s *Stack) Playbook() *playbook.Playbook { return s.book.Load() }

// Close closes the store. Messages that are still on the queues are lost; call
// it when [Stack.Run] has returned.
func (s *Stack) Close() error { return s.Store.Close() }
