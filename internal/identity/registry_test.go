package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

// links is the least that keeps links.
type links struct {
	stored map[customer.Identity]customer.Link
	fuel   int // how many writes succeed; negative: all
}

var errDied = errors.New("the process died")

func (s *links) Links(_ context.Context, ids []customer.Identity) ([]customer.Link, error) {
	var found []customer.Link
	for _, id := range ids {
		if l, ok := s.stored[id]; ok {
			found = append(found, l)
		}
	}
	return found, nil
}

func (s *links) PutLink(_ context.Context, l customer.Link) error {
	if s.fuel == 0 {
		return errDied
	}
	s.fuel--
	if s.stored[l.Identity].Version != l.Version {
		return customer.ErrConflict
	}
	l.Version++
	s.stored[l.Identity] = l
	return nil
}

type said struct {
	record customer.Identity
	claim  customer.Claim
	merged customer.Identity
}

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func v(n int) customer.Version { return customer.NewVersion(start.Add(time.Duration(n)*time.Hour), "") }

// hear resolves what was said and moves nobody's facts. Like whoever stores
// facts, it resolves again with the claims of all facts of the record.
func hear(ctx context.Context, s *links, facts map[customer.Identity][]customer.Claim, what said, now time.Time) error {
	if err := resolve(ctx, s, what.record, []customer.Claim{what.claim}, what.merged, now); err != nil {
		return err
	}
	facts[what.record] = append(facts[what.record], what.claim)
	return resolve(ctx, s, what.record, facts[what.record], "", now)
}

func resolve(ctx context.Context, s *links, record customer.Identity, claims []customer.Claim, merged customer.Identity, now time.Time) error {
	r := Registry{Store: s}
	places, err := r.Resolve(ctx, record, claims, merged, now)
	for i := len(places) - 1; i >= 0 && err == nil; i-- {
		err = r.Arrived(ctx, places[i])
	}
	return err
}

// partition returns who is one customer with whom, as the stored places say,
// without the ids, which depend on who came first.
// Records that were only ever pointed to are left out: they have no facts.
func partition(s *links, heard []said) []string {
	g := &graph{ctx: context.Background(), store: s, links: map[customer.Identity]customer.Link{}}
	groups := map[customer.ID][]string{}
	for id := range s.stored {
		if !slices.ContainsFunc(heard, func(w said) bool { return w.record == id }) {
			continue
		}
		home := g.link(g.root(id)).Customer
		groups[home] = append(groups[home], string(id))
	}
	var all []string
	for _, g := range groups {
		slices.Sort(g)
		all = append(all, strings.Join(g, " "))
	}
	slices.Sort(all)
	return all
}

func TestWhoIsOneCustomer(t *testing.T) {
	const (
		ann, bob   = customer.Identity("shopify/a/1"), customer.Identity("shopify/a/2")
		hub        = customer.Identity("hubspot/9/5")
		order      = customer.Identity("shopify/a/order/7")
		e1, e2     = customer.Email("one@example.com"), customer.Email("two@example.com")
		phone, ph2 = customer.Phone("+4915550001"), customer.Phone("+4915550002")
	)
	for _, tt := range []struct {
		name string
		said []said
		want []string
	}{
		{"a mail address joins records of two accounts", []said{
			{ann, customer.Claim{Version: v(1), Email: e1}, ""}, {hub, customer.Claim{Version: v(1), Email: e1}, ""}},
			[]string{"hubspot/9/5 shopify/a/1"}},
		{"two records of one account never merge because of an address", []said{
			{ann, customer.Claim{Version: v(1), Email: e1}, ""}, {bob, customer.Claim{Version: v(1), Email: e1}, ""}},
			[]string{"shopify/a/1", "shopify/a/2"}},
		{"only the older of the two joins a record of another account", []said{
			{bob, customer.Claim{Version: v(1), Email: e1}, ""}, {hub, customer.Claim{Version: v(1), Email: e1}, ""}, {ann, customer.Claim{Version: v(1), Email: e1}, ""}},
			[]string{"hubspot/9/5 shopify/a/1", "shopify/a/2"}},
		{"a phone number joins a record without a mail address", []said{
			{ann, customer.Claim{Version: v(1), Email: e1, Phone: phone}, ""}, {hub, customer.Claim{Version: v(1), Phone: phone}, ""}},
			[]string{"hubspot/9/5 shopify/a/1"}},
		{"a phone number of two mail addresses joins nobody", []said{
			{ann, customer.Claim{Version: v(1), Email: e1, Phone: phone}, ""}, {bob, customer.Claim{Version: v(1), Email: e2, Phone: phone}, ""}, {hub, customer.Claim{Version: v(1), Phone: phone}, ""}},
			[]string{"hubspot/9/5", "shopify/a/1", "shopify/a/2"}},
		{"different mail addresses outweigh the same phone number", []said{
			{ann, customer.Claim{Version: v(1), Email: e1, Phone: phone}, ""}, {hub, customer.Claim{Version: v(1), Email: e2, Phone: phone}, ""}},
			[]string{"hubspot/9/5", "shopify/a/1"}},
		{"a move to another address releases the old one", []said{
			{ann, customer.Claim{Version: v(1), Email: e1}, ""}, {hub, customer.Claim{Version: v(1), Email: e1}, ""}, {ann, customer.Claim{Version: v(2), Email: e2}, ""}},
			[]string{"hubspot/9/5", "shopify/a/1"}},
		{"a move that is older than what is known changes nothing", []said{
			{ann, customer.Claim{Version: v(2), Email: e1}, ""}, {hub, customer.Claim{Version: v(1), Email: e1}, ""}, {ann, customer.Claim{Version: v(1), Email: e2}, ""}},
			[]string{"hubspot/9/5 shopify/a/1"}},
		{"the source's merge joins records of one account", []said{
			{ann, customer.Claim{Version: v(1), Email: e1}, ""}, {bob, customer.Claim{Version: v(1), Email: e2}, ""}, {bob, customer.Claim{}, ann}},
			[]string{"shopify/a/1 shopify/a/2"}},
		{"a guest order belongs to whoever has its address", []said{
			{order, customer.Claim{Version: v(1), Email: e1}, ""}, {ann, customer.Claim{Version: v(1), Email: e1}, ""}},
			[]string{"shopify/a/1 shopify/a/order/7"}},
		{"an order given to a customer later leaves its guest", []said{
			{order, customer.Claim{Version: v(1), Email: e1}, ""}, {hub, customer.Claim{Version: v(1), Email: e1}, ""}, {order, customer.Claim{Version: v(2), Parent: ann}, ""}},
			[]string{"hubspot/9/5", "shopify/a/order/7"}},
		{"a customer without address stands alone", []said{
			{ann, customer.Claim{Version: v(1)}, ""}, {hub, customer.Claim{Version: v(1), Phone: ph2}, ""}},
			[]string{"hubspot/9/5", "shopify/a/1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &links{stored: map[customer.Identity]customer.Link{}, fuel: -1}
			facts := map[customer.Identity][]customer.Claim{}
			for i, what := range tt.said {
				if err := hear(t.Context(), s, facts, what, start.Add(time.Duration(i)*time.Minute)); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, partition(s, tt.said)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestGroupingDependsOnTheSetOfClaimsAlone is invariant 1 for identities, with
// processes that die between any two writes.
func TestGroupingDependsOnTheSetOfClaimsAlone(t *testing.T) {
	records := []customer.Identity{"shopify/a/1", "shopify/a/2", "shopify/b/1", "hubspot/9/5", "hubspot/9/6", "shopify/a/order/7", "shopify/a/order/8"}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "claims")
		var all []said
		for i := range n {
			what := said{record: rapid.SampledFrom(records).Draw(t, "record"), claim: customer.Claim{
				Version: v(i),
				Email:   customer.Email(rapid.SampledFrom([]string{"", "one@example.com", "two@example.com"}).Draw(t, "email")),
				Phone:   customer.Phone(rapid.SampledFrom([]string{"", "", "+4915550001", "+4915550002"}).Draw(t, "phone")),
			}}
			if rapid.IntRange(0, 5).Draw(t, "merge?") == 0 && what.record.Person() {
				what.merged = rapid.SampledFrom(records[:5]).Draw(t, "into")
				if what.merged.Account() != what.record.Account() || hasMerge(all, what.record) {
					what.merged = ""
				}
			}
			if !what.record.Person() && rapid.Bool().Draw(t, "has parent") {
				what.claim.Parent = rapid.SampledFrom(records[:2]).Draw(t, "parent")
			}
			all = append(all, what)
		}
		want := play(t, all, false)
		again := rapid.Permutation(append(slices.Clone(all), all...)).Draw(t, "order")
		if diff := cmp.Diff(want, play(t, again, true)); diff != "" {
			t.Fatalf("%v\n%s", again, diff)
		}
	})
}

func hasMerge(all []said, r customer.Identity) bool {
	return slices.ContainsFunc(all, func(s said) bool { return s.record == r && s.merged != "" })
}

func play(t *rapid.T, all []said, crash bool) []string {
	s := &links{stored: map[customer.Identity]customer.Link{}, fuel: -1}
	facts := map[customer.Identity][]customer.Claim{}
	for i, what := range all {
		now := start.Add(time.Duration(i) * time.Minute)
		if crash {
			s.fuel = rapid.IntRange(0, 6).Draw(t, fmt.Sprint("writes before the crash ", i))
			if err := hear(context.Background(), s, facts, what, now); err != nil && !errors.Is(err, errDied) {
				t.Fatal(err)
			}
			s.fuel = -1
		}
		if err := hear(context.Background(), s, facts, what, now); err != nil {
			t.Fatal(err)
		}
	}
	return partition(s, all)
}
