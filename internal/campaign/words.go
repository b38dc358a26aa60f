package campaign

import (
	"strings"

	"holdfast/internal/customer"
)

// reasons are what is stored of a send, in plain words.
var reasons = map[string]string{
	ReasonCampaign:        "the campaign or step is not in the playbook any more",
	ReasonCustomer:        "the customer is gone, or was joined with another",
	ReasonDeleted:         "the shop has put the customer away",
	ReasonNoAddress:       "no e-mail address",
	ReasonNoConsent:       "no consent to marketing mail",
	ReasonUnsubscribed:    "unsubscribed",
	ReasonBlocked:         "mail to the address bounced or was reported as spam",
	ReasonOptedOut:        "opted out by a mail's link",
	ReasonOrdered:         "ordered already, which was the goal",
	ReasonLeft:            "left the segment",
	ReasonCap:             "enough mail lately (frequency cap)",
	ReasonQuiet:           "quiet hours where the customer is",
	ReasonStep:            "the step before has to go first",
	ReasonTemplate:        "the mail could not be written",
	ReasonThrottled:       "the mail service asked to slow down",
	ReasonStopped:         "the mail service takes no mail for now",
	ReasonRejected:        "refused by the mail service",
	customer.ReasonMerged: "the customer was joined with another",
	"permanent":           "the address does not work",
	"transient":           "the mailbox could not take it",
	"rendering":           "the mail could not be written",
}

// Words says in plain words why a send was skipped, failed or put off.
func Words(reason string) string {
	if words, ok := reasons[reason]; ok {
		return words
	}
	if name, ok := strings.CutPrefix(reason, ReasonMissing); ok {
		return "the mail needs " + name + ", which is not known"
	}
	if reason == "" {
		return "no reason given"
	}
	return strings.ReplaceAll(reason, "_", " ")
}
