package hubspot

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func ada() map[string]string {
	return map[string]string{"email": "Ada@Example.com", "firstname": "Ada", "lastname": "Lovelace", "phone": "+43 1 5880", "lifecyclestage": "customer",
		"hs_lead_status": "OPEN", "jobtitle": "Analyst", "hs_country_region_code": "AT", "country": "Austria", "city": "Wien", "zip": "1010",
		"hs_language": "de-at", "createdate": "2024-03-01T10:11:12.345Z", "lastmodifieddate": "2026-10-05T21:54:50.101Z", "hs_email_optout": "false"}
}

func acme() map[string]string {
	return map[string]string{"name": "Acme", "domain": "acme.example", "industry": "COMPUTER_SOFTWARE", "numberofemployees": "120",
		"annualrevenue": "1200000", "country": "Austria", "hs_lastmodifieddate": "2026-10-01T00:00:00Z"}
}

func events(t *testing.T, p *portal, elements ...string) []customer.Event {
	t.Helper()
	got, err := Source{Client: p.client()}.Events(t.Context(), batch(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAContactIsReadWhole(t *testing.T) {
	p := newPortal(t)
	p.objects["contacts/1246965"] = ada()
	got := events(t, p, change("contact.propertyChange", 1246965, `"propertyName":"email","propertyValue":"old@example.com"`))
	at := time.Date(2026, 10, 5, 21, 54, 50, 101_000_000, time.UTC)
	c := customer.Contact{Email: "ada@example.com", Phone: "+4315880", FirstName: "Ada", LastName: "Lovelace", Language: "de-at", Country: "AT",
		City: "Wien", Postcode: "1010", Created: time.Date(2024, 3, 1, 10, 11, 12, 345_000_000, time.UTC),
		Attributes: map[string]string{"lifecycle_stage": "customer", "lead_status": "OPEN", "job_title": "Analyst"}}
	v := got[0].Fact.Version
	want := []customer.Event{{Record: "hubspot/33/1246965", Claim: &customer.Claim{Version: v, Email: c.Email, Phone: c.Phone},
		Fact: &customer.Fact{Record: "hubspot/33/1246965", Key: customer.ContactKey("", c), Version: v, At: at, Body: customer.Body{Contact: &c}}}}
	if diff := cmp.Diff(want, got); diff != "" || !v.Time().Equal(at) {
		t.Error(v, diff)
	}
}

func TestAHundredChangesWithSixtyRepeatedAreOneCall(t *testing.T) {
	p := newPortal(t)
	var elements []string
	for i := range 100 {
		id := i%40 + 1
		elements = append(elements, change("contact.propertyChange", id, `"propertyName":"email"`))
		p.objects[fmt.Sprintf("contacts/%d", id)] = ada()
	}
	got := events(t, p, elements...)
	if diff := cmp.Diff([]string{"/crm/v3/objects/contacts/batch/read 40"}, p.calls); diff != "" || len(got) != 40 {
		t.Errorf("%d events, %s", len(got), diff)
	}
}

func TestOptOutsAreTakenAndOptInsAreNot(t *testing.T) {
	p := newPortal(t)
	p.objects["contacts/1"], p.objects["contacts/2"] = ada(), ada()
	p.objects["contacts/1"]["hs_email_optout"] = "true"
	got := events(t, p, change("contact.creation", 1, ""), change("contact.creation", 2, ""))
	if diff := cmp.Diff([]string{"33/1 claim contact/epflgctzb.job_title.lead_status.lifecycle_stage", "33/1 consent/email/out",
		"33/2 claim contact/epflgctzb.job_title.lead_status.lifecycle_stage"}, kinds(got)); diff != "" {
		t.Error(diff)
	}
	want := &customer.Consent{Channel: customer.EmailChannel, State: customer.Unsubscribed, Via: "hubspot"}
	if diff := cmp.Diff(want, got[1].Fact.Body.Consent); diff != "" {
		t.Error(diff)
	}
}

func TestAContactThatIsGoneOrPutAway(t *testing.T) {
	p := newPortal(t)
	if got := events(t, p, change("contact.creation", 404, "")); len(got) > 0 {
		t.Errorf("a missing one does %v", kinds(got))
	}
	p.objects["contacts/1"] = ada()
	p.objects["contacts/1"]["_archived"] = "true"
	if diff := cmp.Diff([]string{"33/1 deleted"}, kinds(events(t, p, change("contact.creation", 1, "")))); diff != "" {
		t.Error(diff)
	}
}

func TestAMergedContactAnswersWithTheSurvivor(t *testing.T) {
	p := newPortal(t)
	p.objects["contacts/1"] = ada()
	p.objects["contacts/1"]["_id"] = "9"
	p.objects["contacts/1"]["hs_merged_object_ids"] = "1;2"
	got := events(t, p, change("contact.propertyChange", 1, ""))
	if diff := cmp.Diff([]string{"33/1 merged merge→33/9", "33/9 claim contact/epflgctzb.job_title.lead_status.lifecycle_stage"}, kinds(got)); diff != "" {
		t.Error(diff)
	}
	t.Run("asked for with the survivor it answers once", func(t *testing.T) {
		p.objects["contacts/9"] = p.objects["contacts/1"]
		got := events(t, p, change("contact.propertyChange", 1, ""), change("contact.creation", 9, ""))
		if diff := cmp.Diff([]string{"33/1 merged merge→33/9", "33/9 claim contact/epflgctzb.job_title.lead_status.lifecycle_stage"}, kinds(got)); diff != "" {
			t.Error(diff)
		}
	})
}

const primary = `"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":2}]`

func TestACompanyIsToldToItsContacts(t *testing.T) {
	p := newPortal(t)
	p.objects["companies/7"] = acme()
	p.links["companies/7/contacts"] = []string{`{"toObjectId":12,` + primary + `},{"toObjectId":3,` + primary +
		`},{"toObjectId":4,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":280}]}`}
	got := events(t, p, change("company.propertyChange", 7, `"propertyName":"annualrevenue"`))
	if diff := cmp.Diff([]string{
		"33/3 contact/company/.annual_revenue.company.company_country.company_domain.employees.industry",
		"33/12 contact/company/.annual_revenue.company.company_country.company_domain.employees.industry"}, kinds(got)); diff != "" {
		t.Error(diff)
	}
	want := &customer.Contact{Attributes: map[string]string{"company": "Acme", "company_domain": "acme.example", "industry": "COMPUTER_SOFTWARE",
		"employees": "120", "annual_revenue": "1200000", "company_country": "Austria"}}
	if diff := cmp.Diff(want, got[0].Fact.Body.Contact); diff != "" {
		t.Error(diff)
	}
	if at := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC); !got[0].Fact.Version.Time().Equal(at) {
		t.Errorf("as of %v", got[0].Fact.Version)
	}
}

func TestANewMemberOutdoesWhatItsFormerCompanySaid(t *testing.T) {
	p := newPortal(t)
	p.objects["companies/7"] = acme()
	p.links["companies/7/contacts"] = []string{`{"toObjectId":3}`}
	got := events(t, p, `{"portalId":33,"occurredAt":1795000000000,"subscriptionType":"company.associationChange","associationType":"COMPANY_TO_CONTACT","fromObjectId":7,"toObjectId":3}`)
	if len(got) != 1 || !got[0].Fact.At.Equal(time.UnixMilli(1795000000000)) {
		t.Errorf("got %v", kinds(got))
	}
}

func TestAContactLearnsOfItsCompany(t *testing.T) {
	p := newPortal(t)
	p.objects["contacts/1"], p.objects["companies/7"] = ada(), acme()
	p.objects["contacts/1"]["associatedcompanyid"] = "7"
	got := events(t, p, change("contact.creation", 1, ""))
	if len(got) != 2 || got[1].Fact.Body.Contact.Attributes["company"] != "Acme" {
		t.Fatalf("got %v", kinds(got))
	}
	if at := time.Date(2026, 10, 5, 21, 54, 50, 101_000_000, time.UTC); !got[1].Fact.At.Equal(at) {
		t.Errorf("a contact that changed its company must outdo what the former said: %v", got[1].Fact.At)
	}
}

func TestDealsAndTicketsAreTheirContacts(t *testing.T) {
	p := newPortal(t)
	p.objects["deals/5"] = map[string]string{"dealname": "Renewal", "amount": "1280.5", "deal_currency_code": "EUR", "dealstage": "closedwon",
		"hs_is_closed": "true", "hs_is_closed_won": "true", "closedate": "2026-09-30T12:00:00Z", "hs_lastmodifieddate": "2026-10-01T00:00:00Z"}
	p.objects["tickets/6"] = map[string]string{"subject": "Help", "createdate": "2026-09-01T00:00:00Z", "hs_pipeline_stage": "4", "hs_ticket_priority": "HIGH",
		"hs_ticket_category": "BILLING", "hs_lastmodifieddate": "2026-10-01T00:00:00Z"}
	p.links["deals/5/contacts"] = []string{`{"toObjectId":12},{"toObjectId":3}`}
	got := events(t, p, change("deal.propertyChange", 5, ""), change("ticket.creation", 6, ""))
	if diff := cmp.Diff([]string{"33/deal/5 claim→33/3 deal", "33/ticket/6 claim ticket"}, kinds(got)); diff != "" {
		t.Fatal(diff)
	}
	deal := &customer.Deal{Name: "Renewal", Amount: customer.Money{Minor: 128050, Currency: "EUR"}, Stage: "closedwon", Won: true,
		Closed: time.Date(2026, 9, 30, 12, 0, 0, 0, time.UTC)}
	ticket := &customer.Ticket{Opened: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), Priority: "HIGH", Category: "BILLING", Stage: "4"}
	if diff := cmp.Diff(deal, got[0].Fact.Body.Deal); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ticket, got[1].Fact.Body.Ticket); diff != "" {
		t.Error(diff)
	}
	t.Run("a deal's new contact is claimed though the deal did not change", func(t *testing.T) {
		p.links["deals/5/contacts"] = []string{`{"toObjectId":2}`}
		after := events(t, p, `{"portalId":33,"occurredAt":1795000000000,"subscriptionType":"deal.associationChange","associationType":"DEAL_TO_CONTACT","fromObjectId":5,"toObjectId":2}`)
		if after[0].Claim.Parent != "hubspot/33/2" || after[0].Claim.Version <= got[0].Claim.Version || after[0].Fact.Version != got[0].Fact.Version {
			t.Errorf("got %+v", after[0].Claim)
		}
	})
	t.Run("an open deal's closing date is a hope", func(t *testing.T) {
		p.objects["deals/5"]["hs_is_closed"], p.objects["deals/5"]["hs_is_closed_won"] = "false", "false"
		if d := events(t, p, change("deal.propertyChange", 5, ""))[0].Fact.Body.Deal; !d.Closed.IsZero() {
			t.Errorf("closed %v", d.Closed)
		}
	})
}

func TestWhatCannotBeReadIsSaidAndTheRestIsKept(t *testing.T) {
	p := newPortal(t)
	p.objects["contacts/1"] = ada()
	p.objects["deals/5"] = map[string]string{"amount": "1.2345", "deal_currency_code": "EUR"}
	deletion, creation, deal := change("contact.deletion", 2, ""), change("contact.creation", 1, ""), change("deal.creation", 5, "")

	t.Run("without a client deletions still count", func(t *testing.T) {
		got, err := Source{}.Events(t.Context(), batch(deletion, creation))
		if !errors.Is(err, ErrNoToken) || errors.Is(err, customer.ErrInvalid) || len(got) != 1 {
			t.Errorf("%v, %v", kinds(got), err)
		}
	})
	t.Run("without anything to read no client is needed", func(t *testing.T) {
		got, err := Source{}.Events(t.Context(), batch(deletion))
		if err != nil || len(got) != 1 {
			t.Errorf("%v, %v", kinds(got), err)
		}
	})
	t.Run("a bad element and a bad object lose no other", func(t *testing.T) {
		got, err := Source{Client: p.client()}.Events(t.Context(), batch(`{}`, deletion, creation, deal))
		if !errors.Is(err, customer.ErrInvalid) || errors.Is(err, ErrUnavailable) || len(got) != 2 {
			t.Errorf("%v, %v", kinds(got), err)
		}
	})
	t.Run("the daily limit hands the delivery back", func(t *testing.T) {
		p.faults = []func(http.ResponseWriter){refuse(429, `{"policyName":"DAILY"}`)}
		got, err := Source{Client: p.client()}.Events(t.Context(), batch(deletion, creation))
		if !errors.Is(err, ErrRateLimited) || len(got) != 1 {
			t.Errorf("%v, %v", kinds(got), err)
		}
	})
	t.Run("a delivery of nothing wanted is unwanted", func(t *testing.T) {
		if got, err := (Source{}).Events(t.Context(), batch(change("product.creation", 1, ""))); !errors.Is(err, ErrUnwanted) || len(got) > 0 {
			t.Errorf("%v, %v", kinds(got), err)
		}
	})
	t.Run("an empty delivery is nothing", func(t *testing.T) {
		if got, err := (Source{}).Events(t.Context(), batch()); err != nil || len(got) > 0 {
			t.Errorf("%v, %v", kinds(got), err)
		}
	})
}

func TestOfficialAnswersAreUnderstood(t *testing.T) {
	p := newPortal(t)
	p.faults = []func(http.ResponseWriter){
		refuse(429, string(sample(t, "api_429_ten_secondly.json"))),
		refuse(200, string(sample(t, "api_batch_read_contacts_response.json"))),
		refuse(207, string(sample(t, "api_batch_read_207_partial.json"))),
	}
	if diff := cmp.Diff([]string{"33/1246965 claim contact/eflb.lifecycle_stage.marketing_contact"}, kinds(events(t, p, change("contact.creation", 1246965, "")))); diff != "" {
		t.Error(diff)
	}
	if got := events(t, p, change("contact.creation", 1246978, "")); len(got) > 0 {
		t.Errorf("got %v", kinds(got))
	}
}
