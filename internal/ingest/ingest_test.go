package ingest_test

import (
	"context"
	"encoding/json"
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
)

// counting is a store that counts what is written to it.
type counting struct {
	*bolt.Store
	mu     sync.Mutex
	writes []string
}

func (c *counting) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes = append(c.writes, what)
}

func (c *counting) PutLink(ctx context.Context, l customer.Link) error {
	c.note("link")
	return c.Store.PutLink(ctx, l)
}

func (c *counting) DeleteLink(ctx context.Context, i customer.Identity) error {
	c.note("no link")
	return c.Store.DeleteLink(ctx, i)
}

func (c *counting) PutProfile(ctx context.Context, p customer.Profile) error {
	c.note("profile")
	return c.Store.PutProfile(ctx, p)
}

func (c *counting) PutFact(ctx context.Context, id customer.ID, f customer.Fact) (bool, error) {
	c.note("fact")
	return c.Store.PutFact(ctx, id, f)
}

func (c *counting) DeleteFact(ctx context.Context, id customer.ID, f string) error {
	c.note("no fact")
	return c.Store.DeleteFact(ctx, id, f)
}

func open(t *testing.T) *counting {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Bulk(true); err != nil {
		t.Fatal(err)
	}
	return &counting{Store: store}
}

// source reads bodies that are names of events.
func source(events map[string][]customer.Event) ingest.Source {
	return func(_ context.Context, d ingest.Delivery) ([]customer.Event, error) {
		switch name := string(d.Body); name {
		case "panic":
			panic("ann@example.com")
		case "unwanted":
			return nil, fmt.Errorf("topic: %w", ingest.ErrUnwanted)
		case "malformed":
			return nil, fmt.Errorf("%w: id: missing", customer.ErrInvalid)
		case "down":
			return nil, errors.New("the source is down")
		case "half":
			return slices.Clone(events["ann"]), fmt.Errorf("%w: the second contact: missing", customer.ErrInvalid)
		default:
			return slices.Clone(events[name]), nil
		}
	}
}

const (
	shop = customer.Account("shopify/a.myshopify.com")
	ann  = customer.Identity("shopify/a.myshopify.com/1")
	bob  = customer.Identity("shopify/a.myshopify.com/2")
)

func at(hour int) customer.Version {
	return customer.NewVersion(noon.Add(time.Duration(hour)*time.Hour), "")
}

func contact(r customer.Identity, hour int, name string) customer.Event {
	c := customer.Contact{Email: customer.Email(strings.ToLower(name) + "@example.com"), FirstName: name}
	return customer.Event{Record: r, Claim: &customer.Claim{Version: at(hour), Email: c.Email},
		Fact: &customer.Fact{Key: customer.ContactKey("", c), Version: at(hour), At: noon, Body: customer.Body{Contact: &c}}}
}

func order(number string, hour int, total int64) customer.Event {
	return customer.Event{Record: shop.Record("order", number), Claim: &customer.Claim{Version: at(hour), Parent: ann},
		Fact: &customer.Fact{Key: "order", Version: at(hour), At: noon,
			Body: customer.Body{Order: &customer.Order{Placed: noon, Currency: "EUR", Total: total, Current: total, Payment: "paid"}}}}
}

var events = map[string][]customer.Event{
	"ann":          {contact(ann, 0, "Ann")},
	"ann, later":   {contact(ann, 5, "Ann")},
	"bob":          {contact(bob, 0, "Bob")},
	"order":        {order("7", 1, 1000)},
	"order, later": {order("7", 2, 900)},
}

func ingester(store ingest.Store) *ingest.Ingester {
	return &ingest.Ingester{Store: store, Registry: identity.Registry{Store: store}, Zone: time.UTC,
		Sources: map[string]ingest.Source{"shopify": source(events)}}
}

func deliveries(bodies ...string) []ingest.Delivery {
	var all []ingest.Delivery
	for _, b := range bodies {
		all = append(all, ingest.Delivery{Source: "shopify", Header: map[string]string{"x-shopify-topic": "customers/update"}, Body: []byte(b), Received: noon})
	}
	return all
}

func TestWhatBecomesOfADelivery(t *testing.T) {
	known := func(a customer.Account) bool { return a == shop }
	for _, tt := range []struct {
		name   string
		bodies []string
		known  func(customer.Account) bool
		want   ingest.Result
		failed []int
	}{
		{"events are applied and counted", []string{"ann", "bob"}, known, ingest.Result{Events: 2}, nil},
		{"a delivery nobody needs is counted and done", []string{"unwanted", "ann"}, nil, ingest.Result{Events: 1, Unwanted: 1}, nil},
		{"a delivery of an account that is not ours is counted and done", []string{"ann"}, func(customer.Account) bool { return false }, ingest.Result{Unwanted: 1}, nil},
		{"a malformed delivery is kept aside and done", []string{"malformed", "ann"}, nil, ingest.Result{Events: 1, Quarantined: 1}, nil},
		{"what is good of a half malformed one is applied", []string{"half"}, nil, ingest.Result{Events: 1, Quarantined: 1}, nil},
		{"a source that is down fails its delivery alone", []string{"down", "ann"}, nil, ingest.Result{Events: 1}, []int{0}},
		{"a panic in a source fails its delivery alone", []string{"ann", "panic", "bob"}, nil, ingest.Result{Events: 2}, []int{1}},
		{"nothing gives nothing", nil, nil, ingest.Result{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := ingester(open(t))
			in.Known = tt.known
			got := in.Handle(t.Context(), deliveries(tt.bodies...), noon)
			var failed []int
			for i, err := range got.Errors {
				if err != nil {
					failed = append(failed, i)
					if strings.Contains(err.Error(), "@") {
						t.Errorf("invariant 11: the error %q tells whose it is", err)
					}
				}
			}
			got.Errors = nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.failed, failed); diff != "" {
				t.Errorf("failed deliveries: %s", diff)
			}
		})
	}
}

func TestADeliveryOfAnUnknownSourceIsCountedAndDone(t *testing.T) {
	r := ingester(open(t)).Handle(t.Context(), []ingest.Delivery{{Source: "fax"}}, noon)
	if diff := cmp.Diff(ingest.Result{Errors: []error{nil}, Unwanted: 1}, r); diff != "" {
		t.Error(diff)
	}
}

func TestAPanicInTheRulesFailsItsCustomerAlone(t *testing.T) {
	store := open(t)
	in := ingester(store)
	in.Derive = func(p customer.Profile, _ time.Time) customer.Derived {
		if p.FirstName == "Ann" {
			panic(p.Email)
		}
		return customer.Derived{}
	}
	r := in.Handle(t.Context(), deliveries("ann", "bob"), noon)
	if r.Errors[0] == nil || r.Errors[1] != nil || strings.Contains(fmt.Sprint(r.Errors[0]), "@") {
		t.Errorf("errors %v", r.Errors)
	}
	if p, err := store.Profile(t.Context(), bob.ID()); err != nil || p.FirstName != "Bob" {
		t.Errorf("bob is %+v, %v", p, err)
	}
}

func TestAPanicInACommandFailsItsDeliveryAlone(t *testing.T) {
	in := ingester(open(t))
	in.Sources["shopify"] = source(map[string][]customer.Event{"bob": events["bob"],
		"erase": {{Record: ann, Command: &customer.Command{Kind: customer.Erase}}}})
	in.Obey = func(context.Context, customer.Identity, customer.Command, time.Time) error { panic("no") }
	r := in.Handle(t.Context(), deliveries("erase", "bob"), noon)
	if r.Errors[0] == nil || r.Errors[1] != nil {
		t.Errorf("errors %v", r.Errors)
	}
}

func TestWritesOfAWebhook(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before []string
		body   string
		want   []string
	}{
		{"a change of a known customer is two", []string{"ann"}, "ann, later", []string{"fact", "profile"}},
		{"a change of a known order is two", []string{"ann", "order"}, "order, later", []string{"fact", "profile"}},
		{"an order of a known customer is three, one of them its link", []string{"ann"}, "order", []string{"link", "fact", "profile"}},
		{"the same again writes the profile only", []string{"ann"}, "ann", []string{"profile"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := open(t)
			in := ingester(store)
			for _, b := range tt.before {
				in.Handle(t.Context(), deliveries(b), noon)
			}
			store.writes = nil
			if r := in.Handle(t.Context(), deliveries(tt.body), noon); r.Errors[0] != nil {
				t.Fatal(r.Errors[0])
			}
			if diff := cmp.Diff(tt.want, store.writes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMalformedDeliveryIsKeptOnceAndWhole(t *testing.T) {
	store := open(t)
	in := ingester(store)
	in.Handle(t.Context(), deliveries("malformed", "malformed"), noon)
	in.Handle(t.Context(), deliveries("malformed"), noon.Add(time.Hour))
	kept, err := store.Insights(t.Context(), ingest.Quarantine, "", "")
	if err != nil || len(kept) != 1 {
		t.Fatalf("%d kept, %v; want one", len(kept), err)
	}
	if !strings.HasPrefix(kept[0].Date, "2026-03-01/") || !kept[0].Expires.Equal(noon.Add(time.Hour+14*24*time.Hour)) {
		t.Errorf("kept under %s until %v", kept[0].Date, kept[0].Expires)
	}
	var q ingest.Quarantined
	if err := json.Unmarshal(kept[0].Body, &q); err != nil {
		t.Fatal(err)
	}
	delivery, err := ingest.Decode(q.Delivery, noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(deliveries("malformed")[0], delivery); diff != "" {
		t.Error(diff)
	}
	q.Delivery = nil
	want := ingest.Quarantined{Reason: "invalid: id: missing", Source: "shopify", Topic: "customers/update", Received: noon}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Error(diff)
	}
}

func TestSendsArePlannedWhenASegmentIsEnteredAndWhenAMessageComesBack(t *testing.T) {
	in := ingester(open(t))
	in.Derive = func(customer.Profile, time.Time) customer.Derived {
		return customer.Derived{Segments: []customer.Membership{{Segment: "new", Since: noon}}}
	}
	planned := 0
	in.Plan = func(context.Context, customer.Profile, time.Time) error { planned++; return nil }
	for i, step := range []struct {
		body string
		want int
	}{{"ann", 1}, {"ann, later", 1}, {"ann, later", 2}} {
		in.Handle(t.Context(), deliveries(step.body), noon)
		if planned != step.want {
			t.Errorf("after delivery %d planned %d times, want %d", i+1, planned, step.want)
		}
	}
}

func TestAnExpiredFactDoesNotCount(t *testing.T) {
	facts := []customer.Fact{{Key: "a"}, {Key: "b", Expires: noon}, {Key: "c", Expires: noon.Add(1)}}
	want := []customer.Fact{{Key: "a"}, {Key: "c", Expires: noon.Add(1)}}
	if diff := cmp.Diff(want, ingest.Living(facts, noon)); diff != "" {
		t.Error(diff)
	}
}
