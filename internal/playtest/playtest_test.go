package playtest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/playbook"
	starter "holdfast/playbook"
)

var update = flag.Bool("update", false, "write the golden files again")

func load(t testing.TB) *playbook.Playbook {
	t.Helper()
	b, err := playbook.Load(starter.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The starter playbook's own tests pass, and expect somebody in every segment.
func TestTheStarterPlaybook(t *testing.T) {
	r, err := Run(load(t), os.DirFS("../../playbook"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Files {
		if len(f.Problems) > 0 {
			t.Errorf("\n%s", f.Problems)
		}
	}
	if len(r.Untested) > 0 {
		t.Errorf("no test expects anybody in %s", strings.Join(r.Untested, ", "))
	}
}

func report(t testing.TB, source string) Report {
	t.Helper()
	r, err := Run(load(t), fstest.MapFS{"tests/a.yaml": &fstest.MapFile{Data: []byte(source)}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const jonas = `tests:
  - name: Jonas stopped
    at: 2026-06-15 10:00
    customer: {first_name: Jonas, country: DE}
    orders:
      - {ago: 250d, total: 40}
      - {ago: 190d, total: 40}
      - {ago: 130d, total: 40}
    since: {repeat_buyers: 190d, german_speaking: 400d}
    expect:
      segments: [at_risk, german_speaking, repeat_buyers]
      mails:
        - {campaign: win_back, subject: "We kept your place, Jonas"}
        - {campaign: win_back, step: 2, after: 9d}
`

// Each file is a right one with one mistake, and gives exactly the messages of
// its golden file.
func TestWhatIsNotAsExpectedSaysWhereAndWhy(t *testing.T) {
	if r := report(t, jonas); r.Failed() {
		t.Fatal(r.Files[0].Problems)
	}
	for _, tt := range []struct{ name, old, new string }{
		{"not_in", "[at_risk, german_speaking", "[at_risk, lapsed, german_speaking"},
		{"in_too", "german_speaking, repeat_buyers]", "repeat_buyers]"},
		{"must_not_be_in", "segments: [at_risk, german_speaking, repeat_buyers]", "not_in: [at_risk]"},
		{"unknown_segment", "[at_risk,", "[at_rsk,"},
		{"unknown_campaign", "{campaign: win_back, step", "{campaign: winback, step"},
		{"no_such_step", "step: 2", "step: 3"},
		{"another_time", "after: 9d", "after: 8d"},
		{"another_subject", "place, Jonas", "place"},
		{"sent_not_skipped", "after: 9d", "after: 9d, skipped: no_consent"},
		{"skipped_not_sent", "country: DE}", "country: DE, consent: unsubscribed}"},
		{"held_out", "since:", "held_out: [win_back]\n    since:"},
		{"nobody_to_hold_out", "since:", "held_out: [care]\n    since:"},
		{"one_mail_more", "        - {campaign: win_back, step: 2, after: 9d}\n", ""},
		{"one_mail_less", "step: 2, after: 9d}", "step: 2, after: 9d}\n        - {campaign: review}"},
		{"unknown_key", "first_name:", "firstname:"},
		{"no_number", "total: 40", "total: forty"},
		{"no_instant", "at: 2026-06-15 10:00", "at: next Monday"},
		{"no_duration", "ago: 250d", "ago: long"},
		{"no_total", "{ago: 250d, total: 40}", "{ago: 250d}"},
		{"no_name", "- name: Jonas stopped\n    at", "- at"},
		{"no_consent", "country: DE}", "country: DE, consent: maybe}"},
		{"no_address", "country: DE}", "country: DE, email: jonas}"},
		{"no_score", "since:", "rfm: {r: 6, f: 1, m: 1}\n    since:"},
		{"no_answer", "since:", "surveys: [{nps: 11}]\n    since:"},
		{"no_profile", "since:", "profile: {orderz: 3}\n    since:"},
		{"no_list", "segments: [at_risk, german_speaking, repeat_buyers]", "segments: at_risk"},
		{"not_yaml", "tests:", "tests: {"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(jonas, tt.old) {
				t.Fatalf("no %q", tt.old)
			}
			r := report(t, strings.Replace(jonas, tt.old, tt.new, 1))
			if !r.Failed() {
				t.Fatal("it passed")
			}
			golden(t, tt.name, r.Files[0].Problems.Error()+"\n")
		})
	}
	t.Run("empty", func(t *testing.T) { golden(t, "empty", fmt.Sprintln(report(t, "").Files[0].Problems)) })
	t.Run("no_tests", func(t *testing.T) { golden(t, "no_tests", fmt.Sprintln(report(t, "tests: []").Files[0].Problems)) })
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name + ".golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// The example of the manual, a segment with a campaign and their test, passes.
func TestTheExampleOfTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/playbook.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, part := range strings.Split(string(manual), "```")[1:] {
		if kind, text, ok := strings.Cut(part, "\n"); ok && (kind == "yaml" || kind == "html") {
			blocks = append(blocks, text)
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, starter.FS); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"segments.yaml", "emails/tasting.html.liquid", "campaigns.yaml", "tests/austria.yaml"} {
		old, _ := os.ReadFile(filepath.Join(dir, name)) // none: a file of its own
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), append(old, "\n"+blocks[i]...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := playbook.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(b, os.DirFS(dir))
	if err != nil || len(r.Files) != 1 || r.Files[0].Tests != 2 || r.Failed() {
		t.Errorf("%+v, %v", r.Files, err)
	}
}

// A whole profile, as export prints it, will do as well.
func TestAProfileIsTakenAsItIs(t *testing.T) {
	r := report(t, `tests:
  - name: exported
    at: 2026-06-15T10:00:00+02:00
    profile:
      email: mia@example.com
      records: [shopify/shop/1]
      mail: {state: subscribed}
      books:
        - {currency: EUR, orders: 5, spend: 60000, first_order: 2025-01-01T10:00:00Z, last_order: 2026-06-01T10:00:00Z, days: []}
    rfm: {r: 5, f: 5, m: 5}
    percentile: {aov: 80}
    expect:
      in: [high_value_loyal, highest_value, loyal, premium_seekers]
`)
	if r.Failed() {
		t.Error(r.Files[0].Problems)
	}
}

func TestAPlaybookWithoutTestsHasNoFailure(t *testing.T) {
	b := load(t)
	r, err := Run(b, fstest.MapFS{})
	if err != nil || r.Failed() || len(r.Files) != 0 || len(r.Untested) != len(b.Segments) {
		t.Errorf("%+v, %v", r, err)
	}
}

// FuzzRun: whatever a file of tests holds, running it ends, and what it reports
// lies within the file.
func FuzzRun(f *testing.F) {
	f.Add(jonas)
	f.Add("tests: [{name: a, at: 2026-06-15, customer: {created: 20000d}, activities: [{name: x, times: 3}]}]")
	b := load(f)
	f.Fuzz(func(t *testing.T, source string) {
		file := runFile(b, "tests/a.yaml", source, map[string]bool{})
		lines := len(playbook.Lines(source))
		for _, p := range file.Problems {
			if p.Message == "" || p.Line < 0 || p.Line > lines || p.String() == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}
