package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/bolt"
	"holdfast/internal/customer"
	"holdfast/internal/identity"
	"holdfast/internal/ingest"
	"holdfast/internal/privacy"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	shop   = customer.Account("shopify/a.myshopify.com")
	ann    = customer.Identity("shopify/a.myshopify.com/1")
	bob    = customer.Identity("shopify/a.myshopify.com/2")
	annHub = customer.Identity("hubspot/9/5")
	email  = customer.Email("ann@example.com")
)

// dying is a store whose process dies after some writes.
type dying struct {
	*bolt.Store
	mu   sync.Mutex
	fuel int // writes left; negative: any number
}

var errDied = errors.New("the process died")

func (d *dying) spend(do func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fuel == 0 {
		return errDied
	}
	d.fuel--
	return do()
}

func (d *dying) PutLink(ctx context.Context, l customer.Link) error {
	return d.spend(func() error { return d.Store.PutLink(ctx, l) })
}

func (d *dying) DeleteLink(ctx context.Context, i customer.Identity) error {
	return d.spend(func() error { return d.Store.DeleteLink(ctx, i) })
}

func (d *dying) PutProfile(ctx context.Context, p customer.Profile) error {
	return d.spend(func() error { return d.Store.PutProfile(ctx, p) })
}

func (d *dying) DeleteProfile(ctx context.Context, id customer.ID, version int64) error {
	return d.spend(func() error { return d.Store.DeleteProfile(ctx, id, version) })
}

func (d *dying) DeleteFact(ctx context.Context, id customer.ID, f string) error {
	return d.spend(func() error { return d.Store.DeleteFact(ctx, id, f) })
}

func (d *dying) DeleteSend(ctx context.Context, k customer.SendKey) error {
	return d.spend(func() error { return d.Store.DeleteSend(ctx, k) })
}

// A house is a store with a desk and an ingester.
type house struct {
	*dying
	desk privacy.Desk
	in   *ingest.Ingester
}

func build(t *testing.T) *house {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Bulk(true); err != nil {
		t.Fatal(err)
	}
	h := &house{dying: &dying{Store: store, fuel: -1}}
	tombstones := privacy.Tombstones{Store: h, Keys: [][]byte{[]byte("key")}}
	h.desk = privacy.Desk{Store: h, Tombstones: tombstones, Zone: time.UTC}
	h.in = &ingest.Ingester{Store: h, Registry: identity.Registry{Store: h, Erased: tombstones.Erased}, Zone: time.UTC, Obey: h.desk.Obey}
	return h
}

func (h *house) hear(t *testing.T, events ...customer.Event) {
	t.Helper()
	if err := h.in.Apply(t.Context(), events, noon); err != nil {
		t.Fatal(err)
	}
}

func at(hour int) customer.Version {
	return customer.NewVersion(noon.Add(time.Duration(hour)*time.Hour), "")
}

func contact(r customer.Identity, hour int, e customer.Email, name string) customer.Event {
	c := customer.Contact{Email: e, FirstName: name}
	return customer.Event{Record: r, Claim: &customer.Claim{Version: at(hour), Email: e},
		Fact: &customer.Fact{Key: customer.ContactKey("", c), Version: at(hour), At: noon, Body: customer.Body{Contact: &c}}}
}

func order(number string, hour int, buyer customer.Identity) customer.Event {
	return customer.Event{Record: shop.Record("order", number), Claim: &customer.Claim{Version: at(hour), Parent: buyer},
		Fact: &customer.Fact{Key: "order", Version: at(hour), At: noon,
			Body: customer.Body{Order: &customer.Order{Placed: noon, Currency: "EUR", Total: 1000, Current: 1000, Payment: "paid", Cart: "x"}}}}
}

// people lets Ann, of the shop and the CRM, and Bob come, each with an order.
func (h *house) people(t *testing.T) {
	t.Helper()
	h.hear(t, contact(annHub, 0, email, "Ann"), contact(ann, 0, "old@example.com", "Ann"))
	h.hear(t, contact(ann, 1, email, "Ann"), order("7", 1, ann), contact(bob, 0, "bob@example.com", "Bob"), order("8", 1, bob))
	h.hear(t, customer.Event{Record: shop.Record("cart", "x"), Claim: &customer.Claim{Version: at(1), Parent: shop.Record("order", "7")}})
	id := h.whose(t, ann)
	s := customer.Send{SendKey: customer.SendKey{Customer: id, Campaign: "thanks", Occurrence: "once", Step: 1}, Status: customer.Sent}
	if err := h.PutSend(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func (h *house) whose(t *testing.T, i customer.Identity) customer.ID {
	t.Helper()
	id, err := identity.Find(t.Context(), h, i)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// kept returns the names of all that is stored but tombstones.
func (h *house) kept(t *testing.T, ids ...customer.ID) []string {
	t.Helper()
	var names []string
	links, _, err := h.ScanLinks(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if !strings.HasPrefix(string(l.Identity), "gone/") {
			names = append(names, string(l.Identity))
		}
	}
	for _, id := range ids {
		facts, err := h.Facts(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range facts {
			names = append(names, "fact "+f.ID())
		}
		sends, err := h.Sends(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for range sends {
			names = append(names, "send")
		}
		if _, err := h.Profile(t.Context(), id); err == nil {
			names = append(names, "profile")
		}
	}
	slices.Sort(names)
	return names
}

func (h *house) ids(t *testing.T) []customer.ID {
	return []customer.ID{h.whose(t, ann), ann.ID(), annHub.ID(), shop.Record("order", "7").ID()}
}

// bobs is what is left when Ann is gone.
var bobs = []string{"email/bob@example.com", "shopify/a.myshopify.com/2", "shopify/a.myshopify.com/order/8"}

var asking = map[string][]customer.Identity{
	"by the shop's record":          {ann},
	"by the CRM's record":           {annHub},
	"by mail address":               {customer.EmailIdentity(email)},
	"by an order":                   {shop.Record("order", "7")},
	"by the record and the address": {ann, customer.EmailIdentity(email)},
}

func TestAnErasedPersonLeavesNothing(t *testing.T) {
	for name, names := range asking {
		t.Run(name, func(t *testing.T) {
			h := build(t)
			h.people(t)
			ids := h.ids(t)
			for range 2 { // the second time there is nobody
				if err := h.desk.Erase(t.Context(), names, noon); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(bobs, h.kept(t, ids...)); diff != "" {
					t.Fatal(diff)
				}
			}
			late := []customer.Event{contact(ann, 3, email, "Ann"), contact(annHub, 3, "", "Ann"), order("7", 3, ann), contact(shop.Record("3"), 4, email, "A.")}
			for _, e := range late {
				h.hear(t, e)
			}
			if diff := cmp.Diff(bobs, h.kept(t, ids...)); diff != "" {
				t.Errorf("late events brought back: %s", diff)
			}
			if p, err := h.Profile(t.Context(), h.whose(t, bob)); err != nil || p.FirstName != "Bob" || p.Books[0].Orders != 1 {
				t.Errorf("Bob is %+v, %v", p, err)
			}
		})
	}
}

func TestAnErasureThatDiedIsCompletedByTheNext(t *testing.T) {
	for name, names := range asking {
		t.Run(name, func(t *testing.T) {
			for fuel := range 60 {
				h := build(t)
				h.people(t)
				ids := h.ids(t)
				h.fuel = fuel
				err := h.desk.Erase(t.Context(), names, noon)
				if err != nil && !errors.Is(err, errDied) {
					t.Fatal(err)
				}
				h.fuel = -1
				if err := h.desk.Erase(t.Context(), names, noon); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(bobs, h.kept(t, ids...)); diff != "" {
					t.Fatalf("after a death before write %d: %s", fuel+1, diff)
				}
				if err == nil {
					return
				}
			}
			t.Error("an erasure takes over sixty writes")
		})
	}
}

func TestAStrangerIsErasedBeforeTheyCome(t *testing.T) {
	h := build(t)
	command := customer.Event{Record: ann, Command: &customer.Command{Kind: customer.Erase, Email: email}}
	h.hear(t, command)
	h.hear(t, contact(ann, 3, email, "Ann"), contact(annHub, 3, email, "Ann"))
	if kept := h.kept(t, ann.ID(), annHub.ID()); kept != nil {
		t.Errorf("kept %v", kept)
	}
}

func TestATombstoneTellsNobodyWhoItWas(t *testing.T) {
	h := build(t)
	h.people(t)
	if err := h.desk.Erase(t.Context(), []customer.Identity{ann}, noon); err != nil {
		t.Fatal(err)
	}
	links, _, err := h.ScanLinks(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	stones := 0
	for _, l := range links {
		if !strings.HasPrefix(string(l.Identity), "gone/") {
			continue
		}
		stones++
		if diff := cmp.Diff(customer.Link{Identity: l.Identity, Version: 1, Erased: noon}, l); diff != "" || len(l.Identity) != len("gone/")+52 {
			t.Errorf("%s: %s", l.Identity, diff)
		}
	}
	if stones == 0 {
		t.Error("no tombstone")
	}
}

func TestATombstoneIsFoundByAnOlderKey(t *testing.T) {
	h := build(t)
	if err := h.desk.Erase(t.Context(), []customer.Identity{ann}, noon); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		keys []string
		want bool
	}{{"the key", []string{"key"}, true}, {"a newer one before it", []string{"new", "key"}, true}, {"the newer one alone", []string{"new"}, false}} {
		stones := privacy.Tombstones{Store: h}
		for _, k := range tt.keys {
			stones.Keys = append(stones.Keys, []byte(k))
		}
		if got, err := stones.Erased(t.Context(), ann, noon); err != nil || got != tt.want {
			t.Errorf("%s: %t, %v, want %t", tt.name, got, err, tt.want)
		}
	}
	h.desk.Tombstones.Keys = nil
	if err := h.desk.Erase(t.Context(), []customer.Identity{bob}, noon); err == nil {
		t.Error("erased without a key")
	}
}

func TestAnErasedShopLeavesWhatTheCRMKnows(t *testing.T) {
	for fuel := -1; fuel < 40; fuel++ {
		h := build(t)
		h.people(t)
		id := h.whose(t, ann)
		redact := customer.Event{Record: shop.Record("shop"), Command: &customer.Command{Kind: customer.EraseAccount, At: noon.Add(2 * time.Hour)}}
		h.fuel = fuel
		_ = h.in.Apply(t.Context(), []customer.Event{redact}, noon)
		h.fuel = -1
		h.hear(t, redact)
		p, err := h.Profile(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := customer.Folded{Records: []customer.Identity{annHub}, Contact: customer.Contact{Email: email, FirstName: "Ann"}}
		if diff := cmp.Diff(want, p.Folded); diff != "" {
			t.Fatalf("after a death before write %d: %s", fuel+1, diff)
		}
		if _, err := h.Profile(t.Context(), bob.ID()); !errors.Is(err, customer.ErrNotFound) {
			t.Errorf("after a death before write %d: Bob, of the shop alone, is there still: %v", fuel+1, err)
		}
		for _, name := range h.kept(t, bob.ID()) {
			if strings.HasPrefix(name, string(shop)) {
				t.Errorf("after a death before write %d: kept %s", fuel+1, name)
			}
		}
	}
}

func TestAShopThatIsBackIsHeardAgain(t *testing.T) {
	h := build(t)
	h.people(t)
	h.hear(t, contact(bob, 3, "bob@example.com", "Robert"))
	h.hear(t, customer.Event{Record: shop.Record("shop"), Command: &customer.Command{Kind: customer.EraseAccount, At: noon.Add(2 * time.Hour)}})
	tags := customer.Event{Record: ann, Fact: &customer.Fact{Key: "tags", Version: at(4), At: noon, Body: customer.Body{Tags: &customer.Tags{Tags: []string{"back"}}}}}
	h.hear(t, tags, order("8", 1, bob), contact(shop.Record("3"), 1, "carl@example.com", "Carl"))
	if p, err := h.Profile(t.Context(), h.whose(t, bob)); err != nil || p.FirstName != "Robert" || p.Books != nil {
		t.Errorf("Bob is %+v, %v; want his new name and not his old order", p, err)
	}
	if p, err := h.Profile(t.Context(), h.whose(t, ann)); err != nil || len(p.Tags) != 1 {
		t.Errorf("Ann is %+v, %v; want her new tag", p, err)
	}
	if _, err := identity.Find(t.Context(), h, shop.Record("3")); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("Carl, of whom nothing is heard since, is there: %v", err)
	}
}

func TestACopyHoldsEverythingAndNobodyElse(t *testing.T) {
	h := build(t)
	h.people(t)
	c, err := h.desk.Export(t.Context(), customer.EmailIdentity(email))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range c.Facts {
		if f.Body != (customer.Body{}) {
			got = append(got, f.ID())
		}
	}
	for _, l := range c.Links {
		got = append(got, string(l.Identity))
	}
	for _, s := range c.Sends {
		got = append(got, s.Campaign)
	}
	got = append(got, c.Profile.FirstName)
	slices.Sort(got)
	want := []string{"Ann", "email/ann@example.com", "email/old@example.com", "hubspot/9/5", "hubspot/9/5#contact/ef", "shopify/a.myshopify.com/1", "shopify/a.myshopify.com/1#contact/ef",
		"shopify/a.myshopify.com/cart/x", "shopify/a.myshopify.com/order/7", "shopify/a.myshopify.com/order/7#order", "thanks"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := h.desk.Export(t.Context(), "email/nobody@example.com"); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("a copy of nobody: %v", err)
	}
}

func TestARequestForACopyIsNotedByRecordAlone(t *testing.T) {
	h := build(t)
	h.hear(t, customer.Event{Record: ann, Command: &customer.Command{Kind: customer.Export, At: noon, Email: email, Reference: "99"}})
	notes, err := h.Insights(t.Context(), privacy.DataRequests, "", "")
	if err != nil || len(notes) != 1 || strings.Contains(fmt.Sprint(string(notes[0].Body)), "@") || notes[0].Date != string(shop)+"/99" {
		t.Errorf("notes %+v, %v", notes, err)
	}
	if kept := h.kept(t, ann.ID()); kept != nil {
		t.Errorf("a question left %v", kept)
	}
}

func TestAnUnknownCommandIsInvalid(t *testing.T) {
	h := build(t)
	if err := h.desk.Obey(t.Context(), ann, customer.Command{Kind: "dance"}, noon); !errors.Is(err, customer.ErrInvalid) {
		t.Errorf("error %v", err)
	}
}
