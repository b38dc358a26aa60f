package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// finalWrite is how long recording may take after the caller's time is up.
const finalWrite = 3 * time.Second

// record writes down what the mail service answered.
func (m Mailer) record(ctx context.Context, s *customer.Send, messageID string, answer error, now time.Time) error {
	switch {
	case answer == nil:
		return m.accepted(ctx, s, messageID, now)
	case errors.Is(answer, ErrThrottled):
		return m.putOff(ctx, s, now.Add(m.retry()), ReasonThrottled)
	case errors.Is(answer, ErrStopped):
		err := fmt.Errorf("send %s/%s: %w", s.Customer, s.SendKey, answer)
		return errors.Join(err, m.putOff(ctx, s, now.Add(m.retry()), ReasonStopped))
	case errors.Is(answer, ErrRejected):
		return m.conclude(ctx, s, verdict{status: customer.Failed, reason: ReasonRejected}, now)
	}
	return fmt.Errorf("send %s/%s: %w: %w", s.Customer, s.SendKey, ErrUnknownOutcome, answer)
}

// accepted records that the service took the mail. Its events may have told
// already: then only what they do not know is added.
func (m Mailer) accepted(ctx context.Context, s *customer.Send, messageID string, now time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finalWrite)
	defer cancel()
	address := s.Address
	news := customer.Fate{Status: customer.Sent, At: now, Accepted: now, MessageID: messageID}
	sent := *s
	news.Apply(&sent)
	err := putSend(ctx, m.Store, &sent)
	if errors.Is(err, customer.ErrConflict) {
		if sent, err = settle(ctx, m.Store, s.SendKey, news, address); err == nil {
			_, err = inherit(ctx, m.Store, sent)
		}
		if errors.Is(err, customer.ErrNotFound) { // erased since
			return nil
		}
	}
	if err == nil {
		*s = sent
	}
	return err
}

// putOff plans a claimed send that was not accepted again, for due.
func (m Mailer) putOff(ctx context.Context, s *customer.Send, due time.Time, reason string) error {
	return m.conclude(ctx, s, wait(due, reason), time.Time{})
}

// conclude writes the verdict on a send that this mailer has claimed and that was not
// accepted. If the send changed meanwhile (erased, or given up by the sweep),
// that stays; if it was handed to an heir, the verdict is for theirs.
func (m Mailer) conclude(ctx context.Context, s *customer.Send, v verdict, now time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finalWrite)
	defer cancel()
	done := *s
	done.Status, done.Reason, done.Address = v.status, v.reason, ""
	if v.status == customer.Planned {
		done.Due, done.Claimed = v.due.UTC(), time.Time{}
	} else {
		done.Settled = now
	}
	switch err := putSend(ctx, m.Store, &done); {
	case errors.Is(err, customer.ErrConflict):
		return m.concludeLate(ctx, *s, v, now)
	case err != nil:
		return err
	}
	*s = done
	return nil
}

// concludeLate writes the verdict on a claimed send that changed meanwhile. A
// mail that the service refused failed for the heir too; one that was not sent
// for any other reason is theirs to be checked again.
func (m Mailer) concludeLate(ctx context.Context, claimed customer.Send, v verdict, now time.Time) error {
	if v.status != customer.Failed {
		return giveBack(ctx, m.Store, claimed, later(v.due, now), now)
	}
	s, err := m.Store.Send(ctx, claimed.SendKey)
	if err == nil && s.Heir != "" && s.Status == customer.Claimed {
		news := customer.Fate{Status: v.status, Reason: v.reason, At: now}
		if s, err = settle(ctx, m.Store, claimed.SendKey, news, ""); err == nil {
			_, err = inherit(ctx, m.Store, s)
		}
	}
	if errors.Is(err, customer.ErrNotFound) { // erased since
		return nil
	}
	return err
}
