package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"holdfast/internal/bolt"
	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

var tokens = campaign.Tokens{Keys: [][]byte{[]byte("a key of these tests")}}

const settings = `
business:
  name: Kelp & Co
  url: https://kelp.example
  sender: {name: "Kelp & Co", address: hello@kelp.example}
  reply_to: care@kelp.example
  postal_address: 1 Sea Road, Bantry
  time_zone: Europe/Dublin
  currency: EUR
caps:
  - {mails: 1, within: 7d}
quiet_hours: {from: "21:00", to: "08:00"}
`

const segments = `
segments:
  - {name: loyal, title: Loyal, when: orders >= 3}
  - {name: new, title: New, when: orders == 1}
`

const campaigns = `
campaigns:
  - name: thanks
    segment: loyal
    priority: 20
    exit: {goal: order within 21d}
    steps:
      - {template: hello, subject: "Thank you"}
      - {template: hello, subject: "Still there?", after: 7d}
  - name: offer
    segment: loyal
    priority: 10
    exit: {segment_left: false}
    steps:
      - {template: named, subject: "For you, {{ first_name | required }}"}
  - name: club
    segment: loyal
    start: while
    every: 30d
    steps:
      - template: hello
        subject: "The club"
        variants: [{name: short, subject: "Club"}, {name: long, subject: "The kelp club"}]
  - name: receipt
    segment: new
    transactional: true
    steps:
      - {template: hello, subject: "Your order"}
`

const body = `<p>Hello</p><a href="{{ unsubscribe_url }}">Unsubscribe</a> <a href="{{ preferences_url }}">Preferences</a> {{ business.postal_address }}`

// book loads the playbook of these tests; change edits it before.
func book(t testing.TB, change func(*playbook.Playbook)) *playbook.Playbook {
	t.Helper()
	b, err := playbook.Load(fstest.MapFS{
		"holdfast.yaml":            {Data: []byte(settings)},
		"segments.yaml":            {Data: []byte(segments)},
		"campaigns.yaml":           {Data: []byte(campaigns)},
		"emails/hello.html.liquid": {Data: []byte(body)},
		"emails/named.html.liquid": {Data: []byte("{{ first_name | required }} " + body)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(b)
	}
	return b
}

func openStore(t testing.TB) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Bulk(true); err != nil {
		t.Fatal(err)
	}
	return s
}

var customers int

// someone stores a customer of her own who may be mailed and is in the segment
// loyal since an hour ago; change edits her before.
func someone(t testing.TB, store *bolt.Store, change func(*customer.Profile)) customer.Profile {
	t.Helper()
	customers++
	record := customer.Account("shopify/kelp").Record(fmt.Sprint(customers))
	p := customer.Profile{ID: record.ID()}
	p.Records = []customer.Identity{record}
	p.Email = customer.Email(fmt.Sprintf("c%d@example.com", customers))
	p.Mail = customer.Permission{State: customer.Subscribed, Since: noon.AddDate(-1, 0, 0), Via: "shopify"}
	p.Books = []customer.Book{{Currency: "EUR", Orders: 4, Spend: 9900, First: noon.AddDate(-1, 0, 0), Last: noon.AddDate(0, -2, 0)}}
	p.Derived.Segments = []customer.Membership{{Segment: "loyal", Since: noon.Add(-time.Hour)}}
	if change != nil {
		change(&p)
	}
	if err := store.PutProfile(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return p
}

func keyOf(p customer.Profile, name string, step int) customer.SendKey {
	return customer.SendKey{Customer: p.ID, Campaign: name, Occurrence: noon.Add(-time.Hour).Format("20060102T150405Z"), Step: step}
}

// planned stores a planned send that is due.
func planned(t testing.TB, store *bolt.Store, k customer.SendKey) customer.SendKey {
	t.Helper()
	put(t, store, customer.Send{SendKey: k, Status: customer.Planned, Segment: "loyal", Template: "hello", Planned: noon.Add(-time.Hour), Due: noon.Add(-time.Hour)})
	return k
}

func put(t testing.TB, store *bolt.Store, s customer.Send) {
	t.Helper()
	if err := store.PutSend(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func stored(t testing.TB, store *bolt.Store, k customer.SendKey) customer.Send {
	t.Helper()
	s, err := store.Send(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A post accepts mails and remembers them. It answers as told, and keeps the
// mail if the answer is lost or good.
type post struct {
	mu       sync.Mutex
	accepted []campaign.Message
	answer   error
	quota    campaign.Quota
}

var errLost = errors.New("the answer was lost")

func (p *post) Send(_ context.Context, m campaign.Message) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer == nil || errors.Is(p.answer, errLost) {
		p.accepted = append(p.accepted, m)
	}
	return messageID(m.Key), p.answer
}

func (p *post) Quota(context.Context) (campaign.Quota, error) { return p.quota, nil }

// count returns how often the mail of k was accepted.
func (p *post) count(k customer.SendKey) int {
	n := 0
	for _, m := range p.accepted {
		if m.Key == k {
			n++
		}
	}
	return n
}

func messageID(k customer.SendKey) string { return "m-" + string(k.Customer) + "-" + k.String() }

func mailer(store campaign.Store, transport campaign.Transport, b *playbook.Playbook) campaign.Mailer {
	return campaign.Mailer{Store: store, Transport: transport, Playbook: b, Tokens: tokens, PublicURL: "https://kelp.example"}
}

// A tap puts around on every call to the outside.
type tap struct {
	campaign.Store
	campaign.Transport
	around func(call func() error) error
}

func through[T any](t tap, call func() (T, error)) (T, error) {
	var v T
	err := t.around(func() (err error) { v, err = call(); return err })
	return v, err
}

func (t tap) Profile(ctx context.Context, id customer.ID) (customer.Profile, error) {
	return through(t, func() (customer.Profile, error) { return t.Store.Profile(ctx, id) })
}

func (t tap) Link(ctx context.Context, i customer.Identity) (customer.Link, error) {
	return through(t, func() (customer.Link, error) { return t.Store.Link(ctx, i) })
}

func (t tap) Send(ctx context.Context, k customer.SendKey) (customer.Send, error) {
	return through(t, func() (customer.Send, error) { return t.Store.Send(ctx, k) })
}

func (t tap) Sends(ctx context.Context, id customer.ID) ([]customer.Send, error) {
	return through(t, func() ([]customer.Send, error) { return t.Store.Sends(ctx, id) })
}

func (t tap) PutSend(ctx context.Context, s customer.Send) error {
	return t.around(func() error { return t.Store.PutSend(ctx, s) })
}

func (t tap) PutLink(ctx context.Context, l customer.Link) error {
	return t.around(func() error { return t.Store.PutLink(ctx, l) })
}

// A tapPost is the transport's side of a tap.
type tapPost struct{ tap }

func (t tapPost) Send(ctx context.Context, m campaign.Message) (string, error) {
	return through(t.tap, func() (string, error) { return t.Transport.Send(ctx, m) })
}

func (t tapPost) Quota(ctx context.Context) (campaign.Quota, error) { return t.Transport.Quota(ctx) }

func tapped(store campaign.Store, transport campaign.Transport, b *playbook.Playbook, around func(func() error) error) campaign.Mailer {
	t := tap{Store: store, Transport: transport, around: around}
	return mailer(t, tapPost{t}, b)
}
