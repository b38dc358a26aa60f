package plan_test

import (
	"strings"
	"testing"

	"holdfast/internal/customer"
	"holdfast/internal/plan"
)

// changed is a plan with everything that a plan can say.
func changed(t *testing.T) plan.Plan {
	t.Helper()
	before := files(t)
	after := files(t, "segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 3 and recency_days <= 150",
		"segments.yaml", "- name: german_speaking", "- name: german",
		"campaigns.yaml", "every: 60d", "every: 20d", "campaigns.yaml", "- name: journal", "- name: letters",
		"holdfast.yaml", "{mails: 2, within: 7d}", "{mails: 1, within: 7d}",
		"emails/win_back.html.liquid", "<", " <")
	m := memory{profiles: invented(200), sends: map[customer.ID][]customer.Send{}}
	for i, p := range m.profiles[:3] { // due in months
		m.sends[p.ID] = []customer.Send{{SendKey: customer.SendKey{Customer: p.ID, Campaign: "journal", Occurrence: "20260614T010000Z", Step: 1},
			Status: customer.Planned, Segment: "frequently_engaged", Due: at.AddDate(0, 3+i, 0)}}
	}
	a, b := load(t), reload(t, after)
	p, err := plan.Make(t.Context(), plan.Options{Store: m, Before: a, After: b, At: at, Examples: 2, Workers: 1,
		Mails: plan.Rewritten(before, after), Settings: plan.Resettled(a, b)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPlanInWords(t *testing.T) {
	p := changed(t)
	var text, markdown strings.Builder
	if err := plan.Text(&text, p); err != nil {
		t.Fatal(err)
	}
	if err := plan.Markdown(&markdown, p); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.txt", text.String())
	golden(t, "plan.md", markdown.String())
}

func TestAPlanOfNothingInWords(t *testing.T) {
	p, err := plan.Make(t.Context(), plan.Options{Store: memory{}, Before: load(t), After: load(t), At: at})
	if err != nil {
		t.Fatal(err)
	}
	var text, markdown strings.Builder
	if err := plan.Text(&text, p); err != nil {
		t.Fatal(err)
	}
	if err := plan.Markdown(&markdown, p); err != nil {
		t.Fatal(err)
	}
	golden(t, "nothing.txt", text.String())
	golden(t, "nothing.md", markdown.String())
}

func TestAValueCannotWriteMarkdown(t *testing.T) {
	p := plan.Plan{Changed: true, Segments: []plan.Segment{{Name: "s", Entered: 1, Examples: []plan.Example{{
		Customer: "caaaaaaaaaaaaaaaa", Moved: plan.Enters, ByChange: true, Why: "city = </details>|`x`\n![a](http://x) @team"}}}}}
	var b strings.Builder
	if err := plan.Markdown(&b, p); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"city = </details>", "|`x`", "![a](", " @team", "`x`"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("%q stands in\n%s", bad, b.String())
		}
	}
}
