package campaign

import (
	"strconv"
	"strings"

	"holdfast/internal/customer"
)

// A Message is one mail, ready to be sent to one recipient.
type Message struct {
	Key     customer.SendKey
	From    string // "Name <address>"
	ReplyTo string // "" for none
	To      customer.Email
	Subject string
	HTML    string
	Text    string
	// Unsubscribe is the https address that takes the one-click POST.
	Unsubscribe string
	// UnsubscribeMail is an address that takes unsubscribe requests, "" for none.
	UnsubscribeMail string
}

// A Pair is a header or a tag.
type Pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Headers returns what m carries beyond the usual headers: one-click
// unsubscription by RFC 8058, and by mail where there is an address for it.
func (m Message) Headers() []Pair {
	var ways []string
	if m.Unsubscribe != "" {
		ways = append(ways, "<"+m.Unsubscribe+">")
	}
	if m.UnsubscribeMail != "" {
		ways = append(ways, "<mailto:"+m.UnsubscribeMail+"?subject=unsubscribe>")
	}
	if len(ways) == 0 {
		return nil
	}
	headers := []Pair{{"List-Unsubscribe", strings.Join(ways, ", ")}}
	if m.Unsubscribe != "" {
		headers = append(headers, Pair{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"})
	}
	return headers
}

// The tags by which the mail service's events name their send.
const (
	tagCustomer   = "holdfast_customer"
	tagCampaign   = "holdfast_campaign"
	tagOccurrence = "holdfast_occurrence"
	tagStep       = "holdfast_step"
)

// Tags returns the key of m's send as tags; they hold nothing personal.
func (m Message) Tags() []Pair {
	return []Pair{
		{tagCustomer, string(m.Key.Customer)},
		{tagCampaign, m.Key.Campaign},
		{tagOccurrence, m.Key.Occurrence},
		{tagStep, strconv.Itoa(m.Key.Step)},
	}
}

// KeyOfTags returns the key that value, a lookup of a mail's tags by name,
// carries; the zero key if they are not ours or not complete.
func KeyOfTags(value func(name string) string) customer.SendKey {
	step, err := strconv.Atoi(value(tagStep))
	k := customer.SendKey{
		Customer:   customer.ID(value(tagCustomer)),
		Campaign:   value(tagCampaign),
		Occurrence: value(tagOccurrence),
		Step:       step,
	}
	if err != nil || CheckKey(k) != nil {
		return customer.SendKey{}
	}
	return k
}
