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
	news := fate{status: customer.Sent, at: now, accepted: now, messageID: messageID}
	sent := *s
	news.apply(&sent)
	err := putSend(ctx, m.Store, &sent)
	if errors.Is(err, customer.ErrConflict) {
		sent, err = updateSend(ctx, m.Store, s.SendKey, func(s *customer.Send) bool {
			changed := news.apply(s)
			if s.Address == "" && address != "" {
				s.Address, changed = address, true
			}
			return changed
		})
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
// that stays.
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
		return nil
	case err != nil:
		return err
	}
	*s = done
	return nil
}
