// Package campaign decides which mails a customer gets and sees to it that
// each is sent at most once, and only when it is welcome at that moment. It
// plans sends ([Plan]), queues those that are due ([Dispatcher]), sends them
// ([Mailer]), settles lost ones ([Sweeper]) and learns their fate ([Feedback]).
// It does not know which store, queue or mail service it works with.
package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// What a [Transport] can say of a mail that was definitely not accepted. Any
// other error means that the outcome is unknown. Test with [errors.Is].
var (
	// ErrThrottled: too many at once; this one may be sent a little later.
	ErrThrottled = errors.New("sending rate exceeded")
	// ErrStopped: no mail can be sent for now: the account is paused, suspended
	// or over its daily quota, or the configuration is wrong.
	ErrStopped = errors.New("sending stopped")
	// ErrRejected: this mail or its recipient is refused for good.
	ErrRejected = errors.New("mail rejected")
)

// ErrUnknownOutcome: the mail service may or may not have accepted the mail.
// The send stays claimed, and is not to be repeated.
var ErrUnknownOutcome = errors.New("whether the mail was accepted is unknown")

// A Transport hands mails to a mail service.
type Transport interface {
	// Send asks the service once, without any retry, to accept m and returns
	// the service's id of it. An error that is ErrThrottled, ErrStopped or
	// ErrRejected says that m was not accepted; any other leaves it open.
	Send(ctx context.Context, m Message) (messageID string, err error)
	// Quota returns how much may be sent.
	Quota(ctx context.Context) (Quota, error)
}

// A Quota is what the mail service allows at present.
type Quota struct {
	Max24Hours  float64 // mails in 24 hours; negative: unlimited
	Sent24Hours float64 // mails in the last 24 hours
	PerSecond   float64 // mails a second
	Stopped     bool    // the account may not send at all
}

// Allow returns how many mails may be sent within d.
func (q Quota) Allow(d time.Duration) int {
	if q.Stopped {
		return 0
	}
	n := q.PerSecond * d.Seconds()
	if q.Max24Hours >= 0 {
		n = min(n, q.Max24Hours-q.Sent24Hours)
	}
	return max(0, int(min(n, 1<<30)))
}

// A Queue carries messages to the mailer, each at least once.
type Queue interface {
	// SendBatch puts bodies on the queue. After an error some of them may be
	// on it.
	SendBatch(ctx context.Context, bodies [][]byte, group string) error
}

// ParseMessage reads the body of one of the mailer's messages as [Dispatcher]
// wrote it. The error wraps [customer.ErrInvalid].
func ParseMessage(body []byte) (customer.SendKey, error) {
	var k customer.SendKey
	if err := json.Unmarshal(body, &k); err != nil {
		return customer.SendKey{}, fmt.Errorf("%w: a mailer's message is the JSON of a send's key", customer.ErrInvalid)
	}
	return k, CheckKey(k)
}

// keyPart reports whether s can be a part of a key: 1 to 100 letters, digits,
// _ and -.
func keyPart(s string) bool {
	return len(s) >= 1 && len(s) <= 100 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// CheckKey returns nil if k names one send completely in characters that keys,
// tags and tokens can carry, or an error wrapping [customer.ErrInvalid].
func CheckKey(k customer.SendKey) error {
	_, err := customer.ParseID(string(k.Customer))
	if err != nil || !keyPart(k.Campaign) || !keyPart(k.Occurrence) || k.Step < 1 || k.Step > 99 {
		return fmt.Errorf("%w: a send's key is customer, campaign, occurrence (letters, digits, _ and -) and step (1 to 99)", customer.ErrInvalid)
	}
	return nil
}
