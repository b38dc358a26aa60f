package customer_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func consent(r customer.Identity, at time.Time, ch customer.Channel, s customer.ConsentState, via string) customer.Fact {
	c := customer.Consent{Channel: ch, State: s, Via: via}
	return fact(r, customer.ConsentKey(c), at, customer.Body{Consent: &c})
}

// explicit is what the person did themselves.
func explicit(r customer.Identity, at time.Time, s customer.ConsentState) customer.Fact {
	c := customer.Consent{Channel: customer.EmailChannel, State: s, Explicit: true, Via: "link"}
	return fact(r, customer.ConsentKey(c), at, customer.Body{Consent: &c})
}

func survey(name string, at time.Time, score, scale float64) customer.Fact {
	return fact(ada, "survey/"+name+at.String(), at, customer.Body{Survey: &customer.Survey{Survey: name, Score: score, Scale: scale}})
}

func TestFoldContact(t *testing.T) {
	old, sold := shop.Record("4"), shop.Record("order", "1")
	attributes := func(of ...string) customer.Contact {
		c := customer.Contact{Attributes: map[string]string{}}
		for i := 0; i < len(of); i += 2 {
			c.Attributes[of[i]] = of[i+1]
		}
		return c
	}
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  customer.Contact
	}{
		{"a field comes from the latest state that has it", []customer.Fact{
			contact(ada, noon, customer.Contact{FirstName: "Ada", City: "Graz", Country: "AT"}),
			contact(ada, day(1), customer.Contact{FirstName: "Adele", City: "Wien"}),
		}, customer.Contact{FirstName: "Adele", City: "Wien", Country: "AT"}},
		{"null never erases, in any order", []customer.Fact{
			contact(ada, day(1), customer.Contact{FirstName: "Ada"}),
			contact(ada, noon, customer.Contact{FirstName: "Ada", Email: "ada@example.com", Phone: "+4930901820", LastName: "L"}),
		}, customer.Contact{FirstName: "Ada", Email: "ada@example.com", Phone: "+4930901820", LastName: "L"}},
		{"the latest of two sources has the word", []customer.Fact{
			contact(hub.Record("9"), day(1), customer.Contact{City: "Wien"}),
			contact(ada, noon, customer.Contact{City: "Graz"}),
		}, customer.Contact{City: "Wien"}},
		{"a merged record counts less, even if it is later", []customer.Fact{
			contact(old, day(5), customer.Contact{City: "Linz", Region: "OÖ"}),
			merged(old, ada, day(1)),
			contact(ada, noon, customer.Contact{City: "Graz"}),
		}, customer.Contact{City: "Graz", Region: "OÖ"}},
		{"an order counts less than a merged record", []customer.Fact{
			contact(sold, day(9), customer.Contact{City: "Rom", Email: "ada@work.example", Postcode: "1"}),
			contact(old, noon, customer.Contact{City: "Linz"}),
			contact(ada, noon, customer.Contact{Email: "ada@example.com"}),
			merged(old, ada, noon),
		}, customer.Contact{City: "Linz", Email: "ada@example.com", Postcode: "1"}},
		{"the first creation counts, whoever tells it", []customer.Fact{
			contact(ada, day(3), customer.Contact{Created: day(-10)}),
			contact(old, day(4), customer.Contact{Created: day(-20)}),
			contact(hub.Record("9"), day(5), customer.Contact{Created: day(-5)}),
			merged(old, ada, day(6)),
		}, customer.Contact{Created: day(-20)}},
		{"attributes are taken one by one, empty ones not", []customer.Fact{
			contact(ada, noon, attributes("company", "Brew", "industry", "beer")),
			contact(ada, day(1), attributes("company", "Malt", "industry", "", "employees", "12")),
		}, attributes("company", "Malt", "industry", "beer", "employees", "12")},
		{"parts of one record do not replace each other", []customer.Fact{
			fact(ada, customer.ContactKey("company", attributes("industry", "beer")), noon, customer.Body{Contact: new(attributes("industry", "beer"))}),
			fact(ada, customer.ContactKey("", attributes("industry", "wine")), day(1), customer.Body{Contact: new(attributes("industry", "wine"))}),
		}, attributes("industry", "wine")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Contact); diff != "" {
				t.Errorf("contact (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFoldTags(t *testing.T) {
	old, older, nine := shop.Record("4"), shop.Record("3"), hub.Record("9")
	list := func(r customer.Identity, at time.Time, tags ...string) customer.Fact {
		return fact(r, "tags", at, customer.Body{Tags: &customer.Tags{Tags: tags}})
	}
	tag := func(r customer.Identity, at time.Time, name string, on bool) customer.Fact {
		return fact(r, "tag/"+name, at, customer.Body{Tag: &customer.Tag{Tag: name, On: on}})
	}
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  []string
	}{
		{"a list is sorted", []customer.Fact{list(ada, noon, "vip", "b2b")}, []string{"b2b", "vip"}},
		{"a later list replaces an earlier one", []customer.Fact{list(ada, noon, "vip"), list(ada, day(1), "b2b")}, []string{"b2b"}},
		{"an empty list empties", []customer.Fact{list(ada, noon, "vip"), list(ada, day(1))}, nil},
		{"single tags need no list", []customer.Fact{tag(ada, noon, "vip", true), tag(ada, noon, "b2b", false)}, []string{"vip"}},
		{"a tag put on after the list counts", []customer.Fact{list(ada, noon, "vip"), tag(ada, day(1), "b2b", true)}, []string{"b2b", "vip"}},
		{"a tag taken off after the list counts", []customer.Fact{list(ada, noon, "vip", "b2b"), tag(ada, day(1), "vip", false)}, []string{"b2b"}},
		{"a tag put on before the list does not", []customer.Fact{list(ada, noon, "vip"), tag(ada, day(-1), "b2b", true)}, []string{"vip"}},
		{"a tag taken off before the list does not", []customer.Fact{list(ada, noon, "vip"), tag(ada, day(-1), "vip", false)}, []string{"vip"}},
		{"at one version the single tag counts", []customer.Fact{list(ada, noon, "vip"), tag(ada, noon, "vip", false)}, nil},
		{"the latest word on a tag counts", []customer.Fact{tag(ada, day(2), "vip", false), tag(ada, day(1), "vip", true)}, nil},
		{"the tags of two sources are joined", []customer.Fact{list(ada, noon, "vip"), list(nine, noon, "lead", "vip")}, []string{"lead", "vip"}},
		{"one source does not take off another's", []customer.Fact{list(ada, noon, "vip"), tag(nine, day(1), "vip", false)}, []string{"vip"}},
		{"a merged record's tags count", []customer.Fact{list(old, noon, "vip"), merged(old, ada, day(1)), list(ada, noon, "b2b")}, []string{"b2b", "vip"}},
		{"until the record that stayed gives its list", []customer.Fact{list(old, noon, "vip"), merged(old, ada, day(1)), list(ada, day(2), "b2b")}, []string{"b2b"}},
		{"or takes one off", []customer.Fact{list(old, noon, "vip", "b2b"), merged(old, ada, day(1)), tag(ada, day(2), "vip", false)}, []string{"b2b"}},
		{"through two merges", []customer.Fact{list(older, noon, "vip"), merged(older, old, day(1)), merged(old, ada, day(2)), list(ada, day(3), "b2b")}, []string{"b2b"}},
		{"records merged in a circle end", []customer.Fact{list(old, noon, "vip"), merged(old, ada, noon), merged(ada, old, noon)}, []string{"vip"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range len(c.facts) {
				if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Tags); diff != "" {
					t.Errorf("tags (-want +got):\n%s", diff)
				}
				c.facts = append(slices.Clone(c.facts[1:]), c.facts[0])
			}
		})
	}
}

func TestFoldPermission(t *testing.T) {
	old, nine, sold := shop.Record("4"), hub.Record("9"), shop.Record("order", "1")
	says := func(r customer.Identity, at time.Time, s customer.ConsentState) customer.Fact {
		return consent(r, at, customer.EmailChannel, s, "sync")
	}
	is := func(s customer.ConsentState, since time.Time, via string) customer.Permission {
		return customer.Permission{State: s, Since: since, Via: via}
	}
	const in, out, pending, not = customer.Subscribed, customer.Unsubscribed, customer.Pending, customer.NotSubscribed
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  customer.Permission
	}{
		{"nobody said anything", []customer.Fact{contact(ada, noon, customer.Contact{City: "Graz"})}, customer.Permission{}},
		{"a sync says subscribed", []customer.Fact{says(ada, noon, in)}, is(in, noon, "sync")},
		{"the latest sync counts", []customer.Fact{says(ada, day(1), not), says(nine, noon, in)}, is(not, day(1), "sync")},
		{"an opt-out wins over a later sync", []customer.Fact{says(ada, day(9), in), explicit(ada, noon, out)}, is(out, noon, "link")},
		{"an opt-out wins over an import of another source", []customer.Fact{explicit(ada, noon, out), consent(nine, day(30), customer.EmailChannel, in, "import")}, is(out, noon, "link")},
		{"an opt-out that a sync tells is one too", []customer.Fact{says(nine, noon, out), says(ada, day(1), in)}, is(out, noon, "sync")},
		{"an explicit later opt-in lifts it", []customer.Fact{explicit(ada, day(1), in), explicit(ada, noon, out)}, is(in, day(1), "link")},
		{"an explicit earlier opt-in does not", []customer.Fact{explicit(ada, noon, in), explicit(ada, day(1), out)}, is(out, day(1), "link")},
		{"an explicit opt-in a moment later lifts it", []customer.Fact{explicit(ada, noon.Add(1), in), explicit(ada, noon, out)}, is(in, noon.Add(1), "link")},
		{"at the same instant the opt-out wins", []customer.Fact{explicit(ada, noon, in), explicit(ada, noon, out)}, is(out, noon, "link")},
		{"at the same instant of another source too", []customer.Fact{explicit(shop.Record("99"), noon, in), says(hub.Record("1"), noon, out)}, is(out, noon, "sync")},
		{"out, in, out again", []customer.Fact{explicit(ada, noon, out), explicit(ada, day(1), in), says(nine, day(2), out)}, is(out, day(2), "sync")},
		{"an opt-out of a merged record still wins", []customer.Fact{explicit(old, noon, out), merged(old, ada, day(1)), says(ada, day(2), in)}, is(out, noon, "link")},
		{"an opt-out on an order still wins", []customer.Fact{says(sold, noon, out), says(ada, day(2), in)}, is(out, noon, "sync")},
		{"a later sync that asks again is heard", []customer.Fact{explicit(ada, noon, in), says(ada, day(1), pending)}, is(pending, day(1), "sync")},
		{"a later sync that says no is heard", []customer.Fact{explicit(ada, noon, in), says(ada, day(1), not)}, is(not, day(1), "sync")},
		{"an earlier sync that says no is not", []customer.Fact{explicit(ada, noon, in), says(ada, day(-1), not)}, is(in, noon, "link")},
		{"a later sync that agrees changes nothing", []customer.Fact{explicit(ada, noon, in), says(ada, day(1), in)}, is(in, noon, "link")},
		{"what a merged record's sync said counts less", []customer.Fact{says(old, day(3), in), merged(old, ada, day(1)), says(ada, noon, not)}, is(not, noon, "sync")},
		{"but counts where no other says anything", []customer.Fact{says(old, day(3), in), merged(old, ada, day(1))}, is(in, day(3), "sync")},
		{"an empty statement erases nothing", []customer.Fact{says(ada, noon, in), says(nine, day(1), "")}, is(in, noon, "sync")},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range len(c.facts) {
				got := customer.Fold(c.facts, time.UTC)
				if diff := cmp.Diff(c.want, got.Mail); diff != "" {
					t.Errorf("mail (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(customer.Permission{}, got.SMS); diff != "" {
					t.Errorf("SMS, of which nobody spoke (-want +got):\n%s", diff)
				}
				c.facts = append(slices.Clone(c.facts[1:]), c.facts[0])
			}
		})
	}
}

func TestFoldBlocked(t *testing.T) {
	block := func(address customer.Email, reason string, at time.Time) customer.Fact {
		return fact(ada, "blocked/"+reason, at, customer.Body{Blocked: &customer.Blocked{Email: address, Reason: reason}})
	}
	has := func(address customer.Email, at time.Time) customer.Fact {
		return contact(ada, at, customer.Contact{Email: address})
	}
	for _, c := range []struct {
		name, want string
		facts      []customer.Fact
	}{
		{"the present address bounced", "bounce", []customer.Fact{block("ada@example.com", "bounce", day(1)), has("ada@example.com", noon)}},
		{"an address of before bounced", "", []customer.Fact{block("ada@example.com", "bounce", day(1)), has("ada@new.example", day(2))}},
		{"no address is known", "", []customer.Fact{block("", "bounce", day(1))}},
		{"the latest reason counts", "complaint", []customer.Fact{
			block("ada@example.com", "complaint", day(2)), block("ada@example.com", "bounce", day(1)), has("ada@example.com", noon)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.Fold(c.facts, time.UTC).Blocked; got != c.want {
				t.Errorf("blocked is %q, want %q", got, c.want)
			}
		})
	}
}

func TestFoldSurveys(t *testing.T) {
	for _, c := range []struct {
		name  string
		facts []customer.Fact
		want  customer.SurveyState
	}{
		{"nobody was asked", nil, customer.SurveyState{}},
		{"the latest answer of each survey counts", []customer.Fact{
			survey("nps", day(1), 9, 10), survey("nps", noon, 2, 10), survey("csat", noon, 4, 5),
		}, customer.SurveyState{NPS: 9, NPSAt: day(1), CSAT: .8, CSATAt: noon}},
		{"scores are brought to one scale", []customer.Fact{survey("nps", noon, 3, 4), survey("csat", noon, 50, 100)},
			customer.SurveyState{NPS: 7.5, NPSAt: noon, CSAT: .5, CSATAt: noon}},
		{"zero is an answer", []customer.Fact{survey("nps", noon, 0, 10)}, customer.SurveyState{NPSAt: noon}},
		{"the instant of an answer decides, not when its source changed it", []customer.Fact{
			modified(survey("nps", noon, 2, 10), day(9)), survey("nps", day(1), 9, 10), modified(survey("csat", noon, 1, 5), day(9)), survey("csat", day(1), 5, 5),
		}, customer.SurveyState{NPS: 9, NPSAt: day(1), CSAT: 1, CSATAt: day(1)}},
		{"other surveys are left", []customer.Fact{survey("ces", noon, 3, 7)}, customer.SurveyState{}},
		{"answers outside their scale are left", []customer.Fact{
			survey("nps", day(1), 11, 10), survey("nps", day(2), -1, 10), survey("nps", day(3), 5, 0), survey("nps", day(4), math.NaN(), 10),
			survey("nps", day(5), math.Inf(1), math.Inf(1)), survey("csat", day(6), 3, math.Inf(1)),
		}, customer.SurveyState{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customer.Fold(c.facts, time.UTC).Surveys); diff != "" {
				t.Errorf("surveys (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("an answer from 0 to 10 stays the whole number that it is", func(t *testing.T) {
		for n := range 11 {
			if got := customer.Fold([]customer.Fact{survey("nps", noon, float64(n), 10)}, time.UTC).Surveys.NPS; got != float64(n) {
				t.Errorf("%d is %v", n, got)
			}
		}
	})
}

func TestFoldReported(t *testing.T) {
	old := shop.Record("4")
	summary := func(r customer.Identity, at time.Time, orders int) customer.Fact {
		return fact(r, "summary", at, customer.Body{Summary: &customer.Summary{Orders: orders}})
	}
	facts := []customer.Fact{summary(ada, day(1), 5), summary(hub.Record("9"), noon, 3), summary(old, day(2), 2), merged(old, ada, day(3))}
	p := customer.Fold(facts, time.UTC)
	if p.Reported.Orders != 5 || p.Books != nil {
		t.Errorf("reported is %+v, books %v; want the latest of a record that stands, and no books", p.Reported, p.Books)
	}
}
