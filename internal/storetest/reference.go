package storetest

import (
	"time"

	"holdfast/internal/customer"
)

// ReferenceProfile returns the profile by which sizes and speeds are measured:
// five orders, a contact known to shop and CRM, consent, twelve days with
// activity, four segments.
func ReferenceProfile() customer.Profile {
	shop := customer.Account("shopify/nordlicht.myshopify.com")
	p := customer.Profile{ID: shop.Record("6940095564001").ID(), Version: 23}
	p.Records = []customer.Identity{"hubspot/144998127/51829301", shop.Record("6940095564001")}
	p.Contact = customer.Contact{
		Email: "annika.sommerfeld@beispiel.de", Phone: "+4915112345678", FirstName: "Annika", LastName: "Sommerfeld",
		Language: "de-DE", Country: "DE", Region: "Schleswig-Holstein", City: "Flensburg", Postcode: "24937",
		TimeZone: "Europe/Berlin", State: "enabled", Created: at(2024, 3, 9, 17),
		Attributes: map[string]string{
			"company": "Sommerfeld & Töchter", "industry": "RETAIL", "employees": "12",
			"lifecycle_stage": "customer", "job_title": "Inhaberin",
		},
	}
	p.Tags = []string{"newsletter", "stammkundin", "vip"}
	p.Mail = customer.Permission{State: customer.Subscribed, Since: at(2024, 3, 9, 17), Via: "shopify"}
	p.SMS = customer.Permission{State: customer.NotSubscribed, Since: at(2024, 3, 9, 17), Via: "shopify"}
	p.Books = []customer.Book{{
		Currency: "EUR", Orders: 5, Spend: 48735, Refunded: 2990, Refunds: 1,
		First: at(2024, 3, 9, 18), Last: at(2026, 10, 2, 9), Discounted: 1, Saved: 1000,
		Days: []customer.Day{{Day: 19791, Orders: 1, Net: 8990}, {Day: 19956, Orders: 1, Net: 12900}, {Day: 20214, Orders: 1, Net: 5955}, {Day: 20439, Orders: 1, Net: 9900}, {Day: 20728, Orders: 1, Net: 10990}},
	}}
	p.Goods = []customer.Good{
		{SKU: "DOCHT-3", Title: "Dochte, 3 Stück", Category: "Zubehör", Units: 6, Days: 3, First: 20214, Last: 20728},
		{SKU: "LAMPE-MOOS-40", Title: "Tischleuchte Moos", Category: "Leuchten", Units: 1, Days: 1, First: 20728, Last: 20728},
		{SKU: "LAMPE-TAU-25", Title: "Wandleuchte Tau", Category: "Leuchten", Units: 2, Days: 1, First: 19956, Last: 19956},
	}
	p.Codes = []string{"HERBST10"}
	p.Carts = customer.CartState{
		Open: 1, Last: at(2026, 11, 18, 20), Total: customer.Money{Minor: 7490, Currency: "EUR"},
		URL: "https://nordlicht.example/checkouts/cn/Z2NwLWV1cm9wZS13ZXN0/recover",
	}
	p.Service = customer.TicketState{Tickets: 1, Last: at(2025, 1, 14, 10)}
	p.Deals = customer.DealState{Deals: 2, Won: 1, Value: customer.Money{Minor: 120000, Currency: "EUR"}}
	p.Surveys = customer.SurveyState{NPS: 9, NPSAt: at(2026, 10, 20, 8)}
	p.Reported = customer.Summary{Orders: 5, Spend: customer.Money{Minor: 51725, Currency: "EUR"}}
	p.Activity = []customer.Series{
		{Name: "mail_clicked", Counts: []customer.Count{{Day: 20712, N: 1}, {Day: 20761, N: 1}}},
		{Name: "mail_opened", Counts: []customer.Count{{Day: 20698, N: 1}, {Day: 20712, N: 2}, {Day: 20761, N: 1}}},
		{Name: "page_view", Counts: []customer.Count{{Day: 20712, N: 6}, {Day: 20728, N: 11}, {Day: 20729, N: 2}, {Day: 20744, N: 3}, {Day: 20751, N: 4}, {Day: 20761, N: 7}, {Day: 20775, N: 9, Seconds: 240}},
			Details: []customer.Detail{{Count: customer.Count{Day: 20775, N: 3, Seconds: 180}, Of: []customer.Property{{Name: "category", Value: "help"}}}}},
	}
	p.Seen = at(2026, 11, 18, 20)
	p.Derived = customer.Derived{
		Night: at(2026, 11, 22, 2), R: 4, F: 5, M: 4, Group: "loyal",
		Outlook: customer.Outlook{Horizon: 180, Alive: 85, NoOrder: 45, Orders: 91, CLV: 15000, Band: 118, NextFrom: 62, Next: 130, NextTo: 360},
		Segments: []customer.Membership{
			{Segment: "active", Since: at(2024, 3, 10, 2)}, {Segment: "cart_open", Since: at(2026, 11, 18, 21)},
			{Segment: "loyal", Since: at(2025, 12, 18, 2)}, {Segment: "vip", Since: at(2026, 10, 3, 2)},
		},
	}
	return p
}

func at(year int, month time.Month, day, hour int) time.Time {
	return time.Date(year, month, day, hour, 17, 42, 0, time.UTC)
}

// ReferenceFact returns an order of two items as a shop sends it, by which
// write units are measured.
func ReferenceFact() customer.Fact {
	placed := at(2026, 10, 2, 9)
	return customer.Fact{
		Record: "shopify/nordlicht.myshopify.com/order/5887711248609", Key: "order",
		Version: customer.NewVersion(placed, "5887711248609"), At: placed,
		Body: customer.Body{Order: &customer.Order{
			Number: "#1042", Placed: placed, Currency: "EUR", Total: 10990, Current: 10990, Discount: 1000,
			Payment: "paid", Channel: "web", Codes: []string{"HERBST10"},
			Items: []customer.Item{
				{Product: "8120934760673", Variant: "44391827538145", SKU: "LAMPE-MOOS-40", Title: "Tischleuchte Moos", Vendor: "Nordlicht", Category: "Leuchten", Quantity: 1, Price: 8990},
				{Product: "8120934793441", Variant: "44391827702001", SKU: "DOCHT-3", Title: "Dochte, 3 Stück", Vendor: "Nordlicht", Category: "Zubehör", Quantity: 2, Price: 3000},
			},
			Checkout: "b7f0c2d19a3e4c5d8e6f", Cart: "Z2NwLWV1cm9wZS13ZXN0",
		}},
	}
}
