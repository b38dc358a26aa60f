package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A playbook that is broken while the system runs is refused, in the log and on
// every page, and the one before stays; mended, it is in force.
func TestABrokenPlaybookIsRefusedWhileTheSystemRuns(t *testing.T) {
	dir := t.TempDir()
	written(t, dir)
	s := start(t, "--demo", "0", "--data", filepath.Join(dir, "data"), "--playbook", filepath.Join(dir, "playbook"))
	settings := filepath.Join(dir, "playbook", "holdfast.yaml")
	raw, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(settings, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	renamed := strings.Replace(string(raw), "name: Seventh Kettle\n", "name: Eighth Kettle\n", 1)
	write(strings.Replace(renamed, "currency: EUR", "currency: Euro", 1))
	eventually(t, s, "holdfast.yaml:13:13: `currency` must be a currency")
	for _, path := range []string{"/", "/customers", "/outbox"} {
		if _, body := get(t, s.url+path); !strings.Contains(body, "is not in force") || !strings.Contains(body, "must be a currency") || strings.Contains(body, "Eighth") {
			t.Errorf("%s says nothing of the broken playbook, or goes by it:\n%s", path, body)
		}
	}
	write(renamed)
	eventually(t, s, "the playbook has changed and is in force")
	if code, body := get(t, s.url); code != http.StatusOK || strings.Contains(body, "is not in force") || !strings.Contains(body, "Eighth Kettle") {
		t.Errorf("mended it is not in force:\n%s", body)
	}
}

// eventually waits until the system prints want.
func eventually(t *testing.T, s running, want string) {
	t.Helper()
	for range 500 {
		if strings.Contains(s.out.String(), want) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("it never prints %q:\n%s", want, s.out)
}
