package shopify

import "holdfast/internal/customer"

// topics are the ones we want. Any other is [ErrUnwanted].
var topics = map[string]func(delivery) ([]customer.Event, error){
	"customers/create":             parseCustomer,
	"customers/update":             parseCustomer,
	"customers/enable":             parseCustomer,
	"customers/disable":            parseCustomer,
	"customers/delete":             parseCustomerDelete,
	"customers/merge":              parseMerge,
	"customers/purchasing_summary": parseSummary,
	"customer.tags_added":          parseTagsAdded,
	"customer.tags_removed":        parseTagsRemoved,

	"customers_email_marketing_consent/update":     parseEmailConsent,
	"customers_marketing_consent/update":           parseSMSConsent,
	"customers_whats_app_marketing_consent/update": parseWhatsAppConsent,

	"orders/create":              parseOrder,
	"orders/paid":                parseOrder,
	"orders/updated":             parseOrder,
	"orders/cancelled":           parseOrder,
	"orders/fulfilled":           parseOrder,
	"orders/partially_fulfilled": parseOrder,
	"orders/edited":              parseOrderEdit,
	"orders/delete":              parseOrderDelete,

	"refunds/create":            parseRefund,
	"order_transactions/create": parseTransaction,

	"checkouts/create": parseCheckout,
	"checkouts/update": parseCheckout,
	"checkouts/delete": parseCheckoutDelete,
	"carts/create":     parseCart,
	"carts/update":     parseCart,

	"customers/data_request": parseDataRequest,
	"customers/redact":       parseRedact,
	"shop/redact":            parseShopRedact,
	"app/uninstalled":        parseUninstalled,
}
