package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/internal/runtimeapi"
)

func TestBinariesAreSmall(t *testing.T) {
	if err := touch(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(scratch, "arm64")
	if err := build(dir, []string{"GOOS=linux", "GOARCH=arm64"}, "./functions/..."); err != nil {
		t.Fatal(err)
	}
	const limit = 12_000_000
	for _, name := range names {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		t.Logf("%-10s %5.2f MB", name, float64(info.Size())/1e6)
		if info.Size() > limit {
			t.Errorf("%s has %d bytes, more than %d", name, info.Size(), limit)
		}
	}
}

// Each of these keeps the linker from leaving out methods that nobody calls, or
// brings a second template language along.
func TestFunctionsDoWithoutHeavyPackages(t *testing.T) {
	if err := touch(); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		cmd := exec.Command("go", "list", "-deps", "-tags", "lambda.norpc", "./functions/"+name)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		packages := strings.Fields(string(out))
		if !slices.Contains(packages, "holdfast/internal/boot") {
			t.Fatalf("%s does not import boot: is this the right list?", name)
		}
		for _, heavy := range []string{"net/rpc", "text/template", "html/template"} {
			if slices.Contains(packages, heavy) {
				t.Errorf("%s imports %s, if only by way of others", name, heavy)
			}
		}
	}
}

// BenchmarkStartUp measures how long a function takes from the start of its
// process until it asks for its first invocation, beside an empty function
// started in turn with it.
func BenchmarkStartUp(b *testing.B) {
	dir := binaries(b)
	start := func(b *testing.B, name string) time.Duration {
		began := time.Now()
		f, err := runtimeapi.Start(b.Context(), runtimeapi.Options{Binary: filepath.Join(dir, name), Env: minimal})
		took := time.Since(began)
		if err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		return took
	}
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			var own, empty []time.Duration
			for b.Loop() {
				own, empty = append(own, start(b, name)), append(empty, start(b, "empty"))
			}
			b.ReportMetric(median(own).Seconds()*1000, "ms")
			b.ReportMetric(median(own).Seconds()/median(empty).Seconds(), "x-empty")
		})
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// minimal has a value for every setting, enough to start.
var minimal = map[string]string{
	"AWS_REGION": "eu-central-1", "SECRETS_PREFIX": "/holdfast/dev", "PUBLIC_URL": "https://mail.shop.example",
	"EVENT_QUEUE_URL": "http://127.0.0.1:1/events", "MAIL_QUEUE_URL": "http://127.0.0.1:1/mail", "CONFIGURATION_SET": "holdfast-dev",
	"PROFILES_TABLE": "profiles", "FACTS_TABLE": "facts", "IDENTITIES_TABLE": "identities", "SENDS_TABLE": "sends", "INSIGHTS_TABLE": "insights",
}
