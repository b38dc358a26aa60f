package campaign_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// A meddler does something while the mail service is asked.
type meddler struct {
	*post
	meddle func()
}

func (m meddler) Send(ctx context.Context, msg campaign.Message) (string, error) {
	m.meddle()
	return m.post.Send(ctx, msg)
}

func TestEventsMayOvertakeTheMailersRecord(t *testing.T) {
	store, out := openStore(t), &post{}
	p := someone(t, store, nil)
	k := planned(t, store, keyOf(p, "thanks", 1))
	n := about(campaign.NoticeDelivery, p, k, time.Second)
	n.Recipients = nil
	m := meddler{out, func() { apply(t, store, n) }}
	got, err := mailer(store, m, book(t, nil)).Handle(t.Context(), k, noon)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != customer.Delivered || got.MessageID != messageID(k) || got.Address != tokens.Address(p.Email) || !got.Settled.Equal(noon.Add(time.Second)) {
		t.Errorf("send %+v", got)
	}
	if diff := cmp.Diff(got, stored(t, store, k)); diff != "" {
		t.Error(diff)
	}
}

func TestTheAnswerIsRecordedAfterTheCallersTimeIsUp(t *testing.T) {
	for answer, want := range map[error]customer.SendStatus{nil: customer.Sent, campaign.ErrThrottled: customer.Planned} {
		store := openStore(t)
		k := planned(t, store, keyOf(someone(t, store, nil), "thanks", 1))
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := mailer(store, meddler{&post{answer: answer}, cancel}, book(t, nil)).Handle(ctx, k, noon); err != nil {
			t.Fatal(err)
		}
		if s := stored(t, store, k); s.Status != want {
			t.Errorf("%v: the send is %s", answer, s.Status)
		}
	}
}

func TestErasureDuringTheRequestStays(t *testing.T) {
	for _, answer := range []error{nil, campaign.ErrThrottled, campaign.ErrRejected} {
		store := openStore(t)
		p := someone(t, store, nil)
		k := planned(t, store, keyOf(p, "thanks", 1))
		erase := func() {
			if err := errors.Join(store.DeleteSend(context.Background(), k), store.DeleteProfile(context.Background(), p.ID, 1)); err != nil {
				t.Error(err)
			}
		}
		if _, err := mailer(store, meddler{&post{answer: answer}, erase}, book(t, nil)).Handle(t.Context(), k, noon); err != nil {
			t.Errorf("%v: %v", answer, err)
		}
		if _, err := store.Send(t.Context(), k); !errors.Is(err, customer.ErrNotFound) {
			t.Errorf("%v: the send is back: %v", answer, err)
		}
	}
}

// afterCall runs then once the nth call to the outside is done.
func afterCall(n int, then func()) func(func() error) error {
	return func(call func() error) error {
		err := call()
		if n--; n == 0 {
			then()
		}
		return err
	}
}

func TestOfTwoMailersWithOneMessageOneSends(t *testing.T) {
	store, out, b := openStore(t), &post{}, book(t, nil)
	k := planned(t, store, keyOf(someone(t, store, nil), "thanks", 1))
	other := func() {
		if _, err := mailer(store, out, b).Handle(t.Context(), k, noon); err != nil {
			t.Error(err)
		}
	}
	if _, err := tapped(store, out, b, afterCall(1, other)).Handle(t.Context(), k, noon); err != nil {
		t.Errorf("the one who came second: %v", err)
	}
	if out.count(k) != 1 || stored(t, store, k).Status != customer.Sent {
		t.Errorf("%d mails, %+v", out.count(k), stored(t, store, k))
	}
}

func TestNothingIsSentOnceTheTimeIsUp(t *testing.T) {
	for n := 1; n <= 5; n++ { // the reads and the claim that come before the request
		store, out := openStore(t), &post{}
		k := planned(t, store, keyOf(someone(t, store, nil), "thanks", 1))
		ctx, cancel := context.WithCancel(t.Context())
		_, err := tapped(store, out, book(t, nil), afterCall(n, cancel)).Handle(ctx, k, noon)
		if s := stored(t, store, k); !errors.Is(err, context.Canceled) || len(out.accepted) > 0 || s.Status != customer.Planned {
			t.Errorf("after call %d: %d mails, %s, %v", n, len(out.accepted), s.Status, err)
		}
	}
}

// A stale is a ledger that still lists what is settled.
type stale struct {
	campaign.Store
	keys []customer.SendKey
}

func (s stale) ClaimedSends(context.Context, time.Time, string, int) ([]customer.SendKey, string, error) {
	return s.keys, "", nil
}

func TestTheSweepDoesNotTrustTheList(t *testing.T) {
	store := openStore(t)
	k := keyOf(someone(t, store, nil), "thanks", 1)
	put(t, store, customer.Send{SendKey: k, Status: customer.Sent, Claimed: noon.Add(-time.Hour)})
	n, err := (campaign.Sweeper{Store: stale{store, []customer.SendKey{k, keyOf(someone(t, store, nil), "gone", 1)}}}).Run(t.Context(), noon)
	if err != nil || n != 0 || stored(t, store, k).Status != customer.Sent {
		t.Errorf("%d given up, %v, %+v", n, err, stored(t, store, k))
	}
}

func TestTwoBouncesAtOneInstantAreTheSameInAnyOrder(t *testing.T) {
	store := openStore(t)
	p := someone(t, store, nil)
	var got []string
	for step, order := range [][]bool{{true, false}, {false, true}} {
		k := keyOf(p, "thanks", step+1)
		put(t, store, customer.Send{SendKey: k, Status: customer.Claimed, Claimed: noon})
		for _, lasting := range order {
			n := about(campaign.NoticeBounce, p, k, time.Second)
			n.Permanent = lasting
			apply(t, store, n)
		}
		got = append(got, stored(t, store, k).Reason)
	}
	if diff := cmp.Diff([]string{"permanent", "permanent"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestQuietHoursWithinOneDay(t *testing.T) {
	b := book(t, func(b *playbook.Playbook) { b.Quiet = playbook.Quiet{From: 12 * 60, To: 14*60 + 30} })
	for at, want := range map[time.Duration]time.Duration{-time.Second: 0, 0: 150 * time.Minute, 150*time.Minute - 1: 150 * time.Minute, 150 * time.Minute: 0} {
		store, out := openStore(t), &post{}
		k := planned(t, store, keyOf(someone(t, store, func(p *customer.Profile) { p.TimeZone = "UTC" }), "thanks", 1))
		s, err := mailer(store, out, b).Handle(t.Context(), k, noon.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		if want == 0 && len(out.accepted) != 1 || want > 0 && !s.Due.Equal(noon.Add(want)) {
			t.Errorf("at %s: %d mails, due %s", at, len(out.accepted), s.Due)
		}
	}
}
