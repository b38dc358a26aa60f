package segment

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func TestTraitsDescribeAPerson(t *testing.T) {
	for _, c := range []struct {
		name   string
		traits object
		want   customer.Contact
	}{
		{"the reserved traits", object{
			"email": "ADA@Example.com", "phone": "+49 30 901820", "firstName": "Ada", "lastName": "King", "name": "ignored", "age": 36, "gender": "female",
			"createdAt": "2025-01-02T03:04:05Z", "title": "Engineer", "avatar": "https://x.example/a.png", "id": "7",
			"address": object{"street": "6th St", "city": "Graz", "state": "Styria", "postalCode": "8010", "country": "AT"},
			"company": object{"name": "Initech", "id": 12, "industry": "Technology", "employee_count": "329", "plan": "enterprise"},
		}, customer.Contact{
			Email: "ada@example.com", Phone: "+4930901820", FirstName: "Ada", LastName: "King", Country: "AT", Region: "Styria", City: "Graz", Postcode: "8010",
			Created: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), Attributes: map[string]string{
				"age": "36", "gender": "female", "job_title": "Engineer", "company": "Initech", "company_id": "12", "industry": "Technology",
				"employees": "329", "company_plan": "enterprise",
			},
		}},
		{"fields go by the names that rules know", object{
			"Income": "50-75k", "educationLevel": "master", "hobbies": []any{"running", "yoga; slow", "running", nil, 3}, "useCase": "home office",
			"pain_points": []any{"delivery time"}, "marital-status": "married", "lifestyle": "outdoor", "values": []any{"organic", "local"}, "company": "Initech",
		}, customer.Contact{Attributes: map[string]string{
			"income_band": "50-75k", "education": "master", "interests": "running; yoga, slow; 3", "use_case": "home office", "pain_points": "delivery time",
			"marital_status": "married", "lifestyle": "outdoor", "values": "organic; local", "company": "Initech",
		}}},
		{"the field's own name wins over another for it", object{"title": "Dr", "job_title": "Engineer"}, customer.Contact{Attributes: map[string]string{"job_title": "Engineer"}}},
		{"other traits keep their own, whatever their type", object{"logins": 5, "Beta Tester": true, "score": "1.50", "big": 1.5e300, "prefs": object{"newsletter": false, "deep": object{"x": 1}}},
			customer.Contact{Attributes: map[string]string{"logins": "5", "beta_tester": "true", "score": "1.50", "big": "1.5e+300", "prefs_newsletter": "false"}}},
		{"null, nothing and what stands for it erase nothing", object{"email": nil, "city": "", "plan": "undefined", "logins": nil, "list": []any{}, "x": object{}, "nan": "NaN"}, customer.Contact{}},
		{"Mrs Null is a person", object{"lastName": "Null"}, customer.Contact{LastName: "Null"}},
		{"what is no address is none", object{"email": "ada at example", "phone": "0664 1234", "country": "Austria", "timezone": "Vienna", "locale": "x"}, customer.Contact{}},
		{"a flat address", object{"city": "Graz", "zip": 8010, "countryCode": "at", "region": "Styria"}, customer.Contact{City: "Graz", Postcode: "8010", Country: "AT", Region: "Styria"}},
		{"an address that is a text", object{"address": "6th St, Graz"}, customer.Contact{}},
		{"a whole name is taken apart", object{"name": " Ada  Byron King "}, customer.Contact{FirstName: "Ada  Byron", LastName: "King"}},
		{"one that begins with the family", object{"name": "King, Ada"}, customer.Contact{FirstName: "Ada", LastName: "King"}},
		{"one of one word", object{"name": "Achilles"}, customer.Contact{FirstName: "Achilles"}},
		{"a country as people write it", object{"country": "USA"}, customer.Contact{Country: "US"}},
		{"seconds of creation", object{"created_at": 1735787045}, customer.Contact{Created: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)}},
		{"secrets are not kept", object{"password": "x", "accessToken": "x", "credit card": "4111", "ssn": "1", "pin": 1}, customer.Contact{}},
		{"of two spellings the first by its letters stays", object{"favColor": "red", "fav_color": "blue"}, customer.Contact{Attributes: map[string]string{"fav_color": "red"}}},
		{"a long value is cut at a whole character", object{"bio": strings.Repeat("é", 300)}, customer.Contact{Attributes: map[string]string{"bio": strings.Repeat("é", 100)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got customer.Contact
			for _, e := range parse(t, Source{}, call("identify", object{"traits": c.traits})) {
				got = *e.Fact.Body.Contact
				if e.Claim.Email != got.Email || e.Claim.Phone != got.Phone {
					t.Errorf("claimed %+v", e.Claim)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("contact (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("of too many traits some are left", func(t *testing.T) {
		traits := object{}
		for i := range 200 {
			traits[fmt.Sprintf("trait%03d", i)] = i
		}
		c := parse(t, Source{}, call("identify", object{"traits": traits}))[0].Fact.Body.Contact
		if len(c.Attributes) != maxAttributes || c.Attributes["trait000"] != "0" {
			t.Errorf("%d attributes", len(c.Attributes))
		}
	})
}

func TestContextTellsTheDevice(t *testing.T) {
	const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
	for _, c := range []struct {
		name    string
		context object
		want    map[string]string
	}{
		{"Chrome on a Mac", object{"userAgent": mac + "Chrome/113.0.0.0 Safari/537.36"}, map[string]string{"device": "desktop", "os": "macOS", "browser": "Chrome"}},
		{"Safari on a Mac", object{"userAgent": mac + "Version/17.0 Safari/605.1.15"}, map[string]string{"device": "desktop", "os": "macOS", "browser": "Safari"}},
		{"Edge on Windows", object{"userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"},
			map[string]string{"device": "desktop", "os": "Windows", "browser": "Edge"}},
		{"Safari on an iPhone", object{"userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1"},
			map[string]string{"device": "mobile", "os": "iOS", "browser": "Safari"}},
		{"an iPad", object{"userAgent": "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Version/16.0 Mobile/15E148 Safari/604.1"},
			map[string]string{"device": "tablet", "os": "iOS", "browser": "Safari"}},
		{"Firefox on a telephone", object{"userAgent": "Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/109.0 Firefox/118.0"},
			map[string]string{"device": "mobile", "os": "Android", "browser": "Firefox"}},
		{"an Android tablet", object{"userAgent": "Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 Chrome/116.0 Safari/537.36"},
			map[string]string{"device": "tablet", "os": "Android", "browser": "Chrome"}},
		{"an app", object{"device": object{"type": "ios", "model": "iPhone7,2"}, "os": object{"name": "iPhone OS", "version": "8.1.3"}, "app": object{"name": "Kettle"}},
			map[string]string{"device": "mobile", "os": "iOS", "app": "Kettle"}},
		{"the browser's own hints", object{"userAgentData": object{"mobile": true, "platform": "Android"}}, map[string]string{"device": "mobile", "os": "Android"}},
		{"a server's library tells nothing", object{"library": object{"name": "analytics-go"}, "ip": "8.8.8.8"}, nil},
		{"a context of another shape tells nothing", object{"userAgent": object{}, "os": "x", "device": []any{1}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got map[string]string
			for _, e := range parse(t, Source{}, call("identify", object{"context": c.context})) {
				got = e.Fact.Body.Contact.Attributes
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("language and time zone come from it where the traits tell none", func(t *testing.T) {
		e := parse(t, Source{}, call("identify", object{"traits": object{"language": "de"}, "context": object{"locale": "en_US", "timezone": "Europe/Vienna"}}))
		want := customer.Contact{Language: "de", TimeZone: "Europe/Vienna"}
		if diff := cmp.Diff(want, *e[0].Fact.Body.Contact); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a context that is a list is none", func(t *testing.T) {
		parse(t, Source{}, call("page", object{"context": []any{1}, "properties": "none", "traits": 3}))
	})
}
