package segment

import (
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// maxAttributes is how many attributes of one call are kept.
const maxAttributes = 50

// identify says who a user is: what the traits tell of them, what they use,
// and that the visitor so far was this user. On a device that several people
// use, the visitor's past is the latest one's, unless the site forgets the
// anonymous id when somebody leaves.
func (s Source) identify(m message) []customer.Event {
	traits := m.traits
	if len(traits) == 0 {
		traits = m.context.object("traits") // where RudderStack puts them
	}
	c := contact(traits.normal())
	if c.Language == "" {
		c.Language = language(m.context.text("locale"))
	}
	if c.TimeZone == "" {
		c.TimeZone = timeZone(m.context.text("timezone"))
	}
	c.Attributes = kept(c.Attributes, device(m.context))
	var events []customer.Event
	if m.user != "" && c.Email == "" {
		events = s.named(m)
	}
	if key := customer.ContactKey("", c); key != "contact/" {
		e := m.fact(m.who, key, customer.Body{Contact: &c})
		e.Claim = &customer.Claim{Version: m.version(), Email: c.Email, Phone: c.Phone}
		events = append(events, e)
	}
	if m.user != "" && m.visitor != "" {
		events = append(events, m.join(s.visitor(m.visitor)))
	}
	return events
}

// named takes the mail address that a site uses as its user's id. It is as old
// as can be, for an address among the traits is the better one, whenever it
// was told.
func (s Source) named(m message) []customer.Event {
	email, err := customer.ParseEmail(m.user)
	if err != nil {
		return nil
	}
	c, v := customer.Contact{Email: email}, customer.NewVersion(time.Time{}, "")
	return []customer.Event{{
		Record: m.who,
		Claim:  &customer.Claim{Version: v, Email: email},
		Fact:   &customer.Fact{Record: m.who, Key: customer.ContactKey("id", c), Version: v, Body: customer.Body{Contact: &c}},
	}}
}

// join claims a record for the user of the call.
func (m message) join(record customer.Identity) customer.Event {
	return customer.Event{Record: record, Claim: &customer.Claim{Version: m.version(), Parent: m.who}}
}

// alias says that the user was known under another id, be it a visitor's or a
// user's: the call does not tell which.
func (s Source) alias(m message) ([]customer.Event, error) {
	if m.previous == "" {
		return nil, invalid("previousId", "missing; the id that the user had before is needed")
	}
	if m.user == "" {
		return nil, invalid("userId", "missing; the id that the user has now is needed")
	}
	events := []customer.Event{m.join(s.visitor(m.previous))}
	if m.previous != m.user {
		events = append(events, m.join(s.user(m.previous)))
	}
	return events, nil
}

// group says for which company a user works.
func (s Source) group(m message) []customer.Event {
	attributes := company(m.traits.normal())
	if m.groupID != "" {
		attributes["company_id"] = cut(m.groupID, longest)
	}
	c := customer.Contact{Attributes: kept(attributes, nil)}
	if c.Attributes == nil {
		return nil
	}
	e := m.fact(m.who, customer.ContactKey("company", c), customer.Body{Contact: &c})
	e.Claim = &customer.Claim{Version: m.version()}
	return []customer.Event{e}
}

// contact returns what traits, their names in snake case, tell of a person.
func contact(t object) customer.Contact {
	home := t.object("address").normal()
	c := customer.Contact{
		FirstName: cut(t.text("first_name", "firstname", "given_name"), 100),
		LastName:  cut(t.text("last_name", "lastname", "family_name"), 100),
		Language:  language(t.text("locale", "language")),
		Country:   country(home.text("country_code"), home.text("country"), t.text("country_code"), t.text("country")),
		Region:    cut(either(home, t, "state", "region", "province"), 100),
		City:      cut(either(home, t, "city"), 100),
		Postcode:  cut(either(home, t, "postal_code", "postcode", "zip", "zip_code"), 20),
		TimeZone:  timeZone(t.text("timezone", "time_zone")),
		Created:   parseTime(t.text("created_at", "createdat", "created")),
	}
	if e, err := customer.ParseEmail(t.text("email")); err == nil {
		c.Email = e
	}
	if p, err := customer.ParsePhone(t.text("phone")); err == nil {
		c.Phone = p
	}
	if name := t.text("name", "full_name"); c.FirstName == "" && c.LastName == "" {
		c.FirstName, c.LastName = split(cut(name, 100))
	}
	c.Attributes = attributes(t)
	return c
}

// either returns the first of the named values of a, else of b.
func either(a, b object, names ...string) string {
	if s := a.text(names...); s != "" {
		return s
	}
	return b.text(names...)
}

// split takes a whole name apart: "Ada King Lovelace", or "Lovelace, Ada King".
func split(name string) (first, last string) {
	if last, first, ok := strings.Cut(name, ","); ok {
		return strings.TrimSpace(first), strings.TrimSpace(last)
	}
	i := strings.LastIndexByte(name, ' ')
	if i < 0 {
		return name, ""
	}
	return strings.TrimSpace(name[:i]), name[i+1:]
}

// spoken are the traits that have a place of their own in a contact, or say
// nothing that rules could use.
var spoken = []string{
	"email", "phone", "first_name", "firstname", "given_name", "last_name", "lastname", "family_name", "name", "full_name", "locale", "language",
	"address", "country_code", "country", "state", "region", "province", "city", "postal_code", "postcode", "zip", "zip_code",
	"timezone", "time_zone", "created_at", "createdat", "created", "id", "avatar", "street", "company",
}

// fields gives, by the name of the field as rules know it, other names that
// sites use for it.
var fields = map[string][]string{
	"gender":          {"sex"},
	"income_band":     {"income", "income_range", "income_bracket", "household_income"},
	"education":       {"education_level"},
	"marital_status":  {"family_status"},
	"interests":       {"interest", "hobbies"},
	"values":          {"personal_values"},
	"use_case":        {"usecase"},
	"pain_points":     {"pain_point", "painpoints"},
	"job_title":       {"title", "jobtitle", "job"},
	"lifecycle_stage": {"lifecycle", "lifecyclestage"},
	"lead_status":     {"leadstatus"},
	"mail_client":     {"email_client", "mailclient"},
	"employees":       {"employee_count", "number_of_employees", "company_size"},
	"annual_revenue":  {"annualrevenue"},
	"company":         {"company_name", "organization", "organisation"},
	"company_domain":  {"company_website"},
}

// attributes returns the other traits: the known ones under the names of the
// fields, the rest under their own.
func attributes(t object) map[string]string {
	all := company(t.object("company").normal())
	if name := t.text("company"); name != "" {
		all["company"] = cut(name, longest)
	}
	rest := flat(without(t, spoken))
	for field, others := range fields {
		for _, name := range append([]string{field}, others...) {
			if all[field] == "" {
				all[field] = rest[name]
			}
			delete(rest, name)
		}
	}
	maps.Copy(rest, kept(all, nil))
	return rest
}

func without(o object, names []string) object {
	left := maps.Clone(o)
	for _, name := range names {
		delete(left, name)
	}
	return left
}

// company returns what traits, their names in snake case, tell of a company.
// Its mail address and phone number are nobody's own.
func company(t object) map[string]string {
	all := map[string]string{
		"company":         t.text("name"),
		"company_id":      t.text("id"),
		"industry":        t.text("industry"),
		"employees":       t.text("employees", "employee_count", "number_of_employees", "company_size", "size"),
		"annual_revenue":  t.text("annual_revenue", "revenue"),
		"company_country": either(t.object("address").normal(), t, "country"),
		"company_domain":  domain(t.text("domain", "website")),
		"target_account":  t.text("target_account"),
	}
	rest := flat(without(t, []string{
		"name", "id", "industry", "employees", "employee_count", "number_of_employees", "company_size", "size", "annual_revenue", "revenue",
		"address", "country", "domain", "website", "target_account", "email", "phone", "avatar",
	}))
	for name, v := range rest {
		all["company_"+strings.TrimPrefix(name, "company_")] = v
	}
	return all
}

func domain(s string) string {
	if h := host(s); h != "" {
		return h
	}
	return host("//" + s)
}

// kept joins attributes and others, which count less, and returns those that
// say something and may be kept; nil for none.
func kept(attributes, others map[string]string) map[string]string {
	all := maps.Clone(others)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, attributes)
	maps.DeleteFunc(all, func(name, v string) bool { return v == "" || secret(name) })
	names := slices.Sorted(maps.Keys(all))
	for _, name := range names[min(len(names), maxAttributes):] {
		delete(all, name)
	}
	for name, v := range all {
		all[name] = cut(v, longest)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// country returns the first of candidates that is an ISO 3166 alpha-2 code,
// or one of the two abbreviations that people use instead.
func country(candidates ...string) string {
	for _, s := range candidates {
		switch s = strings.ToUpper(s); {
		case s == "USA":
			return "US"
		case s == "UK":
			return "GB"
		case len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
			return s
		}
	}
	return ""
}

// language returns a locale such as "de_AT" as BCP 47, "" if it is none.
func language(locale string) string {
	s := strings.ReplaceAll(locale, "_", "-")
	if len(s) < 2 || len(s) > 35 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return ""
	}
	return s
}

// timeZone returns s if it has the shape of an IANA name, else "".
func timeZone(s string) string {
	area, place, ok := strings.Cut(s, "/")
	if s != "UTC" && (!ok || area == "" || place == "") || len(s) > 40 ||
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") != "" {
		return ""
	}
	return s
}
