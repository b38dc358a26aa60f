package plan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/plan"
	"holdfast/internal/playbook"
)

func reload(t *testing.T, fsys fs.FS) *playbook.Playbook {
	t.Helper()
	b, err := playbook.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAPackedPlaybookIsTheSameWithoutItsTests(t *testing.T) {
	all := files(t)
	all["tests/a.yaml"] = &fstest.MapFile{Data: []byte("tests: []")}
	all[".env"] = &fstest.MapFile{Data: []byte("SECRET=1")}
	packed, err := plan.Pack(all)
	if err != nil {
		t.Fatal(err)
	}
	again, err := plan.Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reload(t, all).Campaigns, reload(t, again).Campaigns); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"tests/a.yaml", ".env"} {
		if _, err := fs.Stat(again, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was packed: %v", name, err)
		}
	}
}

func TestRewrittenMailsAreThoseOfBothPlaybooksThatDiffer(t *testing.T) {
	after := files(t, "emails/win_back.html.liquid", "<", " <", "emails/layout.txt.liquid", "unsubscribe_url", "unsubscribe_url ")
	delete(after, "emails/journal.html.liquid")
	if diff := cmp.Diff([]string{"layout", "win_back"}, plan.Rewritten(files(t), after)); diff != "" {
		t.Error(diff)
	}
}

func FuzzUnpack(f *testing.F) {
	packed, err := plan.Pack(files(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		fsys, err := plan.Unpack(archive)
		if err != nil {
			return
		}
		_, err = playbook.Load(fsys)
		var wrong playbook.Problems
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("%T", err)
		}
	})
}

// fitted is memory with the fit of a night.
type fitted struct {
	memory
	fit []byte
}

func (f fitted) LatestInsight(context.Context, string) (customer.Insight, error) {
	return customer.Insight{Body: f.fit}, nil
}

func TestASampleNamesNobody(t *testing.T) {
	m := fitted{memory{profiles: invented(50)}, []byte(`{"customers":50}`)}
	for i := range m.profiles {
		p := &m.profiles[i]
		p.FirstName, p.LastName, p.Phone, p.Email = "Wilhelmina", "Grünspan", "+4930901820", customer.Email(fmt.Sprintf("wilhelmina%d@example.com", i))
		p.Carts.URL = "https://shop.example/cart?key=SECRET"
		m.sends = map[customer.ID][]customer.Send{p.ID: {{SendKey: customer.SendKey{Customer: p.ID, Campaign: "win_back", Occurrence: "20260601T010000Z", Step: 1}, Status: customer.Sent}}}
	}
	s, err := plan.Draw(t.Context(), m, 20, at)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{"ilhelmina", "Grünspan", "4930901820", "shopify/test", "SECRET"} {
		if strings.Contains(b.String(), personal) {
			t.Errorf("the sample tells %q", personal)
		}
	}
	again, err := plan.ReadSample(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, again); diff != "" {
		t.Error(diff)
	}
	if len(again.Members) != 20 || again.Of != 50 {
		t.Errorf("%d of %d", len(again.Members), again.Of)
	}
}

// A sample of everybody plans as the store does.
func TestASampleOfAllPlansAsTheStore(t *testing.T) {
	before, after := load(t), load(t, "segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 3 and recency_days <= 300")
	m := fitted{memory: memory{profiles: invented(200)}}
	scorer := night.NewScorer(before.Rules, night.Fit{}, before.Business.Zone, before.Business.Currency)
	for i := range m.profiles {
		m.profiles[i].Derived = scorer.Derive(m.profiles[i], at.AddDate(0, 0, -1))
	}
	s, err := plan.Draw(t.Context(), m, 1000, at)
	if err != nil {
		t.Fatal(err)
	}
	want, err := plan.Make(t.Context(), plan.Options{Store: m, Before: before, After: after, At: at, Examples: 3})
	if err != nil {
		t.Fatal(err)
	}
	got, err := plan.Make(t.Context(), plan.Options{Store: s, Before: before, After: after, At: at, Examples: 3})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestABrokenSampleSaysWhere(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "its first line"},
		{"no instant", "{}\n", "its first line"},
		{"no customer", `{"at":"2026-06-15T01:00:00Z","of":1}` + "\n{}\n", "line 2"},
		{"no JSON", `{"at":"2026-06-15T01:00:00Z","of":1}` + "\n" + `{"profile":{"id":"c"}}` + "\nx\n", "line 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := plan.ReadSample(strings.NewReader(tt.text))
			if !errors.Is(err, customer.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func FuzzReadSample(f *testing.F) {
	f.Add(`{"at":"2026-06-15T01:00:00Z","of":1}` + "\n" + `{"profile":{"id":"caaaaaaaaaaaaaaaa"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := plan.ReadSample(strings.NewReader(text))
		if err == nil && s.At.IsZero() || err != nil && !errors.Is(err, customer.ErrInvalid) {
			t.Fatal(s, err)
		}
	})
}
