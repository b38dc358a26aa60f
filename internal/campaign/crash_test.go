package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/internal/bolt"
	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

var errDead = errors.New("the process is dead")

// dying returns an around whose process dies at its nth call, before or after
// the call takes effect: nothing that follows has any.
func dying(n int, after bool) func(func() error) error {
	return func(call func() error) error {
		n--
		switch {
		case n > 0:
			return call()
		case n == 0 && after:
			_ = call()
		}
		return errDead
	}
}

// failing returns an around whose nth call fails, before or after it took effect,
// in a process that lives on.
func failing(n int, after bool) func(func() error) error {
	return func(call func() error) error {
		n--
		if n == 0 && !after {
			return errDead
		}
		err := call()
		if n == 0 {
			return errDead
		}
		return err
	}
}

// Invariant 3: wherever the mailer dies, or a call of its fails, a mail is
// accepted at most once, and what is left in the ledger ends up true.
func TestAtMostOneMailWhereverTheMailerDies(t *testing.T) {
	store, b := openStore(t), book(t, nil)
	for name, injure := range map[string]func(int, bool) func(func() error) error{"dies": dying, "fails": failing} {
		for n := 1; n <= 8; n++ {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s at call %d, effect %t", name, n, after), func(t *testing.T) {
					out := &post{}
					k := planned(t, store, keyOf(someone(t, store, nil), "thanks", 1))
					_, _ = tapped(store, out, b, injure(n, after)).Handle(t.Context(), k, noon)
					recover3(t, store, out, b, k)
				})
			}
		}
	}
}

// recover3 plays what happens after a crash: the message comes again, what SES
// accepted is reported, dispatch and the sweep run, again and again.
func recover3(t *testing.T, store *bolt.Store, out *post, b *playbook.Playbook, k customer.SendKey) {
	t.Helper()
	m := mailer(store, out, b)
	for i := range 4 {
		now := noon.Add(time.Duration(i) * 40 * time.Minute)
		for range 2 {
			if _, err := m.Handle(t.Context(), k, now); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := (campaign.Sweeper{Store: store}).Run(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	s := stored(t, store, k)
	if s.Status != customer.Sent && s.Status != customer.Unknown {
		t.Errorf("before the events came, the send is %s", s.Status)
	}
	if s.Status == customer.Sent && out.count(k) != 1 || out.count(k) > 1 {
		t.Errorf("%d mails were accepted of a send that is %s", out.count(k), s.Status)
	}
	for _, a := range out.accepted {
		n := campaign.Notice{Kind: campaign.NoticeSend, At: noon, Mailed: noon, MessageID: messageID(a.Key), Key: a.Key, Recipients: []customer.Email{a.To}}
		if _, err := (campaign.Feedback{Store: store, Tokens: tokens}).Apply(t.Context(), n, noon); err != nil {
			t.Fatal(err)
		}
	}
	want := customer.Unknown
	if out.count(k) == 1 {
		want = customer.Sent
	}
	if s := stored(t, store, k); s.Status != want {
		t.Errorf("after the events came, the send is %s, want %s", s.Status, want)
	}
}

// Invariants 3 and 4: whatever the order in which mailers of one customer take
// their steps, wherever they die and whatever their clocks say, no mail goes out
// twice and no cap is exceeded; and in the end the cap is used up.
func TestMailersSideBySideKeepTheCap(t *testing.T) {
	store := openStore(t)
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(1, 2).Draw(r, "cap")
		b := book(t, func(b *playbook.Playbook) { b.Caps = []playbook.Cap{{Mails: limit, Within: 7 * 24 * time.Hour}} })
		p, out := someone(t, store, func(p *customer.Profile) { p.FirstName = "Ada" }), &post{}
		var keys []customer.SendKey
		for _, name := range []string{"thanks", "club", "offer"}[:rapid.IntRange(1, 3).Draw(r, "sends")] {
			k := keyOf(p, name, 1)
			due := noon.Add(time.Duration(rapid.IntRange(0, 60).Draw(r, "due")) * time.Second)
			put(t, store, customer.Send{SendKey: k, Status: customer.Planned, Planned: noon, Due: due})
			keys = append(keys, k)
		}
		var runs []run
		for i := range rapid.IntRange(2, 4).Draw(r, "mailers") {
			skew := time.Duration(rapid.IntRange(0, 120).Draw(r, "skew")) * time.Second
			fuel := rapid.SampledFrom([]int{99, 99, 99, 2, 4, 6, 7}).Draw(r, "dies at")
			runs = append(runs, run{key: keys[i%len(keys)], now: noon.Add(skew), fuel: fuel})
		}
		interleave(r, store, out, b, runs)
		check := func(when string) {
			for _, k := range keys {
				if out.count(k) > 1 {
					r.Fatalf("%s, %d mails of one send", when, out.count(k))
				}
			}
			if len(out.accepted) > limit {
				r.Fatalf("%s, %d mails under a cap of %d", when, len(out.accepted), limit)
			}
		}
		check("side by side")
		m := mailer(store, out, b)
		for i := range 12 {
			now := noon.Add(time.Duration(i+1) * 20 * time.Minute)
			for _, k := range keys {
				if _, err := m.Handle(context.Background(), k, now); err != nil {
					r.Fatal(err)
				}
			}
			if _, err := (campaign.Sweeper{Store: store}).Run(context.Background(), now); err != nil {
				r.Fatal(err)
			}
		}
		check("after that")
		used := 0
		for _, k := range keys {
			switch s, err := store.Send(context.Background(), k); {
			case err != nil:
				r.Fatal(err)
			case s.Status == customer.Sent, s.Status == customer.Unknown:
				used++
			case s.Status != customer.Skipped:
				r.Fatalf("a send stays %s", s.Status)
			}
		}
		if used < min(limit, len(keys)) {
			r.Fatalf("%d of %d mails that could go out", used, min(limit, len(keys)))
		}
	})
}

// A run is one mailer that handles one message, and dies at a call.
type run struct {
	key  customer.SendKey
	now  time.Time
	fuel int
}

// interleave lets mailers take their steps in an order that r draws.
func interleave(r *rapid.T, store *bolt.Store, out *post, b *playbook.Playbook, runs []run) {
	type runner struct{ at, step, done chan struct{} }
	var live []runner
	for _, of := range runs {
		me := runner{make(chan struct{}), make(chan struct{}), make(chan struct{})}
		die := dying(of.fuel, of.fuel%2 == 0)
		m := tapped(store, out, b, func(call func() error) error {
			me.at <- struct{}{}
			<-me.step
			return die(call)
		})
		go func() {
			defer close(me.done)
			_, _ = m.Handle(context.Background(), of.key, of.now)
		}()
		live = append(live, me)
	}
	waits := func(me runner) bool {
		select {
		case <-me.at:
			return true
		case <-me.done:
			return false
		}
	}
	var ready []runner
	for _, me := range live {
		if waits(me) {
			ready = append(ready, me)
		}
	}
	for len(ready) > 0 {
		i := rapid.IntRange(0, len(ready)-1).Draw(r, "next")
		ready[i].step <- struct{}{}
		if !waits(ready[i]) {
			ready = append(ready[:i:i], ready[i+1:]...)
		}
	}
}
