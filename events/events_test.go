package events_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/ingest"
)

const (
	done    = `{"batchItemFailures":[]}`
	threeOn = 73 * time.Hour // when the first mail after mina's order is due
)

// TestEveryFileHasItsEffect sends each file to its function.
func TestEveryFileHasItsEffect(t *testing.T) {
	const (
		profile = `mina: Mina, 1 orders, mail subscribed, blocked "", stage "", nps 0`
		first   = "mina follow_up/1: planned"
	)
	was := func(line string) string { return "- " + line }
	ordered, mailed := []string{"ingest-shopify"}, []string{"ingest-shopify", "mailer-send"}
	cases := []struct {
		file   string
		given  []string      // sent before
		later  time.Duration // when the file is sent
		answer string        // a status, or the whole answer; "" is not looked at
		want   []string      // what changes
	}{
		{file: "webhook-shopify-order", answer: "200", want: []string{"1 on the queue of events"}},
		{file: "webhook-shopify-order-base64", answer: "200", want: []string{"1 on the queue of events"}},
		{file: "webhook-shopify-redact", answer: "200", want: []string{"1 on the queue of events"}},
		{file: "webhook-hubspot-contact", answer: "200", want: []string{"1 on the queue of events"}},
		{file: "webhook-unknown-topic", answer: "200", want: []string{"1 on the queue of events"}},
		{file: "webhook-malformed", answer: "200", want: []string{"1 on the queue of events"}},
		{file: "webhook-bad-signature", answer: "401"},
		{file: "webhook-no-signature", answer: "401"},
		{file: "webhook-hubspot-stale", answer: "401"},
		{file: "webhook-unknown-source", answer: "404"},

		{file: "ingest-shopify", answer: done, want: []string{first, "mina follow_up/2: planned", profile}},
		{file: "ingest-shopify", given: ordered, answer: done},
		{file: "ingest-eventbridge", answer: done, want: []string{first, "mina follow_up/2: planned",
			`mina: Mina, 1 orders, mail , blocked "", stage "", nps 0`}},
		{file: "ingest-hubspot", given: ordered, later: time.Minute, answer: done, want: []string{was(profile),
			`mina: Mina, 1 orders, mail subscribed, blocked "", stage "lead", nps 0`}},
		// Known at the same instant, the record that comes first by name stays.
		// The plan for somebody without an order is of the moment before the
		// order had moved over; it is dropped when it is due.
		{file: "ingest-hubspot", given: ordered, answer: done, want: []string{was(first), was("mina follow_up/2: planned"), was(profile),
			"merged first_steps/1: planned", "merged follow_up/1: planned", "merged follow_up/2: planned",
			`merged: Mina, 1 orders, mail subscribed, blocked "", stage "lead", nps 0`}},
		{file: "ingest-malformed", answer: done, want: []string{"insight quarantine", "mina first_steps/1: planned",
			`mina: Mina, 0 orders, mail , blocked "", stage "", nps 0`}},
		{file: "ingest-malformed", given: []string{"ingest-malformed"}, answer: done},
		{file: "ingest-unknown-topic", answer: done},
		{file: "ingest-no-delivery", answer: done},
		{file: "ingest-redact", given: ordered, answer: done, want: []string{was(first), was("mina follow_up/2: planned"), was(profile)}},
		{file: "ingest-shopify", given: []string{"ingest-shopify", "ingest-redact"}, answer: done},

		{file: "mailer-send", given: ordered, later: threeOn, answer: done, want: []string{was(first),
			"mail follow_up/1 to mina@tea.example", "mina follow_up/1: sent"}},
		{file: "mailer-send", given: mailed, later: threeOn, answer: done},
		{file: "mailer-send", given: ordered, answer: done}, // not due yet
		{file: "mailer-send", given: []string{"ingest-shopify", "subscriber-one-click"}, later: threeOn, answer: done,
			want: []string{was(first), "mina follow_up/1: skipped unsubscribed"}},
		{file: "mailer-unknown", given: ordered, later: threeOn, answer: done},
		{file: "mailer-malformed", answer: done},
		{file: "dispatch-schedule", given: ordered, later: threeOn, answer: `{"queued":1,"full":false,"unknown":0}`, want: []string{"1 on the queue of mail"}},
		{file: "dispatch-schedule", given: ordered, answer: `{"queued":0,"full":false,"unknown":0}`},

		{file: "feedback-send", given: mailed, later: threeOn, answer: done},
		{file: "feedback-delivery", given: mailed, later: threeOn, answer: done, want: []string{was("mina follow_up/1: sent"), "mina follow_up/1: delivered"}},
		{file: "feedback-bounce", given: mailed, later: threeOn, answer: done, want: []string{was("mina follow_up/1: sent"), was(profile),
			"mina follow_up/1: bounced permanent", `mina: Mina, 1 orders, mail subscribed, blocked "bounce", stage "", nps 0`}},
		{file: "feedback-complaint", given: mailed, later: threeOn, answer: done, want: []string{was("mina follow_up/1: sent"), was(profile),
			"mina follow_up/1: complained abuse", `mina: Mina, 1 orders, mail unsubscribed, blocked "complaint", stage "", nps 0`}},
		{file: "feedback-sns", given: mailed, later: threeOn, answer: done, want: []string{was(profile),
			`mina: Mina, 1 orders, mail subscribed, blocked "bounce", stage "", nps 0`}},
		{file: "feedback-malformed", given: mailed, later: threeOn, answer: done},

		{file: "survey-shard", given: ordered, answer: `{"at":"2026-10-06T09:00:00Z","shard":0,"shards":1,"cursor":"","done":true}`, want: []string{"insight survey"}},
		{file: "fit-night", given: []string{"ingest-shopify", "survey-shard"}, want: []string{"insight fit"}},
		{file: "score-shard", given: []string{"ingest-shopify", "survey-shard", "fit-night"},
			answer: `{"at":"2026-10-06T09:00:00Z","shard":0,"shards":1,"cursor":"","done":true}`, want: []string{"insight score"}},
		{file: "summarize-night", given: []string{"ingest-shopify", "survey-shard", "fit-night", "score-shard"}, want: []string{"insight night", "insight snapshot"}},

		{file: "subscriber-unsubscribe-page", given: ordered, answer: "200"},
		{file: "subscriber-one-click", given: ordered, answer: "200", want: []string{was(profile), strings.Replace(profile, "subscribed", "unsubscribed", 1)}},
		{file: "subscriber-unsubscribe", given: ordered, answer: "200", want: []string{was(profile), strings.Replace(profile, "subscribed", "unsubscribed", 1)}},
		{file: "subscriber-one-click", given: []string{"ingest-shopify", "subscriber-one-click"}, answer: "200"},
		// Links in mails outlive the customer's id.
		{file: "subscriber-one-click", given: []string{"ingest-shopify", "ingest-hubspot"}, answer: "200", want: []string{
			`- merged: Mina, 1 orders, mail subscribed, blocked "", stage "lead", nps 0`,
			`merged: Mina, 1 orders, mail unsubscribed, blocked "", stage "lead", nps 0`}},
		// What becomes of a mail under the former id is settled for the customer there is.
		{file: "feedback-complaint", given: []string{"ingest-shopify", "ingest-hubspot"}, later: threeOn, answer: done, want: []string{
			was("merged follow_up/1: planned"), `- merged: Mina, 1 orders, mail subscribed, blocked "", stage "lead", nps 0`,
			"merged follow_up/1: complained abuse",
			`merged: Mina, 1 orders, mail unsubscribed, blocked "complaint", stage "lead", nps 0`}},
		{file: "mailer-send", given: []string{"ingest-shopify", "ingest-hubspot"}, later: threeOn, answer: done},
		{file: "subscriber-bad-token", given: ordered, answer: "404"},
		{file: "subscriber-other-purpose", given: ordered, answer: "404"},
		{file: "subscriber-preferences-page", given: ordered, answer: "200"},
		{file: "subscriber-preferences-stop", given: ordered, answer: "200", want: []string{was(profile), strings.Replace(profile, "subscribed", "unsubscribed", 1)}},
		{file: "subscriber-preferences-start", given: []string{"ingest-shopify", "subscriber-preferences-stop"}, later: time.Minute, answer: "200",
			want: []string{was(strings.Replace(profile, "subscribed", "unsubscribed", 1)), profile}},
		{file: "subscriber-survey-page", given: ordered, answer: "200"},
		{file: "subscriber-survey-answer", given: ordered, answer: "200", want: []string{was(profile), strings.Replace(profile, "nps 0", "nps 9", 1)}},
	}
	for _, tt := range cases {
		t.Run(tt.file+" after "+strings.Join(tt.given, " "), func(t *testing.T) {
			s := open(t, http.HandlerFunc(crm))
			for _, file := range tt.given {
				if strings.HasPrefix(file, "mailer") {
					s.clock(at.Add(threeOn))
				}
				s.send(file)
			}
			before := s.state()
			s.clock(at.Add(tt.later))
			answer := s.send(tt.file)
			if len(tt.answer) == 3 {
				answer = http.StatusText(status(answer))
				code := map[string]int{"200": 200, "401": 401, "404": 404}[tt.answer]
				if answer != http.StatusText(code) {
					t.Errorf("answer %q, want %s", answer, tt.answer)
				}
			} else if tt.answer != "" && answer != tt.answer {
				t.Errorf("answer %s, want %s", answer, tt.answer)
			}
			if diff := cmp.Diff(tt.want, changes(before, s.state())); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			s.checkLogs()
		})
	}
	there, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if !slices.ContainsFunc(cases, func(c struct {
			file   string
			given  []string
			later  time.Duration
			answer string
			want   []string
		}) bool {
			return c.file+".json" == path
		}) {
			t.Errorf("%s is sent to nobody", path)
		}
	}
}

// What is refused leaves one line in the log, which says nothing of the body,
// and an answer which says nothing at all.
func TestRefusedDeliveriesAreToldFromNoOther(t *testing.T) {
	answers := map[string][]string{}
	for _, file := range []string{"webhook-bad-signature", "webhook-no-signature", "webhook-hubspot-stale"} {
		s := open(t, http.HandlerFunc(crm))
		answer := s.send(file)
		answers[answer] = append(answers[answer], file)
		lines := strings.Split(strings.TrimSpace(s.logs.String()), "\n")
		var line struct{ Msg, Source, Reason string }
		if err := json.Unmarshal([]byte(lines[0]), &line); err != nil || len(lines) != 1 || line.Msg != "webhook refused" {
			t.Errorf("%s left %d lines: %s", file, len(lines), s.logs)
		}
		s.checkLogs()
	}
	if len(answers) != 1 {
		t.Errorf("the answers tell why: %v", answers)
	}
}

func TestLargeBodies(t *testing.T) {
	for _, tt := range []struct {
		name  string
		bytes int
		want  int
	}{
		{"1 MiB is kept", ingest.MaxBody, http.StatusOK},
		{"a byte more is too large", ingest.MaxBody + 1, http.StatusRequestEntityTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, http.HandlerFunc(crm))
			body := encode(object{"id": 4711, "note": strings.Repeat("Assam, loose ", ingest.MaxBody/13-10)})
			body = append(body, strings.Repeat(" ", tt.bytes-len(body))...)
			answer := s.call("webhook", encode(fromShopify("carts/update", at, body)))
			if got := status(answer); got != tt.want {
				t.Errorf("status %d, want %d", got, tt.want)
			}
			if kept := s.Events.Depth().Visible; (kept == 1) != (tt.want == http.StatusOK) {
				t.Errorf("%d deliveries were kept", kept)
			}
			s.checkLogs()
		})
	}
}

// A malformed delivery is answered, and set aside once however often it comes.
func TestMalformedDeliveriesAreSetAside(t *testing.T) {
	s := open(t, http.HandlerFunc(crm))
	for range 3 {
		if got := status(s.send("webhook-malformed")); got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
	if dead := s.drain(); dead != 0 {
		t.Errorf("%d messages are dead", dead)
	}
	if diff := cmp.Diff([]string{"insight quarantine"}, s.state()); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	s.checkLogs()
}
