package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/source/hubspot"
	"holdfast/internal/source/segment"
	"holdfast/internal/source/shopify"
)

// ask calls the fake API and returns the status and the answer.
func ask(t *testing.T, s *Shop, method, path, body string, token bool) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token {
		r.Header.Set("Authorization", "Bearer local")
	}
	w := httptest.NewRecorder()
	s.HubSpot().ServeHTTP(w, r)
	if w.Header().Get("X-HubSpot-RateLimit-Max") == "" {
		t.Errorf("%s: no rate limit headers", path)
	}
	answer := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: %v: %s", path, err, w.Body)
	}
	return w.Code, answer
}

func first(s *Shop, kind string, want func(*record) bool) *record {
	for _, r := range s.crm.of(kind) {
		if want(r) {
			return r
		}
	}
	return nil
}

func TestTheFakeAnswersWhatHydrationAsks(t *testing.T) {
	s := New(Options{Seed: 7, Customers: 300, End: end})
	living := func(r *record) bool { return r.exists(end) && len(r.links) > 0 }
	contact := first(s, contacts, living)
	id := strconv.FormatInt(contact.id, 10)

	t.Run("a batch without a token is refused", func(t *testing.T) {
		if status, _ := ask(t, s, "POST", "/crm/v3/objects/contacts/batch/read", "{}", false); status != 401 {
			t.Errorf("status %d, want 401", status)
		}
	})
	for _, path := range []string{"/crm/v3/objects/contacts", "/crm/objects/2026-03/contacts", "/crm/objects/2026-03/0-1"} {
		t.Run("a contact is read at "+path, func(t *testing.T) {
			status, answer := ask(t, s, "POST", path+"/batch/read", `{"properties":["email","no_such"],"inputs":[{"id":"`+id+`"},{"id":"`+id+`"}]}`, true)
			want := map[string]any{"id": id, "archived": false, "createdAt": iso(contact.born), "updatedAt": iso(contact.modified), "properties": map[string]any{
				"email": contact.properties["email"], "no_such": nil, "createdate": contact.properties["createdate"], "hs_object_id": id, "lastmodifieddate": iso(contact.modified)}}
			if diff := cmp.Diff([]any{want}, answer["results"]); status != 200 || diff != "" {
				t.Errorf("status %d, results (-want +got):\n%s", status, diff)
			}
		})
	}
	t.Run("a missing id makes it 207 and is named", func(t *testing.T) {
		status, answer := ask(t, s, "POST", "/crm/v3/objects/contacts/batch/read", `{"inputs":[{"id":"5"},{"id":"`+id+`"}]}`, true)
		problem := answer["errors"].([]any)[0].(map[string]any)
		if diff := cmp.Diff(map[string]any{"ids": []any{"5"}}, problem["context"]); status != 207 || diff != "" || len(answer["results"].([]any)) != 1 {
			t.Errorf("status %d, %v", status, answer)
		}
	})
	t.Run("one object is read by its address", func(t *testing.T) {
		status, answer := ask(t, s, "GET", "/crm/v3/objects/contacts/"+contact.properties["email"]+"?idProperty=email&properties=email", "", true)
		if status != 200 || answer["id"] != id {
			t.Errorf("status %d, %v", status, answer)
		}
	})
	t.Run("associations are read, and their lack is 207", func(t *testing.T) {
		deal := first(s, deals, living)
		status, answer := ask(t, s, "POST", "/crm/v4/associations/deals/contacts/batch/read", fmt.Sprintf(`{"inputs":[{"id":"%d"},{"id":"5"}]}`, deal.id), true)
		results := answer["results"].([]any)
		if status != 207 || len(results) != 1 || results[0].(map[string]any)["from"].(map[string]any)["id"] != strconv.FormatInt(deal.id, 10) {
			t.Errorf("status %d, %v", status, answer)
		}
	})
	t.Run("an old id answers with the record it was merged into", func(t *testing.T) {
		old := first(s, contacts, func(r *record) bool { return r.into != nil })
		_, answer := ask(t, s, "GET", fmt.Sprintf("/crm/v3/objects/contacts/%d", old.id), "", true)
		if got, want := answer["id"], strconv.FormatInt(old.into.id, 10); got != want {
			t.Errorf("id %v, want %v", got, want)
		}
	})
	t.Run("too many ids, a bad body and an unknown type are refused", func(t *testing.T) {
		for path, body := range map[string]string{
			"/crm/v3/objects/contacts/batch/read": `{"inputs":[` + strings.Repeat(`{"id":"1"},`, 100) + `{"id":"1"}]}`,
			"/crm/v3/objects/deals/batch/read":    `{`,
			"/crm/v3/objects/unicorns/batch/read": `{}`,
		} {
			if status, _ := ask(t, s, "POST", path, body, true); status != 400 {
				t.Errorf("%s: status %d, want 400", path, status)
			}
		}
	})
}

func TestExistenceFollowsTheDeliveries(t *testing.T) {
	s := New(Options{Seed: 7, Customers: 300, End: end})
	gone := first(s, contacts, func(r *record) bool { return !r.died.IsZero() })
	path := fmt.Sprintf("/crm/v3/objects/contacts/%d", gone.id)
	status := func() int { code, _ := ask(t, s, "GET", path, "", true); return code }
	got := []int{status()} // nothing was yielded: the end, when it is deleted
	born, lived := 0, 0
	for d := range s.Deliveries() {
		if d.At.Before(gone.born) {
			born = status()
		} else if lived == 0 && d.At.Before(gone.died) {
			lived = status()
		}
	}
	if diff := cmp.Diff([]int{404, 404, 200, 404}, append(got, born, lived, status())); diff != "" {
		t.Errorf("at rest, before it is made, then, at the end (-want +got):\n%s", diff)
	}
}

func TestOurOwnReaderUnderstandsEveryHubSpotDelivery(t *testing.T) {
	s := New(Options{Seed: 7, Customers: 300, End: end})
	server := httptest.NewServer(s.HubSpot())
	defer server.Close()
	token := func(context.Context, string) (string, error) { return "local", nil }
	source := hubspot.Source{Client: &hubspot.Client{HTTP: server.Client(), Base: server.URL, Token: token}}
	got, want := map[string]bool{}, map[string]bool{
		"contact": true, "contact with company": true, "ticket": true, "ticket of a contact": true, "deal": true, "deal of a contact": true, "merge": true, "erase": true, "deleted": true,
	}
	for d := range s.Deliveries() {
		if d.Source != HubSpot {
			continue
		}
		events, err := source.Events(t.Context(), d.Body)
		if err != nil && !errors.Is(err, hubspot.ErrUnwanted) {
			t.Fatalf("%s: %v\n%s", d.Topic, err, d.Body)
		}
		for _, e := range events {
			if e.Command != nil {
				got[string(e.Command.Kind)] = true
			}
			if e.Fact == nil {
				continue
			}
			b, owned := e.Fact.Body, e.Claim != nil && e.Claim.Parent != ""
			got["contact"] = got["contact"] || b.Contact != nil
			got["contact with company"] = got["contact with company"] || b.Contact != nil && b.Contact.Attributes["industry"] != ""
			got["ticket"] = got["ticket"] || b.Ticket != nil
			got["ticket of a contact"] = got["ticket of a contact"] || b.Ticket != nil && owned
			got["deal"] = got["deal"] || b.Deal != nil
			got["deal of a contact"] = got["deal of a contact"] || b.Deal != nil && owned
			got["deleted"] = got["deleted"] || b.Deleted != nil
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was read (-want +got):\n%s", diff)
	}
}

func TestTheCRMKnowsAQuarterOfTheCustomers(t *testing.T) {
	s, mails := whole(), map[string]bool{}
	for _, p := range s.people {
		mails[p.email] = true
	}
	shared, prospects := 0, 0
	for _, r := range s.crm.of(contacts) {
		if mails[r.properties["email"]] {
			shared++
		} else {
			prospects++
		}
	}
	if shared < 400 || shared > 600 || prospects < 150 {
		t.Errorf("%d contacts are customers, %d prospects; want about 500 and at least 150", shared, prospects)
	}
	formats, largest := map[string]int{}, 0
	for _, b := range s.crm.batches {
		largest = max(largest, len(b))
		for _, e := range b {
			formats[e.Type]++
		}
	}
	for _, kind := range []string{"contact", "company", "deal", "ticket", "object"} {
		for _, what := range []string{"creation", "propertyChange", "associationChange"} {
			if formats[kind+"."+what] == 0 {
				t.Errorf("no event %s.%s", kind, what)
			}
		}
	}
	if largest != 100 || formats["object.merge"] == 0 || formats["contact.privacyDeletion"] == 0 || formats["object.deletion"] == 0 {
		t.Errorf("largest batch %d, events %v; want 100, and merges, deletions, erasures", largest, formats)
	}
}

func TestSendSignsAsTheSourcesDo(t *testing.T) {
	s, now := New(Options{Seed: 3, Customers: 40, Months: 4, End: end}), time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	var mu sync.Mutex
	got, want := map[string]int{}, map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var err error
		switch r.URL.Path {
		case "/webhooks/shopify":
			err = shopify.Verifier{Secrets: [][]byte{[]byte("one")}}.Verify(r.Method, r.Header.Get, body, now)
		case "/webhooks/hubspot":
			err = hubspot.Verifier{Secrets: [][]byte{[]byte("two")}, PublicURL: "https://example.org/webhooks/hubspot"}.Verify(r.Method, r.Header.Get, body, now)
		case "/webhooks/segment":
			err = segment.Verifier{Secrets: [][]byte{[]byte("three")}}.Verify(r.Method, r.Header.Get, body, now)
		default:
			err = errors.New("unknown path")
		}
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		got[r.Header.Get("X-Shopify-Topic")+string(body)]++
	}))
	defer server.Close()
	for d := range s.Deliveries() {
		want[d.Header["X-Shopify-Topic"]+string(d.Body)]++
	}
	highest := 0
	target := Target{URL: server.URL, PublicURL: "https://example.org/", ShopifySecret: "one", HubSpotSecret: "two", SegmentSecret: "three", Now: func() time.Time { return now }}
	err := s.Send(t.Context(), server.Client(), target, func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		highest = max(highest, done)
		if total != s.Len() {
			t.Errorf("total %d, want %d", total, s.Len())
		}
	})
	if diff := cmp.Diff(want, got); err != nil || diff != "" || highest != s.Len() {
		t.Errorf("%v, progress to %d of %d, deliveries (-want +got):\n%s", err, highest, s.Len(), diff)
	}
}

func TestSendStopsAtTheFirstRefusal(t *testing.T) {
	s := New(Options{Seed: 3, Customers: 40, Months: 4, End: end})
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if n++; n >= 20 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	target := Target{URL: server.URL, Now: func() time.Time { return end }}
	err := s.Send(t.Context(), server.Client(), target, nil)
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "401") || n > 20+8 {
		t.Errorf("error %v after %d requests; want a refusal that names 401, soon", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, server.Client(), target, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a cancelled context", err)
	}
}

func FuzzTheFakeNeverPanics(f *testing.F) {
	s := New(Options{Seed: 3, Customers: 10, Months: 2, End: end})
	f.Add("/crm/v3/objects/contacts/batch/read", []byte(`{"inputs":[{"id":"1"}],"idProperty":"email"}`))
	f.Add("/crm/v4/associations/contacts/companies/batch/read", []byte(`{"inputs":[{"id":"-1"}]}`))
	handler := s.HubSpot()
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		r, err := http.NewRequest("POST", "http://127.0.0.1", bytes.NewReader(body))
		if err != nil || !strings.HasPrefix(path, "/") {
			t.Skip()
		}
		r.URL.Path = path
		r.Header.Set("Authorization", "Bearer local")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && w.Code != 404 && w.Code != 405 && w.Code/100 != 3 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: status %d, not JSON: %s", path, w.Code, w.Body)
		}
	})
}
