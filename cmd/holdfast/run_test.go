package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/internal/night"
	"holdfast/internal/privacy"
)

// a screen is what a command prints, readable while it runs.
type screen struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// holdfast runs the tool and returns its exit code and what it printed.
func holdfast(t testing.TB, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, &Context{Ctx: t.Context(), In: strings.NewReader(in), Out: &o, Err: &e, Now: time.Now})
	return code, o.String(), e.String()
}

// a running is a system that runs in the test's own process.
type running struct {
	url  string
	out  *screen
	stop func() int
}

var listens = regexp.MustCompile(`Holdfast runs at (http://\S+)`)

func start(t testing.TB, args ...string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out := &screen{}
	done := make(chan int, 1)
	go func() {
		done <- run(append([]string{"run", "--addr", "127.0.0.1:0", "--playbook", "../../playbook"}, args...),
			&Context{Ctx: ctx, In: strings.NewReader(""), Out: out, Err: out, Now: time.Now})
	}()
	r := running{out: out, stop: sync.OnceValue(func() int { cancel(); return <-done })}
	t.Cleanup(func() { r.stop() })
	for {
		select {
		case code := <-done:
			done <- code
			t.Fatalf("it ended with %d:\n%s", code, out)
		case <-time.After(20 * time.Millisecond):
		}
		if m := listens.FindStringSubmatch(out.String()); m != nil {
			r.url = m[1]
			return r
		}
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestTheDemoShop walks the README with a small demo shop: first start, the
// verbs on the running system, the same on the data it leaves, second start.
func TestTheDemoShop(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := start(t, "--data", dir, "--customers", "60")
	for _, want := range []string{"a demo shop with 60 customers", "high_value_loyal", "everybody", "win_back"} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("the first start does not print %q:\n%s", want, s.out)
		}
	}
	for path, want := range map[string]string{"/": "Seventh Kettle", "/outbox": "<table", "/customers": "<form"} {
		if code, body := get(t, s.url+path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("GET %s: %d, without %q", path, code, want)
		}
	}
	address := mailed(t, dir)
	who := verbs(t, dir, address, "on the running system")
	if code := s.stop(); code != exitDone {
		t.Errorf("stopping it gave %d:\n%s", code, s.out)
	}
	if _, err := os.Stat(filepath.Join(dir, consoleFile)); err == nil {
		t.Error("the address of the stopped system is still there")
	}
	if again := verbs(t, dir, address, "on the data of the stopped one"); again != who {
		t.Errorf("now the customer is %s, not %s", again, who)
	}
	second := start(t, "--data", dir, "--customers", "60")
	if strings.Contains(second.out.String(), "moves in") {
		t.Error("the second start seeded again")
	}
	erase(t, dir, who)
}

// mailed returns the address of a customer who was sent a mail.
func mailed(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "outbox", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no mail was sent: %v", err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var mail struct{ To string }
	if err := json.Unmarshal(raw, &mail); err != nil {
		t.Fatal(err)
	}
	return mail.To
}

// verbs asks for a customer in every way and returns their id.
func verbs(t *testing.T, dir, address, where string) string {
	t.Helper()
	at := []string{"--data", dir, "--playbook", "../../playbook", "--format", "json"}
	code, out, errs := holdfast(t, "", append([]string{"replay", "--verify"}, at...)...)
	if code != exitDone || !strings.Contains(out, `"different": 0`) {
		t.Fatalf("replay %s: %d %s%s", where, code, out, errs)
	}
	code, out, errs = holdfast(t, "", append([]string{"export", address}, at...)...)
	var copied privacy.Copy
	if err := json.Unmarshal([]byte(out), &copied); err != nil || code != exitDone {
		t.Fatalf("export %s: %d %s", where, code, errs)
	}
	id := string(copied.Profile.ID)
	if string(copied.Profile.Email) != address || len(copied.Facts) == 0 || len(copied.Links) == 0 {
		t.Errorf("export %s lacks something", where)
	}
	for _, who := range []string{id, address, string(copied.Profile.Records[0])} {
		if code, out, errs := holdfast(t, "", append([]string{"explain", who}, at...)...); code != exitDone || !strings.Contains(out, id) {
			t.Errorf("explain %s: %d %s", where, code, errs)
		}
	}
	code, out, errs = holdfast(t, "", append([]string{"night", "--at", "2026-01-02T03:00:00Z"}, at...)...)
	var r night.Run
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || r.Seen == 0 {
		t.Errorf("night %s: %d %s%s", where, code, out, errs)
	}
	if code, out, errs := holdfast(t, "", append([]string{"quarantine"}, at...)...); code != exitDone || strings.TrimSpace(out) != "[]" {
		t.Errorf("quarantine %s: %d %s%s", where, code, out, errs)
	}
	return id
}

// erase forgets a customer on the running system, who was asked first.
func erase(t *testing.T, dir, who string) {
	t.Helper()
	at := []string{"--data", dir, "--playbook", "../../playbook"}
	if code, _, _ := holdfast(t, "no\n", append([]string{"erase", who}, at...)...); code != exitError {
		t.Errorf("a no was taken for a yes: %d", code)
	}
	if code, out, errs := holdfast(t, "erase\n", append([]string{"erase", who}, at...)...); code != exitDone || !strings.Contains(out, who) {
		t.Errorf("erase: %d %s%s", code, out, errs)
	}
	if code, _, errs := holdfast(t, "", append([]string{"explain", who}, at...)...); code != exitError || !strings.Contains(errs, "not found") {
		t.Errorf("explain after it: %d %s", code, errs)
	}
	files, err := filepath.Glob(filepath.Join(dir, "outbox", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if raw, err := os.ReadFile(f); err == nil && bytes.Contains(raw, []byte(who)) {
			t.Errorf("the outbox still has a mail to them: %s", filepath.Base(f))
		}
	}
}

func TestAnEmptySystem(t *testing.T) {
	s := start(t, "--data", filepath.Join(t.TempDir(), "data"), "--demo", "0")
	if strings.Contains(s.out.String(), "demo shop") {
		t.Error("it made a demo shop")
	}
	if code, body := get(t, s.url+"/"); code != http.StatusOK || !strings.Contains(body, "/webhooks/shopify") {
		t.Errorf("the page of an empty system does not say where webhooks go: %d", code)
	}
	if code, _ := get(t, s.url+"/nothing"); code != http.StatusNotFound {
		t.Errorf("a page that is none: %d", code)
	}
	r, err := http.NewRequest(http.MethodGet, s.url+"/customers", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "rebound.example"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a page of another name reads customers: %d", resp.StatusCode)
	}
}

func TestWrongWords(t *testing.T) {
	empty := t.TempDir()
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no command", nil, exitUsage, "expected one of"},
		{"an unknown command", []string{"nigth"}, exitUsage, `did you mean "night"`},
		{"an unknown flag", []string{"night", "--when", "now"}, exitUsage, "unknown flag --when"},
		{"a flag with a value it does not take", []string{"night", "--format", "xml"}, exitUsage, "--format"},
		{"an instant that is none", []string{"night", "--at", "yesterday"}, exitUsage, "2026-11-22T03:00:00Z"},
		{"no customer", []string{"explain"}, exitUsage, "<who>"},
		{"data that is not there", []string{"explain", "a@example.com", "--data", filepath.Join(empty, "none")}, exitError, "holdfast run"},
		{"a playbook that is not there", []string{"run", "--demo", "0", "--addr", "127.0.0.1:0", "--data", filepath.Join(empty, "d"), "--playbook", empty}, exitError, "holdfast.yaml"},
		{"a function that is not built", []string{"invoke", "webhook", "-e", "run_test.go", "--bin", empty}, exitError, "not JSON"},
		{"help", []string{"--help"}, exitDone, ""},
		{"help of a command", []string{"explain", "--help"}, exitDone, ""},
		{"the version", []string{"--version"}, exitDone, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := holdfast(t, "", tt.args...)
			if code != tt.code || !strings.Contains(errs, tt.want) {
				t.Errorf("exit %d, want %d; it says\n%s%s", code, tt.code, out, errs)
			}
			if tt.want == "" && out == "" {
				t.Error("it prints nothing")
			}
		})
	}
}
