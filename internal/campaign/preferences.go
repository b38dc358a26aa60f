package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/customer"
)

// ViaPreferences names a consent that a customer gave or withdrew on the
// preference page.
const ViaPreferences = "preferences"

// A Preference is what a customer may see and change of their own.
type Preference struct {
	Subscribed bool
	// Blocked: the address does not work, or its owner complained; opting in
	// does not change that.
	Blocked bool
}

// Preferences shows customers what they get, and takes what they say.
type Preferences struct {
	Store  Store
	Tokens Tokens
}

// Show returns the preference of the bearer of token. The error wraps
// [customer.ErrInvalid] for a token that is not genuine, and is
// [customer.ErrNotFound] for a customer who is gone.
func (f Preferences) Show(ctx context.Context, token string) (Preference, error) {
	p, link, err := f.of(ctx, token, ForPreferences)
	if err != nil {
		return Preference{}, err
	}
	out := link.Block.OptOut
	return Preference{
		Subscribed: p.Mail.State == customer.Subscribed && (out.IsZero() || p.Mail.Since.After(out)),
		Blocked:    p.Blocked != "" || link.Block.Reason != "",
	}, nil
}

// Subscribe opts the bearer of token in again and returns the events that tell
// ingest so. It is the customer's own and explicit act, so it lifts an
// earlier opt-out. Done again it changes nothing that counts.
func (f Preferences) Subscribe(ctx context.Context, token string, now time.Time) ([]customer.Event, error) {
	p, _, err := f.of(ctx, token, ForPreferences)
	if err != nil {
		return nil, err
	}
	c := customer.Consent{Channel: customer.EmailChannel, State: customer.Subscribed, Explicit: true, Via: ViaPreferences}
	return eventsOf(p, []customer.Fact{{
		Key: customer.ConsentKey(c), Version: customer.NewVersion(now, ViaPreferences), At: now.UTC(),
		Body: customer.Body{Consent: &c},
	}}), nil
}

// Answer takes the bearer's answer to a survey, "nps" on a scale of 10 or
// "csat" on one of 5. A second answer to the same mail replaces the first.
func (f Preferences) Answer(ctx context.Context, token, survey string, score int, now time.Time) ([]customer.Event, error) {
	scale, ok := map[string]int{"nps": 10, "csat": 5}[survey]
	if !ok || score < 0 || score > scale || survey == "csat" && score == 0 {
		return nil, fmt.Errorf("%w: an answer is survey nps with a score of 0 to 10, or csat with 1 to 5", customer.ErrInvalid)
	}
	t, err := f.Tokens.Verify(token, ForSurvey)
	if err != nil {
		return nil, err
	}
	p, _, err := f.of(ctx, token, ForSurvey)
	if err != nil {
		return nil, err
	}
	return eventsOf(p, []customer.Fact{{
		Key: "survey/" + survey + "/" + t.Key.String(), Version: customer.NewVersion(now, ""), At: now.UTC(),
		Body: customer.Body{Survey: &customer.Survey{Survey: survey, Score: float64(score), Scale: float64(scale)}},
	}}), nil
}

func (f Preferences) of(ctx context.Context, token string, purpose Purpose) (customer.Profile, customer.Link, error) {
	t, err := f.Tokens.Verify(token, purpose)
	if err != nil {
		return customer.Profile{}, customer.Link{}, err
	}
	p, err := f.Store.Profile(ctx, t.Key.Customer)
	if err != nil {
		return p, customer.Link{}, fmt.Errorf("read profile: %w", err)
	}
	link, err := f.Store.Link(ctx, customer.EmailIdentity(p.Email))
	if err != nil && !errors.Is(err, customer.ErrNotFound) {
		return p, link, fmt.Errorf("read address: %w", err)
	}
	return p, link, nil
}
