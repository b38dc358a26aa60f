package pages_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

var subjects = regexp.MustCompile(`<td class="first"><a href="/outbox/[0-9a-f]{32}">([^<]*)</a>`)

func TestTheOutboxComesInPages(t *testing.T) {
	w := empty(t)
	var all, thanks []string // the latest first
	for i := range 150 {
		name := []string{"thanks", "thanks", "second"}[i%3]
		subject := fmt.Sprintf("Mail %d", i)
		key := customer.SendKey{Customer: anna, Campaign: name, Occurrence: fmt.Sprint(i), Step: 1}
		_, err := w.outbox.Send(t.Context(), campaign.Message{Key: key, To: "anna@example.com", Subject: subject, Text: "Hello"})
		w.must(err)
		all = append([]string{subject}, all...)
		if name == "thanks" {
			thanks = append([]string{subject}, thanks...)
		}
	}
	for _, tt := range []struct {
		name, path   string
		want         []string
		newer, older string
	}{
		{"the first page has no newer one", "/outbox", all[:50], "", "/outbox?page=2"},
		{"a page in the middle has both", "/outbox?page=2", all[50:100], "/outbox", "/outbox?page=3"},
		{"the last page has no older one", "/outbox?page=3", all[100:], "/outbox?page=2", ""},
		{"a page beyond the last is the last", "/outbox?page=9", all[100:], "/outbox?page=2", ""},
		{"a page that is no number is the first", "/outbox?page=x", all[:50], "", "/outbox?page=2"},
		{"a campaign has its own pages", "/outbox?campaign=thanks&page=2", thanks[50:], "/outbox?campaign=thanks", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := w.get(tt.path).Body.String()
			var got []string
			for _, found := range subjects.FindAllStringSubmatch(page, -1) {
				got = append(got, found[1])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("subjects (-want +got):\n%s", diff)
			}
			for rel, to := range map[string]string{"prev": tt.newer, "next": tt.older} {
				link := strings.ReplaceAll(to, "&", "&amp;")
				if has := strings.Contains(page, `rel="`+rel+`"`); has != (to != "") || to != "" && !strings.Contains(page, `<a href="`+link+`" rel="`+rel+`"`) {
					t.Errorf("the link to %s is not %q", rel, to)
				}
			}
		})
	}
}

func TestTheLatestCustomersComeFirst(t *testing.T) {
	w := empty(t)
	var want []string
	for i := range 130 {
		name := fmt.Sprintf("Customer %03d", i)
		p := customer.Profile{ID: shop.Record(fmt.Sprint(i)).ID(), Folded: customer.Folded{
			Records: []customer.Identity{shop.Record(fmt.Sprint(i))}, Contact: customer.Contact{FirstName: name}, Seen: now.AddDate(0, 0, i-200)}}
		p.Derived.Segments = []customer.Membership{{Segment: "loyal", Since: now}}
		p.Books = []customer.Book{{Currency: "EUR", Orders: 1, Spend: int64(1000 - i)}}
		w.must(w.store.PutProfile(t.Context(), p))
		want = append(want, name)
	}
	names := regexp.MustCompile(`<td class="first"><a href="/customers/c[a-z2-7]{16}">([^<]*)</a>`)
	listed := func(path string) []string {
		var got []string
		for _, found := range names.FindAllStringSubmatch(w.get(path).Body.String(), -1) {
			got = append(got, found[1])
		}
		return got
	}
	if diff := cmp.Diff(want[:100], listed("/customers?segment=loyal")); diff != "" {
		t.Errorf("of a segment, the greatest spend is not first (-want +got):\n%s", diff)
	}
	slices.Reverse(want)
	if diff := cmp.Diff(want[:100], listed("/customers")); diff != "" {
		t.Errorf("of all, the latest seen is not first (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:10], listed("/")); diff != "" {
		t.Errorf("on the overview, the latest seen is not first (-want +got):\n%s", diff)
	}
}

func TestAStoreThatFailsIsSaidWithoutItsWords(t *testing.T) {
	w := peopled(t, "Anna")
	w.must(w.store.Close())
	for _, path := range []string{"/", "/customers", "/customers/" + string(anna)} {
		r := w.get(path)
		if page := r.Body.String(); r.Code != 500 || !strings.Contains(page, "This page could not be made") || strings.Contains(page, "database") {
			t.Errorf("%s = %d, want a page that says that it failed and nothing more", path, r.Code)
		}
	}
}
