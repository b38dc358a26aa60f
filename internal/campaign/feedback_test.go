package campaign_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/bolt"
	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// about returns a notice of the mail of k, accepted at noon, some time later.
func about(kind campaign.NoticeKind, p customer.Profile, k customer.SendKey, after time.Duration) campaign.Notice {
	return campaign.Notice{Kind: kind, At: noon.Add(after), Mailed: noon, MessageID: messageID(k), Key: k, Recipients: []customer.Email{p.Email},
		UserAgent: "Mozilla/5.0 (X11; Linux x86_64)", Link: map[bool]string{true: "https://kelp.example/new"}[kind == campaign.NoticeClick]}
}

func permanent(n campaign.Notice) campaign.Notice { n.Permanent = true; return n }

func apply(t testing.TB, store *bolt.Store, notices ...campaign.Notice) []customer.Event {
	t.Helper()
	var all []customer.Event
	for _, n := range notices {
		events, err := (campaign.Feedback{Store: store, Tokens: tokens}).Apply(context.Background(), n, noon)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
	}
	return all
}

// said lists what events say, by fact key without its id, and who says it.
func said(events []customer.Event) []string {
	var all []string
	for _, e := range events {
		s := strings.Join(strings.SplitN(e.Fact.Key, "/", 3)[:2], "/")
		switch b := e.Fact.Body; {
		case b.Blocked != nil:
			s += " " + b.Blocked.Reason
		case b.Consent != nil:
			s += " " + string(b.Consent.State) + " " + b.Consent.Via
		}
		all = append(all, s)
	}
	return all
}

func TestFeedback(t *testing.T) {
	notSpam := func(n campaign.Notice) campaign.Notice { n.NotSpam = true; return n }
	agent := func(n campaign.Notice, a string) campaign.Notice { n.UserAgent = a; return n }
	machine := func(n campaign.Notice) campaign.Notice { n.Machine = true; return n }
	untagged := func(n campaign.Notice) campaign.Notice { n.Key = customer.SendKey{}; return n }
	for name, c := range map[string]struct {
		kind    campaign.NoticeKind
		after   time.Duration
		change  func(campaign.Notice) campaign.Notice
		status  customer.SendStatus
		reason  string
		block   string
		events  []string
		opened  bool
		clicked bool
	}{
		"acceptance settles a claim":                      {kind: campaign.NoticeSend, status: customer.Sent},
		"delivery settles a claim":                        {kind: campaign.NoticeDelivery, after: time.Second, status: customer.Delivered, events: []string{"activity/mail_delivered"}},
		"a delay settles a claim":                         {kind: campaign.NoticeDelay, after: time.Hour, status: customer.Sent},
		"a permanent bounce blocks":                       {kind: campaign.NoticeBounce, after: time.Second, change: permanent, status: customer.Bounced, reason: "permanent", block: "bounce", events: []string{"blocked/bounce bounce"}},
		"a transient bounce does not":                     {kind: campaign.NoticeBounce, after: time.Hour, status: customer.Bounced, reason: "transient"},
		"a complaint blocks and opts out":                 {kind: campaign.NoticeComplaint, after: time.Hour, status: customer.Complained, block: "complaint", events: []string{"blocked/complaint complaint", "consent/email unsubscribed complaint"}},
		"a complaint taken back does not":                 {kind: campaign.NoticeComplaint, after: time.Hour, change: notSpam, status: customer.Sent},
		"a mail found bad has failed":                     {kind: campaign.NoticeReject, status: customer.Failed, reason: "rejected"},
		"a mail not made has failed":                      {kind: campaign.NoticeRendering, status: customer.Failed, reason: "rendering"},
		"an open is the customer's":                       {kind: campaign.NoticeOpen, after: time.Minute, status: customer.Sent, opened: true, events: []string{"activity/mail_opened"}},
		"a prefetched picture is not":                     {kind: campaign.NoticeOpen, after: time.Minute, change: func(n campaign.Notice) campaign.Notice { return agent(n, "Mozilla/5.0") }, status: customer.Sent},
		"an open marked as a program's is not":            {kind: campaign.NoticeOpen, after: time.Minute, change: machine, status: customer.Sent},
		"a click is the customer's":                       {kind: campaign.NoticeClick, after: 30 * time.Second, status: customer.Sent, clicked: true, events: []string{"activity/mail_clicked"}},
		"a click within seconds is not":                   {kind: campaign.NoticeClick, after: 30*time.Second - 1, status: customer.Sent},
		"a subscription to a list of SES changes nothing": {kind: campaign.NoticeSubscription, after: time.Minute, status: customer.Sent},
		"an untagged bounce blocks the address, whoever has it": {kind: campaign.NoticeBounce, after: time.Second,
			change: func(n campaign.Notice) campaign.Notice { return untagged(permanent(n)) }, status: customer.Claimed, block: "bounce", events: []string{"blocked/bounce bounce"}},
		"an untagged delivery says nothing": {kind: campaign.NoticeDelivery, after: time.Second, change: untagged, status: customer.Claimed},
	} {
		t.Run(name, func(t *testing.T) {
			store := openStore(t)
			p := someone(t, store, nil)
			hold(t, store, p)
			k := keyOf(p, "thanks", 1)
			put(t, store, customer.Send{SendKey: k, Status: customer.Claimed, Claimed: noon})
			n := about(c.kind, p, k, c.after)
			if c.change != nil {
				n = c.change(n)
			}
			events := apply(t, store, n)
			if diff := cmp.Diff(c.events, said(events)); diff != "" {
				t.Error(diff)
			}
			for _, e := range events {
				if e.Record != campaign.Record(p.ID) || e.Claim.Parent != p.Records[0] || e.Fact.Record != e.Record || !e.Fact.At.Equal(n.At) || e.Record.Person() {
					t.Errorf("event %+v of fact %+v", e, e.Fact)
				}
			}
			s := stored(t, store, k)
			if s.Status != c.status || s.Reason != c.reason || s.Opened.IsZero() == c.opened || s.Clicked.IsZero() == c.clicked {
				t.Errorf("send %+v", s)
			}
			if s.Status != customer.Claimed && (s.MessageID != messageID(k) || !s.Accepted.Equal(noon) || s.Address != tokens.Address(p.Email)) {
				t.Errorf("settled as %+v", s)
			}
			if got := blockOf(t, store, p); got.Reason != c.block {
				t.Errorf("block %+v, want %s", got, c.block)
			}
			if again := apply(t, store, n); cmp.Diff(events, again) != "" {
				t.Errorf("again it means %v", said(again))
			}
			if again := stored(t, store, k); again.Version != s.Version {
				t.Error("the same notice again was written again")
			}
		})
	}
}

// hold stores p's record and address as links, as ingest does.
func hold(t testing.TB, store *bolt.Store, p customer.Profile) {
	t.Helper()
	for _, l := range []customer.Link{{Identity: p.Records[0], Customer: p.ID}, {Identity: customer.EmailIdentity(p.Email), Holders: p.Records}} {
		if err := store.PutLink(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
}

func blockOf(t testing.TB, store *bolt.Store, p customer.Profile) customer.Block {
	t.Helper()
	links, err := store.Links(context.Background(), []customer.Identity{customer.EmailIdentity(p.Email)})
	if err != nil {
		t.Fatal(err)
	}
	if len(links) == 0 {
		return customer.Block{}
	}
	return links[0].Block
}

func TestSoftBouncesInARowBlock(t *testing.T) {
	store := openStore(t)
	p := someone(t, store, nil)
	var keys []customer.SendKey
	for i := range 4 {
		k := keyOf(p, "thanks", i+1)
		put(t, store, customer.Send{SendKey: k, Status: customer.Claimed, Claimed: noon})
		keys = append(keys, k)
	}
	bounce := func(i int) campaign.Notice {
		return about(campaign.NoticeBounce, p, keys[i], time.Duration(i)*time.Hour)
	}
	apply(t, store, bounce(0), bounce(0), bounce(1))
	if b := blockOf(t, store, p); b.Soft != 2 || b.Reason != "" {
		t.Errorf("after two: %+v", b)
	}
	apply(t, store, bounce(3))
	if b := blockOf(t, store, p); b.Soft != 3 || b.Reason != campaign.BlockSoft || !b.At.Equal(noon.Add(3*time.Hour)) {
		t.Errorf("after three: %+v", b)
	}
	apply(t, store, about(campaign.NoticeDelivery, p, keys[2], 2*time.Hour))
	if b := blockOf(t, store, p); b != (customer.Block{Soft: 1}) {
		t.Errorf("after word of a delivery in between: %+v", b)
	}
}

func TestAnEarlierWordOfADeliveryLetsABounceCountAgain(t *testing.T) {
	store := openStore(t)
	p := someone(t, store, nil)
	for step := 1; step <= 2; step++ {
		put(t, store, customer.Send{SendKey: keyOf(p, "thanks", step), Status: customer.Claimed, Claimed: noon})
	}
	apply(t, store, about(campaign.NoticeDelivery, p, keyOf(p, "thanks", 1), 20*time.Second), about(campaign.NoticeBounce, p, keyOf(p, "thanks", 2), 20*time.Second))
	if b := blockOf(t, store, p); b != (customer.Block{}) {
		t.Errorf("a bounce that does not come after the delivery counts: %+v", b)
	}
	apply(t, store, about(campaign.NoticeDelivery, p, keyOf(p, "thanks", 1), 0))
	if b := blockOf(t, store, p); b != (customer.Block{Soft: 1}) {
		t.Errorf("after word that it was delivered before: %+v", b)
	}
}

func TestWhatIsKnownOfAnErasedCustomerIsOnlyTheAddressBlock(t *testing.T) {
	store := openStore(t)
	p := someone(t, store, nil)
	if err := store.DeleteProfile(t.Context(), p.ID, 1); err != nil {
		t.Fatal(err)
	}
	k := keyOf(p, "thanks", 1)
	if events := apply(t, store, permanent(about(campaign.NoticeBounce, p, k, time.Second)), about(campaign.NoticeDelivery, p, k, time.Second)); len(events) > 0 {
		t.Errorf("events %v", said(events))
	}
	sends, err := store.Sends(t.Context(), p.ID)
	if err != nil || len(sends) > 0 || blockOf(t, store, p).Reason != "bounce" {
		t.Errorf("%d sends, %v, block %+v", len(sends), err, blockOf(t, store, p))
	}
}

// The order and repetition of notices makes no difference to the ledger, the
// block or the facts.
func TestFeedbackDependsOnTheSetOfNotices(t *testing.T) {
	store := openStore(t)
	rapid.Check(t, func(r *rapid.T) {
		kinds := []campaign.NoticeKind{campaign.NoticeSend, campaign.NoticeDelivery, campaign.NoticeDelay, campaign.NoticeBounce, campaign.NoticeComplaint,
			campaign.NoticeReject, campaign.NoticeOpen, campaign.NoticeClick}
		type notice struct {
			kind  campaign.NoticeKind
			step  int
			after time.Duration
			flag  bool
		}
		var set []notice
		for range rapid.IntRange(1, 7).Draw(r, "notices") {
			set = append(set, notice{rapid.SampledFrom(kinds).Draw(r, "kind"), rapid.IntRange(1, 4).Draw(r, "mail"),
				time.Duration(rapid.IntRange(0, 5).Draw(r, "after")) * 20 * time.Second, rapid.IntRange(0, 3).Draw(r, "flag") == 0})
		}
		play := func(order []notice) (sends []customer.Send, b customer.Block, facts map[string]customer.Fact) {
			p := someone(t, store, nil)
			for step := 1; step <= 4; step++ {
				put(t, store, customer.Send{SendKey: keyOf(p, "thanks", step), Status: customer.Claimed, Claimed: noon})
			}
			facts = map[string]customer.Fact{}
			for _, n := range order {
				full := about(n.kind, p, keyOf(p, "thanks", n.step), n.after)
				full.Permanent, full.NotSpam = n.flag, n.flag
				for _, e := range apply(t, store, full) {
					f := *e.Fact
					key := strings.ReplaceAll(f.Key, string(p.ID), "")
					if have := facts[key]; have.Version < f.Version {
						facts[key] = f
					}
				}
			}
			sends, err := store.Sends(context.Background(), p.ID)
			if err != nil {
				r.Fatal(err)
			}
			for i := range sends {
				sends[i].Customer, sends[i].Version, sends[i].Address = "", 0, ""
				sends[i].MessageID = strings.ReplaceAll(sends[i].MessageID, string(p.ID), "")
			}
			return sends, blockOf(t, store, p), facts
		}
		twice := append(slices.Clone(set), set...)
		shuffled := rapid.Permutation(twice).Draw(r, "order")
		sends, block, facts := play(set)
		sends2, block2, facts2 := play(shuffled)
		if diff := cmp.Diff(sends, sends2) + cmp.Diff(block, block2) + cmp.Diff(kindsOf(facts), kindsOf(facts2)); diff != "" {
			r.Fatal(diff)
		}
	})
}

// kindsOf lists facts by kind and instant: their ids hold the customer's.
func kindsOf(facts map[string]customer.Fact) []string {
	var all []string
	for _, f := range facts {
		all = append(all, fmt.Sprintf("%s %s", strings.Join(strings.SplitN(f.Key, "/", 3)[:2], "/"), f.At.Format(time.RFC3339Nano)))
	}
	slices.Sort(all)
	return all
}

func TestUnsubscribe(t *testing.T) {
	store := openStore(t)
	p := someone(t, store, nil)
	u := campaign.Unsubscriber{Store: store, Tokens: tokens}
	token := tokens.Sign(campaign.Token{Purpose: campaign.ForUnsubscribe, Key: keyOf(p, "thanks", 1)})
	first, err := u.Unsubscribe(t.Context(), token, campaign.ViaOneClick, noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"consent/email unsubscribed one_click"}, said(first)); diff != "" || !first[0].Fact.At.Equal(noon) {
		t.Error(diff)
	}
	if b := blockOf(t, store, p); !b.OptOut.Equal(noon) {
		t.Errorf("block %+v", b)
	}
	again, err := u.Unsubscribe(t.Context(), token, campaign.ViaOneClick, noon.Add(time.Hour))
	if err != nil || cmp.Diff(first, again) != "" {
		t.Errorf("again: %v %s", err, cmp.Diff(first, again))
	}
	p.Version, p.Mail.Since = 1, noon.Add(2*time.Hour)
	if err := store.PutProfile(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	later, err := u.Unsubscribe(t.Context(), token, campaign.ViaLink, noon.Add(3*time.Hour))
	if err != nil || !later[0].Fact.At.Equal(noon.Add(3*time.Hour)) || !blockOf(t, store, p).OptOut.Equal(noon.Add(3*time.Hour)) {
		t.Errorf("after opting in again: %v %v", err, later)
	}
	if _, err := u.Unsubscribe(t.Context(), token+"A", campaign.ViaLink, noon); err == nil {
		t.Error("a forged token was taken")
	}
	gone := tokens.Sign(campaign.Token{Purpose: campaign.ForUnsubscribe, Key: customer.SendKey{Customer: "cgone"}})
	if events, err := u.Unsubscribe(t.Context(), gone, campaign.ViaLink, noon); err != nil || len(events) > 0 {
		t.Errorf("for a customer who is gone: %v %v", events, err)
	}
}
