package hubspot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A portal is HubSpot's API on loopback, with objects by type and id.
type portal struct {
	t       *testing.T
	mu      sync.Mutex
	objects map[string]map[string]string  // "contacts/1" → properties; "_archived" and "_id" are the test's own
	links   map[string][]string           // "deals/5/contacts" → the answer's "to" elements, a page each
	faults  []func(w http.ResponseWriter) // answers before any other
	calls   []string                      // path and number of inputs
	tokens  []string
	slept   []time.Duration
	now     time.Time
	server  *httptest.Server
}

func newPortal(t *testing.T) *portal {
	p := &portal{t: t, objects: map[string]map[string]string{}, links: map[string][]string{}, now: noon}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

func (p *portal) client() *Client {
	return &Client{
		Base:  p.server.URL,
		Token: func(_ context.Context, portal string) (string, error) { return "token-of-" + portal, nil },
		Now:   func() time.Time { return p.now },
		Sleep: func(_ context.Context, d time.Duration) error {
			p.slept = append(p.slept, d)
			p.now = p.now.Add(d)
			return nil
		},
		Random: func() float64 { return 0.5 },
	}
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b struct {
		Properties []string
		Inputs     []struct{ ID, After string }
	}
	body, _ := io.ReadAll(r.Body) // a broken body fails to decode
	if err := json.Unmarshal(body, &b); err != nil || r.Method != http.MethodPost {
		p.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	p.calls = append(p.calls, fmt.Sprintf("%s %d", r.URL.Path, len(b.Inputs)))
	p.tokens = append(p.tokens, r.Header.Get("Authorization"))
	if len(p.faults) > 0 {
		fault := p.faults[0]
		p.faults = p.faults[1:]
		fault(w)
		return
	}
	if from, to, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/crm/v4/associations/"), "/"); ok && strings.HasPrefix(r.URL.Path, "/crm/v4/") {
		var results []string
		for _, in := range b.Inputs {
			pages := p.links[from+"/"+in.ID+"/"+strings.TrimSuffix(to, "/batch/read")]
			page := 0
			fmt.Sscan(in.After, &page) //nolint:errcheck // none: the first page
			if page < len(pages) {
				paging := ""
				if page+1 < len(pages) {
					paging = fmt.Sprintf(`,"paging":{"next":{"after":"%d"}}`, page+1)
				}
				results = append(results, fmt.Sprintf(`{"from":{"id":%q},"to":[%s]%s}`, in.ID, pages[page], paging))
			}
		}
		p.answer(w, results, len(b.Inputs), `{"category":"OBJECT_NOT_FOUND","subCategory":"crm.associations.NO_ASSOCIATIONS_FOUND"}`)
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	kind := parts[len(parts)-3]
	var results []string
	for _, in := range b.Inputs {
		if o, ok := p.objects[kind+"/"+in.ID]; ok {
			results = append(results, object(in.ID, o, b.Properties))
		}
	}
	p.answer(w, results, len(b.Inputs), `{"category":"OBJECT_NOT_FOUND","context":{"ids":["1"]}}`)
}

// object writes one object with the properties asked for; an absent one that
// was asked for is null.
func object(id string, o map[string]string, names []string) string {
	values := map[string]any{}
	for _, name := range names {
		values[name] = nil
		if v, ok := o[name]; ok {
			values[name] = v
		}
	}
	if survivor := o["_id"]; survivor != "" {
		id = survivor
	}
	text, _ := json.Marshal(values) // texts and nulls
	return fmt.Sprintf(`{"id":%q,"properties":%s,"updatedAt":"2026-10-05T21:54:50.101Z","archived":%v}`, id, text, o["_archived"] == "true")
}

func (p *portal) answer(w http.ResponseWriter, results []string, asked int, missing string) {
	problems := ""
	if len(results) < asked {
		w.WriteHeader(http.StatusMultiStatus)
		problems = `,"numErrors":1,"errors":[` + missing + `]`
	}
	fmt.Fprintf(w, `{"status":"COMPLETE","results":[%s]%s}`, strings.Join(results, ","), problems)
}

// refuse answers with a status, a body and headers given in pairs.
func refuse(status int, body string, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}
