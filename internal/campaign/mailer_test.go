package campaign_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/bolt"
	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

func TestAWelcomeMailIsSentAndRecorded(t *testing.T) {
	store, out := openStore(t), &post{}
	p := someone(t, store, nil)
	k := planned(t, store, keyOf(p, "thanks", 1))
	got, err := mailer(store, out, book(t, nil)).Handle(t.Context(), k, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := customer.Send{
		SendKey: k, Version: 3, Status: customer.Sent, Segment: "loyal", Template: "hello",
		Planned: noon.Add(-time.Hour), Due: noon.Add(-time.Hour), Claimed: noon, Accepted: noon, Settled: noon,
		MessageID: messageID(k), Address: tokens.Address(p.Email),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, stored(t, store, k)); diff != "" {
		t.Errorf("stored: %s", diff)
	}
	m := out.accepted[0]
	if m.To != p.Email || m.From != `"Kelp & Co" <hello@kelp.example>` || m.ReplyTo != "care@kelp.example" || m.Subject != "Thank you" {
		t.Errorf("the mail goes from %s to %s, replies to %s: %s", m.From, m.To, m.ReplyTo, m.Subject)
	}
	token, ok := strings.CutPrefix(m.Unsubscribe, "https://kelp.example/u/")
	if !ok || !strings.Contains(m.HTML, m.Unsubscribe) {
		t.Errorf("unsubscribe address %s, in %s", m.Unsubscribe, m.HTML)
	}
	of, err := tokens.Verify(token, campaign.ForUnsubscribe)
	if err != nil || of.Key != k {
		t.Errorf("the token is of %v: %v", of, err)
	}
}

func TestAMailIsNotSent(t *testing.T) {
	order := func(p *customer.Profile) { p.Books[0].Last = noon.Add(-time.Minute) }
	block := func(b customer.Block) func(*testing.T, *bolt.Store, customer.Profile) {
		return func(t *testing.T, s *bolt.Store, p customer.Profile) {
			if err := s.PutLink(t.Context(), customer.Link{Identity: customer.EmailIdentity(p.Email), Block: b}); err != nil {
				t.Fatal(err)
			}
		}
	}
	state := func(s customer.ConsentState) func(*customer.Profile) {
		return func(p *customer.Profile) { p.Mail.State = s }
	}
	for name, c := range map[string]struct {
		campaign string
		profile  func(*customer.Profile)
		more     func(*testing.T, *bolt.Store, customer.Profile)
		book     func(*playbook.Playbook)
		status   customer.SendStatus
		reason   string
	}{
		"when its campaign is gone":                    {campaign: "old", reason: "campaign_gone"},
		"when its step is gone":                        {book: func(b *playbook.Playbook) { b.Campaigns[0].Steps = nil }, reason: "campaign_gone"},
		"without any word on consent":                  {profile: state(""), reason: "no_consent"},
		"while consent is pending":                     {profile: state(customer.Pending), reason: "no_consent"},
		"to somebody who never subscribed":             {profile: state(customer.NotSubscribed), reason: "no_consent"},
		"to somebody who unsubscribed":                 {profile: state(customer.Unsubscribed), reason: "unsubscribed"},
		"to a deleted customer":                        {profile: func(p *customer.Profile) { p.Deleted = true }, reason: "customer_deleted"},
		"without an address":                           {profile: func(p *customer.Profile) { p.Email = "" }, reason: "no_address"},
		"to an address that a source knows as blocked": {profile: func(p *customer.Profile) { p.Blocked = "bounce" }, reason: "blocked"},
		"to an address that bounced":                   {more: block(customer.Block{Reason: "bounce", At: noon}), reason: "blocked"},
		"to an address that complained":                {more: block(customer.Block{Reason: "complaint", At: noon}), reason: "blocked"},
		"to an address that opted out, whatever a sync says later": {
			more:    block(customer.Block{OptOut: noon.AddDate(-2, 0, 0)}),
			profile: func(p *customer.Profile) { p.Mail.Since = noon.AddDate(0, -1, 0) }, reason: "opted_out"},
		"to an erased customer": {
			more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
				if err := s.DeleteProfile(t.Context(), p.ID, 1); err != nil {
					t.Fatal(err)
				}
			}, reason: "customer_gone"},
		"to a customer whose records all moved to another": {profile: func(p *customer.Profile) { p.Folded = customer.Folded{} }, reason: "customer_gone"},
		"to the control group":                             {book: func(b *playbook.Playbook) { b.Campaigns[0].Holdout = 1 }, status: customer.HeldOut},
		"once the goal is met":                             {profile: order, reason: "ordered"},
		"once the segment is left":                         {profile: func(p *customer.Profile) { p.Derived.Segments = nil }, reason: "left_segment"},
		"when a mail of another campaign was sent within the cap's window": {
			more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
				put(t, s, customer.Send{SendKey: keyOf(p, "club", 1), Status: customer.Delivered, Accepted: noon.Add(-7*24*time.Hour + time.Second)})
			}, reason: "frequency_cap"},
		"when one whose fate is unknown may have been sent within it": {
			more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
				put(t, s, customer.Send{SendKey: keyOf(p, "club", 1), Status: customer.Unknown, Claimed: noon.Add(-time.Hour)})
			}, reason: "frequency_cap"},
		"when its template needs what is not known": {campaign: "offer", reason: "missing:first_name"},
	} {
		t.Run(name, func(t *testing.T) {
			store, out := openStore(t), &post{}
			p := someone(t, store, c.profile)
			if c.more != nil {
				c.more(t, store, p)
			}
			name := c.campaign
			if name == "" {
				name = "thanks"
			}
			k := planned(t, store, keyOf(p, name, 1))
			if _, err := mailer(store, out, book(t, c.book)).Handle(t.Context(), k, noon); err != nil {
				t.Fatal(err)
			}
			status := c.status
			if status == "" {
				status = customer.Skipped
			}
			got := stored(t, store, k)
			if len(out.accepted) > 0 || got.Status != status || got.Reason != c.reason || !got.Settled.Equal(noon) {
				t.Errorf("%d mails, %s %q at %s; want none, %s %q", len(out.accepted), got.Status, got.Reason, got.Settled, status, c.reason)
			}
		})
	}
}

func TestAMailIsSent(t *testing.T) {
	optIn := func(explicit bool, at time.Time) func(*testing.T, *bolt.Store, customer.Profile) {
		return func(t *testing.T, s *bolt.Store, p customer.Profile) {
			c := customer.Consent{Channel: customer.EmailChannel, State: customer.Subscribed, Explicit: explicit}
			f := customer.Fact{Record: p.Records[0], Key: customer.ConsentKey(c), Version: customer.NewVersion(at, ""), At: at, Body: customer.Body{Consent: &c}}
			if _, err := s.PutFact(t.Context(), p.ID, f); err != nil {
				t.Fatal(err)
			}
			out := customer.Block{OptOut: noon.AddDate(0, -1, 0)}
			if err := s.PutLink(t.Context(), customer.Link{Identity: customer.EmailIdentity(p.Email), Block: out}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		campaign string
		more     func(*testing.T, *bolt.Store, customer.Profile)
		mails    int
	}{
		"after an explicit opt-in that is later than the opt-out": {more: optIn(true, noon.AddDate(0, 0, -1)), mails: 1},
		"not after one at the same instant":                       {more: optIn(true, noon.AddDate(0, -1, 0))},
		"not after a later one that is not explicit":              {more: optIn(false, noon.AddDate(0, 0, -1))},
		"when the last one is as old as the cap's window": {more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
			put(t, s, customer.Send{SendKey: keyOf(p, "club", 1), Status: customer.Delivered, Accepted: noon.Add(-7 * 24 * time.Hour)})
		}, mails: 1},
		"when the last one was transactional": {more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
			put(t, s, customer.Send{SendKey: keyOf(p, "receipt", 1), Status: customer.Delivered, Accepted: noon.Add(-time.Hour)})
		}, mails: 1},
		"when others were skipped, held out and refused": {more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
			put(t, s, customer.Send{SendKey: keyOf(p, "club", 1), Status: customer.Skipped, Claimed: noon.Add(-time.Hour)})
			put(t, s, customer.Send{SendKey: keyOf(p, "club", 2), Status: customer.HeldOut})
			put(t, s, customer.Send{SendKey: keyOf(p, "club", 3), Status: customer.Failed, Claimed: noon.Add(-time.Hour)})
		}, mails: 1},
	} {
		t.Run(name, func(t *testing.T) {
			store, out := openStore(t), &post{}
			p := someone(t, store, nil)
			c.more(t, store, p)
			k := planned(t, store, keyOf(p, "thanks", 1))
			if _, err := mailer(store, out, book(t, nil)).Handle(t.Context(), k, noon); err != nil {
				t.Fatal(err)
			}
			if len(out.accepted) != c.mails {
				t.Errorf("%d mails, want %d: %+v", len(out.accepted), c.mails, stored(t, store, k))
			}
		})
	}
}

func TestAMailWaits(t *testing.T) {
	night := time.Date(2026, 6, 15, 22, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		now     time.Time
		zone    string
		step    int
		more    func(*testing.T, *bolt.Store, customer.Profile)
		due     time.Time
		because string
	}{
		"for the merchant's morning where the recipient's zone is unknown": {now: night, due: time.Date(2026, 6, 16, 7, 0, 0, 0, time.UTC), because: "quiet_hours"},
		"for the recipient's morning":                                      {now: night, zone: "Asia/Tokyo", due: time.Date(2026, 6, 15, 23, 0, 0, 0, time.UTC), because: "quiet_hours"},
		"for nothing at the recipient's half past three":                   {now: night, zone: "America/Los_Angeles"},
		"from the first quiet minute":                                      {now: time.Date(2026, 6, 15, 21, 0, 0, 0, time.UTC), zone: "UTC", due: time.Date(2026, 6, 16, 8, 0, 0, 0, time.UTC), because: "quiet_hours"},
		"not any more when the quiet hours end":                            {now: time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC), zone: "UTC"},
		"over the night in which clocks go forward":                        {now: time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC), zone: "Europe/Berlin", due: time.Date(2026, 3, 29, 6, 0, 0, 0, time.UTC), because: "quiet_hours"},
		"for the step before": {now: noon, step: 2, more: func(t *testing.T, s *bolt.Store, p customer.Profile) { planned(t, s, keyOf(p, "thanks", 1)) },
			due: noon.Add(15 * time.Minute), because: "earlier_step"},
		"until its time after the step before is over": {now: noon, step: 2, more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
			put(t, s, customer.Send{SendKey: keyOf(p, "thanks", 1), Status: customer.Delivered, Accepted: noon.AddDate(0, 0, -5)})
		}, due: noon.AddDate(0, 0, 2), because: "earlier_step"},
		"behind one of higher priority that is due": {now: noon, more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
			k := keyOf(p, "thanks", 1)
			k.Occurrence = "20260101T000000Z"
			planned(t, s, k)
		}, due: noon.Add(30 * time.Minute), because: "frequency_cap"},
		"while another is claimed": {now: noon, more: func(t *testing.T, s *bolt.Store, p customer.Profile) {
			put(t, s, customer.Send{SendKey: keyOf(p, "offer", 1), Status: customer.Claimed, Claimed: noon})
		}, due: noon.Add(15 * time.Minute), because: "frequency_cap"},
	} {
		t.Run(name, func(t *testing.T) {
			store, out := openStore(t), &post{}
			p := someone(t, store, func(p *customer.Profile) { p.TimeZone = c.zone })
			if c.more != nil {
				c.more(t, store, p)
			}
			k := keyOf(p, "thanks", max(c.step, 1))
			put(t, store, customer.Send{SendKey: k, Status: customer.Planned, Planned: c.now, Due: c.now})
			got, err := mailer(store, out, book(t, nil)).Handle(t.Context(), k, c.now)
			if err != nil {
				t.Fatal(err)
			}
			if c.due.IsZero() {
				if len(out.accepted) != 1 {
					t.Errorf("not sent: %+v", got)
				}
				return
			}
			want := customer.Send{SendKey: k, Version: 3, Status: customer.Planned, Reason: c.because, Planned: c.now, Due: c.due}
			if diff := cmp.Diff(want, stored(t, store, k)); diff != "" || len(out.accepted) > 0 {
				t.Errorf("%d mails, %s", len(out.accepted), diff)
			}
		})
	}
}

func TestWhatTheMailServiceAnswersDecides(t *testing.T) {
	for name, c := range map[string]struct {
		answer error
		err    error
		want   customer.Send
	}{
		"throttled: again later":           {campaign.ErrThrottled, nil, customer.Send{Status: customer.Planned, Reason: "throttled", Due: noon.Add(15 * time.Minute)}},
		"stopped: again later, and say so": {campaign.ErrStopped, campaign.ErrStopped, customer.Send{Status: customer.Planned, Reason: "stopped", Due: noon.Add(15 * time.Minute)}},
		"rejected: failed":                 {campaign.ErrRejected, nil, customer.Send{Status: customer.Failed, Reason: "rejected", Due: noon.Add(-time.Hour), Claimed: noon, Settled: noon}},
		"lost: claimed for good":           {errLost, campaign.ErrUnknownOutcome, customer.Send{Status: customer.Claimed, Due: noon.Add(-time.Hour), Claimed: noon}},
	} {
		t.Run(name, func(t *testing.T) {
			store, out := openStore(t), &post{answer: c.answer}
			p := someone(t, store, nil)
			k := planned(t, store, keyOf(p, "thanks", 1))
			_, err := mailer(store, out, book(t, nil)).Handle(t.Context(), k, noon)
			if !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			got := stored(t, store, k)
			want := c.want
			want.SendKey, want.Segment, want.Template, want.Planned, want.Version = k, "loyal", "hello", noon.Add(-time.Hour), got.Version
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMessageWithoutAPlannedDueSendDoesNothing(t *testing.T) {
	store, out := openStore(t), &post{}
	p := someone(t, store, nil)
	m := mailer(store, out, book(t, nil))
	for _, s := range []customer.Send{
		{Status: customer.Claimed}, {Status: customer.Sent}, {Status: customer.Delivered}, {Status: customer.Bounced}, {Status: customer.Complained},
		{Status: customer.Skipped}, {Status: customer.HeldOut}, {Status: customer.Failed}, {Status: customer.Unknown},
		{Status: customer.Planned, Due: noon.Add(time.Second)},
	} {
		s.SendKey = keyOf(p, "thanks", 1)
		s.Occurrence = string(s.Status)
		put(t, store, s)
		if _, err := m.Handle(t.Context(), s.SendKey, noon); err != nil {
			t.Fatal(err)
		}
		if got := stored(t, store, s.SendKey); got.Version != 1 {
			t.Errorf("a %s send was written: %+v", s.Status, got)
		}
	}
	if _, err := m.Handle(t.Context(), keyOf(p, "never", 1), noon); err != nil {
		t.Errorf("a send that is gone: %v", err)
	}
	if len(out.accepted) > 0 {
		t.Errorf("%d mails", len(out.accepted))
	}
}
