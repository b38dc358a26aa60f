package playbook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	starter "holdfast/playbook"
)

// changed returns the starter playbook with one text of one file replaced.
func changed(t testing.TB, file, old, new string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(starter.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source, err := fs.ReadFile(starter.FS, name)
		all[name] = &fstest.MapFile{Data: source}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	source := string(all[file].Data)
	if !strings.Contains(source, old) {
		t.Fatalf("%s has no %q", file, old)
	}
	all[file] = &fstest.MapFile{Data: []byte(strings.Replace(source, old, new, 1))}
	return all
}

// Each playbook is the starter with one mistake, and gives exactly the messages
// of its golden file.
func TestBrokenPlaybooksSayWhereAndWhat(t *testing.T) {
	for _, tt := range broken {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(changed(t, tt.file, tt.old, tt.new))
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("accepted: %v", err)
			}
			goldenFile(t, "testdata/broken/"+tt.name+".golden", fmt.Sprintln(err))
		})
	}
	t.Run("missing_file", func(t *testing.T) {
		all := changed(t, settingsFile, "", "")
		delete(all, segmentsFile)
		delete(all, "emails/win_back.html.liquid")
		_, err := Load(all)
		goldenFile(t, "testdata/broken/missing_file.golden", fmt.Sprintln(err))
	})
	t.Run("empty_file", func(t *testing.T) {
		all := changed(t, settingsFile, "", "")
		all[campaignsFile] = withData("# nothing yet\n")
		_, err := Load(all)
		goldenFile(t, "testdata/broken/empty_file.golden", fmt.Sprintln(err))
	})
	t.Run("no_layout", func(t *testing.T) {
		all := changed(t, settingsFile, "", "")
		delete(all, "emails/layout.html.liquid")
		_, err := Load(all)
		goldenFile(t, "testdata/broken/no_layout.golden", fmt.Sprintln(err))
	})
}

// broken are mistakes: a text of a file of the starter, and what stands in its
// place.
var broken = []struct{ name, file, old, new string }{
	{"unknown_field", segmentsFile, "recency_days <= 120", "recensy_days <= 120"},
	{"unknown_field_in_folded_rule", segmentsFile, "(recency_days > 60 and", "(recensy_days > 60 and"},
	{"unknown_field_in_quotes", segmentsFile, `when: orders == 1 and days_since_first <= 30`, `when: "orders == 1 and country == \"AT\" and days_since_frist <= 30"`},
	{"two_mistakes_in_one_rule", segmentsFile, "orders >= 4 and rfm.f >= 4", "order >= 4 and rfm.f >= \"4\""},
	{"type", segmentsFile, "orders >= 4 and recency_days <= 180", "orders >= 4 and last_order <= 180"},
	{"country_in_words", segmentsFile, `["DE", "AT", "CH"]`, `["DE", "Austria", "CH"]`},
	{"impossible_rule", segmentsFile, "orders >= 4 and recency_days <= 180", "orders >= 4 and between(orders, 1, 3)"},
	{"rule_that_asks_nothing", segmentsFile, "orders >= 4 and recency_days <= 180", "orders >= 0"},
	{"rival_campaigns", campaignsFile, "    segment: highest_value\n    start: while\n    every: 90d\n    priority: 62", "    segment: loyal\n    start: while\n    every: 90d\n    priority: 60"},
	{"unknown_function", segmentsFile, "orders_within(180)", "orders_in(180)"},
	{"unknown_segment_in_rule", segmentsFile, `in_segment("at_risk")`, `in_segment("at_rsk")`},
	{"cycle", segmentsFile, "and open_tickets == 0", `and not in_segment("occasional")`},
	{"unknown_key", segmentsFile, "    persona: Elena", "    persone: Elena"},
	{"segment_twice", segmentsFile, "- name: frequent_buyers", "- name: high_value_loyal"},
	{"segment_name", segmentsFile, "- name: frequent_buyers", "- name: Frequent Buyers"},
	{"no_rule", segmentsFile, "    when: rfm.m == 5 and spend >= 200 and recency_days <= 365 and not in_segment(\"dissatisfied\")\n", ""},
	{"key_twice", segmentsFile, "    title: Loyal\n", "    title: Loyal\n    title: Very loyal\n"},
	{"not_yaml", segmentsFile, "title: High-value loyal", "title: High-value: loyal"},
	{"unknown_segment", campaignsFile, "segment: at_risk", "segment: at_rsk"},
	{"unknown_template", campaignsFile, "template: win_back_last", "template: winback_last"},
	{"start", campaignsFile, "start: while ", "start: whille "},
	{"while_without_every", campaignsFile, "    every: 180d                # but only twice a year\n", ""},
	{"duration", campaignsFile, "after: 9d", "after: 9 days"},
	{"goal", campaignsFile, "order within 21d", "buys within 21d"},
	{"holdout", campaignsFile, "holdout: 10%", "holdout: 1000%"},
	{"one_variant", campaignsFile, "          - name: question\n            subject: \"Running low{% if first_name %}, {{ first_name }}{% endif %}?\"\n", ""},
	{"subject_variable", campaignsFile, "first_name | default: 'from all of us'", "firstname | default: 'from all of us'"},
	{"subject_without_default", campaignsFile, "Thank you, {{ first_name | default: 'from all of us' }}", "Thank you, {{ first_name }}"},
	{"long_subject", campaignsFile, "subject: How was it?", "subject: How was it" + strings.Repeat(", and how was it then", 6)},
	{"mail_variable", "emails/win_back.html.liquid", "last_order | required | date", "lastorder | required | date"},
	{"mail_without_default", "emails/win_back.html.liquid", "last_order | required | date", "last_order | date"},
	{"mail_tag", "emails/support.html.liquid", "{% endif %}", "{% end %}"},
	{"layout_without_unsubscribe", "emails/layout.html.liquid", `<a href="{{ unsubscribe_url }}"`, `<a href="{{ business.url }}"`},
	{"layout_without_address", "emails/layout.html.liquid", "{{ business.postal_address }}", "our address"},
	{"text_layout_without_unsubscribe", "emails/layout.txt.liquid", "{{ unsubscribe_url }}", "our shop"},
	{"no_postal_address", settingsFile, "  postal_address: Seventh Kettle GmbH, Beispielstrasse 7, 10115 Berlin, Germany\n", ""},
	{"time_zone", settingsFile, "Europe/Berlin", "Berlin"},
	{"currency", settingsFile, "currency: EUR", "currency: Euro"},
	{"sender", settingsFile, "hello@seventh-kettle.example", "hello"},
	{"quiet_hours", settingsFile, `from: "21:00"`, `from: "9 pm"`},
	{"tab", segmentsFile, "    title: High-value loyal", "\ttitle: High-value loyal"},
	{"too_far_left", segmentsFile, "    title: Loyal\n", "   title: Loyal\n"},
	{"too_far_right", segmentsFile, "    title: Loyal\n", "      title: Loyal\n"},
	{"no_space_after_the_colon", segmentsFile, "    title: Loyal\n", "    title:Loyal\n"},
	{"open_quote", segmentsFile, "    title: Loyal\n", "    title: \"Loyal\n"},
	{"open_list", settingsFile, "{mails: 2, within: 7d}", "{mails: 2, within: 7d"},
	{"special_character", segmentsFile, "    title: Loyal\n", "    title: @Loyal\n"},
	{"latin_1", segmentsFile, "    title: Loyal\n", "    title: Treue K\xfcndin\n"},
	{"latin_1_mail", "emails/win_back.html.liquid", "{{ last_order", "K\xfcln {{ last_order"},
	{"two_documents", settingsFile, "caps:", "---\ncaps:"},
	{"list_for_text", segmentsFile, "- name: loyal", "- name: [loyal]"},
	{"segments_misspelt", segmentsFile, "segments:", "segment:"},
	{"campaign_twice", campaignsFile, "- name: early_access", "- name: thank_you"},
	{"segment_that_is_nowhere", campaignsFile, "segment: at_risk", "segment: vips"},
	{"template_with_ending", campaignsFile, "template: win_back_last", "template: win_back_last.html.liquid"},
	{"variant_without_name", campaignsFile, "          - name: question\n            subject:", "          - subject:"},
	{"holdout_of_all", campaignsFile, "holdout: 10%", "holdout: 100%"},
	{"goal_before_the_first_mail", campaignsFile, "        after: 1h\n", "        after: 30d\n"},
	{"unreachable_mail", campaignsFile, "      segment_left: false      # a second order does not end it\n    steps:\n      - template: welcome\n        after: 3d\n",
		"      segment_left: true\n    steps:\n      - template: welcome\n        after: 31d\n"},
	{"every_without_while", campaignsFile, "    start: while ", "    start: entry "},
	{"impossible_by_another_segment", segmentsFile, "orders >= 4 and recency_days <= 180", `in_segment("new") and orders >= 4`},
	{"unknown_currency", settingsFile, "currency: EUR", "currency: EUD"},
	{"language", settingsFile, "language: en", "language: English"},
	{"quiet_hours_without_end", settingsFile, `to: "08:00"`, `to: "21:00"`},
	{"margin", settingsFile, "margin: 40%", "margin: 40"},
	{"mail_includes", "emails/win_back.html.liquid", "<h1", "{% include 'win_back' %}<h1"},
	{"layout_without_content", "emails/layout.html.liquid", "{{ content }}", ""},
	{"caps", settingsFile, "{mails: 2, within: 7d}", "{mail: 2, within: 7d}"},
}

func goldenFile(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// FuzzLoad: whatever the files hold, loading ends, and places lie within them.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{settingsFile, segmentsFile, campaignsFile} {
		source, err := fs.ReadFile(starter.FS, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, source)
	}
	for _, tt := range broken {
		f.Add(tt.file, []byte(tt.new))
	}
	f.Add(segmentsFile, []byte("segments: [{name: a, when: &x 'orders'}, {name: b, when: *x}]"))
	f.Add(segmentsFile, []byte("segments:\n- {name: a, when: |\n  orders >\n}"))
	f.Fuzz(func(t *testing.T, name string, source []byte) {
		all := changed(t, settingsFile, "", "")
		all[segmentsFile].Data = source
		if name == campaignsFile || name == settingsFile || name == "emails/win_back.html.liquid" || name == "emails/layout.html.liquid" {
			all = changed(t, settingsFile, "", "")
			all[name].Data = source
		}
		_, err := Load(all)
		var problems Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("%T", err)
		}
		for _, p := range problems {
			if p.Message == "" || p.File == "" || p.Line < 0 || p.String() == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}

func withData(source string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(source)} }
