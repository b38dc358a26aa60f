package console

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	starter "holdfast/playbook"
)

func TestWhatBecameOfACampaignInWords(t *testing.T) {
	b, err := playbook.Load(starter.FS)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC) // ten in the morning in Berlin
	send := func(campaign string, step int, status customer.SendStatus, reason string) customer.Send {
		s := customer.Send{SendKey: customer.SendKey{Customer: "c1", Campaign: campaign, Occurrence: "20260614T010000Z", Step: step}, Status: status, Reason: reason,
			Due: now.AddDate(0, 0, step), Settled: now.Add(-time.Hour)}
		if status == customer.Delivered || status == customer.Bounced {
			s.Accepted = now.Add(-2 * time.Hour)
		}
		return s
	}
	for _, tt := range []struct {
		name, campaign string
		since          time.Duration // how long in at_risk; 0: not in it
		sends          []customer.Send
		status, why    string
	}{
		{"not in its segment", "win_back", 0, nil, NotIn, "not in the segment at_risk"},
		{"entered last night, before the campaign's sends were planned", "win_back", 7 * time.Hour, nil, Nothing,
			"in the segment since 15 June 2026, 03:00; the next night plans it"},
		{"in the segment since before there was the campaign", "win_back", 30 * 24 * time.Hour, nil, Nothing,
			"in the segment since 16 May 2026, 10:00, and it starts on entering"},
		{"waiting", "win_back", time.Hour, []customer.Send{send("win_back", 1, customer.Planned, "")}, "planned", "planned for 16 June 2026, 10:00"},
		{"put off", "win_back", time.Hour, []customer.Send{send("win_back", 1, customer.Planned, "quiet_hours")}, "planned",
			"put off until 16 June 2026, 10:00: quiet hours where the customer is"},
		{"skipped", "win_back", time.Hour, []customer.Send{send("win_back", 1, customer.Skipped, "no_consent")}, "skipped",
			"skipped on 15 June 2026, 09:00: no consent to marketing mail"},
		{"bounced", "win_back", time.Hour, []customer.Send{send("win_back", 1, customer.Bounced, "permanent")}, "bounced",
			"mailed on 15 June 2026, 08:00, and it bounced: the address does not work"},
		{"one mail gone and the next to come", "win_back", time.Hour, []customer.Send{send("win_back", 1, customer.Delivered, ""), send("win_back", 2, customer.Planned, "")},
			"planned", "planned for 17 June 2026, 10:00"},
		{"held out", "win_back", time.Hour, []customer.Send{send("win_back", 1, customer.HeldOut, "")}, "held_out",
			"held out on 15 June 2026, 09:00: in the control group, which gets no mail, to compare with"},
		{"a campaign that is gone", "spring_sale", 0, []customer.Send{send("spring_sale", 1, customer.Delivered, "")}, "delivered",
			"mailed on 15 June 2026, 08:00 and delivered; the campaign is not in the playbook any more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := customer.Profile{ID: "c1"}
			if tt.since > 0 {
				p.Derived.Segments = []customer.Membership{{Segment: "at_risk", Since: now.Add(-tt.since)}}
			}
			for _, s := range explain(b, night.Fit{}, p, tt.sends, now).Campaigns {
				if s.Campaign == tt.campaign {
					if diff := cmp.Diff([]string{tt.status, tt.why}, []string{s.Status, s.Why}); diff != "" || len(s.Sends) != len(tt.sends) {
						t.Errorf("with %d sends (-want +got):\n%s", len(s.Sends), diff)
					}
					return
				}
			}
			t.Error("the campaign is not told of")
		})
	}
}

// What is stored follows a rule with the next night; until then both are told.
func TestASegmentToComeAndOneThatEndsAreTold(t *testing.T) {
	b, err := playbook.Load(starter.FS)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC)
	p := customer.Profile{ID: "c1", Folded: customer.Folded{Contact: customer.Contact{Country: "AT"}}}
	p.Derived.Segments = []customer.Membership{{Segment: "loyal", Since: now.AddDate(0, -1, 0)}}
	got := map[string][2]bool{}
	for _, m := range explain(b, night.Fit{}, p, nil, now).Segments {
		if m.In || !m.Since.IsZero() {
			got[m.Segment] = [2]bool{m.In, !m.Since.IsZero()}
		}
	}
	if diff := cmp.Diff(map[string][2]bool{"german_speaking": {true, false}, "loyal": {false, true}}, got); diff != "" {
		t.Errorf("now and stored (-want +got):\n%s", diff)
	}
}
