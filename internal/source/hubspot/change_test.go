package hubspot

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

const samples = "../../../../shared/samples/hubspot"

// sample returns an official payload, or skips the test where there are none.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Skipf("the official payloads are not here: %v", err)
	}
	return body
}

// change is one element of a delivery under construction.
func change(kind string, id int, fields string) string {
	if fields != "" {
		fields = "," + fields
	}
	return fmt.Sprintf(`{"eventId":100,"subscriptionId":22,"portalId":33,"appId":1,"occurredAt":1790000000123,"subscriptionType":%q,"attemptNumber":0,"objectId":%d%s}`, kind, id, fields)
}

func batch(elements ...string) []byte { return []byte("[" + strings.Join(elements, ",") + "]") }

// kinds names what events do.
func kinds(events []customer.Event) []string {
	var all []string
	for _, e := range events {
		s := strings.TrimPrefix(string(e.Record), "hubspot/")
		if e.Claim != nil {
			s += " claim"
			if e.Claim.Parent != "" {
				s += "→" + strings.TrimPrefix(string(e.Claim.Parent), "hubspot/")
			}
		}
		if e.Fact != nil {
			s += " " + e.Fact.Key
		}
		if e.Command != nil {
			s += " " + string(e.Command.Kind)
			if e.Command.Into != "" {
				s += "→" + strings.TrimPrefix(string(e.Command.Into), "hubspot/")
			}
		}
		all = append(all, s)
	}
	return all
}

func TestEverySampleHasItsPlan(t *testing.T) {
	for _, c := range []struct {
		file  string
		dirty []Object
		does  []string
	}{
		{"contact_creation_docs_signature_vector.json", []Object{{"62515", contacts, "123"}}, nil},
		{"contact_creation_ui_sample.json", []Object{{"44237313", contacts, "123"}}, nil},
		{"contact_propertyChange_ui_sample.json", []Object{{"44237313", contacts, "123"}}, nil},
		{"contact_propertyChange_sensitive_docs.json", []Object{{"891472211", contacts, "847297356"}}, nil},
		{"contact_deletion.json", nil, []string{"33/1246965 deleted"}},
		{"contact_privacyDeletion.json", nil, []string{"33/1246965 erase"}},
		{"contact_merge.json", []Object{{"33", contacts, "1247001"}}, []string{"33/1246965 merged merge→33/1247001", "33/1246978 merged merge→33/1247001"}},
		{"contact_associationChange_pair.json", []Object{{"33", companies, "7654321"}, {"33", contacts, "1246965"}}, nil},
		{"deal_company_ticket_mixed_batch_retry.json", []Object{{"33", companies, "7654321"}, {"33", contacts, "1246965"}, {"33", deals, "998877"}, {"33", tickets, "55501"}}, nil},
	} {
		t.Run(c.file, func(t *testing.T) {
			changes, err := Parse(sample(t, c.file))
			if err != nil {
				t.Fatal(err)
			}
			p := NewPlan(changes)
			if diff := cmp.Diff(c.dirty, p.Dirty); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.does, kinds(p.Events)); diff != "" || p.Unwanted != 0 {
				t.Error(diff, p.Unwanted)
			}
		})
	}
}

func TestPlans(t *testing.T) {
	for _, c := range []struct {
		name     string
		elements []string
		dirty    []Object
		does     []string
		unwanted int
	}{
		{"a creation that comes after its changes is read once with them", []string{
			change("contact.propertyChange", 7, `"propertyName":"email","propertyValue":""`), change("contact.propertyChange", 7, `"propertyName":"firstname","propertyValue":"x"`),
			change("contact.creation", 7, "")}, []Object{{"33", contacts, "7"}}, nil, 0},
		{"the generic format names types by number", []string{
			change("object.creation", 1, `"objectTypeId":"0-1"`), change("object.propertyChange", 2, `"objectTypeId":"0-2"`),
			change("object.creation", 3, `"objectTypeId":"0-3"`), change("object.restore", 4, `"objectTypeId":"0-5"`)},
			[]Object{{"33", companies, "2"}, {"33", contacts, "1"}, {"33", deals, "3"}, {"33", tickets, "4"}}, []string{"33/ticket/4 deleted"}, 0},
		{"what nobody wants is counted", []string{
			change("product.creation", 1, ""), change("object.creation", 2, `"objectTypeId":"2-998"`), change("conversation.newMessage", 3, `"messageId":"x"`),
			change("contact.somethingNew", 4, ""), change("deal.privacyDeletion", 5, ""), change("line_item.associationChange", 6,
				`"associationType":"LINE_ITEM_TO_QUOTE","fromObjectId":1,"toObjectId":2`)}, nil, nil, 6},
		{"ids above 2^53 stay whole", []string{change("contact.creation", 9007199254740993, "")}, []Object{{"33", contacts, "9007199254740993"}}, nil, 0},
		{"portals stay apart", []string{change("contact.creation", 1, ""), strings.Replace(change("contact.creation", 1, ""), `"portalId":33`, `"portalId":44`, 1)},
			[]Object{{"33", contacts, "1"}, {"44", contacts, "1"}}, nil, 0},
		{"a merge into a new record makes aliases of both", []string{change("contact.merge", 1, `"primaryObjectId":1,"mergedObjectIds":[2,3],"newObjectId":9`)},
			[]Object{{"33", contacts, "9"}}, []string{"33/1 merged merge→33/9", "33/2 merged merge→33/9", "33/3 merged merge→33/9"}, 0},
		{"a merge without a new record keeps the primary", []string{change("object.merge", 1, `"objectTypeId":"0-1","primaryObjectId":1,"mergedObjectIds":[1,2]`)},
			[]Object{{"33", contacts, "1"}}, []string{"33/2 merged merge→33/1"}, 0},
		{"merged deals are gone", []string{change("deal.merge", 1, `"primaryObjectId":1,"mergedObjectIds":[2]`)},
			[]Object{{"33", deals, "1"}}, []string{"33/deal/2 deleted"}, 0},
		{"an erased contact is not read", []string{change("contact.creation", 1, ""), change("contact.privacyDeletion", 1, ""), change("contact.deletion", 1, "")},
			nil, []string{"33/1 deleted", "33/1 erase"}, 0},
		{"both sides of an association are read", []string{change("deal.associationChange", 5, `"associationType":"DEAL_TO_CONTACT","fromObjectId":5,"toObjectId":6`)},
			[]Object{{"33", contacts, "6"}, {"33", deals, "5"}}, nil, 0},
		{"a deleted company says nothing", []string{change("company.deletion", 5, "")}, nil, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, err := Parse(batch(c.elements...))
			if err != nil {
				t.Fatal(err)
			}
			p := NewPlan(changes)
			if diff := cmp.Diff(c.dirty, p.Dirty); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.does, kinds(p.Events)); diff != "" || p.Unwanted != c.unwanted {
				t.Error(diff, p.Unwanted)
			}
		})
	}
}

func TestADeletionIsAsOldAsItOccurred(t *testing.T) {
	changes, err := Parse(batch(change("contact.deletion", 1, "")))
	if err != nil {
		t.Fatal(err)
	}
	at := time.UnixMilli(1790000000123).UTC()
	want := []customer.Event{{Record: "hubspot/33/1", Fact: &customer.Fact{Record: "hubspot/33/1", Key: "deleted",
		Version: customer.NewVersion(at, "deletion"), At: at, Body: customer.Body{Deleted: &customer.Deleted{Deleted: true}}}}}
	if diff := cmp.Diff(want, NewPlan(changes).Events); diff != "" {
		t.Error(diff)
	}
}

func TestOneBadElementLosesNoOther(t *testing.T) {
	const secret = "s3cr3t"
	body := batch(
		change("contact.creation", 1, ""),
		`"`+secret+`"`,
		change("contact.creation", 2, `"portalId":"`+secret+`"`),
		change("contact.creation", 3, `"occurredAt":0`),
		change("contact.creation", 0, ""),
		change(secret, 5, ""),
		change("contact.creation", 6, `"objectId":1.5`),
		change("contact.creation", 7, ""),
	)
	changes, err := Parse(body)
	if len(changes) != 2 || changes[0].ID != "1" || changes[1].ID != "7" {
		t.Errorf("kept %+v", changes)
	}
	if !errors.Is(err, customer.ErrInvalid) || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v", err)
	}
	for i := 1; i <= 6; i++ {
		if !strings.Contains(err.Error(), fmt.Sprintf("element %d:", i)) {
			t.Errorf("%q does not list %d", err, i)
		}
	}
}

func TestBodiesThatAreNoBatch(t *testing.T) {
	many := make([]string, 101)
	for i := range many {
		many[i] = change("contact.creation", i+1, "")
	}
	for name, body := range map[string]string{
		"nothing": "", "malformed": "[", "an object": change("contact.creation", 1, ""), "null": "null", "more than 100": string(batch(many...)),
	} {
		if changes, err := Parse([]byte(body)); !errors.Is(err, customer.ErrInvalid) || len(changes) > 0 {
			t.Errorf("%s: %v, %v", name, changes, err)
		}
	}
	if changes, err := Parse(batch(many[:100]...)); err != nil || len(changes) != 100 {
		t.Errorf("100: %d, %v", len(changes), err)
	}
}

func TestAPlanDependsOnTheSetOfChangesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) string {
			kind := rapid.SampledFrom([]string{"contact", "company", "deal", "ticket", "product"}).Draw(t, "kind")
			action := rapid.SampledFrom([]string{"creation", "propertyChange", "deletion", "restore", "merge", "privacyDeletion", "associationChange"}).Draw(t, "action")
			return change(kind+"."+action, rapid.IntRange(1, 4).Draw(t, "id"), fmt.Sprintf(
				`"occurredAt":%d,"primaryObjectId":1,"mergedObjectIds":[2],"fromObjectId":1,"toObjectId":3,"associationType":"DEAL_TO_CONTACT"`,
				1790000000000+rapid.IntRange(0, 2).Draw(t, "at")))
		})
		elements := rapid.SliceOfN(one, 1, 12).Draw(t, "elements")
		plan := func(elements []string) string {
			changes, err := Parse(batch(elements...))
			if err != nil {
				t.Fatal(err)
			}
			p := NewPlan(changes)
			text, err := json.Marshal([]any{p.Dirty, p.Events})
			if err != nil {
				t.Fatal(err)
			}
			return string(text) + fmt.Sprint(p.associated)
		}
		again := append(elements[:len(elements):len(elements)], rapid.SliceOf(rapid.SampledFrom(elements)).Draw(t, "again")...)
		if diff := cmp.Diff(plan(elements), plan(rapid.Permutation(again).Draw(t, "order"))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(samples, "contact_*.json")) // the error is of the pattern, which is right
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add(batch(change("contact.merge", 1, `"mergedObjectIds":[2]`), change("object.deletion", 1, `"objectTypeId":"0-3"`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		changes, err := Parse(body)
		if err != nil && !errors.Is(err, customer.ErrInvalid) {
			t.Fatal(err)
		}
		p := NewPlan(changes)
		for _, o := range p.Dirty {
			if o.Portal == "" || o.Type == "" || o.ID == "" {
				t.Fatalf("cannot read %+v", o)
			}
		}
		for _, e := range p.Events {
			if e.Record.Account() == "" || e.Fact == nil && e.Command == nil || e.Fact != nil && (e.Fact.Record != e.Record || e.Fact.Version == "") {
				t.Fatalf("an event lacks something: %+v", e)
			}
		}
	})
}
