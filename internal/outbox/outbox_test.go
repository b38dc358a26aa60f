package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/outbox"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func message(n int) campaign.Message {
	return campaign.Message{
		Key:  customer.SendKey{Customer: customer.Account("shopify/kelp").Record(fmt.Sprint(n)).ID(), Campaign: "thanks", Occurrence: "20260615T120000Z", Step: 1},
		From: "Kelp <hello@kelp.example>", ReplyTo: "care@kelp.example", To: customer.Email(fmt.Sprintf("c%d@example.com", n)),
		Subject: "Thank you", Text: "Hello",
		HTML:        `<a href="https://kelp.example/u/token">Leave</a> <a class="x" href="https://kelp.example/new?a=1">New</a>`,
		Unsubscribe: "https://kelp.example/u/token",
	}
}

// A log keeps the events that were reported, as far as tests look at them.
type log struct {
	events []event
	err    error
}

type event struct {
	Source string
	Detail struct {
		EventType string
		Mail      struct {
			MessageID   string
			Timestamp   time.Time
			Destination []string
			Tags        map[string][]string
		}
		Bounce struct{ BounceType string }
		Open   struct{ UserAgent string }
		Click  struct{ Link string }
	}
}

func (l *log) report(_ context.Context, body []byte) error {
	if l.err != nil {
		return l.err
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	l.events = append(l.events, e)
	return nil
}

func open(t *testing.T, dir string, l *log, h outbox.Habits) *outbox.Outbox {
	t.Helper()
	o := outbox.Options{Now: func() time.Time { return noon }, Seed: "seed", Habits: h}
	if l != nil {
		o.Report = l.report
	}
	b, err := outbox.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMailsAreKeptAndFoundAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	b := open(t, dir, nil, outbox.Habits{})
	first, err := b.Send(t.Context(), message(1))
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.Send(t.Context(), message(1))
	if err != nil || first == second {
		t.Errorf("the second mail is %s, the first %s: %v", second, first, err)
	}
	m := message(1)
	want := outbox.Mail{ID: first, Sent: noon, Key: m.Key, From: m.From, ReplyTo: m.ReplyTo, To: m.To, Subject: m.Subject,
		Headers: m.Headers(), Tags: m.Tags(), HTML: m.HTML, Text: m.Text}
	for _, b := range []*outbox.Outbox{b, open(t, dir, nil, outbox.Habits{})} {
		got, err := b.Mail(first)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		all := b.Mails()
		if len(all) != 2 || all[0].HTML != "" || all[0].Subject != m.Subject {
			t.Errorf("list %+v", all)
		}
	}
	for _, id := range []string{"", "x", strings.Repeat("0", 32), "../" + first, first + "/../" + first} {
		if _, err := b.Mail(id); !errors.Is(err, customer.ErrNotFound) {
			t.Errorf("mail %q: %v", id, err)
		}
	}
	if q, err := b.Quota(t.Context()); err != nil || q.Allow(time.Second) < 100 {
		t.Errorf("quota %+v, %v", q, err)
	}
}

func TestAMailThatCannotBeKeptWasNotAccepted(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, nil, outbox.Habits{})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Send(t.Context(), message(1)); !errors.Is(err, campaign.ErrStopped) {
		t.Errorf("error %v", err)
	}
}

func TestEventsComeWhenTheirTimeHasComeAndAgainAfterAFailure(t *testing.T) {
	dir, l := t.TempDir(), &log{}
	b := open(t, dir, l, outbox.Habits{Open: 1, Click: 1, Prefetch: 1, Complaint: 1})
	if _, err := b.Send(t.Context(), message(1)); err != nil {
		t.Fatal(err)
	}
	tick := func(b *outbox.Outbox, after time.Duration) int {
		n, err := b.Tick(t.Context(), noon.Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := tick(b, 0); n != 1 || l.events[0].Detail.EventType != "Send" {
		t.Errorf("%d at once: %+v", n, l.events)
	}
	if n := tick(b, 0); n != 0 {
		t.Errorf("%d again at once", n)
	}
	l.err = errors.New("busy")
	if _, err := b.Tick(t.Context(), noon.Add(24*time.Hour)); !errors.Is(err, l.err) {
		t.Errorf("error %v", err)
	}
	l.err = nil
	if n := tick(b, 24*time.Hour); n != 5 {
		t.Errorf("%d in a day", n)
	}
	kinds := map[string]int{}
	for _, e := range l.events {
		kinds[e.Detail.EventType]++
		if e.Source != "aws.ses" || e.Detail.Mail.MessageID == "" || !e.Detail.Mail.Timestamp.Equal(noon) || e.Detail.Mail.Tags["holdfast_step"][0] != "1" || e.Detail.Mail.Destination[0] != "c1@example.com" {
			t.Errorf("event %+v", e)
		}
		if e.Detail.EventType == "Click" && e.Detail.Click.Link != "https://kelp.example/new?a=1" {
			t.Errorf("clicked %s", e.Detail.Click.Link)
		}
	}
	if diff := cmp.Diff(map[string]int{"Send": 1, "Delivery": 1, "Open": 2, "Click": 1, "Complaint": 1}, kinds); diff != "" {
		t.Error(diff)
	}
	if n := tick(open(t, dir, l, outbox.Habits{Open: 1, Click: 1, Prefetch: 1, Complaint: 1}), 48*time.Hour); n != 0 {
		t.Errorf("%d again after a restart", n)
	}
}

func TestWhatIsStillToComeComesAfterARestart(t *testing.T) {
	dir, l := t.TempDir(), &log{}
	b := open(t, dir, l, outbox.Habits{Open: 1})
	if _, err := b.Send(t.Context(), message(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Tick(t.Context(), noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	n, err := open(t, dir, l, outbox.Habits{Open: 1}).Tick(t.Context(), noon.Add(24*time.Hour))
	if err != nil || n != 1 || l.events[len(l.events)-1].Detail.EventType != "Open" {
		t.Errorf("%d came, %v", n, err)
	}
}
