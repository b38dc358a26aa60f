package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/function/dispatch"
	"holdfast/internal/peer"
)

// TestTheWholePath walks one shop's customers from their first webhook to the
// last mail.
func TestTheWholePath(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Truncate(time.Second)
	cast := enrol(t, []person{
		{name: "Adele", campaign: "win_back", consent: true, orders: []purchase{{120, "40.00"}, {100, "40.00"}}},
		{name: "Benno", campaign: "win_back", consent: true, control: true, orders: []purchase{{121, "41.00"}, {101, "41.00"}}},
		{name: "Clara", campaign: "next_order", consent: true, orders: []purchase{{200, "50.00"}, {120, "50.00"}, {40, "50.00"}}},
		{name: "Doris", campaign: "win_back", orders: []purchase{{122, "42.00"}, {102, "42.00"}}},
		{name: "Edgar", campaign: "for_business", consent: true},
		{name: "Fabia", campaign: "early_access", consent: true, orders: []purchase{{10, "300.00"}}},
	})
	crm, lead := cast[4].lead(now)
	s := start(t, crm, 0)
	all := []webhook{}
	for _, p := range cast {
		all = append(all, p.deliveries(now)...)
	}
	all = append(all, lead)
	post := func() {
		t.Helper()
		for _, w := range all {
			if status := s.post(w.request(time.Now())); status != http.StatusOK {
				t.Fatalf("%s %s: %d", w.source, w.topic, status)
			}
		}
		if came, failed := s.consume("EventQueue", "ingest"); came != len(all) || failed > 0 {
			t.Fatalf("%d messages, of which %d failed; want %d and none", came, failed, len(all))
		}
	}

	forged := all[0].request(now)
	forged.Headers["x-shopify-hmac-sha256"] = "bm8="
	if status := s.post(forged); status != http.StatusUnauthorized {
		t.Errorf("a forged delivery: %d", status)
	}
	post()
	profiles := s.profiles()
	if len(profiles) != len(cast) {
		t.Errorf("%d profiles, want %d: Edgar's at the shop and at the CRM are one", len(profiles), len(cast))
	}
	at := time.Now().UTC().Truncate(time.Second)
	if run := s.night(at); run.Seen != int64(len(cast)) || run.Failed != 0 {
		t.Errorf("the night saw %d customers, and failed for %d", run.Seen, run.Failed)
	}
	s.dispatch()
	s.consume("MailQueue", "mailer")

	want := []string{"Adele win_back 1", "Clara next_order 1", "Edgar for_business 1", "Fabia early_access 1"}
	mails := peer.Mails(t, s.ses)
	if diff := cmp.Diff(want, titles(cast, mails)); diff != "" {
		t.Fatalf("mails (-want +got):\n%s\n%s", diff, s.fates(cast))
	}
	for _, m := range mails {
		checkMail(t, m)
	}
	if got := s.fate(cast[1].id(), "win_back"); got != customer.HeldOut {
		t.Errorf("Benno's mail is %s, want it held out", got)
	}
	if got := s.fate(cast[3].id(), "win_back"); got != customer.Skipped {
		t.Errorf("Doris's mail is %s, want it skipped", got)
	}

	// What SES reports.
	for i, report := range []string{
		`"eventType":"Delivery","delivery":{"timestamp":%q,"recipients":[%q]}`,
		`"eventType":"Bounce","bounce":{"timestamp":%q,"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":%q}]}`,
		`"eventType":"Delivery","delivery":{"timestamp":%q,"recipients":[%q]}`,
		`"eventType":"Complaint","complaint":{"timestamp":%q,"complainedRecipients":[{"emailAddress":%q}],"feedbackId":"f-1"}`,
	} {
		m := mails[slices.IndexFunc(mails, func(m peer.Mail) bool { return title(cast, m) == want[i] })]
		s.put("FeedbackQueue", notice(m, fmt.Sprintf(report, time.Now().UTC().Format(time.RFC3339), m.To[0]), now))
	}
	if came, failed := s.consume("FeedbackQueue", "feedback"); came != 4 || failed > 0 {
		t.Errorf("%d reports, of which %d failed", came, failed)
	}
	got := []customer.SendStatus{}
	for i, c := range map[int]string{0: "win_back", 2: "next_order", 5: "early_access"} {
		got = append(got, s.fate(cast[i].id(), c))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]customer.SendStatus{customer.Bounced, customer.Complained, customer.Delivered}, got); diff != "" {
		t.Errorf("fates (-want +got):\n%s", diff)
	}
	if blocked := s.profile(cast[2].id()).Blocked; blocked != campaign.BlockBounce {
		t.Errorf("Clara's address bounced, and her profile is blocked for %q", blocked)
	}

	// Adele unsubscribes by one click; her next mail and that of Fabia, who
	// complained, come up.
	link := mails[slices.IndexFunc(mails, func(m peer.Mail) bool { return title(cast, m) == want[0] })].Headers["List-Unsubscribe"]
	page, err := url.Parse(strings.Trim(link, "<>"))
	if err != nil {
		t.Fatal(err)
	}
	if r := s.subscriber(http.MethodGet, page.Path, ""); r.StatusCode != http.StatusOK || s.profile(cast[0].id()).Mail.State != customer.Subscribed {
		t.Errorf("GET: %d, and it must change nothing", r.StatusCode)
	}
	if r := s.subscriber(http.MethodPost, page.Path, "List-Unsubscribe=One-Click"); r.StatusCode != http.StatusOK {
		t.Errorf("POST: %d", r.StatusCode)
	}
	if r := s.subscriber(http.MethodPost, page.Path+"x", "List-Unsubscribe=One-Click"); r.StatusCode != http.StatusNotFound {
		t.Errorf("POST with another token: %d", r.StatusCode)
	}
	if state := s.profile(cast[0].id()).Mail.State; state != customer.Unsubscribed {
		t.Errorf("Adele's permission is %q", state)
	}
	next := map[customer.SendKey]string{}
	for _, i := range []int{0, 5} {
		next[s.hasten(cast[i].id())] = ""
	}
	s.dispatch()
	s.consume("MailQueue", "mailer")
	for k := range next {
		send, err := s.store.Send(t.Context(), k)
		if err != nil || send.Status != customer.Skipped {
			t.Errorf("%s: %s (%s), %v; want it skipped", k, send.Status, send.Reason, err)
		}
	}
	if diff := cmp.Diff(want, titles(cast, peer.Mails(t, s.ses))); diff != "" {
		t.Errorf("mails after opt-out and complaint (-want +got):\n%s", diff)
	}

	// Everything once more.
	before := s.profiles()
	post()
	s.night(at)
	once := s.profiles()
	s.night(at)
	if diff := cmp.Diff(once, s.profiles(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the same night again changed profiles:\n%s", diff)
	}
	s.dispatch()
	for _, m := range mails {
		key := campaign.KeyOfTags(func(name string) string { return m.Tags[name] })
		s.put("MailQueue", encode(key))
		s.put("FeedbackQueue", notice(m, `"eventType":"Send","send":{}`, now))
	}
	s.consume("MailQueue", "mailer")
	s.consume("FeedbackQueue", "feedback")
	if diff := cmp.Diff(want, titles(cast, peer.Mails(t, s.ses))); diff != "" {
		t.Errorf("mails after a replay (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(folded(before), folded(s.profiles())); diff != "" {
		t.Errorf("profiles after a replay (-want +got):\n%s", diff)
	}
	s.checkLogs(cast)
}

// checkMail checks what every mail carries.
func checkMail(t *testing.T, m peer.Mail) {
	t.Helper()
	link := strings.Trim(m.Headers["List-Unsubscribe"], "<>")
	token, ok := strings.CutPrefix(link, publicURL+campaign.UnsubscribePath)
	if !ok || m.Headers["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click" {
		t.Errorf("headers %v", m.Headers)
	}
	key := campaign.KeyOfTags(func(name string) string { return m.Tags[name] })
	got, err := campaign.Tokens{Keys: [][]byte{[]byte(tokenKey)}}.Verify(token, campaign.ForUnsubscribe)
	if err != nil || got.Key != key || key == (customer.SendKey{}) {
		t.Errorf("the token is of %v and the tags of %v: %v", got.Key, key, err)
	}
	if m.ConfigurationSet != "holdfast-dev" || m.Subject == "" || !strings.Contains(m.HTML, link) || !strings.Contains(m.Text, link) {
		t.Errorf("mail of %v by %q: subject %q, %d bytes of HTML and %d of text", key, m.ConfigurationSet, m.Subject, len(m.HTML), len(m.Text))
	}
	for name, value := range m.Tags {
		if strings.Contains(value, "@") {
			t.Errorf("tag %s holds an address", name)
		}
	}
}

// notice is an event of SES about m, as EventBridge brings it.
func notice(m peer.Mail, what string, now time.Time) []byte {
	tags := map[string][]string{}
	for name, value := range m.Tags {
		tags[name] = []string{value}
	}
	return fmt.Appendf(nil, `{"version":"0","id":%q,"detail-type":"Email event","source":"aws.ses","detail":{%s,"mail":{"timestamp":%q,"messageId":%q,"destination":%s,"tags":%s}}}`,
		m.MessageID, what, now.Format(time.RFC3339), m.MessageID, encode(m.To), encode(tags))
}

func title(cast []person, m peer.Mail) string {
	who := slices.IndexFunc(cast, func(p person) bool { return len(m.To) == 1 && p.email() == m.To[0] })
	if who < 0 || string(cast[who].id()) != m.Tags["holdfast_customer"] {
		return fmt.Sprintf("to %v, tags %v", m.To, m.Tags)
	}
	return cast[who].name + " " + m.Tags["holdfast_campaign"] + " " + m.Tags["holdfast_step"]
}

func titles(cast []person, mails []peer.Mail) []string {
	var all []string
	for _, m := range mails {
		all = append(all, title(cast, m))
	}
	slices.Sort(all)
	return all
}

func (s *stack) post(r events.APIGatewayV2HTTPRequest) int {
	s.Helper()
	var answer events.APIGatewayV2HTTPResponse
	if err := s.invoke("webhook", r, &answer); err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode
}

func (s *stack) subscriber(method, path, body string) events.APIGatewayV2HTTPResponse {
	s.Helper()
	r := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Body: body, Headers: map[string]string{}}
	r.RequestContext.HTTP.Method = method
	var answer events.APIGatewayV2HTTPResponse
	if err := s.invoke("subscriber", r, &answer); err != nil {
		s.Fatal(err)
	}
	return answer
}

func (s *stack) dispatch() {
	s.Helper()
	var answer dispatch.Answer
	if err := s.invoke("dispatch", dispatch.Request{At: time.Now()}, &answer); err != nil {
		s.Fatal(err)
	}
}

// profiles returns all profiles by id.
func (s *stack) profiles() map[customer.ID]customer.Profile {
	s.Helper()
	all := map[customer.ID]customer.Profile{}
	for cursor, more := "", true; more; {
		page, next, err := s.store.ScanProfiles(s.Context(), 0, 1, cursor)
		if err != nil {
			s.Fatal(err)
		}
		for _, p := range page {
			if !p.Empty() {
				all[p.ID] = p
			}
		}
		cursor, more = next, next != ""
	}
	return all
}

func (s *stack) profile(id customer.ID) customer.Profile {
	s.Helper()
	p, err := s.store.Profile(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return p
}

// folded returns the folded parts of profiles as JSON.
func folded(profiles map[customer.ID]customer.Profile) map[customer.ID]string {
	all := map[customer.ID]string{}
	for id, p := range profiles {
		all[id] = string(encode(p.Folded))
	}
	return all
}

// fate returns the status of the first mail of a campaign to a customer.
func (s *stack) fate(id customer.ID, of string) customer.SendStatus {
	s.Helper()
	sends, err := s.store.Sends(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	for _, send := range sends {
		if send.Campaign == of {
			return send.Status
		}
	}
	return ""
}

func (s *stack) fates(cast []person) string {
	var b strings.Builder
	for _, p := range cast {
		sends, _ := s.store.Sends(s.Context(), p.id())
		for _, send := range sends {
			fmt.Fprintf(&b, "%s %s: %s %s\n", p.name, send.SendKey, send.Status, send.Reason)
		}
	}
	return b.String()
}

// hasten makes a mail that is planned for later due at once, and names it.
func (s *stack) hasten(id customer.ID) customer.SendKey {
	s.Helper()
	sends, err := s.store.Sends(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	i := slices.IndexFunc(sends, func(s customer.Send) bool { return s.Status == customer.Planned })
	if i < 0 {
		s.Fatalf("nothing is planned for %s", id)
	}
	sends[i].Due = time.Now().UTC().Add(-time.Minute)
	if err := s.store.PutSend(s.Context(), sends[i]); err != nil {
		s.Fatal(err)
	}
	return sends[i].SendKey
}

// instant is when a line was logged: its digits may be anything.
var instant = regexp.MustCompile(`"time(stamp)?":"[^"]*"`)

// checkLogs checks that every line is JSON and none holds anything personal.
func (s *stack) checkLogs(cast []person) {
	s.Helper()
	lines := strings.Split(strings.TrimSpace(s.logs.String()), "\n")
	private := []string{"@", "Probefrau", "Lindau", "88131", "Assam"}
	for _, p := range cast {
		private = append(private, p.name)
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			s.Errorf("a line of the log is not JSON: %s", line)
		}
		line = instant.ReplaceAllString(line, "")
		for _, text := range private {
			if strings.Contains(line, text) {
				s.Errorf("a line of the log holds %q: %s", text, line)
			}
		}
	}
	if len(lines) < 5 {
		s.Errorf("%d lines of log: was it captured?", len(lines))
	}
}
