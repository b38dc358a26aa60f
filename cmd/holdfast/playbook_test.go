package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/bolt"
	"holdfast/internal/local"
	"holdfast/internal/outbox"
	"holdfast/internal/plan"
	starter "holdfast/playbook"
)

var updatePlaybook = flag.Bool("update-playbook", false, "write the golden files of the playbook's commands again")

// called runs the program in a directory, and returns what it prints and its
// exit code.
func called(t *testing.T, dir string, args ...string) (out, wrong string, code int) {
	t.Helper()
	t.Chdir(dir)
	var o, e bytes.Buffer
	code = run(args, &Context{Ctx: t.Context(), In: strings.NewReader(""), Out: &o, Err: &e, Now: func() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }})
	return o.String(), e.String(), code
}

// written puts the starter playbook into dir/playbook, with texts replaced:
// file, old, new, and so on.
func written(t testing.TB, dir string, changes ...string) {
	t.Helper()
	to := filepath.Join(dir, "playbook")
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, starter.FS); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+2 < len(changes); i += 3 {
		file := filepath.Join(to, changes[i])
		raw, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), changes[i+1]) {
			t.Fatalf("%s has no %q", file, changes[i+1])
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(raw), changes[i+1], changes[i+2], 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func goldenOf(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join(root(t), "testdata", name)
	if *updatePlaybook {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
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

var here, _ = os.Getwd()

// root is the folder of this package, wherever a test went meanwhile.
func root(t testing.TB) string {
	t.Helper()
	if here == "" {
		t.Fatal("where are we?")
	}
	return here
}

const aTest = "tests:\n  - name: somebody new\n    at: 2026-06-15 10:00\n    customer: {created: 3d}\n    expect: {segments: [new_signup]}\n"

func TestPlaybookCommandsSayWhatTheySay(t *testing.T) {
	for _, tt := range []struct {
		name    string
		args    []string
		changes []string
		code    int
	}{
		{"check fine", []string{"check"}, nil, 0},
		{"check broken", []string{"check"}, []string{"segments.yaml", "recency_days <= 120", "recensy_days <= 120", "campaigns.yaml", "template: win_back_last", "template: winback_last",
			"emails/win_back.html.liquid", "last_order | required | date", "lastorder | required | date"}, 1},
		{"check broken json", []string{"check", "--format", "json"}, []string{"segments.yaml", "recency_days <= 120", "recensy_days <= 120"}, 1},
		{"check warns", []string{"check"}, []string{"segments.yaml", "when: orders >= 2 and percentile(aov) >= 80 and discount_share < 0.5 and recency_days <= 365", "when: orders_within(180)   >= 3"}, 0},
		{"check warns json", []string{"check", "--format=json"}, []string{"segments.yaml", "when: orders >= 2 and percentile(aov) >= 80 and discount_share < 0.5 and recency_days <= 365", "when: orders_within(180) >= 3"}, 0},
		{"test none", []string{"test"}, nil, 0},
		{"test passes", []string{"test"}, []string{"tests/a.yaml", "", aTest}, 0},
		{"test fails", []string{"test"}, []string{"tests/a.yaml", "", strings.Replace(aTest, "new_signup", "new", 1)}, 1},
		{"test fails json", []string{"test", "--format", "json"}, []string{"tests/a.yaml", "", strings.Replace(aTest, "new_signup", "new", 1)}, 1},
		{"schema", []string{"schema", "playbook/segments.yaml"}, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			written(t, dir, tt.changes...)
			out, wrong, code := called(t, dir, tt.args...)
			if code != tt.code || wrong != "" {
				t.Errorf("exit code %d, want %d; %s", code, tt.code, wrong)
			}
			goldenOf(t, "playbook/"+strings.ReplaceAll(tt.name, " ", "_")+".golden", out)
		})
	}
}

func TestPlaybookCommandsRefuseWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no playbook", []string{"check", "--playbook", "nope"}, 1, "there is no playbook in nope"},
		{"a file for a playbook", []string{"check", "--playbook", "playbook/segments.yaml"}, 1, "there is no playbook in playbook/segments.yaml"},
		{"no such format", []string{"check", "--format", "xml"}, exitUsage, "--format"},
		{"no such flag", []string{"check", "--fast"}, exitUsage, "--fast"},
		{"no such schema", []string{"schema", "emails.yaml"}, exitUsage, "the files with a schema are"},
		{"no schema named", []string{"schema"}, exitUsage, "<file>"},
		{"tests of no playbook", []string{"test", "--playbook", "nope"}, 1, "there is no playbook in nope"},
		{"plan without data", []string{"plan", "--against", "playbook"}, 1, "there is no data in .holdfast"},
		{"plan against nothing", []string{"plan", "--against", "nope"}, 1, "no git"},
		{"plan outside of git", []string{"plan"}, 1, "no git repository: name a directory to compare with by --against DIR"},
		{"plan at no instant", []string{"plan", "--at", "tonight"}, exitUsage, "--at is an instant"},
		{"plan with too few examples", []string{"plan", "--examples=-1"}, exitUsage, "--examples is 0 or more"},
		{"plan on no sample", []string{"plan", "--against", "playbook", "--sample", "nope"}, 1, "read sample"},
		{"plan on a broken sample", []string{"plan", "--against", "playbook", "--sample", "playbook/segments.yaml"}, 1, "invalid sample"},
		{"a sample of nobody", []string{"plan", "--save-sample", "x", "--size", "0"}, exitUsage, "--size is 1 or more"},
		{"diff-night without data", []string{"diff-night"}, 1, "there is no data in .holdfast"},
		{"diff-night from no instant", []string{"diff-night", "--from", "yesterday"}, exitUsage, "--from is an instant"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(dir))
			written(t, dir)
			_, wrong, code := called(t, dir, tt.args...)
			if code != tt.code || !strings.Contains(wrong, tt.want) {
				t.Errorf("exit code %d, want %d:\n%s", code, tt.code, wrong)
			}
		})
	}
}

func TestFieldsListsAllOfThem(t *testing.T) {
	dir := t.TempDir()
	text, _, code := called(t, dir, "fields")
	if code != 0 {
		t.Fatal(code)
	}
	raw, _, code := called(t, dir, "fields", "--format", "json")
	if code != 0 {
		t.Fatal(code)
	}
	var v vocabulary
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Fields {
		if f.Type == "" || f.Meaning == "" || f.Source == "" || f.Example == "" || !strings.Contains(text, "\n"+f.Name+" ") {
			t.Errorf("%+v", f)
		}
	}
	for _, f := range v.Functions {
		if f.Meaning == "" || f.Example == "" || !strings.Contains(text, "\n"+f.Signature+": ") {
			t.Errorf("%+v", f)
		}
	}
}

// seeded fills dir/.holdfast with a small demo shop.
func seeded(t *testing.T, dir string) time.Time {
	t.Helper()
	data := filepath.Join(dir, ".holdfast")
	keys, err := localSecrets(data, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	hub := &later{}
	hubURL, err := hub.listen(keys)
	if err != nil {
		t.Fatal(err)
	}
	s, err := local.Open(local.Options{Dir: data, Playbook: starter.FS, PublicURL: "http://127.0.0.1:8080", Secrets: keys, HubspotURL: hubURL,
		Habits: outbox.Usual, NightHour: nightHour, Shards: nightShards})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.NewDemo(t.Context(), 120, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	handler := d.Shop.HubSpot()
	hub.handler.Store(&handler)
	server := httptest.NewServer(s.Gateway())
	defer server.Close()
	ctx, stop := context.WithCancel(t.Context())
	wait := s.Background(ctx)
	run, err := s.Seed(ctx, d, server.URL, func(string, int, int) {})
	stop()
	wait()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return run.At
}

// where returns who is in which segment, as "segment customer".
func where(t *testing.T, dir string) []string {
	t.Helper()
	s, err := bolt.Open(filepath.Join(dir, ".holdfast", local.DataFile), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all []string
	for cursor, more := "", true; more; {
		page, next, err := s.ScanProfiles(t.Context(), 0, 1, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page {
			for _, m := range p.Derived.Segments {
				if !p.Anonymous() {
					all = append(all, m.Segment+" "+string(p.ID))
				}
			}
		}
		cursor, more = next, next != ""
	}
	slices.Sort(all)
	return all
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { _, in := slices.BinarySearch(b, s); return in })
}

// On the demo shop, a plan after editing one threshold shows exactly the
// customers that the next night then moves; and afterwards the two nights are
// told apart.
func TestAPlanOnTheDemoShopIsWhatTheNightThenDoes(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("git is not installed, and in CI nothing is skipped")
		}
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	last := seeded(t, dir)
	written(t, dir)
	for _, args := range [][]string{{"init", "-q"}, {"add", "playbook"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "a"}} {
		if _, err := git(t.Context(), dir, args...); err != nil {
			t.Fatal(err)
		}
	}
	if out, wrong, code := called(t, dir, "plan"); code != 0 || !strings.Contains(out, "No change") {
		t.Errorf("plan of nothing leaves with %d:\n%s%s", code, out, wrong)
	}
	written(t, dir, "segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 2 and recency_days <= 90")
	out, wrong, code := called(t, dir, "plan", "--at", last.AddDate(0, 0, 1).Format(time.RFC3339), "--format", "json", "--examples", "100000")
	if code != exitChanges {
		t.Fatalf("plan leaves with %d: %s", code, wrong)
	}
	var p plan.Plan
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	var enter, leave []string
	change := 0
	for _, s := range p.Segments {
		for _, e := range s.Examples {
			switch e.Moved {
			case plan.Enters:
				enter = append(enter, s.Name+" "+string(e.Customer))
			case plan.Leaves:
				leave = append(leave, s.Name+" "+string(e.Customer))
			}
			if e.ByChange {
				change++
			}
		}
	}
	slices.Sort(enter)
	slices.Sort(leave)
	before := where(t, dir)
	if _, wrong, code := called(t, dir, "night", "--at", p.At.Format(time.RFC3339)); code != 0 {
		t.Fatal(wrong)
	}
	after := where(t, dir)
	if diff := cmp.Diff(without(after, before), enter, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("enter (-night +plan):\n%s", diff)
	}
	if diff := cmp.Diff(without(before, after), leave, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("leave (-night +plan):\n%s", diff)
	}
	if change == 0 {
		t.Error("nobody moves by the change, so nothing is shown")
	}
	text, wrong, code := called(t, dir, "diff-night")
	if code != 0 || !strings.Contains(text, "SEGMENT") {
		t.Errorf("diff-night leaves with %d:\n%s%s", code, text, wrong)
	}
	if text, wrong, code := called(t, dir, "diff-night", "--to", "2001-01-01T00:00:00Z"); code != 1 || !strings.Contains(wrong, "no two such nights") {
		t.Errorf("diff-night of no nights leaves with %d:\n%s%s", code, text, wrong)
	}
	if text, wrong, code := called(t, dir, "fields"); code != 0 || !strings.Contains(text, "SEEN among ") {
		t.Errorf("fields leaves with %d:\n%s", code, wrong)
	}
	if text, wrong, code := called(t, dir, "check"); code != 0 || !strings.Contains(text, "warning: ") {
		t.Errorf("check leaves with %d:\n%s%s", code, text, wrong)
	}
	if text, wrong, code := called(t, dir, "check", "--no-data"); code != 0 || strings.Contains(text, "warning: ") {
		t.Errorf("check of the files leaves with %d:\n%s%s", code, text, wrong)
	}
	if text, wrong, code := called(t, dir, "plan", "--save-sample", "sample.jsonl"); code != 0 {
		t.Errorf("saving a sample leaves with %d:\n%s%s", code, text, wrong)
	}
	if text, wrong, code := called(t, dir, "plan", "--sample", "sample.jsonl", "--format", "markdown"); code != exitChanges || !strings.Contains(text, "### Holdfast plan") {
		t.Errorf("a plan on a sample leaves with %d:\n%s%s", code, text, wrong)
	}
}
