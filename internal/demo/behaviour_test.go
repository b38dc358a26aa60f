package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/source/segment"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The webhooks of shop and CRM must stay what they are, whatever is told beside
// them: stored data and the numbers in the documentation come from them.
func TestBehaviourLeavesTheOtherWebhooksAsTheyWere(t *testing.T) {
	const golden = "testdata/webhooks.sha256"
	h := sha256.New()
	for d := range small().Deliveries() {
		if d.Source != Segment {
			fmt.Fprintln(h, d.At, d.Source, d.Topic, d.Header)
			h.Write(d.Body)
		}
	}
	got := hex.EncodeToString(h.Sum(nil)) + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("webhooks of shop and CRM have the hash %s, want %s (%v); -update if that is meant", got, want, err)
	}
}

func TestBehaviourIsLeftOutWithoutASecret(t *testing.T) {
	s := New(Options{Seed: 3, Customers: 40, Months: 4, End: end})
	var mu sync.Mutex
	done, total := 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "segment") {
			t.Errorf("%s was sent", r.URL.Path)
		}
	}))
	defer server.Close()
	err := s.Send(t.Context(), server.Client(), Target{URL: server.URL, Now: func() time.Time { return end }}, func(d, of int) {
		mu.Lock()
		defer mu.Unlock()
		done, total = max(done, d), of
	})
	if err != nil || done != total || total == 0 || total == s.Len() {
		t.Errorf("%v, %d of %d sent, of %d in all", err, done, total, s.Len())
	}
}

// told is what our own reader makes of the whole shop's behaviour, by person.
type told struct {
	people     map[customer.Identity]customer.Folded
	deliveries int
	calls      int
	joined     int // visitors who became users
	nameless   map[customer.Identity]bool
}

var reading = sync.OnceValues(func() (told, error) {
	r := told{people: map[customer.Identity]customer.Folded{}, nameless: map[customer.Identity]bool{}}
	facts := map[customer.Identity][]customer.Fact{}
	owner := map[customer.Identity]customer.Identity{}
	var events []customer.Event
	ids := map[string]bool{}
	bodies := map[[32]byte]bool{}
	s := whole()
	for _, m := range s.moments {
		if m.source != Segment {
			continue
		}
		d := m.delivery(s)
		r.deliveries++
		found, err := segment.Source{Shop: true}.Parse(d.Body, d.At)
		if err != nil && !errors.Is(err, segment.ErrUnwanted) {
			return r, fmt.Errorf("%w: %.300s", err, d.Body)
		}
		events = append(events, found...)
		sum := sha256.Sum256(d.Body)
		if bodies[sum] { // a repetition
			continue
		}
		bodies[sum] = true
		var b struct{ Batch []struct{ MessageID string } }
		if err := json.Unmarshal(d.Body, &b); err != nil {
			return r, err
		}
		for _, c := range b.Batch {
			if r.calls++; ids[c.MessageID] {
				return r, fmt.Errorf("two calls have the id %s", c.MessageID)
			}
			ids[c.MessageID] = true
		}
	}
	for _, e := range events {
		if e.Claim != nil && e.Claim.Parent != "" {
			owner[e.Record] = e.Claim.Parent
		}
	}
	for _, e := range events {
		if e.Fact == nil {
			continue
		}
		who := e.Record
		if p, ok := owner[who]; ok {
			who = p
		}
		if strings.Contains(string(who), "/anonymous/") {
			r.nameless[who] = true
			continue
		}
		facts[who] = append(facts[who], *e.Fact)
	}
	for who, all := range facts {
		r.people[who] = customer.Fold(all, time.UTC)
	}
	for record := range owner {
		if strings.Contains(string(record), "/anonymous/") {
			r.joined++
		}
	}
	return r, nil
})

// count adds up what somebody did in the latest days up to the end.
func count(p customer.Folded, name string, days int) int {
	n, today := 0, customer.DayOf(end, time.UTC)
	for _, s := range p.Activity {
		for _, c := range s.Counts {
			if s.Name == name && c.Day > today-days {
				n += c.N
			}
		}
	}
	return n
}

// minutes adds up how long somebody did it in the latest days up to the end.
func minutes(p customer.Folded, name string, days int) int {
	n, today := 0, customer.DayOf(end, time.UTC)
	for _, s := range p.Activity {
		for _, c := range s.Counts {
			if s.Name == name && c.Day > today-days {
				n += c.Seconds
			}
		}
	}
	return n / 60
}

func TestBehaviourLooksLikePeoples(t *testing.T) {
	r, err := reading()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]int{}
	var loyal, let []float64
	for _, p := range whole().people {
		f, ok := r.people[customer.Account("segment/web").Record(fmt.Sprint(p.id))]
		if !ok {
			continue
		}
		if string(f.Email) != p.email {
			t.Errorf("%d is %q at the website, %q at the shop", p.id, f.Email, p.email)
		}
		note := func(name string, yes bool) {
			if yes {
				have[name]++
			}
		}
		n := len(p.orders)
		note("NPS", !f.Surveys.NPSAt.IsZero())
		note("CSAT", !f.Surveys.CSATAt.IsZero())
		note("unhappy", !f.Surveys.NPSAt.IsZero() && f.Surveys.NPS <= 6)
		note("open ticket", f.Service.Open > 0)
		note("closed ticket", f.Service.Tickets > f.Service.Open)
		note("signed in", count(f, "signed_in", 120) > 0)
		note("app", count(f, "screen_view", 120) > 0)
		note("added", count(f, "product_added", 120) > 0)
		note("rising", n == 0 && count(f, "product_viewed", 14) >= 5 && count(f, "product_viewed", 28) < 2*count(f, "product_viewed", 14))
		note("lost at first", n == 1 && p.orders[0].placed.After(end.Add(-7*day)) && minutes(f, "help_viewed", 1) > 20)
		note("drifting", n >= 3 && count(f, "page_view", 120) > 0 && 4*count(f, "page_view", 60) < count(f, "page_view", 120))
		note("age", f.Attributes["age"] != "")
		note("company", f.Attributes["company"] != "")
		note("device", f.Attributes["device"] != "")
		if !f.Surveys.NPSAt.IsZero() && n >= 4 {
			loyal = append(loyal, f.Surveys.NPS)
		}
		for _, o := range p.orders {
			if len(o.refunds) > 0 && !f.Surveys.NPSAt.IsZero() {
				let = append(let, f.Surveys.NPS)
				break
			}
		}
	}
	t.Logf("%d deliveries, %d calls, %d people, %d visitors joined, %d nameless, %v", r.deliveries, r.calls, len(r.people), r.joined, len(r.nameless), have)
	if r.deliveries > 8000 || r.deliveries < 3000 || r.calls < 4*r.deliveries {
		t.Errorf("%d deliveries of %d calls; want 3,000 to 8,000, of several each", r.deliveries, r.calls)
	}
	if n := len(r.people); n < 500 || n > 700 || r.joined < n*9/10 {
		t.Errorf("%d people, %d of them joined by a visitor; want about 600", n, r.joined)
	}
	for name, least := range map[string]int{
		"NPS": 60, "CSAT": 120, "unhappy": 10, "open ticket": 2, "closed ticket": 15, "signed in": 50, "app": 40, "added": 200, "rising": 5, "lost at first": 10,
		"drifting": 10, "age": 200, "company": 10, "device": 450,
	} {
		if have[name] < least {
			t.Errorf("%s: %d people, want %d at least", name, have[name], least)
		}
	}
	if a, b := mean(loyal), mean(let); a < b+1 {
		t.Errorf("the loyal give %.1f, those with a refund %.1f; want a difference", a, b)
	}
}

func mean(all []float64) float64 {
	var sum float64
	for _, x := range all {
		sum += x
	}
	return sum / float64(max(1, len(all)))
}

func TestBehaviourKeepsToItsTime(t *testing.T) {
	early, all := 0, 0
	for _, m := range whole().moments {
		if m.source == Segment {
			all++
			if m.at.Before(end.Add(-behaviourDays * day)) {
				early++
			}
		}
		if m.source == Segment && (m.happened.After(m.at) || m.at.After(end)) {
			t.Fatalf("what happened at %v came at %v", m.happened, m.at)
		}
	}
	if early*20 > all {
		t.Errorf("%d of %d deliveries are older than %d days", early, all, behaviourDays)
	}
}
