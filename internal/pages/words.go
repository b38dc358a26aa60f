package pages

import (
	"strings"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

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
