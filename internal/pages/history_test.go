package pages_test

import (
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// history is one fact of every kind, with names that try to be markup.
func history(name string) []customer.Fact {
	day := 0
	fact := func(record customer.Identity, key string, body customer.Body) customer.Fact {
		day++
		at := time.Date(2026, 2, 1, 22, 30, 0, 0, time.UTC).AddDate(0, 0, 5*day)
		return customer.Fact{Record: record, Key: key, Version: customer.NewVersion(at, ""), At: at, Body: body}
	}
	person := shop.Record("1")
	contact := customer.Contact{Email: "anna@example.com", Phone: "+436641234567", FirstName: name, LastName: "Kurz", Language: "de-AT", Country: "AT", City: "Vienna",
		Postcode: "1010", Created: time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC), Attributes: map[string]string{"company": name + " GmbH", "job_title": "Head"}}
	opened := time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
	eur := func(minor int64) customer.Money { return customer.Money{Minor: minor, Currency: "EUR"} }
	first := time.Date(2026, 2, 11, 22, 30, 0, 0, time.UTC)
	return []customer.Fact{
		fact(person, customer.ContactKey("", contact), customer.Body{Contact: &contact}),
		fact(shop.Record("order", "55"), "order", customer.Body{Order: &customer.Order{Number: "#1001", Placed: first, Currency: "EUR", Total: 1_259_90, Current: 1_200_00,
			Discount: 5_00, Codes: []string{name}, Payment: "partially_refunded", Shipment: "fulfilled", Channel: "web", Buyer: customer.Money{Minor: 1_300_00, Currency: "CHF"},
			Items: []customer.Item{{Title: name + " tea", Quantity: 2}, {Product: "77", Quantity: 1}}}}),
		fact(shop.Record("order", "55"), "refund/1", customer.Body{Refund: &customer.Refund{Amount: eur(59_90)}}),
		fact(shop.Record("order", "55"), "payment/1", customer.Body{Payment: &customer.Payment{Kind: "capture", Status: "success", Amount: eur(1_259_90)}}),
		fact(shop.Record("order", "56"), "order", customer.Body{Order: &customer.Order{Number: "#1002", Placed: first.AddDate(0, 3, 0), Currency: "EUR", Total: 40_00, Current: 40_00, Payment: "paid"}}),
		fact(shop.Record("order", "57"), "order", customer.Body{Order: &customer.Order{Number: "#1003", Placed: first.AddDate(0, 3, 1), Currency: "JPY", Total: 4000, Current: 4000, Payment: "voided",
			Test: true, Cancelled: now}}),
		fact(shop.Record("cart", "t"), "checkout", customer.Body{Checkout: &customer.Checkout{Total: eur(47_80), Items: []customer.Item{{Title: "Pot", Quantity: 1}}}}),
		fact(person, "consent/email/in", customer.Body{Consent: &customer.Consent{Channel: customer.EmailChannel, State: customer.Subscribed, Explicit: true, Via: "shopify"}}),
		fact(person, "tags", customer.Body{Tags: &customer.Tags{Tags: []string{"vip", name}}}),
		fact(person, "tag/tea", customer.Body{Tag: &customer.Tag{Tag: "tea", On: true}}),
		fact("hubspot/77/ticket/3", "ticket", customer.Body{Ticket: &customer.Ticket{Opened: opened, Closed: opened.Add(50 * time.Hour), Category: "billing_issue", Priority: "HIGH", Stage: "4"}}),
		fact("hubspot/77/deal/4", "deal", customer.Body{Deal: &customer.Deal{Name: "Office", Amount: eur(900_00), Stage: "closedwon", Won: true}}),
		fact(person, "summary", customer.Body{Summary: &customer.Summary{Orders: 2, Spend: eur(1_240_00)}}),
		fact(person, "survey/1", customer.Body{Survey: &customer.Survey{Survey: "nps", Score: 9, Scale: 10}}),
		fact(person, "activity/page_view/1", customer.Body{Activity: &customer.Activity{Name: "page_view", Properties: map[string]string{"path": "/" + name}}}),
		fact(campaign.Record(anna), "activity/mail_clicked/1", customer.Body{Activity: &customer.Activity{Name: campaign.MailClicked,
			Properties: map[string]string{"campaign": "thanks", "step": "1", "link": "https://kelp.example/new"}}}),
		fact(shop.Record("order", "58"), "deleted", customer.Body{Deleted: &customer.Deleted{Deleted: true}}),
		fact(shop.Record("9"), "merged", customer.Body{Merged: &customer.Merged{Into: person}}),
		fact(person, "blocked/bounce", customer.Body{Blocked: &customer.Blocked{Email: "old@example.com", Reason: "bounce"}}),
	}
}
