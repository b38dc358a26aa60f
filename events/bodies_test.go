package events_test

import "time"

// What mina did, as the sources tell it.

func buyer() object {
	return object{
		"id": 6940000000001, "admin_graphql_api_id": "gid://shopify/Customer/6940000000001", "email": "mina@tea.example", "phone": nil,
		"first_name": "Mina", "last_name": "Muster", "state": "enabled", "verified_email": true, "tax_exempt": false, "currency": "EUR",
		"created_at": "2026-10-02T08:00:00+02:00", "updated_at": "2026-10-04T10:00:00+02:00",
		"default_address": object{"city": "Lindau", "province": nil, "province_code": nil, "country_code": "DE", "zip": "88131", "company": nil},
	}
}

func price(amount string) object {
	money := object{"amount": amount, "currency_code": "EUR"}
	return object{"shop_money": money, "presentment_money": money}
}

func order() []byte {
	return encode(object{
		"id": 5800000000001, "admin_graphql_api_id": "gid://shopify/Order/5800000000001", "name": "#1001", "email": "mina@tea.example", "phone": nil,
		"customer": buyer(), "customer_locale": "de-DE", "created_at": "2026-10-04T10:00:00+02:00", "processed_at": "2026-10-04T10:00:00+02:00",
		"updated_at": "2026-10-04T10:00:00+02:00", "cancelled_at": nil, "financial_status": "paid", "fulfillment_status": nil, "test": false,
		"source_name": "web", "currency": "EUR", "presentment_currency": "EUR", "total_price": "42.00", "total_price_set": price("42.00"),
		"current_total_price": "42.00", "current_total_price_set": price("42.00"), "total_discounts": "0.00", "discount_codes": []any{},
		"cart_token": nil, "checkout_token": nil, "buyer_accepts_marketing": false, "refunds": []any{},
		"line_items": []object{{"id": 910001, "product_id": 4711, "variant_id": 4712, "sku": "ASSAM-250", "title": "Assam, loose", "quantity": 2,
			"price": "21.00", "gift_card": false}},
	})
}

func optIn() []byte {
	return encode(object{"customer_id": 6940000000001, "email_address": "mina@tea.example", "email_marketing_consent": object{
		"state": "subscribed", "opt_in_level": "confirmed_opt_in", "consent_updated_at": "2026-10-02T08:01:00+02:00"}})
}

func redact() []byte {
	return encode(object{"shop_id": 1234567, "shop_domain": shop, "orders_to_redact": []int64{5800000000001},
		"customer": object{"id": 6940000000001, "email": "mina@tea.example", "phone": nil}})
}

func contactChange() []byte {
	return encode([]object{{
		"eventId": 3816279480, "subscriptionId": 22, "portalId": 44237313, "appId": 1160452, "attemptNumber": 0, "objectId": 1246965,
		"occurredAt": time.Date(2026, 10, 6, 8, 59, 0, 0, time.UTC).UnixMilli(), "subscriptionType": "contact.propertyChange",
		"propertyName": "lifecyclestage", "propertyValue": "lead", "changeSource": "CRM_UI",
	}})
}

// contact is what HubSpot's API answers when it is asked for that contact.
func contact() object {
	return object{"id": "1246965", "archived": false, "createdAt": "2026-10-05T10:00:00Z", "updatedAt": "2026-10-06T08:59:00Z", "properties": object{
		"email": "mina@tea.example", "firstname": "Mina", "lastname": "Muster", "lifecyclestage": "lead", "hs_object_id": "1246965",
		"createdate": "2026-10-05T10:00:00Z", "lastmodifieddate": "2026-10-06T08:59:00Z", "phone": nil}}
}
