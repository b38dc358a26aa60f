package campaign_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// A belt is a queue that remembers.
type belt struct {
	keys []customer.SendKey
	err  error
}

func (b *belt) SendBatch(_ context.Context, bodies [][]byte, _ string) error {
	for _, body := range bodies {
		k, err := campaign.ParseMessage(body)
		if err != nil {
			return err
		}
		b.keys = append(b.keys, k)
	}
	return b.err
}

func TestDispatchQueuesWhatIsDueAndMayBeSent(t *testing.T) {
	store := openStore(t)
	var due []customer.SendKey
	for i := range 5 {
		k := keyOf(someone(t, store, nil), "thanks", 1)
		put(t, store, customer.Send{SendKey: k, Status: customer.Planned, Due: noon.Add(time.Duration(i-4) * time.Minute)})
		due = append(due, k)
	}
	put(t, store, customer.Send{SendKey: keyOf(someone(t, store, nil), "thanks", 1), Status: customer.Planned, Due: noon.Add(time.Second)})
	put(t, store, customer.Send{SendKey: keyOf(someone(t, store, nil), "thanks", 1), Status: customer.Sent, Due: noon})
	for name, c := range map[string]struct {
		quota campaign.Quota
		want  []customer.SendKey
		full  bool
	}{
		"everything within the quota":        {campaign.Quota{Max24Hours: 50000, PerSecond: 14}, due, false},
		"no more than the rate allows":       {campaign.Quota{Max24Hours: 50000, PerSecond: 0.01}, due[:3], true}, // in 300 s
		"no more than is left of the day":    {campaign.Quota{Max24Hours: 100, Sent24Hours: 98, PerSecond: 14}, due[:2], true},
		"nothing when the day is used up":    {campaign.Quota{Max24Hours: 100, Sent24Hours: 200, PerSecond: 14}, nil, true},
		"nothing while sending is stopped":   {campaign.Quota{Max24Hours: 100, PerSecond: 14, Stopped: true}, nil, true},
		"everything where there is no limit": {campaign.Quota{Max24Hours: -1, Sent24Hours: 1e9, PerSecond: 14}, due, false},
	} {
		t.Run(name, func(t *testing.T) {
			q := &belt{}
			d := campaign.Dispatcher{Ledger: store, Transport: &post{quota: c.quota}, Queue: q, Interval: 5 * time.Minute}
			got, err := d.Run(t.Context(), noon)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, q.keys); diff != "" || got.Full != c.full || got.Queued != len(c.want) {
				t.Errorf("%+v, %s", got, diff)
			}
		})
	}
	broken := errors.New("broken")
	if _, err := (campaign.Dispatcher{Ledger: store, Transport: &post{quota: campaign.Quota{Max24Hours: -1, PerSecond: 1}}, Queue: &belt{err: broken}}).Run(t.Context(), noon); !errors.Is(err, broken) {
		t.Errorf("a broken queue: %v", err)
	}
}

func TestTheSweepGivesUpOldClaims(t *testing.T) {
	store := openStore(t)
	old, fresh, sent := keyOf(someone(t, store, nil), "thanks", 1), keyOf(someone(t, store, nil), "thanks", 1), keyOf(someone(t, store, nil), "thanks", 1)
	put(t, store, customer.Send{SendKey: old, Status: customer.Claimed, Claimed: noon.Add(-campaign.ClaimLife)})
	put(t, store, customer.Send{SendKey: fresh, Status: customer.Claimed, Claimed: noon.Add(-campaign.ClaimLife + time.Second)})
	put(t, store, customer.Send{SendKey: sent, Status: customer.Sent, Claimed: noon.Add(-time.Hour)})
	for i, want := range []int{1, 0} {
		if n, err := (campaign.Sweeper{Store: store}).Run(t.Context(), noon); err != nil || n != want {
			t.Errorf("run %d: %d, %v; want %d", i, n, err, want)
		}
	}
	got := []customer.SendStatus{stored(t, store, old).Status, stored(t, store, fresh).Status, stored(t, store, sent).Status}
	if diff := cmp.Diff([]customer.SendStatus{customer.Unknown, customer.Claimed, customer.Sent}, got); diff != "" {
		t.Error(diff)
	}
}
