package pages

import (
	"strings"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// reasons say in plain words why a send was skipped, failed or put off.
var reasons = map[string]string{
	campaign.ReasonCampaign:     "the campaign or step is not in the playbook any more",
	campaign.ReasonCustomer:     "the customer is gone, or was joined with another",
	campaign.ReasonDeleted:      "the shop has put the customer away",
	campaign.ReasonNoAddress:    "no e-mail address",
	campaign.ReasonNoConsent:    "no consent to marketing mail",
	campaign.ReasonUnsubscribed: "unsubscribed",
	campaign.ReasonBlocked:      "mail to the address bounced or was reported as spam",
	campaign.ReasonOptedOut:     "opted out by a mail's link",
	campaign.ReasonOrdered:      "ordered already, which was the goal",
	campaign.ReasonLeft:         "left the segment",
	campaign.ReasonCap:          "enough mail lately (frequency cap)",
	campaign.ReasonQuiet:        "quiet hours where the customer is",
	campaign.ReasonStep:         "the step before has to go first",
	campaign.ReasonTemplate:     "the mail could not be written",
	campaign.ReasonThrottled:    "the mail service asked to slow down",
	campaign.ReasonStopped:      "the mail service takes no mail for now",
	campaign.ReasonRejected:     "refused by the mail service",
	"merged":                    "the customer was joined with another",
	"permanent":                 "the address does not work",
	"transient":                 "the mailbox could not take it",
	"rendering":                 "the mail could not be written",
}

// reasonWords says a stored reason in plain words.
func reasonWords(reason string) string {
	if words, ok := reasons[reason]; ok {
		return words
	}
	if name, ok := strings.CutPrefix(reason, campaign.ReasonMissing); ok {
		return "the mail needs " + name + ", which is not known"
	}
	if reason == "" {
		return "no reason given"
	}
	return spoken(reason)
}

// statuses say in plain words where a send stands.
var statuses = map[customer.SendStatus]string{
	customer.Planned:    "waiting",
	customer.Claimed:    "being sent",
	customer.Sent:       "sent",
	customer.Delivered:  "delivered",
	customer.Bounced:    "bounced",
	customer.Complained: "reported as spam",
	customer.Skipped:    "skipped",
	customer.HeldOut:    "held out",
	customer.Failed:     "failed",
	customer.Unknown:    "outcome unknown",
}

// ways say through what a consent came.
var ways = map[string]string{
	campaign.ViaLink:        "the link in a mail",
	campaign.ViaOneClick:    "the mail program's unsubscribe button",
	campaign.ViaComplaint:   "a spam report",
	campaign.ViaPreferences: "the preference page",
	"shopify":               "Shopify",
	"hubspot":               "HubSpot",
}

func wayWords(via string) string {
	if words, ok := ways[via]; ok {
		return words
	}
	return spoken(via)
}

// sourceWords says which system a record is of: "Shopify, kelp.myshopify.com".
func sourceWords(record customer.Identity) string {
	source, name, _ := strings.Cut(string(record.Account()), "/")
	switch source {
	case "shopify":
		return "Shopify, " + name
	case "hubspot":
		return "HubSpot, portal " + name
	case "holdfast":
		return "our mails"
	case "":
		return string(record)
	}
	return capital(source) + ", " + name
}
