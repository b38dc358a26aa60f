package demo

import (
	"fmt"
	"time"
)

type wireOrder struct {
	ID                        int64           `json:"id"`
	AdminGraphqlID            string          `json:"admin_graphql_api_id"`
	AppID                     int64           `json:"app_id"`
	BrowserIP                 *string         `json:"browser_ip"`
	BuyerAcceptsMarketing     bool            `json:"buyer_accepts_marketing"`
	CancelReason              *string         `json:"cancel_reason"`
	CancelledAt               *string         `json:"cancelled_at"`
	CartToken                 *string         `json:"cart_token"`
	CheckoutToken             *string         `json:"checkout_token"`
	ClientDetails             null            `json:"client_details"`
	ClosedAt                  *string         `json:"closed_at"`
	ConfirmationNumber        string          `json:"confirmation_number"`
	Confirmed                 bool            `json:"confirmed"`
	ContactEmail              *string         `json:"contact_email"`
	CreatedAt                 string          `json:"created_at"`
	Currency                  string          `json:"currency"`
	CurrentShippingPriceSet   price           `json:"current_shipping_price_set"`
	CurrentSubtotalPrice      string          `json:"current_subtotal_price"`
	CurrentSubtotalPriceSet   price           `json:"current_subtotal_price_set"`
	CurrentAdditionalFeesSet  null            `json:"current_total_additional_fees_set"`
	CurrentTotalDiscounts     string          `json:"current_total_discounts"`
	CurrentTotalDiscountsSet  price           `json:"current_total_discounts_set"`
	CurrentTotalDutiesSet     null            `json:"current_total_duties_set"`
	CurrentTotalPrice         string          `json:"current_total_price"`
	CurrentTotalPriceSet      price           `json:"current_total_price_set"`
	CurrentTotalTax           string          `json:"current_total_tax"`
	CurrentTotalTaxSet        price           `json:"current_total_tax_set"`
	CustomerLocale            *string         `json:"customer_locale"`
	DeviceID                  null            `json:"device_id"`
	DiscountCodes             []wireCode      `json:"discount_codes"`
	DutiesIncluded            bool            `json:"duties_included"`
	Email                     *string         `json:"email"`
	EstimatedTaxes            bool            `json:"estimated_taxes"`
	FinancialStatus           string          `json:"financial_status"`
	FulfillmentStatus         *string         `json:"fulfillment_status"`
	LandingSite               *string         `json:"landing_site"`
	LandingSiteRef            null            `json:"landing_site_ref"`
	LocationID                *int64          `json:"location_id"`
	MerchantBusinessEntityID  string          `json:"merchant_business_entity_id"`
	MerchantOfRecordAppID     null            `json:"merchant_of_record_app_id"`
	Name                      string          `json:"name"`
	Note                      null            `json:"note"`
	NoteAttributes            []wireAttribute `json:"note_attributes"`
	Number                    int             `json:"number"`
	OrderNumber               int             `json:"order_number"`
	OrderStatusURL            string          `json:"order_status_url"`
	OriginalAdditionalFeesSet null            `json:"original_total_additional_fees_set"`
	OriginalTotalDutiesSet    null            `json:"original_total_duties_set"`
	PaymentGatewayNames       []string        `json:"payment_gateway_names"`
	Phone                     *string         `json:"phone"`
	PONumber                  null            `json:"po_number"`
	PresentmentCurrency       string          `json:"presentment_currency"`
	ProcessedAt               string          `json:"processed_at"`
	Reference                 null            `json:"reference"`
	ReferringSite             *string         `json:"referring_site"`
	SourceIdentifier          null            `json:"source_identifier"`
	SourceName                string          `json:"source_name"`
	SourceURL                 null            `json:"source_url"`
	SubtotalPrice             string          `json:"subtotal_price"`
	SubtotalPriceSet          price           `json:"subtotal_price_set"`
	Tags                      string          `json:"tags"`
	TaxExempt                 bool            `json:"tax_exempt"`
	TaxLines                  []wireTax       `json:"tax_lines"`
	TaxesIncluded             bool            `json:"taxes_included"`
	Test                      bool            `json:"test"`
	Token                     string          `json:"token"`
	CashRoundingPaymentSet    price           `json:"total_cash_rounding_payment_adjustment_set"`
	CashRoundingRefundSet     price           `json:"total_cash_rounding_refund_adjustment_set"`
	TotalDiscounts            string          `json:"total_discounts"`
	TotalDiscountsSet         price           `json:"total_discounts_set"`
	TotalLineItemsPrice       string          `json:"total_line_items_price"`
	TotalLineItemsPriceSet    price           `json:"total_line_items_price_set"`
	TotalOutstanding          string          `json:"total_outstanding"`
	TotalPrice                string          `json:"total_price"`
	TotalPriceSet             price           `json:"total_price_set"`
	TotalShippingPriceSet     price           `json:"total_shipping_price_set"`
	TotalTax                  string          `json:"total_tax"`
	TotalTaxSet               price           `json:"total_tax_set"`
	TotalTipReceived          string          `json:"total_tip_received"`
	TotalWeight               int             `json:"total_weight"`
	UpdatedAt                 string          `json:"updated_at"`
	UserID                    *int64          `json:"user_id"`
	BillingAddress            *wireShipTo     `json:"billing_address"`
	Customer                  *wireCustomer   `json:"customer"`
	DiscountApplications      []wireApplied   `json:"discount_applications"`
	Fulfillments              []wireParcel    `json:"fulfillments"`
	LineItems                 []wireLine      `json:"line_items"`
	PaymentTerms              null            `json:"payment_terms"`
	Refunds                   []wireRefund    `json:"refunds"`
	ShippingAddress           *wireShipTo     `json:"shipping_address"`
	ShippingLines             []wireShipping  `json:"shipping_lines"`
	Returns                   []null          `json:"returns"`
	LineItemGroups            []null          `json:"line_item_groups"`
	CheckoutID                *int64          `json:"checkout_id"`
}

type wireAttribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type wireCode struct {
	Code   string `json:"code"`
	Amount string `json:"amount"`
	Type   string `json:"type"`
}

type wireApplied struct {
	TargetType       string `json:"target_type"`
	Type             string `json:"type"`
	Value            string `json:"value"`
	ValueType        string `json:"value_type"`
	AllocationMethod string `json:"allocation_method"`
	TargetSelection  string `json:"target_selection"`
	Code             string `json:"code"`
}

type wireTax struct {
	Price         string  `json:"price"`
	Rate          float64 `json:"rate"`
	Title         string  `json:"title"`
	PriceSet      price   `json:"price_set"`
	ChannelLiable bool    `json:"channel_liable"`
}

type wireParcel struct {
	ID              int64   `json:"id"`
	OrderID         int64   `json:"order_id"`
	Status          string  `json:"status"`
	CreatedAt       string  `json:"created_at"`
	UpdatedAt       string  `json:"updated_at"`
	TrackingCompany *string `json:"tracking_company"`
	TrackingNumber  *string `json:"tracking_number"`
	Name            string  `json:"name"`
}

// order returns o as of at.
func (s *Shop) order(o *order, at time.Time) wireOrder {
	w := wireOrder{
		ID: o.id, AdminGraphqlID: gid("Order", o.id), AppID: 580111, Confirmed: true, ConfirmationNumber: fmt.Sprintf("SK%07X", o.number*7919),
		CreatedAt: s.local(o.placed), ProcessedAt: s.local(o.placed), UpdatedAt: s.local(o.updated(at)),
		CancelledAt: s.maybe(o.cancelled, at), ClosedAt: s.maybe(o.fulfilled, at), FinancialStatus: o.payment(at),
		Currency: string(o.currency), PresentmentCurrency: string(o.presented), Test: o.test, SourceName: o.channel,
		Name: fmt.Sprintf("#%d", 1000+o.number), Number: o.number, OrderNumber: 1000 + o.number, Token: fmt.Sprintf("%032x", o.id),
		OrderStatusURL:           fmt.Sprintf("https://%s/%d/orders/%032x/authenticate?key=%08x", s.options.Shop, shopID, o.id, o.number),
		MerchantBusinessEntityID: "MTU1NDg5MDAx", NoteAttributes: []wireAttribute{}, PaymentGatewayNames: []string{o.gateway},
		CartToken: text(o.cart), CheckoutToken: text(o.checkout), TaxesIncluded: true, TotalTipReceived: amount(0, o.currency),
		Returns: []null{}, LineItemGroups: []null{}, Refunds: []wireRefund{}, LineItems: s.lines(o, at),
	}
	if past(o.cancelled, at) {
		w.CancelReason = text("customer")
	}
	s.money(o, at, &w)
	s.whose(o, at, &w)
	s.parcels(o, at, &w)
	for _, r := range o.refunds {
		if !r.at.After(at) {
			w.Refunds = append(w.Refunds, s.refund(o, r))
		}
	}
	return w
}

// vat is the part of a gross amount that is tax, at 19 %, rounded half up.
func vat(gross int64) int64 { return (gross*19*2 + 119) / (119 * 2) }

func (s *Shop) money(o *order, at time.Time, w *wireOrder) {
	set := func(minor int64) price { return newPrice(minor, o.currency, o.presented) }
	text := func(minor int64) string { return amount(minor, o.currency) }
	goods, now := o.goods(), o.total()-o.returned(at)
	shipping, current := o.shipping, max(0, now-o.shipping)
	if now < o.shipping { // all went back, shipping too
		shipping = now
	}
	if past(o.voided, at) && past(o.cancelled, at) {
		now, shipping, current = 0, 0, 0
	}
	outstanding := int64(0)
	if p := o.payment(at); p == "pending" || p == "authorized" {
		outstanding = o.total()
	}
	w.CashRoundingPaymentSet, w.CashRoundingRefundSet = set(0), set(0)
	w.SubtotalPrice, w.SubtotalPriceSet = text(goods-o.discount), set(goods-o.discount)
	w.TotalLineItemsPrice, w.TotalLineItemsPriceSet = text(goods), set(goods)
	w.TotalDiscounts, w.TotalDiscountsSet = text(o.discount), set(o.discount)
	w.TotalPrice, w.TotalPriceSet = text(o.total()), set(o.total())
	w.TotalTax, w.TotalTaxSet = text(vat(o.total())), set(vat(o.total()))
	w.TotalShippingPriceSet, w.TotalOutstanding = set(o.shipping), text(outstanding)
	w.CurrentSubtotalPrice, w.CurrentSubtotalPriceSet = text(current), set(current)
	w.CurrentShippingPriceSet = set(shipping)
	discount := o.discount
	if now == 0 {
		discount = 0
	}
	w.CurrentTotalDiscounts, w.CurrentTotalDiscountsSet = text(discount), set(discount)
	w.CurrentTotalPrice, w.CurrentTotalPriceSet = text(now), set(now)
	w.CurrentTotalTax, w.CurrentTotalTaxSet = text(vat(now)), set(vat(now))
	w.TaxLines = []wireTax{{Price: text(vat(o.total())), Rate: 0.19, Title: "VAT", PriceSet: set(vat(o.total()))}}
	w.DiscountCodes, w.DiscountApplications = []wireCode{}, []wireApplied{}
	if o.code != "" {
		kind := "fixed_amount"
		value := text(o.discount)
		if o.percent {
			kind, value = "percentage", fmt.Sprintf("%.1f", float64(o.discount*1000/max(1, goods))/10)
		}
		w.DiscountCodes = append(w.DiscountCodes, wireCode{o.code, text(o.discount), kind})
		w.DiscountApplications = append(w.DiscountApplications, wireApplied{"line_item", "discount_code", value, kind, "across", "all", o.code})
	}
}

// whose fills in what o says of its buyer. The till knows little.
func (s *Shop) whose(o *order, at time.Time, w *wireOrder) {
	empty := ""
	if o.channel == "pos" {
		till, clerk := int64(68112340), int64(90112233)
		w.AppID, w.LocationID, w.UserID = 129785, &till, &clerk
		w.Email, w.Phone = &empty, text(o.guest.phone)
		return
	}
	id := o.checkoutID
	p := o.guest
	if p == nil {
		p = o.owner(at)
		c := s.buyer(p, at)
		w.Customer = &c
		w.BuyerAcceptsMarketing = p.accepts(at)
	}
	w.Email, w.ContactEmail, w.Phone = text(p.email), text(p.email), nil
	w.BillingAddress, w.ShippingAddress = p.shipTo(), p.shipTo()
	w.CustomerLocale, w.CheckoutID = text(p.home.locale), &id
	w.BrowserIP = text(fmt.Sprintf("203.0.113.%d", o.number%254+1))
	w.LandingSite, w.ReferringSite = text("/"), text("https://search.example.com/")
}

// accepts reports whether p was subscribed to mail as of at.
func (p *person) accepts(at time.Time) bool {
	yes := false
	for _, c := range p.consents {
		if !c.sms && !c.at.After(at) {
			yes = c.state == "subscribed"
		}
	}
	return yes
}

func (s *Shop) parcels(o *order, at time.Time, w *wireOrder) {
	w.Fulfillments, w.ShippingLines = []wireParcel{}, []wireShipping{}
	for i, t := range []time.Time{o.partial, o.fulfilled} {
		if !past(t, at) {
			continue
		}
		w.FulfillmentStatus = text([]string{"partial", "fulfilled"}[i])
		w.Fulfillments = append(w.Fulfillments, wireParcel{
			ID: o.id/3 + int64(i), OrderID: o.id, Status: "success", CreatedAt: s.local(t), UpdatedAt: s.local(t),
			TrackingCompany: text("DHL"), TrackingNumber: text(fmt.Sprintf("0034%012d", o.id%1e12)), Name: fmt.Sprintf("#%d.%d", 1000+o.number, i+1),
		})
	}
	if o.channel == "web" && o.ships() {
		w.ShippingLines = append(w.ShippingLines, shippingLine(o))
	}
	for _, l := range o.lines {
		w.TotalWeight += l.product.Grams * l.quantity
	}
}
