package campaign_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

func TestAnOptInOnThePreferencePageLiftsAnOptOut(t *testing.T) {
	store, out, b := openStore(t), &post{}, book(t, nil)
	p := someone(t, store, nil)
	k := planned(t, store, keyOf(p, "thanks", 1))
	sign := func(of campaign.Purpose) string { return tokens.Sign(campaign.Token{Purpose: of, Key: k}) }
	pages := campaign.Preferences{Store: store, Tokens: tokens}
	if _, err := (campaign.Unsubscriber{Store: store, Tokens: tokens}).Unsubscribe(t.Context(), sign(campaign.ForUnsubscribe), campaign.ViaLink, noon.Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := pages.Show(t.Context(), sign(campaign.ForPreferences)); err != nil || got != (campaign.Preference{}) {
		t.Errorf("after opting out: %+v, %v", got, err)
	}
	events, err := pages.Subscribe(t.Context(), sign(campaign.ForPreferences), noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"consent/email subscribed preferences"}, said(events)); diff != "" {
		t.Fatal(diff)
	}
	if _, err := store.PutFact(t.Context(), p.ID, *events[0].Fact); err != nil {
		t.Fatal(err)
	}
	p.Version, p.Mail.Since = 1, noon.Add(-time.Hour)
	if err := store.PutProfile(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got, err := pages.Show(t.Context(), sign(campaign.ForPreferences)); err != nil || got != (campaign.Preference{Subscribed: true}) {
		t.Errorf("after opting in: %+v, %v", got, err)
	}
	if s, err := mailer(store, out, b).Handle(t.Context(), k, noon); err != nil || s.Status != customer.Sent {
		t.Errorf("send %+v, %v", s, err)
	}
	if _, err := pages.Subscribe(t.Context(), sign(campaign.ForUnsubscribe), noon); !errors.Is(err, customer.ErrInvalid) {
		t.Errorf("a token of another purpose: %v", err)
	}
}

func TestAnswersToSurveys(t *testing.T) {
	store := openStore(t)
	p := someone(t, store, nil)
	k := keyOf(p, "thanks", 1)
	token := tokens.Sign(campaign.Token{Purpose: campaign.ForSurvey, Key: k})
	for answer, ok := range map[string]bool{"nps 0": true, "nps 10": true, "nps 11": false, "nps -1": false, "csat 1": true, "csat 5": true, "csat 0": false, "csat 6": false, "mood 1": false} {
		var survey string
		var score int
		if _, err := fmt.Sscan(answer, &survey, &score); err != nil {
			t.Fatal(err)
		}
		events, err := (campaign.Preferences{Store: store, Tokens: tokens}).Answer(t.Context(), token, survey, score, noon)
		if (err == nil) != ok || err != nil && !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("%s: %v", answer, err)
		}
		if ok && (len(events) != 1 || events[0].Fact.Body.Survey.Score != float64(score) || events[0].Fact.Key != "survey/"+survey+"/"+k.String()) {
			t.Errorf("%s: %+v", answer, events)
		}
	}
}
