package hubspot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

const tenSecondly = `{"status":"error","errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}`

func TestReadingReturnsWhatIsThere(t *testing.T) {
	p := newPortal(t)
	p.objects["contacts/9007199254740993"] = map[string]string{"email": "ada@example.com", "city": ""}
	p.objects["contacts/5"] = map[string]string{"_archived": "true"}
	got, err := p.client().Read(t.Context(), "33", contacts, []string{"9007199254740993", "5", "404"})
	if err != nil {
		t.Fatal(err)
	}
	updated := time.Date(2026, 10, 5, 21, 54, 50, 101_000_000, time.UTC)
	want := []Record{
		{Object: Object{"33", contacts, "5"}, Properties: map[string]string{}, Updated: updated, Archived: true},
		{Object: Object{"33", contacts, "9007199254740993"}, Properties: map[string]string{"email": "ada@example.com"}, Updated: updated},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Bearer token-of-33"}, p.tokens); diff != "" {
		t.Error(diff)
	}
}

func TestReadingAsksForAHundredAtATime(t *testing.T) {
	p := newPortal(t)
	var ids []string
	for i := range 250 {
		ids = append(ids, fmt.Sprint(i+1))
		p.objects["contacts/"+ids[i]] = map[string]string{}
	}
	c := p.client()
	c.Version = "2026-03"
	got, err := c.Read(t.Context(), "33", contacts, ids)
	if err != nil || len(got) != 250 {
		t.Errorf("%d, %v", len(got), err)
	}
	const path = "/crm/objects/2026-03/contacts/batch/read"
	if diff := cmp.Diff([]string{path + " 100", path + " 100", path + " 50"}, p.calls); diff != "" {
		t.Error(diff)
	}
}

func TestAssociationsArePaged(t *testing.T) {
	p := newPortal(t)
	p.links["companies/1/contacts"] = []string{
		`{"toObjectId":12,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":280},{"category":"HUBSPOT_DEFINED","typeId":2}]}`,
		`{"toObjectId":9,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":280}]},{"toObjectId":10}`,
	}
	got, err := p.client().Associations(t.Context(), "33", companies, contacts, []string{"1", "2"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]Association{"1": {{"9", false}, {"10", true}, {"12", true}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalsAreWaitedForOrHandedOn(t *testing.T) {
	again := func(n int, f func(http.ResponseWriter)) []func(http.ResponseWriter) {
		return slices.Repeat([]func(http.ResponseWriter){f}, n)
	}
	for _, c := range []struct {
		name   string
		faults []func(http.ResponseWriter)
		slept  []time.Duration
		calls  int
		want   error
	}{
		{"a 429 is waited for", again(1, refuse(429, tenSecondly)), []time.Duration{1500 * time.Millisecond}, 2, nil},
		{"a 429 that says how long is waited for that long", again(1, refuse(429, tenSecondly, "Retry-After", "7")), []time.Duration{7 * time.Second}, 2, nil},
		{"a 429 with no calls left waits for the window's end", again(1, refuse(429, tenSecondly,
			"X-HubSpot-RateLimit-Remaining", "0", "X-HubSpot-RateLimit-Interval-Milliseconds", "10000")),
			[]time.Duration{1500 * time.Millisecond, 8500 * time.Millisecond}, 2, nil},
		{"429 without end is handed on", again(9, refuse(429, tenSecondly)),
			[]time.Duration{1500 * time.Millisecond, 3 * time.Second, 6 * time.Second, 12 * time.Second}, 5, ErrRateLimited},
		{"the daily limit is handed on at once", again(1, refuse(429, `{"policyName":"DAILY"}`)), nil, 1, ErrRateLimited},
		{"a wait beyond the deadline is handed on at once", again(1, refuse(429, tenSecondly, "Retry-After", "3600")), nil, 1, ErrRateLimited},
		{"a locked record is tried again", again(1, refuse(423, "")), []time.Duration{1500 * time.Millisecond}, 2, nil},
		{"a migrating portal is tried again", again(1, refuse(477, "", "Retry-After", "2")), []time.Duration{2 * time.Second}, 2, nil},
		{"a broken server is tried again", again(2, refuse(502, "<html>")), []time.Duration{1500 * time.Millisecond, 3 * time.Second}, 3, nil},
		{"a server that stays broken is handed on", again(9, refuse(503, "")), []time.Duration{1500 * time.Millisecond, 3 * time.Second, 6 * time.Second, 12 * time.Second}, 5, ErrUnavailable},
		{"an answer that is no JSON is tried again", again(1, refuse(200, "<html>")), []time.Duration{1500 * time.Millisecond}, 2, nil},
		{"a refused token is handed on", again(1, refuse(401, "")), nil, 1, ErrUnavailable},
		{"part of an answer is not taken for all", again(1, refuse(207, `{"results":[],"errors":[{"category":"INTERNAL"}]}`)), nil, 1, ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPortal(t)
			p.objects["contacts/1"] = map[string]string{}
			p.faults = c.faults
			deadline := time.Now().Add(time.Minute)
			ctx, cancel := context.WithDeadline(t.Context(), deadline)
			defer cancel()
			p.now = deadline.Add(-time.Minute) // by the client's clock, which only sleeping moves
			got, err := p.client().Read(ctx, "33", contacts, []string{"1"})
			if !errors.Is(err, c.want) || (err == nil) != (len(got) == 1) {
				t.Errorf("%v, %v", got, err)
			}
			if diff := cmp.Diff(c.slept, p.slept); diff != "" || len(p.calls) != c.calls {
				t.Errorf("%d calls, slept %s", len(p.calls), diff)
			}
		})
	}
}

func TestTheLimitIsKeptBeforeItIsHit(t *testing.T) {
	p := newPortal(t)
	p.faults = []func(http.ResponseWriter){refuse(200, `{"results":[]}`, "X-HubSpot-RateLimit-Remaining", "0", "X-HubSpot-RateLimit-Interval-Milliseconds", "10000")}
	c := p.client()
	for _, portal := range []string{"33", "44", "33"} {
		if _, err := c.Read(t.Context(), portal, contacts, []string{"1"}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]time.Duration{10 * time.Second}, p.slept); diff != "" {
		t.Errorf("only the portal without calls left waits: %s", diff)
	}
}

func TestAClientStopsWithItsContext(t *testing.T) {
	p := newPortal(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.faults = []func(http.ResponseWriter){func(w http.ResponseWriter) { cancel(); refuse(503, "")(w) }}
	c := p.client()
	c.Sleep = nil
	if _, err := c.Read(ctx, "33", contacts, []string{"1"}); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestErrorsTellNoToken(t *testing.T) {
	p := newPortal(t)
	p.faults = []func(http.ResponseWriter){refuse(400, `{"message":"s3cr3t"}`)}
	_, err := p.client().Read(t.Context(), "33", contacts, []string{"1"})
	if err == nil || strings.Contains(err.Error(), "token-of") || strings.Contains(err.Error(), "s3cr3t") ||
		errors.Is(err, ErrUnavailable) || errors.Is(err, customer.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	c := p.client()
	c.Token = func(context.Context, string) (string, error) { return "", nil }
	if _, err := c.Read(t.Context(), "33", contacts, []string{"1"}); !errors.Is(err, ErrNoToken) {
		t.Errorf("got %v", err)
	}
}
