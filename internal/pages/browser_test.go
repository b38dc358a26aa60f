package pages_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"holdfast/internal/pages"
)

// TestABrowserTakesThePages loads pages in Chromium where there is one: nothing
// of ours may be refused by our own policy.
func TestABrowserTakesThePages(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Log("there is no chromium, so nothing was loaded")
		return
	}
	w := peopled(t, "Anna")
	server := httptest.NewServer(pages.New(w.site))
	t.Cleanup(server.Close)
	for name, path := range map[string]string{"overview": "/", "mail": "/outbox/" + w.outbox.Mails()[0].ID, "customer": "/customers/" + string(anna)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var dom, said bytes.Buffer
			c := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
				"--user-data-dir="+t.TempDir(), "--dump-dom", server.URL+path)
			c.Stdout, c.Stderr = &dom, &said
			if err := c.Run(); err != nil {
				t.Logf("chromium could not run, so nothing was loaded: %v", err)
				return
			}
			if !strings.Contains(dom.String(), "Kelp &amp; Co") {
				t.Error("the page is not there")
			}
			for line := range strings.Lines(said.String()) {
				if strings.Contains(line, "CONSOLE") {
					t.Errorf("the browser says: %s", line)
				}
			}
		})
	}
}
