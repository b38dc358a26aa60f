package hubspot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

const via = "hubspot"

// modified returns when r was last changed; the error wraps
// [customer.ErrInvalid].
func (r Record) modified() (time.Time, error) {
	for _, name := range []string{"lastmodifieddate", "hs_lastmodifieddate"} {
		if t := parseTime(r.Properties[name]); !t.IsZero() {
			return t, nil
		}
	}
	if r.Updated.IsZero() {
		return time.Time{}, invalid("lastmodifieddate", "missing, and updatedAt too; one of them is needed to order states")
	}
	return r.Updated, nil
}

// version orders the states of r; of the same instant, by their content.
func (r Record) version(at time.Time) customer.Version {
	content, err := json.Marshal(r.Properties) // sorted by name
	if err != nil {
		panic(err) // texts always have a JSON form
	}
	hash := sha256.Sum256(content)
	return customer.NewVersion(at, hex.EncodeToString(hash[:4]))
}

// contactEvents returns what a contact says of a person.
func contactEvents(r Record) ([]customer.Event, error) {
	at, err := r.modified()
	if err != nil {
		return nil, err
	}
	c, v, record := r.contact(), r.version(at), r.record()
	events := []customer.Event{{
		Record: record,
		Claim:  &customer.Claim{Version: v, Email: c.Email, Phone: c.Phone},
		Fact: &customer.Fact{Record: record, Key: customer.ContactKey("", c), Version: v, At: at,
			Body: customer.Body{Contact: &c}},
	}}
	if r.Properties["hs_email_optout"] == "true" { // "false" is also what nobody ever answered
		out := customer.Consent{Channel: customer.EmailChannel, State: customer.Unsubscribed, Via: via}
		events = append(events, customer.Event{Record: record, Fact: &customer.Fact{Record: record,
			Key: customer.ConsentKey(out), Version: v, At: at, Body: customer.Body{Consent: &out}}})
	}
	return events, nil
}

func (r Record) contact() customer.Contact {
	p := r.Properties
	c := customer.Contact{
		FirstName: strings.TrimSpace(p["firstname"]),
		LastName:  strings.TrimSpace(p["lastname"]),
		Language:  language(p["hs_language"]),
		Country:   country(p["hs_country_region_code"], p["country"]),
		Region:    strings.TrimSpace(p["state"]),
		City:      strings.TrimSpace(p["city"]),
		Postcode:  strings.TrimSpace(p["zip"]),
		TimeZone:  timeZone(p["hs_timezone"]),
		Created:   parseTime(p["createdate"]),
		Attributes: r.attributes(map[string]string{
			"lifecyclestage":       "lifecycle_stage",
			"hs_lead_status":       "lead_status",
			"jobtitle":             "job_title",
			"hs_marketable_status": "marketing_contact",
		}),
	}
	if e, err := customer.ParseEmail(p["email"]); err == nil {
		c.Email = e
	}
	if n, err := customer.ParsePhone(p["phone"]); err == nil {
		c.Phone = n
	}
	return c
}

// timeZone returns HubSpot's spelling of an IANA zone, "america_slash_new_york",
// as the zone is called, "" if it is none.
func timeZone(hubspots string) string {
	words := strings.FieldsFunc(strings.ReplaceAll(hubspots, "_slash_", "/"), func(r rune) bool { return r == '_' })
	parts := strings.Split(strings.Join(words, "_"), "/")
	for i, part := range parts {
		words := strings.Split(part, "_")
		for j, w := range words {
			if w != "" && w != "of" {
				words[j] = strings.ToUpper(w[:1]) + w[1:]
			}
		}
		parts[i] = strings.Join(words, "_")
	}
	name := strings.Join(parts, "/")
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return ""
	}
	return name
}

// attributes returns those properties of r that names gives, under the names
// that rules use; nil if there are none.
func (r Record) attributes(names map[string]string) map[string]string {
	all := map[string]string{}
	for property, name := range names {
		if value := strings.TrimSpace(r.Properties[property]); value != "" {
			all[name] = value
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// archived says that r is in the recycle bin.
func archived(r Record) customer.Event {
	at, err := r.modified()
	if err != nil {
		at = time.Time{} // the earliest: any deletion or restoration with a time is later
	}
	return customer.Event{Record: r.record(), Fact: &customer.Fact{Record: r.record(), Key: "deleted",
		Version: customer.NewVersion(at, "archived"), At: at, Body: customer.Body{Deleted: &customer.Deleted{Deleted: true}}}}
}

// survivals returns the merges that r's answering instead of asked shows: ids
// that were asked for, are in none of records, and are among those joined
// into r.
func survivals(r Record, asked []string, records []Record) []customer.Event {
	at, err := r.modified()
	if err != nil {
		return nil
	}
	var events []customer.Event
	for _, old := range strings.Split(r.Properties["hs_merged_object_ids"], ";") {
		old = strings.TrimSpace(old)
		answered := slices.ContainsFunc(records, func(other Record) bool { return other.ID == old })
		if old != "" && old != r.ID && slices.Contains(asked, old) && !answered {
			events = append(events, merged(Object{r.Portal, contacts, old}, r.Object, at))
		}
	}
	return events
}

// country returns the first of candidates that is an ISO 3166 alpha-2 code.
func country(candidates ...string) string {
	for _, s := range candidates {
		if s = strings.ToUpper(strings.TrimSpace(s)); len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			return s
		}
	}
	return ""
}

// language returns a language such as "de-at" as it is, "" if it is none.
func language(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if len(s) < 2 || len(s) > 35 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return ""
	}
	return s
}
