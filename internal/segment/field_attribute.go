package segment

import (
	"math"
	"strconv"
	"strings"
)

const fromAttributes = "attribute from a source"

// attributeFields are what sources may know beside the usual; each is the
// attribute of the same name.
var attributeFields = []Field{
	attribute("lifecycle_stage", "stage at the CRM: subscriber, lead, marketingqualifiedlead, salesqualifiedlead, opportunity, customer, evangelist", "lead"),
	attribute("lead_status", "status of the lead at the CRM", "OPEN"),
	attribute("company", "company they work for", "Acme GmbH"),
	attribute("industry", "industry of the company", "RETAIL"),
	numeric("employees", "people", "people who work at the company", "120"),
	monetary("annual_revenue", "revenue of the company in a year", "4500000"),
	attribute("company_country", "country of the company, as the source writes it", "Germany"),
	attribute("company_domain", "web domain of the company", "acme.example"),
	attribute("target_account", "whether the company is a target account at the CRM: true, false", "true"),
	attribute("marketing_contact", "whether the CRM counts them as a marketing contact: true, false", "true"),
	attribute("job_title", "what they do there", "Head of Purchasing"),
	attribute("role", "role in buying", "DECISION_MAKER"),
	attribute("seniority", "seniority at the company", "director"),
	attribute("gender", "gender, as they gave it", "female"),
	numeric("age", "years", "age, as they gave it", "34"),
	attribute("income_band", "income band", "50-75k"),
	attribute("education", "education", "master"),
	attribute("marital_status", "marital status", "married"),
	listed("interests", "interests, separated by semicolons at the source", "running; yoga"),
	listed("values", "what matters to them", "organic; local"),
	attribute("lifestyle", "lifestyle", "outdoor"),
	attribute("use_case", "what they use the goods for", "home office"),
	listed("pain_points", "what troubles them", "delivery time"),
	listed("goals", "what they want to reach", "sleep better"),
	listed("products_used", "products and services they use, also of others", "Shopify; Slack"),
	attribute("device", "device they mostly come with", "mobile"),
	attribute("os", "operating system of that device", "iOS"),
	attribute("browser", "browser they mostly use", "Safari"),
	attribute("mail_client", "mail program they mostly use", "Apple Mail"),
}

func attribute(name, meaning, example string) Field {
	return text(name, meaning, fromAttributes, example, func(e *env) string { return e.p.Attributes[name] })
}

func numeric(name, unit, meaning, example string) Field {
	return number(name, unit, meaning, fromAttributes, example, func(e *env) (float64, bool) { return parseNumber(e.p.Attributes[name]) })
}

func monetary(name, meaning, example string) Field {
	return money(name, meaning, fromAttributes, example, func(e *env) (float64, bool) { return parseNumber(e.p.Attributes[name]) })
}

func listed(name, meaning, example string) Field {
	return list(name, meaning, fromAttributes, example, func(e *env) ([]string, bool) { return e.split(e.p.Attributes[name]) })
}

// parseNumber reads an attribute as a number; what is none is unknown.
func parseNumber(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

// split reads an attribute as a list, with semicolons between; none is unknown.
// The list is valid until the next one is split.
func (e *env) split(s string) ([]string, bool) {
	e.parts = e.parts[:0]
	if s == "" {
		return nil, false
	}
	for part := range strings.SplitSeq(s, ";") {
		e.parts = append(e.parts, strings.TrimSpace(part))
	}
	return e.parts, true
}
