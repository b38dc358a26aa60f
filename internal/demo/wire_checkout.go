package demo

import (
	"fmt"
	"time"

	"holdfast/internal/customer"
)

type wireCart struct {
	ID        string         `json:"id"`
	Token     string         `json:"token"`
	LineItems []wireCartLine `json:"line_items"`
	Note      null           `json:"note"`
	UpdatedAt string         `json:"updated_at"`
	CreatedAt string         `json:"created_at"`
}

type wireCartLine struct {
	ID                   int64  `json:"id"`
	Properties           null   `json:"properties"`
	Quantity             int    `json:"quantity"`
	VariantID            int64  `json:"variant_id"`
	Key                  string `json:"key"`
	DiscountedPrice      string `json:"discounted_price"`
	Discounts            []null `json:"discounts"`
	GiftCard             bool   `json:"gift_card"`
	Grams                int    `json:"grams"`
	LinePrice            string `json:"line_price"`
	OriginalLinePrice    string `json:"original_line_price"`
	OriginalPrice        string `json:"original_price"`
	Price                string `json:"price"`
	ProductID            int64  `json:"product_id"`
	SKU                  string `json:"sku"`
	Taxable              bool   `json:"taxable"`
	Title                string `json:"title"`
	TotalDiscount        string `json:"total_discount"`
	Vendor               string `json:"vendor"`
	DiscountedPriceSet   price  `json:"discounted_price_set"`
	LinePriceSet         price  `json:"line_price_set"`
	OriginalLinePriceSet price  `json:"original_line_price_set"`
	PriceSet             price  `json:"price_set"`
	TotalDiscountSet     price  `json:"total_discount_set"`
	ParentRelationship   null   `json:"parent_relationship"`
}

// cart returns lines as a cart; nobody's name is in it.
func (s *Shop) cart(token string, lines []line, created, updated time.Time) wireCart {
	c := s.options.Currency
	w := wireCart{ID: token, Token: token, LineItems: []wireCartLine{}, CreatedAt: zulu(created), UpdatedAt: zulu(updated)}
	for _, l := range lines {
		p := l.product
		one, all := amount(p.Price, c), amount(l.total(), c)
		oneSet, allSet := newPrice(p.Price, c, c), newPrice(l.total(), c, c)
		w.LineItems = append(w.LineItems, wireCartLine{
			ID: p.Variant, Quantity: l.quantity, VariantID: p.Variant, Key: fmt.Sprintf("%d:%032x", p.Variant, p.ID), DiscountedPrice: one,
			Discounts: []null{}, GiftCard: p.Kind == GiftCard, Grams: p.Grams, LinePrice: all, OriginalLinePrice: all, OriginalPrice: one,
			Price: one, ProductID: p.ID, SKU: p.SKU, Taxable: p.Kind != GiftCard, Title: p.name(), TotalDiscount: amount(0, c), Vendor: Vendor,
			DiscountedPriceSet: oneSet, LinePriceSet: allSet, OriginalLinePriceSet: allSet, PriceSet: oneSet, TotalDiscountSet: newPrice(0, c, c),
		})
	}
	return w
}

type wireCheckout struct {
	ID                       int64              `json:"id"`
	Token                    string             `json:"token"`
	CartToken                string             `json:"cart_token"`
	Email                    *string            `json:"email"`
	Gateway                  null               `json:"gateway"`
	BuyerAcceptsMarketing    bool               `json:"buyer_accepts_marketing"`
	CreatedAt                string             `json:"created_at"`
	UpdatedAt                string             `json:"updated_at"`
	LandingSite              string             `json:"landing_site"`
	Note                     null               `json:"note"`
	NoteAttributes           []null             `json:"note_attributes"`
	ReferringSite            null               `json:"referring_site"`
	ShippingLines            []null             `json:"shipping_lines"`
	TaxesIncluded            bool               `json:"taxes_included"`
	TotalWeight              int                `json:"total_weight"`
	Currency                 string             `json:"currency"`
	CompletedAt              *string            `json:"completed_at"`
	ClosedAt                 null               `json:"closed_at"`
	UserID                   null               `json:"user_id"`
	LocationID               null               `json:"location_id"`
	SourceIdentifier         null               `json:"source_identifier"`
	SourceURL                null               `json:"source_url"`
	DeviceID                 null               `json:"device_id"`
	Phone                    *string            `json:"phone"`
	CustomerLocale           string             `json:"customer_locale"`
	LineItems                []wireCheckoutLine `json:"line_items"`
	Name                     string             `json:"name"`
	Source                   null               `json:"source"`
	AbandonedCheckoutURL     string             `json:"abandoned_checkout_url"`
	DiscountCodes            []null             `json:"discount_codes"`
	TaxLines                 []null             `json:"tax_lines"`
	SourceName               string             `json:"source_name"`
	PresentmentCurrency      string             `json:"presentment_currency"`
	BuyerAcceptsSMSMarketing bool               `json:"buyer_accepts_sms_marketing"`
	SMSMarketingPhone        null               `json:"sms_marketing_phone"`
	TotalDiscounts           string             `json:"total_discounts"`
	TotalLineItemsPrice      string             `json:"total_line_items_price"`
	TotalPrice               string             `json:"total_price"`
	TotalTax                 string             `json:"total_tax"`
	SubtotalPrice            string             `json:"subtotal_price"`
	TotalDuties              null               `json:"total_duties"`
	ReservationToken         null               `json:"reservation_token"`
	BillingAddress           *wireShipTo        `json:"billing_address,omitempty"`
	ShippingAddress          *wireShipTo        `json:"shipping_address,omitempty"`
	Customer                 *wireCustomer      `json:"customer,omitempty"`
}

type wireCheckoutLine struct {
	AppliedDiscounts    []null  `json:"applied_discounts"`
	DiscountAllocations []null  `json:"discount_allocations"`
	Key                 string  `json:"key"`
	FulfillmentService  string  `json:"fulfillment_service"`
	GiftCard            bool    `json:"gift_card"`
	Grams               int     `json:"grams"`
	PresentmentTitle    string  `json:"presentment_title"`
	PresentmentVariant  *string `json:"presentment_variant_title"`
	ProductID           int64   `json:"product_id"`
	Properties          null    `json:"properties"`
	Quantity            int     `json:"quantity"`
	RequiresShipping    bool    `json:"requires_shipping"`
	SKU                 string  `json:"sku"`
	TaxLines            []null  `json:"tax_lines"`
	Taxable             bool    `json:"taxable"`
	Title               string  `json:"title"`
	VariantID           int64   `json:"variant_id"`
	VariantTitle        *string `json:"variant_title"`
	VariantPrice        string  `json:"variant_price"`
	Vendor              string  `json:"vendor"`
	UserID              null    `json:"user_id"`
	Rank                null    `json:"rank"`
	CompareAtPrice      null    `json:"compare_at_price"`
	LinePrice           string  `json:"line_price"`
	Price               string  `json:"price"`
}

// A checkout is what one is made of, whether it becomes an order or not.
type checkout struct {
	id                          int64
	token, cart                 string
	who                         *person
	account                     bool // who has an account
	lines                       []line
	presented                   customer.Currency
	created, updated, completed time.Time
}

func (s *Shop) checkout(c checkout) wireCheckout {
	p, currency := c.who, s.options.Currency
	w := wireCheckout{
		ID: c.id, Token: c.token, CartToken: c.cart, Email: text(p.email), CreatedAt: s.local(c.created), UpdatedAt: s.local(c.updated),
		CompletedAt: s.maybe(c.completed, c.updated), LandingSite: "/", NoteAttributes: []null{}, ShippingLines: []null{}, TaxesIncluded: true,
		Currency: string(currency), PresentmentCurrency: string(c.presented), CustomerLocale: p.home.locale, LineItems: []wireCheckoutLine{},
		Name:                 fmt.Sprintf("#%d", c.id),
		AbandonedCheckoutURL: fmt.Sprintf("https://%s/%d/checkouts/%s/recover?key=%s", s.options.Shop, shopID, c.token, c.token[:16]),
		DiscountCodes:        []null{}, TaxLines: []null{}, SourceName: "web", TotalDiscounts: amount(0, currency),
	}
	var goods int64
	for _, l := range c.lines {
		goods += l.total()
		w.TotalWeight += l.product.Grams * l.quantity
		w.LineItems = append(w.LineItems, checkoutLine(l, currency))
	}
	total := amount(goods, currency)
	w.TotalLineItemsPrice, w.SubtotalPrice, w.TotalPrice, w.TotalTax = total, total, total, amount(vat(goods), currency)
	if c.account && !c.created.Before(p.created) {
		who := s.buyer(p, c.updated)
		if who.DefaultAddress != nil || !c.completed.IsZero() {
			w.BillingAddress, w.ShippingAddress = p.shipTo(), p.shipTo()
		}
		w.Customer, w.BuyerAcceptsMarketing = &who, p.accepts(c.updated)
	}
	return w
}

func checkoutLine(l line, c customer.Currency) wireCheckoutLine {
	p := l.product
	return wireCheckoutLine{
		AppliedDiscounts: []null{}, DiscountAllocations: []null{}, Key: fmt.Sprintf("%032x", p.Variant), FulfillmentService: "manual",
		GiftCard: p.Kind == GiftCard, Grams: p.Grams, PresentmentTitle: p.Title, PresentmentVariant: text(p.Option), ProductID: p.ID,
		Quantity: l.quantity, RequiresShipping: p.Grams > 0, SKU: p.SKU, TaxLines: []null{}, Taxable: true, Title: p.Title,
		VariantID: p.Variant, VariantTitle: text(p.Option), VariantPrice: amount(p.Price, c), Vendor: Vendor,
		LinePrice: amount(l.total(), c), Price: amount(p.Price, c),
	}
}

type wireCheckoutGone struct {
	ID                       int64  `json:"id"`
	PresentmentCurrency      string `json:"presentment_currency"`
	BuyerAcceptsSMSMarketing bool   `json:"buyer_accepts_sms_marketing"`
	SMSMarketingPhone        null   `json:"sms_marketing_phone"`
	TotalDiscounts           string `json:"total_discounts"`
	TotalLineItemsPrice      string `json:"total_line_items_price"`
	TotalPrice               string `json:"total_price"`
	TotalTax                 string `json:"total_tax"`
	SubtotalPrice            string `json:"subtotal_price"`
	CartToken                string `json:"cart_token"`
	TotalDuties              null   `json:"total_duties"`
	ReservationToken         null   `json:"reservation_token"`
}

func (s *Shop) checkoutGone(c checkout) wireCheckoutGone {
	w := s.checkout(c)
	return wireCheckoutGone{
		ID: w.ID, PresentmentCurrency: w.PresentmentCurrency, TotalDiscounts: w.TotalDiscounts, TotalLineItemsPrice: w.TotalLineItemsPrice,
		TotalPrice: w.TotalPrice, TotalTax: w.TotalTax, SubtotalPrice: w.SubtotalPrice, CartToken: w.CartToken,
	}
}
