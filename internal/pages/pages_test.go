package pages_test

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/pages"
)

var update = flag.Bool("update", false, "write the golden files again")

// every names a page of each kind.
func every(w *world) map[string]string {
	return map[string]string{
		"overview":  "/",
		"outbox":    "/outbox",
		"mail":      "/outbox/" + w.outbox.Mails()[0].ID,
		"customers": "/customers",
		"segment":   "/customers?segment=loyal",
		"customer":  "/customers/" + string(anna),
		"unnamed":   "/customers/" + string(nobody),
		"missing":   "/customers?q=nobody%40example.com",
		"unclear":   "/customers?q=Anna",
		"lost":      "/no/such/page",
	}
}

var styles = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

func TestEveryPageLooksAsBefore(t *testing.T) {
	w := peopled(t, "Anna")
	for name, path := range every(w) {
		t.Run(name, func(t *testing.T) {
			got := styles.ReplaceAllString(w.get(path).Body.String(), "<style></style>")
			golden(t, name, got)
		})
	}
	t.Run("empty", func(t *testing.T) {
		golden(t, "empty", styles.ReplaceAllString(empty(t).get("/").Body.String(), "<style></style>"))
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs from its golden file, see -update (-want +got):\n%s", name, diff)
	}
}

func TestEveryPageIsCompleteAndLoadsNothing(t *testing.T) {
	w := peopled(t, "Anna")
	loads := regexp.MustCompile(`(?i)<(script|img|object|embed|video|audio|source)\b|<link rel="(stylesheet|preload|preconnect)|\b(src|action)="(https?:)?//|@import|url\(`)
	framed := regexp.MustCompile(`(?s) srcdoc="[^"]*"`)
	for name, path := range every(w) {
		t.Run(name, func(t *testing.T) {
			r := w.get(path)
			page := r.Body.String()
			for _, part := range []string{"<!doctype html>", `<html lang="en">`, `<meta name="viewport" content="width=device-width, initial-scale=1">`, "<title>", "Europe/Vienna", "</html>"} {
				if !strings.Contains(page, part) {
					t.Errorf("the page lacks %s", part)
				}
			}
			if strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "<no value>") {
				t.Error("the template refused a value")
			}
			if found := loads.FindString(framed.ReplaceAllString(page, "")); found != "" {
				t.Errorf("the page loads something: %s", found)
			}
			protected(t, r, page, name == "mail")
		})
	}
}

func protected(t *testing.T, r *httptest.ResponseRecorder, page string, mail bool) {
	t.Helper()
	sum := sha256.Sum256([]byte(styles.FindStringSubmatch(page)[1]))
	style := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if mail {
		style = "'unsafe-inline'"
	}
	want := map[string]string{
		"Content-Security-Policy":    "default-src 'none'; style-src " + style + "; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"Referrer-Policy":            "no-referrer",
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store",
		"Content-Type":               "text/html; charset=utf-8",
	}
	got := map[string]string{}
	for k := range r.Header() {
		got[k] = r.Header().Get(k)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestWhatComesFromDataIsText(t *testing.T) {
	const markup = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	w := peopled(t, markup)
	for name, path := range every(w) {
		page := w.get(path).Body.String()
		if strings.Contains(page, "<script") || strings.Contains(page, "<img") {
			t.Errorf("%s carries markup from data", name)
		}
	}
	for _, path := range []string{"/customers/" + string(anna), "/customers", "/"} {
		if !strings.Contains(w.get(path).Body.String(), "&lt;script&gt;") {
			t.Errorf("%s does not show the name at all", path)
		}
	}
	page := w.get("/customers?q=" + `%3Cscript%3Ealert(1)%3C/script%3E`).Body.String()
	if strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") {
		t.Error("the search shows its query as markup")
	}
}

func TestStatuses(t *testing.T) {
	w := peopled(t, "Anna")
	for _, tt := range []struct {
		name, path string
		status     int
		to         string
	}{
		{"the overview", "/", 200, ""},
		{"a path that is none", "/no", 404, ""},
		{"a mail that is not there", "/outbox/" + strings.Repeat("0", 32), 404, ""},
		{"a mail id that is none", "/outbox/..", 307, "/"},
		{"a customer who is not there", "/customers/cbbbbbbbbbbbbbbbb", 404, ""},
		{"a customer id that is none", "/customers/anna", 404, ""},
		{"an id that a merge made an alias", "/customers/" + string(former), 303, "/customers/" + string(anna)},
		{"a search by address", "/customers?q=+ANNA%40example.com+", 303, "/customers/" + string(anna)},
		{"a search by record", "/customers?q=shopify%2Fkelp.myshopify.com%2F1", 303, "/customers/" + string(anna)},
		{"a search by id", "/customers?q=" + string(nobody), 303, "/customers/" + string(nobody)},
		{"a search by an alias", "/customers?q=" + string(former), 303, "/customers/" + string(anna)},
		{"a search for a phone that nobody has", "/customers?q=%2B43+1+5550199", 200, ""},
		{"a page of mails that is past the last", "/outbox?page=99999999999999999999", 200, ""},
		{"a campaign without mails", "/outbox?campaign=none", 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.get(tt.path)
			if r.Code != tt.status || r.Header().Get("Location") != tt.to {
				t.Errorf("status = %d to %q, want %d to %q", r.Code, r.Header().Get("Location"), tt.status, tt.to)
			}
		})
	}
}

func TestNothingButReadingIsAnswered(t *testing.T) {
	w := peopled(t, "Anna")
	for _, path := range every(w) {
		r := httptest.NewRecorder()
		pages.New(w.site).ServeHTTP(r, httptest.NewRequest(http.MethodPost, path, nil))
		if r.Code != http.StatusMethodNotAllowed && r.Code != http.StatusNotFound {
			t.Errorf("POST %s = %d, want 405 or 404", path, r.Code)
		}
	}
}

func TestWhatIsShownBeforeThereIsMuch(t *testing.T) {
	known := func(w *world) {
		w.must(w.store.PutProfile(w.Context(), customer.Profile{ID: nobody, Folded: customer.Folded{Contact: customer.Contact{Email: "new@example.com"}}}))
	}
	for _, tt := range []struct {
		name, path string
		prepare    func(*world)
		shows      []string
		hides      []string
	}{
		{"a fresh stack says where webhooks go and what comes next", "/", nil,
			[]string{"https://mail.kelp.example/webhooks/shopify", "https://mail.kelp.example/webhooks/hubspot", "holdfast night", "03:00"}, []string{"Key figures"}},
		{"customers before the first night say what they wait for", "/", known,
			[]string{"No night has been run yet", "holdfast night", "new@example.com", "No mail has been planned yet"}, []string{"Key figures", "is ready"}},
		{"a night over nobody says what the rates need", "/", func(w *world) { known(w); w.barren() },
			[]string{"Not enough data yet", "It takes a customer whose order is 90 to 179 days old.", "It takes an order in EUR.", "It takes a customer with an order."}, []string{"0.0&nbsp;%", "NaN"}},
		{"an empty outbox says so", "/outbox", nil, []string{"No mail here yet"}, []string{"<table"}},
		{"no customers are no table", "/customers", nil, []string{"No customer is known yet"}, []string{"<table"}},
		{"a customer without history has none", "/customers/" + string(nobody), known,
			[]string{"No orders yet.", "No mail was planned for this customer.", "No facts are kept."}, []string{"RFM"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := empty(t)
			if tt.prepare != nil {
				tt.prepare(w)
			}
			page := w.get(tt.path).Body.String()
			for _, s := range tt.shows {
				if !strings.Contains(page, s) {
					t.Errorf("the page lacks %q", s)
				}
			}
			for _, s := range tt.hides {
				if strings.Contains(page, s) {
					t.Errorf("the page has %q", s)
				}
			}
		})
	}
}
