package segment

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

const samples = "../../../../shared/samples/segment"

func TestEverySampleHasItsEffect(t *testing.T) {
	// Samples without a message id are named by a hash.
	shorten := cmp.Transformer("short", func(s string) string {
		if i := len(s) - 33; i > 0 && s[i] == '~' {
			return s[:i] + "~"
		}
		return s
	})
	for _, c := range []struct {
		file string
		want []string
	}{
		{"webhook_identify.json", []string{"019mr8mf4r claim email contact/ef.friend_count.subscription_plan"}},
		{"webhook_group.json", []string{"019mr8mf4r claim contact/company/.company.company_id.company_plan.company_total_billed.employees.industry"}},
		{"webhook_page.json", []string{"019mr8mf4r activity/page_view/~"}},
		{"webhook_screen.json", []string{"019mr8mf4r activity/screen_view/~"}},
		{"webhook_track.json", []string{"019mr8mf4r activity/purchased_an_item/~"}},
		{"spec_identify_raw.json", []string{"97980cfea0067 claim email contact/eflcrtz.browser.device.logins.os.plan", "anonymous/507f191e810c19729de860ea claim→97980cfea0067"}},
		{"spec_group_raw.json", []string{"97980cfea0067 claim contact/company/.company.company_id.company_plan.company_total_billed.employees.industry"}},
		{"spec_page_raw.json", []string{"97980cfea0067 activity/page_view/022bb90c-bbac-11e4-8dfc-aa07a5b093db"}},
		{"spec_track_raw.json", []string{"AiUGstSDIg activity/course_clicked/ajs-f8ca1e4de5024d9430b3928bd8ac6b96"}},
		{"spec_common_raw.json", []string{"97980cfea0067 activity/report_submitted/022bb90c-bbac-11e4-8dfc-aa07a5b093db"}},
		{"spec_alias_raw.json", []string{"anonymous/39239-239239-239239-23923 claim→507f191e81", "39239-239239-239239-23923 claim→507f191e81"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			events, err := Source{Shop: true}.Parse(sample(t, c.file), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, kinds(events), shorten); diff != "" {
				t.Error(diff)
			}
			for _, e := range events {
				complete(t, e)
			}
		})
	}
	t.Run("the alias that is written as a table has no ids", func(t *testing.T) {
		if _, err := (Source{}).Parse(sample(t, "webhook_alias.json"), time.Time{}); !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	})
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Skipf("the official payloads are not here: %v", err)
	}
	return body
}
