package ses_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/ses"
)

const mail = `"mail":{"timestamp":"2026-06-15T12:00:00.5Z","messageId":"m1","destination":["Ada <Ada@example.com>"],
 "tags":{"ses:from-domain":["kelp.example"],"holdfast_customer":["caaaaaaaaaaaaaaaa"],"holdfast_campaign":["win_back"],"holdfast_occurrence":["20260615T120000Z"],"holdfast_step":["2"]}}`

func TestParseNotice(t *testing.T) {
	mailed := time.Date(2026, 6, 15, 12, 0, 0, 500e6, time.UTC)
	at := mailed.Add(time.Minute)
	base := campaign.Notice{At: at, MessageID: "m1", Mailed: mailed, Recipients: []customer.Email{"ada@example.com"},
		Key: customer.SendKey{Customer: "caaaaaaaaaaaaaaaa", Campaign: "win_back", Occurrence: "20260615T120000Z", Step: 2}}
	for name, c := range map[string]struct {
		part string
		want func(*campaign.Notice)
	}{
		"send":           {`"eventType":"Send","send":{}`, func(n *campaign.Notice) { n.Kind, n.At = campaign.NoticeSend, mailed }},
		"delivery":       {`"eventType":"Delivery","delivery":{"timestamp":"2026-06-15T12:01:00.5Z","recipients":["ada@example.com"]}`, func(n *campaign.Notice) { n.Kind = campaign.NoticeDelivery }},
		"the older name": {`"notificationType":"Delivery","delivery":{"timestamp":"2026-06-15T12:01:00.5Z","recipients":["ada@example.com"]}`, func(n *campaign.Notice) { n.Kind = campaign.NoticeDelivery }},
		"permanent bounce": {`"eventType":"Bounce","bounce":{"timestamp":"2026-06-15T12:01:00.5Z","bounceType":"Permanent","bounceSubType":"OnAccountSuppressionList","bouncedRecipients":[{"emailAddress":"ada@example.com"}]}`, func(n *campaign.Notice) {
			n.Kind, n.Permanent, n.Reason = campaign.NoticeBounce, true, "OnAccountSuppressionList"
		}},
		"transient bounce":     {`"eventType":"Bounce","bounce":{"timestamp":"2026-06-15T12:01:00.5Z","bounceType":"Transient","bounceSubType":"MailboxFull","bouncedRecipients":[{"emailAddress":"ada@example.com"}]}`, func(n *campaign.Notice) { n.Kind, n.Reason = campaign.NoticeBounce, "MailboxFull" }},
		"undetermined bounce":  {`"eventType":"Bounce","bounce":{"timestamp":"2026-06-15T12:01:00.5Z","bounceType":"Undetermined","bouncedRecipients":[{"emailAddress":"ada@example.com"}]}`, func(n *campaign.Notice) { n.Kind = campaign.NoticeBounce }},
		"complaint":            {`"eventType":"Complaint","complaint":{"timestamp":"2026-06-15T12:01:00.5Z","complaintFeedbackType":"abuse","complainedRecipients":[{"emailAddress":"ada@example.com"}]}`, func(n *campaign.Notice) { n.Kind, n.Reason = campaign.NoticeComplaint, "abuse" }},
		"complaint taken back": {`"eventType":"Complaint","complaint":{"timestamp":"2026-06-15T12:01:00.5Z","complaintFeedbackType":"not-spam","complainedRecipients":[{"emailAddress":"ada@example.com"}]}`, func(n *campaign.Notice) { n.Kind, n.Reason, n.NotSpam = campaign.NoticeComplaint, "not-spam", true }},
		"open":                 {`"eventType":"Open","open":{"timestamp":"2026-06-15T12:01:00.5Z","userAgent":"Mozilla/5.0"}`, func(n *campaign.Notice) { n.Kind, n.UserAgent = campaign.NoticeOpen, "Mozilla/5.0" }},
		"open by a program":    {`"eventType":"Open","open":{"timestamp":"2026-06-15T12:01:00.5Z","isBot":true}`, func(n *campaign.Notice) { n.Kind, n.Machine = campaign.NoticeOpen, true }},
		"click by a program":   {`"eventType":"Click","click":{"timestamp":"2026-06-15T12:01:00.5Z","link":"https://a.example","automatedInteraction":"true"}`, func(n *campaign.Notice) { n.Kind, n.Machine, n.Link = campaign.NoticeClick, true, "https://a.example" }},
		"click by a person":    {`"eventType":"Click","click":{"timestamp":"2026-06-15T12:01:00.5Z","link":"https://a.example","isBot":false}`, func(n *campaign.Notice) { n.Kind, n.Link = campaign.NoticeClick, "https://a.example" }},
		"delay":                {`"eventType":"DeliveryDelay","deliveryDelay":{"timestamp":"2026-06-15T12:01:00.5Z","delayType":"MailboxFull"}`, func(n *campaign.Notice) { n.Kind, n.Reason = campaign.NoticeDelay, "MailboxFull" }},
		"rendering failure":    {`"eventType":"Rendering Failure","failure":{"errorMessage":"x"}`, func(n *campaign.Notice) { n.Kind, n.At = campaign.NoticeRendering, mailed }},
	} {
		t.Run(name, func(t *testing.T) {
			want := base
			c.want(&want)
			bare := "{" + c.part + "," + mail + "}"
			text, err := json.Marshal(bare)
			if err != nil {
				t.Fatal(err)
			}
			for _, body := range []string{bare, `{"source":"aws.ses","detail-type":"x","detail":` + bare + "}", `{"Type":"Notification","Message":` + string(text) + "}"} {
				got, err := ses.ParseNotice([]byte(body))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%.30s: %s", body, diff)
				}
			}
		})
	}
}

func TestWhatIsNoEventIsRefusedWithoutAWordOfIt(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":               ``,
		"not JSON":              `ada@example.com`,
		"JSON of another shape": `["ada@example.com"]`,
		"an unknown kind":       `{"eventType":"Ada","mail":{"timestamp":"2026-06-15T12:00:00Z","messageId":"m"}}`,
		"no mail":               `{"eventType":"Send"}`,
		"a bad time":            `{"eventType":"Send","mail":{"timestamp":"ada","messageId":"m"}}`,
		"SNS around nothing":    `{"Type":"Notification","Message":"ada"}`,
	} {
		_, err := ses.ParseNotice([]byte(body))
		if !errors.Is(err, customer.ErrInvalid) || strings.Contains(strings.ToLower(err.Error()), "ada") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTagsThatAreNotOursNameNoSend(t *testing.T) {
	for _, change := range [][2]string{{`["2"]`, `["x"]`}, {`["2"]`, `["2","3"]`}, {"caaaaaaaaaaaaaaaa", "ada"}, {"win_back", "a#b"}, {"holdfast_step", "other"}} {
		got, err := ses.ParseNotice([]byte(`{"eventType":"Send",` + strings.Replace(mail, change[0], change[1], 1) + "}"))
		if err != nil || got.Key != (customer.SendKey{}) {
			t.Errorf("%s for %s: %+v, %v", change[1], change[0], got.Key, err)
		}
	}
}

func TestEverySampleIsUnderstood(t *testing.T) {
	files, err := filepath.Glob("../../../shared/samples/ses/*.json")
	if err != nil || len(files) == 0 {
		t.Skip("skipped: the samples of SES's documentation are not here")
	}
	kinds := map[campaign.NoticeKind]int{}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n, err := ses.ParseNotice(body)
		if err != nil || n.At.IsZero() || n.Mailed.IsZero() || len(n.Recipients) != 1 || n.Key != (customer.SendKey{}) {
			t.Errorf("%s: %+v, %v", filepath.Base(f), n, err)
		}
		if sns := strings.HasPrefix(filepath.Base(f), "sns_"); sns {
			text, err := json.Marshal(map[string]string{"Type": "Notification", "Message": string(body)})
			if err != nil {
				t.Fatal(err)
			}
			if wrapped, err := ses.ParseNotice(text); err != nil || cmp.Diff(n, wrapped) != "" {
				t.Errorf("%s in SNS's envelope: %v %s", filepath.Base(f), err, cmp.Diff(n, wrapped))
			}
		}
		kinds[n.Kind]++
	}
	if len(files) != 20 || len(kinds) != 10 {
		t.Errorf("%d samples of %v", len(files), kinds)
	}
}

func FuzzParseNotice(f *testing.F) {
	f.Add([]byte(`{"eventType":"Send",` + mail + "}"))
	f.Add([]byte(`{"detail":{"eventType":"Click","click":{"timestamp":"2026-06-15T12:01:00Z"},` + mail + "}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := ses.ParseNotice(body)
		switch {
		case err != nil && !errors.Is(err, customer.ErrInvalid):
			t.Errorf("error %v", err)
		case err == nil && (n.Kind == "" || n.MessageID == "" || n.At.IsZero()):
			t.Errorf("incomplete: %+v", n)
		case err == nil && n.Key != (customer.SendKey{}) && campaign.CheckKey(n.Key) != nil:
			t.Errorf("key %+v", n.Key)
		}
	})
}
