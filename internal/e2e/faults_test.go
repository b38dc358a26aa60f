package e2e_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/peer"
	"holdfast/internal/runtimeapi"
)

// TestNothingIsLostWhileAWSFails breaks what the functions depend on, and
// looks whether all is made up for once it works again.
func TestNothingIsLostWhileAWSFails(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Truncate(time.Second)
	cast := enrol(t, []person{
		{name: "Gesine", campaign: "win_back", consent: true, orders: []purchase{{120, "40.00"}, {100, "40.00"}}},
		{name: "Hilmar", campaign: "win_back", consent: true, orders: []purchase{{121, "41.00"}, {101, "41.00"}}},
	})
	s := start(t, &portal{}, 2*time.Second)
	var all []webhook
	for _, p := range cast {
		all = append(all, p.deliveries(now)...)
	}

	t.Run("a queue that is down makes webhook say so", func(t *testing.T) {
		s.inbox.set(broken)
		if status := s.post(all[0].request(time.Now())); status != http.StatusServiceUnavailable {
			t.Errorf("status %d, want 503", status)
		}
		s.inbox.set(nil)
		if came, _ := s.consume("EventQueue", "ingest"); came != 0 {
			t.Errorf("%d messages were kept", came)
		}
	})
	for _, w := range all {
		if status := s.post(w.request(time.Now())); status != http.StatusOK {
			t.Fatalf("%s: %d", w.topic, status)
		}
	}
	for _, tt := range []struct {
		name  string
		fault fault
	}{
		{"a table that is throttled for good", throttled(1 << 60)},
		{"a table that answers 500", broken},
		{"a table that is down", down},
	} {
		t.Run(tt.name+" gives every message back", func(t *testing.T) {
			s.tables.set(tt.fault)
			defer s.tables.set(nil)
			s.visible()
			came, failed := s.consume("EventQueue", "ingest")
			if came == 0 || failed != came || s.tables.calls.Load() == 0 {
				t.Errorf("%d messages came and %d failed; %d calls were refused", came, failed, s.tables.calls.Load())
			}
		})
	}
	t.Run("a table that works again loses and doubles nothing", func(t *testing.T) {
		s.tables.set(throttled(2)) // then it has room again
		for came, failed := 0, 1; failed > 0; {
			s.visible()
			if came, failed = s.consume("EventQueue", "ingest"); came != len(all) {
				t.Fatalf("%d messages came, want %d", came, len(all))
			}
		}
		s.tables.set(nil)
		want := map[customer.ID]int64{cast[0].id(): 8000, cast[1].id(): 8200}
		got := map[customer.ID]int64{}
		for id, p := range s.profiles() {
			if len(p.Books) == 1 && p.Books[0].Orders == 2 && p.Mail.State == customer.Subscribed {
				got[id] = p.Books[0].Spend
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("spend of two orders (-want +got):\n%s", diff)
		}
	})
	t.Run("a page without its tables is 503", func(t *testing.T) {
		s.tables.set(down)
		defer s.tables.set(nil)
		token := campaign.Tokens{Keys: [][]byte{[]byte(tokenKey)}}.Sign(campaign.Token{
			Purpose: campaign.ForUnsubscribe, Key: customer.SendKey{Customer: cast[0].id()},
		})
		if r := s.subscriber(http.MethodPost, campaign.UnsubscribePath+token, "List-Unsubscribe=One-Click"); r.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("status %d, want 503", r.StatusCode)
		}
	})
	t.Run("a mailer without its tables sends nothing, and later everything once", func(t *testing.T) {
		s.dispatch()
		s.tables.set(broken)
		came, failed := s.consume("MailQueue", "mailer")
		if came != len(cast) || failed != came {
			t.Errorf("%d messages came and %d failed", came, failed)
		}
		s.tables.set(nil)
		if mails := peer.Mails(t, s.ses); len(mails) != 0 {
			t.Errorf("sent without a look at the ledger: %v", titles(cast, mails))
		}
		s.visible()
		s.consume("MailQueue", "mailer")
		want := []string{"Gesine win_back 1", "Hilmar win_back 1"}
		if diff := cmp.Diff(want, titles(cast, peer.Mails(t, s.ses))); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
	})
	s.checkLogs(cast)
}

// visible waits until messages that failed can be received again.
func (s *stack) visible() { time.Sleep(1100 * time.Millisecond) }

func TestAFunctionWithoutItsSettingsNamesThem(t *testing.T) {
	dir := binaries(t)
	words := &logs{}
	_, err := runtimeapi.Start(t.Context(), runtimeapi.Options{
		Binary: filepath.Join(dir, "mailer"), Env: map[string]string{"PUBLIC_URL": "mail.shop.example"}, Logs: words,
	})
	if ended := (*runtimeapi.FunctionError)(nil); !errors.As(err, &ended) || ended.Type != runtimeapi.ExitError {
		t.Errorf("error %v, want that the process ended", err)
	}
	for _, setting := range []string{"PROFILES_TABLE", "FACTS_TABLE", "IDENTITIES_TABLE", "SENDS_TABLE", "SECRETS_PREFIX", "CONFIGURATION_SET", "PUBLIC_URL"} {
		if !strings.Contains(words.String(), setting) {
			t.Errorf("its last words do not name %s: %s", setting, words)
		}
	}
}
