package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/internal/peer"
)

// TestInvokingARealBinary builds one function and invokes it as the README
// does: with the template's own settings, and with those of a person.
func TestInvokingARealBinary(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", filepath.Join(bin, "webhook", "bootstrap"), "holdfast/functions/webhook")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	t.Setenv("AWS_ENDPOINT_URL_SSM", peer.SSM(t, map[string]string{"/holdfast/mine/shopify-secrets": "local-shopify-secret"}))
	for _, tt := range []struct {
		name, event string
		set         []string
		code        int
		want        string
	}{
		{"the template's settings are enough for a source that is none", "webhook-unknown-source", nil, exitDone, `"statusCode": 404`},
		{"a setting of the person's is taken", "webhook-bad-signature", []string{"--set", "SECRETS_PREFIX=/holdfast/mine"}, exitDone, `"statusCode": 401`},
		{"a function that cannot start says why", "webhook-unknown-source", []string{"--set", "PUBLIC_URL=nonsense"}, exitError, "PUBLIC_URL is not a URL"},
		{"a setting without a value is wrong", "webhook-unknown-source", []string{"--set", "STAGE"}, exitUsage, "NAME=VALUE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := append([]string{"invoke", "webhook", "-e", "../../events/" + tt.event + ".json", "--template", "../../template.yaml", "--bin", bin}, tt.set...)
			if code, out, errs := holdfast(t, "", args...); code != tt.code || !strings.Contains(out+errs, tt.want) {
				t.Errorf("exit %d: %s%s", code, out, errs)
			}
		})
	}
}
