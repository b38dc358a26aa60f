// Package outbox stands in for the mail service on the local stack: it keeps
// the mails instead of sending them, and reports what becomes of them in the shape
// of the mail service's events. No mail leaves the machine.
package outbox

import (
	"cmp"
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// A Mail is one mail in the outbox.
type Mail struct {
	ID      string           `json:"id"`
	Sent    time.Time        `json:"sent"`
	Key     customer.SendKey `json:"key"`
	From    string           `json:"from"`
	ReplyTo string           `json:"reply_to,omitempty"`
	To      customer.Email   `json:"to"`
	Subject string           `json:"subject"`
	Headers []campaign.Pair  `json:"headers"`
	Tags    []campaign.Pair  `json:"tags"`
	HTML    string           `json:"html,omitempty"`
	Text    string           `json:"text,omitempty"`
}

// Options are the settings of an outbox.
type Options struct {
	Now func() time.Time // nil: the wall clock
	// Report takes each event, as EventBridge would bring it; an error makes it
	// come again. nil: nothing is reported.
	Report func(ctx context.Context, event []byte) error
	Seed   string // of what recipients do
	Habits Habits // the zero value: every mail is delivered, and nobody reacts
}

// An Outbox keeps each mail as a JSON file in its directory, and all but the
// bodies in memory. It is safe for concurrent use.
type Outbox struct {
	dir     string
	options Options

	mu    sync.Mutex
	mails []Mail // in order of acceptance, without bodies
	times map[customer.SendKey]int
	due   occasions
}

// Open reads what an earlier run left in dir, and makes dir if there is none.
func Open(dir string, o Options) (*Outbox, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	b := &Outbox{dir: dir, options: o, times: map[customer.SendKey]int{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	reported, err := b.reported()
	if err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	for _, f := range files {
		m, err := read(f)
		if err != nil {
			return nil, fmt.Errorf("open the outbox: %w", err)
		}
		b.add(m, reported)
	}
	slices.SortFunc(b.mails, func(x, y Mail) int { return cmp.Or(x.Sent.Compare(y.Sent), cmp.Compare(x.ID, y.ID)) })
	return b, nil
}

// Send keeps m and returns its id, which depends on the key of its send and on
// how often that was sent.
func (b *Outbox) Send(ctx context.Context, m campaign.Message) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("%w: %w", campaign.ErrStopped, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", m.Key.Customer, m.Key, b.times[m.Key]+1))
	mail := Mail{
		ID: hex.EncodeToString(sum[:16]), Sent: b.options.Now().UTC(), Key: m.Key,
		From: m.From, ReplyTo: m.ReplyTo, To: m.To, Subject: m.Subject,
		Headers: m.Headers(), Tags: m.Tags(), HTML: m.HTML, Text: m.Text,
	}
	if err := write(filepath.Join(b.dir, mail.ID+".json"), mail); err != nil {
		return "", fmt.Errorf("%w: keep a mail: %w", campaign.ErrStopped, err)
	}
	b.add(mail, time.Time{})
	return mail.ID, nil
}

// add takes m into memory, with what will become of it from an instant on;
// b.mu is held, or nobody else has b yet.
func (b *Outbox) add(m Mail, from time.Time) {
	b.times[m.Key]++
	for _, o := range b.options.Habits.occasions(m, b.options.Seed) {
		if !o.at.Before(from) {
			heap.Push(&b.due, o)
		}
	}
	m.HTML, m.Text = "", ""
	b.mails = append(b.mails, m)
}

// Quota allows more than a local stack ever sends.
func (b *Outbox) Quota(context.Context) (campaign.Quota, error) {
	return campaign.Quota{Max24Hours: -1, PerSecond: 1000}, nil
}

// Mails returns the mails without their bodies, the latest first.
func (b *Outbox) Mails() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Clone(b.mails)
	slices.Reverse(all)
	return all
}

// Mail returns one mail whole, or an error wrapping [customer.ErrNotFound].
func (b *Outbox) Mail(id string) (Mail, error) {
	if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		return Mail{}, fmt.Errorf("read mail: %w", customer.ErrNotFound)
	}
	m, err := read(filepath.Join(b.dir, id+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return Mail{}, fmt.Errorf("read mail %s: %w", id, customer.ErrNotFound)
	}
	return m, err
}

func read(file string) (Mail, error) {
	var m Mail
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	return m, err
}

// write replaces file as a whole, so that no reader finds half of one.
func write(file string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
