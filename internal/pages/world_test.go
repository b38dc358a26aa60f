package pages_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"holdfast/internal/bolt"
	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/identity"
	"holdfast/internal/ingest"
	"holdfast/internal/metric"
	"holdfast/internal/model"
	"holdfast/internal/night"
	"holdfast/internal/outbox"
	"holdfast/internal/pages"
	"holdfast/internal/playbook"
)

var now = time.Date(2026, 6, 15, 9, 30, 0, 0, time.UTC)

const shop = customer.Account("shopify/kelp.myshopify.com")

var (
	anna   = shop.Record("1").ID()
	former = shop.Record("9").ID() // joined with anna
	nobody = customer.ID("caaaaaaaaaaaaaaaa")
)

// A world is a stack's data with its pages.
type world struct {
	testing.TB
	store  *bolt.Store
	outbox *outbox.Outbox
	site   pages.Site
}

// empty returns a world in which nothing has happened.
func empty(t testing.TB) *world {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "holdfast.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	mails, err := outbox.Open(t.TempDir(), outbox.Options{Now: func() time.Time { return now.Add(-2 * time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	book, err := playbook.Load(os.DirFS("testdata/playbook"))
	if err != nil {
		t.Fatal(err)
	}
	return &world{TB: t, store: store, outbox: mails, site: pages.Site{
		Store: store, Outbox: mails, Playbook: func() *playbook.Playbook { return book }, Now: func() time.Time { return now },
		Find: func(ctx context.Context, i customer.Identity) (customer.ID, error) {
			return identity.Find(ctx, store, i)
		},
		PublicURL: "https://mail.kelp.example", NightHour: 3,
	}}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// get asks for a page.
func (w *world) get(path string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRecorder()
	pages.New(w.site).ServeHTTP(r, httptest.NewRequest(http.MethodGet, path, nil))
	return r
}

func (w *world) insight(kind, date string, v any) {
	w.Helper()
	body, err := json.Marshal(v)
	w.must(err)
	w.must(w.store.PutInsight(w.Context(), customer.Insight{Kind: kind, Date: date, Body: body}))
}

// peopled returns a world with a loyal customer, her history and mails, two
// nights, and things that went wrong. name is the customer's first name.
func peopled(t *testing.T, name string) *world {
	w := empty(t)
	w.must(w.store.PutLink(t.Context(), customer.Link{Identity: shop.Record("1"), Customer: anna, Seen: now,
		Email: customer.Tie{To: "email/anna@example.com", Version: "1"}}))
	w.must(w.store.PutLink(t.Context(), customer.Link{Identity: "email/anna@example.com", Holders: []customer.Identity{shop.Record("1")}}))
	w.must(w.store.PutLink(t.Context(), customer.Link{Identity: customer.AliasIdentity(former), Customer: anna}))
	facts := history(name)
	for _, f := range facts {
		_, err := w.store.PutFact(t.Context(), anna, f)
		w.must(err)
	}
	p := customer.Profile{ID: anna, Folded: customer.Fold(facts, w.site.Playbook().Business.Zone)}
	p.Derived = customer.Derived{Night: night2, R: 5, F: 4, M: 5, Outlook: customer.Outlook{Horizon: 180, Alive: 85, NoOrder: 45, Orders: 91, CLV: 15000, Band: 118, NextFrom: 62, Next: 130, NextTo: 360},
		Segments: []customer.Membership{{Segment: "loyal", Since: night2}}}
	w.must(w.store.PutProfile(t.Context(), p))
	w.must(w.store.PutProfile(t.Context(), customer.Profile{ID: nobody, Folded: customer.Folded{Contact: customer.Contact{Phone: "+4315550100"}}}))
	w.sends()
	w.nights()
	w.insight(ingest.Quarantine, "2026-06-14/0011", ingest.Quarantined{Reason: "a body without an id", Source: "shopify", Topic: "orders/create",
		Received: now.Add(-time.Hour), Delivery: json.RawMessage(`{}`)})
	w.site.Queues = func() []pages.Queue { return []pages.Queue{{Name: "events", Dead: 2}, {Name: "mail", Waiting: 3}} }
	return w
}

var (
	night1 = time.Date(2026, 6, 14, 1, 0, 0, 0, time.UTC)
	night2 = time.Date(2026, 6, 15, 1, 0, 0, 0, time.UTC)
)

func (w *world) nights() {
	expected := &model.Demand{
		Days: 90, Orders: model.Band{Value: 312.4, Low: 250.2, High: 374.6}, Revenue: model.Band{Value: 18_740_00, Low: 14_000_49, High: 23_480_51},
		New:       &model.Newcomers{Customers: model.Band{Value: 96, Low: 60, High: 132}, Orders: model.Band{Value: 118.2, Low: 73, High: 163}, Revenue: model.Band{Value: 6_900_00, Low: 4_100_00, High: 9_700_00}},
		AllOrders: model.Band{Value: 430.6, Low: 354, High: 507}, AllRevenue: model.Band{Value: 25_640_00, Low: 20_100_00, High: 31_180_00},
	}
	var engaged metric.Engagement
	for i, at := range customer.Touchpoints()[:6] {
		e := &engaged[at.Index()]
		e.Active, e.ActiveBefore, e.Both, e.Acts, e.ActsBefore = int64(400-70*i), int64(300-40*i), int64(40), int64(2100-300*i), int64(1500-100*i)
	}
	for i, at := range []time.Time{night1, night2} {
		before := int64(1 - i)
		all := metric.Tally{Customers: 1240, Buyers: 800, Repeaters: 300, Orders: 1500, Revenue: 123_456_78, Mailable: 700,
			WindowOrders: 310, WindowRevenue: 20_000_00, Start: 200, End: 240, Retained: 120, New: 100, Reactivated: 20, Churned: 80}
		w.insight(night.Snapshots, at.Format(time.RFC3339), night.Snapshot{At: at, Currency: "EUR", Window: 90, Overall: all.Numbers(),
			Ahead: expected, Engagement: map[string][]metric.Contact{"": engaged.Contacts(all.Customers)},
			Model: &night.ModelUsed{Family: model.MBGNBD, Test: &night.Tested{Days: 180, Model: model.Accuracy{Error: -0.042}}},
			Segments: map[string]metric.Numbers{
				"loyal": metric.Tally{Customers: 310 - 3*before, Buyers: 310, Orders: 900, Revenue: 90_000_00}.Numbers(),
				"new":   metric.Tally{Customers: 490 + 7*before, Buyers: 490, Orders: 490, Revenue: 20_000_00}.Numbers(),
			}})
		w.insight(night.Runs, at.Format(time.RFC3339), night.Run{At: at, Shards: 4, Seen: 1240, Work: night.Work{Changed: 55, Planned: 12}})
	}
}

func (w *world) sends() {
	key := customer.SendKey{Customer: anna, Campaign: "thanks", Occurrence: "20260615T010000Z", Step: 1}
	id, err := w.outbox.Send(w.Context(), campaign.Message{Key: key, From: "Kelp & Co <hello@kelp.example>", To: "anna@example.com", Subject: "Thank you, Anna",
		HTML: `<!doctype html><html><body><p>Hello "Anna".</p><a href="https://mail.kelp.example/u/T">Unsubscribe</a></body></html>`, Text: "Hello \"Anna\".",
		Unsubscribe: "https://mail.kelp.example/u/T"})
	w.must(err)
	at := now.Add(-2 * time.Hour)
	for _, s := range []customer.Send{
		{SendKey: key, Status: customer.Delivered, Segment: "loyal", Due: at, Accepted: at, Settled: at, Clicked: at.Add(time.Hour), MessageID: id},
		{SendKey: customer.SendKey{Customer: anna, Campaign: "second", Occurrence: "20260301T010000Z", Step: 1}, Status: customer.Skipped, Reason: campaign.ReasonCap, Segment: "new",
			Due: now.AddDate(0, -3, 0), Settled: now.AddDate(0, -3, 0)},
		{SendKey: customer.SendKey{Customer: anna, Campaign: "second", Occurrence: "20260301T010000Z", Step: 2}, Status: customer.Planned, Reason: campaign.ReasonQuiet, Segment: "new",
			Due: now.AddDate(0, 0, 3)},
		{SendKey: customer.SendKey{Customer: anna, Campaign: "thanks", Occurrence: "20260101T010000Z", Step: 1}, Status: customer.HeldOut, Segment: "loyal",
			Due: now.AddDate(0, -5, 0), Settled: now.AddDate(0, -5, 0)},
		{SendKey: customer.SendKey{Customer: anna, Campaign: "thanks", Occurrence: "20260201T010000Z", Step: 1}, Status: customer.Bounced, Reason: "transient", Segment: "loyal",
			Due: now.AddDate(0, -4, 0), Accepted: now.AddDate(0, -4, 0), Settled: now.AddDate(0, -4, 0)},
	} {
		w.must(w.store.PutSend(w.Context(), s))
	}
}

// barren is a night that found nobody who ordered.
func (w *world) barren() {
	w.insight(night.Snapshots, night2.Format(time.RFC3339), night.Snapshot{At: night2, Currency: "EUR", Window: 90,
		Overall: metric.Tally{Customers: 1}.Numbers(), Segments: map[string]metric.Numbers{}})
}
