package dynamo

import (
	"strings"

	"holdfast/internal/customer"
)

// A code stands for a word that many items hold, since DynamoDB counts every
// letter. It begins with "~"; so does, twice, a word that does itself. A word
// may be added to a dictionary, and none may be given another code.
type dictionary struct{ code, word map[string]string }

func codes(pairs ...string) dictionary {
	d := dictionary{map[string]string{}, map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		d.code[pairs[i]], d.word["~"+pairs[i+1]] = "~"+pairs[i+1], pairs[i]
	}
	return d
}

func (d dictionary) short(word string) string {
	if code, ok := d.code[word]; ok {
		return code
	}
	if strings.HasPrefix(word, "~") {
		return "~" + word
	}
	return word
}

func (d dictionary) long(s string) string {
	if word, ok := d.word[s]; ok {
		return word
	}
	if strings.HasPrefix(s, "~~") {
		return s[1:]
	}
	return s
}

var consents = codes("subscribed", "s", "unsubscribed", "u", "pending", "p", "not_subscribed", "n")

var attributes = codes("lifecycle_stage", "l", "lead_status", "L", "company", "c", "industry", "i", "employees", "e", "annual_revenue", "R",
	"company_country", "C", "company_domain", "D", "target_account", "T", "marketing_contact", "M", "job_title", "j", "role", "r", "seniority", "s",
	"gender", "g", "age", "a", "income_band", "I", "education", "E", "marital_status", "m", "interests", "t", "values", "v", "lifestyle", "y",
	"use_case", "u", "pain_points", "p", "device", "d", "os", "o", "browser", "b", "mail_client", "x")

const shopifyDomain = ".myshopify.com/"

// shortRecord returns a record with the words that all records of its source
// have in common left out.
func shortRecord(r customer.Identity) string {
	s := string(r)
	if rest, ok := strings.CutPrefix(s, "shopify/"); ok {
		if shop, id, ok := strings.Cut(rest, shopifyDomain); ok && !strings.Contains(shop, "/") {
			return "~s" + shop + "/" + id
		}
	}
	if rest, ok := strings.CutPrefix(s, "hubspot/"); ok {
		return "~h" + rest
	}
	if strings.HasPrefix(s, "~") {
		return "~" + s
	}
	return s
}

func longRecord(s string) customer.Identity {
	switch {
	case strings.HasPrefix(s, "~s"):
		shop, id, _ := strings.Cut(s[2:], "/")
		return customer.Identity("shopify/" + shop + shopifyDomain + id)
	case strings.HasPrefix(s, "~h"):
		return customer.Identity("hubspot/" + s[2:])
	case strings.HasPrefix(s, "~~"):
		return customer.Identity(s[1:])
	}
	return customer.Identity(s)
}
