package sim_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"holdfast/internal/bolt"
	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/ingest"
	"holdfast/internal/playbook"
	"holdfast/internal/sim"
)

// A ledger is a process's way to a store for sending.
type ledger struct {
	sim.Tapped
	store *bolt.Store
}

func tapped[T any](l ledger, name string, get func() (T, error)) (v T, err error) {
	err = l.Process.Call(name, func() (err error) {
		v, err = get()
		return err
	})
	return v, err
}

func (l ledger) Link(ctx context.Context, i customer.Identity) (customer.Link, error) {
	return tapped(l, "Link", func() (customer.Link, error) { return l.store.Link(ctx, i) })
}

func (l ledger) Send(ctx context.Context, k customer.SendKey) (customer.Send, error) {
	return tapped(l, "Send", func() (customer.Send, error) { return l.store.Send(ctx, k) })
}

func (l ledger) DueSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	return l.store.DueSends(ctx, before, cursor, limit)
}

func (l ledger) ClaimedSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	return l.store.ClaimedSends(ctx, before, cursor, limit)
}

// A post accepts mails.
type post struct {
	process  *sim.Process
	accepted *[]campaign.Message
}

func (p post) Send(_ context.Context, m campaign.Message) (string, error) {
	err := p.process.Call("post", func() error {
		*p.accepted = append(*p.accepted, m)
		return nil
	})
	return "m-" + string(m.Key.Customer), err
}

func (post) Quota(context.Context) (campaign.Quota, error) { return campaign.Quota{}, nil }

func mailBook(t *testing.T) *playbook.Playbook {
	b, err := playbook.Load(fstest.MapFS{
		"holdfast.yaml": {Data: []byte(`
business:
  name: Kelp & Co
  url: https://kelp.example
  sender: {name: "Kelp & Co", address: hello@kelp.example}
  reply_to: care@kelp.example
  postal_address: 1 Sea Road, Bantry
  time_zone: UTC
  currency: EUR
`)},
		"segments.yaml":  {Data: []byte("segments:\n  - {name: known, title: Known, when: orders < 9}\n")},
		"campaigns.yaml": {Data: []byte("campaigns:\n  - name: offer\n    segment: known\n    steps:\n      - {template: hello, subject: Hello}\n")},
		"emails/hello.html.liquid": {Data: []byte(
			`<p>Hello</p><a href="{{ unsubscribe_url }}">Unsubscribe</a> <a href="{{ preferences_url }}">Preferences</a> {{ business.postal_address }}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Invariant 3, and the ledger's truth: a customer merges into another while a
// mail of theirs is sent, or while its delivery is reported. Wherever either
// process waits, dies or fails, at most one mail goes out, and the heir's copy
// of the send says in the end what became of it.
func TestAMailIsSettledForTheHeirOfItsCustomer(t *testing.T) {
	open, book := stores(t), mailBook(t)
	turns, stride := []int{1, 2, 4, 12, 33}, 3
	if *runs > 0 {
		turns, stride = nil, 1
		for i := range 90 {
			turns = append(turns, i)
		}
	}
	for _, course := range []string{"sent before", "sent meanwhile", "never reported"} {
		for first, calls := 0, 1; first < calls; first += stride {
			for _, then := range turns {
				for _, fate := range []sim.Fate{sim.Pass, sim.DieAfter, sim.FailAfter} {
					m := merging{T: t, store: open(), book: book, course: course,
						stage: sim.NewStage([]sim.Turn{{After: first}, {After: then, Fate: fate}})}
					m.run()
					if problem := m.wrong(); problem != "" {
						t.Fatalf("%s, first %d, then %d: %v: %s", course, first, then, fate, problem)
					}
					calls = m.stage.Calls
					_ = m.store.Close()
				}
			}
		}
	}
}

// A merging is the merge of two customers beside the sending of a mail.
type merging struct {
	*testing.T
	store    *bolt.Store
	book     *playbook.Playbook
	course   string
	stage    *sim.Stage
	accepted []campaign.Message
}

var (
	elder, younger = people[4], people[0]
	offer          = customer.SendKey{Customer: younger.ID(), Campaign: "offer", Occurrence: "once", Step: 1}
	merged         = start.AddDate(0, 0, 60)
)

func (m *merging) run() {
	said := func(r customer.Identity, hour int, e customer.Email) message {
		v := customer.NewVersion(start.Add(time.Duration(hour)*time.Hour), fmt.Sprint(hour))
		c, yes := customer.Contact{Email: e}, customer.Consent{Channel: customer.EmailChannel, Via: "shopify", State: customer.Subscribed, Explicit: true}
		return message{
			{Record: r, Claim: &customer.Claim{Version: v, Email: e}, Fact: &customer.Fact{Key: customer.ContactKey("", c), Version: v, At: v.Time(), Body: customer.Body{Contact: &c}}},
			{Record: r, Fact: &customer.Fact{Key: customer.ConsentKey(yes), Version: v, At: v.Time(), Body: customer.Body{Consent: &yes}}},
		}
	}
	history := []message{said(elder, 1, "one@example.com"), said(younger, 2, "two@example.com"), said(younger, 3, "one@example.com")}
	ingestion := func(s sim.Store, i int) error {
		in := ingester(s, history)
		in.Plan = nil
		return in.Handle(context.Background(), []ingest.Delivery{{Source: "sim", Body: []byte(fmt.Sprint(i))}}, merged).Errors[0]
	}
	for i := range 2 {
		if err := ingestion(m.store, i); err != nil {
			m.Fatal(err)
		}
	}
	put := customer.Send{SendKey: offer, Status: customer.Planned, Segment: "known", Template: "hello", Planned: merged, Due: merged}
	if err := m.store.PutSend(context.Background(), put); err != nil {
		m.Fatal(err)
	}
	synctest.Test(m.T, func(*testing.T) {
		if m.course == "sent before" {
			m.mail(sim.NewStage(nil))
		}
		m.stage.Run(func(n int) {
			m.until(m.stage, n, func(l ledger) error { return ingestion(l, 2) })
		}, func(n int) {
			if m.course != "sent before" {
				m.until(m.stage, n, m.send)
			}
			if m.course != "never reported" {
				m.until(m.stage, n, m.deliver)
			}
		})
	})
}

// until does something until it succeeds, in a new life after every death.
func (m *merging) until(stage *sim.Stage, n int, do func(ledger) error) {
	for range most {
		p := stage.Process(n)
		if err := do(ledger{sim.Tapped{Process: p, Store: m.store}, m.store}); err == nil && !p.Dead() {
			return
		}
	}
	m.Error("never done")
}

func (m *merging) mail(stage *sim.Stage) {
	stage.Run(func(n int) { m.until(stage, n, m.send) })
}

var secrets = campaign.Tokens{Keys: secret}

func (m *merging) send(l ledger) error {
	mailer := campaign.Mailer{Store: l, Transport: post{l.Process, &m.accepted}, Playbook: m.book, Tokens: secrets, PublicURL: "https://kelp.example"}
	_, err := mailer.Handle(context.Background(), offer, merged)
	return err
}

// deliver reports the delivery of what was accepted.
func (m *merging) deliver(l ledger) error {
	for _, a := range m.accepted {
		n := campaign.Notice{Kind: campaign.NoticeDelivery, At: merged.Add(time.Minute), Mailed: merged, MessageID: "m-" + string(a.Key.Customer), Key: a.Key, Recipients: []customer.Email{a.To}}
		if _, err := (campaign.Feedback{Store: l, Tokens: secrets}).Apply(context.Background(), n, merged); err != nil {
			return err
		}
	}
	return nil
}

// wrong says what is not as it must be in the end, "" if all is.
func (m *merging) wrong() string {
	own, err := m.store.Send(m.Context(), offer)
	if err != nil {
		return err.Error()
	}
	k := offer
	k.Customer = elder.ID()
	heirs, err := m.store.Send(m.Context(), k)
	if err != nil {
		return "the heir has no copy: " + err.Error()
	}
	harmed := m.stage.Deaths+m.stage.Failures > 0
	want := customer.Delivered
	switch {
	case len(m.accepted) == 0 && harmed && heirs.Status == customer.Claimed, // a mailer died with it
		m.course == "never reported" && harmed && heirs.Status == customer.Claimed:
		want = customer.Claimed
	case len(m.accepted) == 0:
		want = customer.Planned
	case m.course == "never reported":
		want = customer.Sent
	}
	switch {
	case len(m.accepted) > 1:
		return "two mails"
	case heirs.Status != want:
		return fmt.Sprintf("the copy is %s, want %s: %s, the send %s", heirs.Status, want, heirs.Reason, own.Status)
	case own.Heir != k.Customer || heirs.Heir != "":
		return fmt.Sprintf("the send is %s's, the copy %q's", own.Heir, heirs.Heir)
	case len(m.accepted) > 0 && (own.Status != want || heirs.MessageID != own.MessageID || heirs.Address != own.Address || !heirs.Accepted.Equal(own.Accepted)):
		return fmt.Sprintf("the copy differs from the send: %+v %+v", heirs, own)
	}
	return ""
}
