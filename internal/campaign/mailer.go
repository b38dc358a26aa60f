package campaign

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/mail"
	"holdfast/internal/playbook"
)

// DefaultRetry is how much later a send is tried again that had to be put off;
// the interval at which dispatch runs.
const DefaultRetry = 15 * time.Minute

// A Mailer sends mails. It may run any number of times at once.
type Mailer struct {
	Store     Store
	Transport Transport
	Playbook  *playbook.Playbook
	Tokens    Tokens
	// PublicURL is where the subscriber's pages are, without a slash at its end.
	PublicURL string
	// UnsubscribeMail takes unsubscribe requests by mail, "" for none.
	UnsubscribeMail string
	Retry           time.Duration // 0: DefaultRetry
}

// Handle sends the mail of k if it is due and welcome at now, and returns the
// send as it left it.
//
// It claims the send by a write on the version it read, then reads what
// decides, checks, renders, asks the mail service once, and records the answer.
//
// Invariants: (1) Only the claim's writer asks the mail service, once, and
// nothing ever returns a claimed send to planned except that same call, after
// the service has definitely refused or before it was asked. So at most one mail
// of a key is ever accepted. (2) All checks are made on consistent reads that
// follow the claim, so that of sends handled at once each sees the others.
//
// Crash window: if the process dies, or its writes fail, after the claim is
// stored and before the outcome is, the send stays claimed, whether the
// service was asked or not. The service's events settle it if it was
// ([Feedback]); [Sweeper] turns it to unknown if none come. It is never repeated:
// a mail may be lost this way, and none is sent twice. The customer may opt out
// between the read and the service's answer; that window is one request long.
//
// Errors: [ErrStopped], the send is planned again and sending others is in vain
// for now; [ErrUnknownOutcome], the send stays claimed and nothing is to be done;
// others are the store's. A message that is delivered again after any of them
// is harmless: it finds the send claimed or settled, and does nothing.
func (m Mailer) Handle(ctx context.Context, k customer.SendKey, now time.Time) (customer.Send, error) {
	now = now.UTC()
	s, err := m.Store.Send(ctx, k)
	switch {
	case errors.Is(err, customer.ErrNotFound): // erased since
		return customer.Send{SendKey: k}, nil
	case err != nil:
		return customer.Send{SendKey: k}, fmt.Errorf("read send %s/%s: %w", k.Customer, k, err)
	case s.Status != customer.Planned, s.Due.After(now):
		return s, nil
	}
	found := s
	s.Status, s.Reason, s.Claimed = customer.Claimed, "", now
	switch err := putSend(ctx, m.Store, &s); {
	case errors.Is(err, customer.ErrConflict): // another mailer has it
		return found, nil
	case err != nil:
		return found, err
	}
	err = m.handle(ctx, &s, now)
	return s, err
}

// handle does with a send that is claimed what is to be done with it.
func (m Mailer) handle(ctx context.Context, s *customer.Send, now time.Time) error {
	v, p, err := m.check(ctx, *s, now)
	if err != nil {
		return errors.Join(err, m.putOff(ctx, s, now.Add(m.retry()), ""))
	}
	if v.status != customer.Claimed {
		return m.conclude(ctx, s, v, now)
	}
	c, _ := m.Playbook.Campaign(s.Campaign) // decide found it
	word(c, s)
	msg, reason := m.write(*s, p, now)
	if reason != "" {
		return m.conclude(ctx, s, skip(reason), now)
	}
	if err := ctx.Err(); err != nil {
		return errors.Join(err, m.putOff(ctx, s, now.Add(m.retry()), ""))
	}
	s.Address = m.Tokens.Address(msg.To)
	id, err := m.Transport.Send(ctx, msg)
	return m.record(ctx, s, id, err, now)
}

func (m Mailer) retry() time.Duration {
	if m.Retry > 0 {
		return m.Retry
	}
	return DefaultRetry
}

// check reads what decides about the claimed send s and decides.
func (m Mailer) check(ctx context.Context, s customer.Send, now time.Time) (verdict, customer.Profile, error) {
	at := moment{now: now, send: s, retry: m.retry()}
	var err error
	at.profile, err = m.Store.Profile(ctx, s.Customer)
	switch {
	case errors.Is(err, customer.ErrNotFound):
		at.gone = true
	case err != nil:
		return verdict{}, at.profile, fmt.Errorf("read profile %s: %w", s.Customer, err)
	case at.profile.Empty():
		at.gone = true
	}
	if at.profile.Email != "" {
		if at.link, err = linkOf(ctx, m.Store, at.profile.Email); err != nil {
			return verdict{}, at.profile, err
		}
	}
	if !at.link.Block.OptOut.IsZero() {
		if at.optIn, err = m.optIn(ctx, s.Customer); err != nil {
			return verdict{}, at.profile, err
		}
	}
	if at.sends, err = m.Store.Sends(ctx, s.Customer); err != nil {
		return verdict{}, at.profile, fmt.Errorf("read sends %s: %w", s.Customer, err)
	}
	return decide(m.Playbook, at), at.profile, nil
}

// optIn returns when the customer last opted in to mail explicitly, zero for
// never. A profile does not tell: its permission may be a sync's word.
func (m Mailer) optIn(ctx context.Context, id customer.ID) (time.Time, error) {
	facts, err := m.Store.Facts(ctx, id)
	if err != nil {
		return time.Time{}, fmt.Errorf("read facts %s: %w", id, err)
	}
	var last time.Time
	for _, f := range facts {
		c := f.Body.Consent
		if c != nil && c.Channel == customer.EmailChannel && c.State == customer.Subscribed && c.Explicit && f.At.After(last) {
			last = f.At
		}
	}
	return last, nil
}

// write renders the mail, or returns the reason for which it cannot be.
func (m Mailer) write(s customer.Send, p customer.Profile, now time.Time) (Message, string) {
	unsubscribe := m.PublicURL + UnsubscribePath + m.Tokens.Sign(Token{Purpose: ForUnsubscribe, Key: s.SendKey})
	preferences := m.PublicURL + PreferencesPath + m.Tokens.Sign(Token{Purpose: ForPreferences, Key: s.SendKey})
	content, err := m.Playbook.Render(s.Campaign, s.Step, s.Variant, &p, playbook.Links{Unsubscribe: unsubscribe, Preferences: preferences}, now)
	var missing *mail.MissingError
	switch {
	case errors.As(err, &missing):
		return Message{}, ReasonMissing + missing.Variable
	case errors.Is(err, customer.ErrNotFound):
		return Message{}, ReasonCampaign
	case err != nil:
		return Message{}, ReasonTemplate
	}
	of := m.Playbook.Business
	return Message{
		Key:     s.SendKey,
		From:    mailbox(of.SenderName, of.SenderAddress),
		ReplyTo: string(of.ReplyTo),
		To:      p.Email,
		Subject: content.Subject,
		HTML:    content.HTML,
		Text:    content.Text,

		Unsubscribe:     unsubscribe,
		UnsubscribeMail: m.UnsubscribeMail,
	}, ""
}

// mailbox writes a name and an address as headers have them.
func mailbox(name string, e customer.Email) string {
	return (&netmail.Address{Name: name, Address: string(e)}).String()
}

// The paths below the public address that take a token.
const (
	UnsubscribePath = "/u/"
	PreferencesPath = "/p/"
	SurveyPath      = "/s/"
)
