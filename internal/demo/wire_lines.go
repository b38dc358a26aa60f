package demo

import "time"

type wireLine struct {
	ID                  int64       `json:"id"`
	AdminGraphqlID      string      `json:"admin_graphql_api_id"`
	AttributedStaffs    []null      `json:"attributed_staffs"`
	CurrentQuantity     int         `json:"current_quantity"`
	FulfillableQuantity int         `json:"fulfillable_quantity"`
	FulfillmentService  string      `json:"fulfillment_service"`
	FulfillmentStatus   *string     `json:"fulfillment_status"`
	GiftCard            bool        `json:"gift_card"`
	Grams               int         `json:"grams"`
	Name                string      `json:"name"`
	Price               string      `json:"price"`
	PriceSet            price       `json:"price_set"`
	ProductExists       bool        `json:"product_exists"`
	ProductID           int64       `json:"product_id"`
	Properties          []null      `json:"properties"`
	Quantity            int         `json:"quantity"`
	RequiresShipping    bool        `json:"requires_shipping"`
	LineItemGroupID     null        `json:"sales_line_item_group_id"`
	SKU                 string      `json:"sku"`
	Taxable             bool        `json:"taxable"`
	Title               string      `json:"title"`
	TotalDiscount       string      `json:"total_discount"`
	TotalDiscountSet    price       `json:"total_discount_set"`
	VariantID           int64       `json:"variant_id"`
	VariantInventory    string      `json:"variant_inventory_management"`
	VariantTitle        *string     `json:"variant_title"`
	Vendor              string      `json:"vendor"`
	TaxLines            []wireTax   `json:"tax_lines"`
	Duties              []null      `json:"duties"`
	DiscountAllocations []wireShare `json:"discount_allocations"`
}

type wireShare struct {
	Amount      string `json:"amount"`
	AmountSet   price  `json:"amount_set"`
	Application int    `json:"discount_application_index"`
}

type wireShipping struct {
	ID                   int64  `json:"id"`
	CarrierIdentifier    null   `json:"carrier_identifier"`
	Code                 string `json:"code"`
	CurrentDiscountedSet price  `json:"current_discounted_price_set"`
	DiscountedPrice      string `json:"discounted_price"`
	DiscountedPriceSet   price  `json:"discounted_price_set"`
	IsRemoved            bool   `json:"is_removed"`
	Phone                null   `json:"phone"`
	Price                string `json:"price"`
	PriceSet             price  `json:"price_set"`
	RequestedServiceID   null   `json:"requested_fulfillment_service_id"`
	Source               string `json:"source"`
	Title                string `json:"title"`
	TaxLines             []null `json:"tax_lines"`
	DiscountAllocations  []null `json:"discount_allocations"`
}

// lineID is unique in the shop and beyond 2^53 where the order's id is.
func (o *order) lineID(i int) int64 {
	if o.id > 1<<53 {
		return o.id + 110000000000000000 + int64(i)
	}
	return 15222000000000 + int64(o.number)*32768 + int64(i)*37
}

func (s *Shop) lines(o *order, at time.Time) []wireLine {
	returned := map[int]bool{}
	for _, r := range o.refunds {
		if !r.at.After(at) {
			for _, i := range r.lines {
				returned[i] = true
			}
		}
	}
	all := []wireLine{}
	for i, l := range o.lines {
		w := s.line(o, i, l)
		if returned[i] {
			w.CurrentQuantity, w.FulfillableQuantity = 0, 0
		}
		if past(o.fulfilled, at) {
			w.FulfillableQuantity, w.FulfillmentStatus = 0, text("fulfilled")
		}
		all = append(all, w)
	}
	return all
}

func (s *Shop) line(o *order, i int, l line) wireLine {
	p := l.product
	w := wireLine{
		ID: o.lineID(i), AdminGraphqlID: gid("LineItem", o.lineID(i)), AttributedStaffs: []null{}, CurrentQuantity: l.quantity,
		FulfillableQuantity: l.quantity, FulfillmentService: "manual", GiftCard: p.Kind == GiftCard, Grams: p.Grams, Name: p.name(),
		Price: amount(p.Price, o.currency), PriceSet: newPrice(p.Price, o.currency, o.presented), ProductExists: true, ProductID: p.ID,
		Properties: []null{}, Quantity: l.quantity, RequiresShipping: p.Grams > 0, SKU: p.SKU, Taxable: p.Kind != GiftCard, Title: p.Title,
		TotalDiscount: amount(0, o.currency), TotalDiscountSet: newPrice(0, o.currency, o.presented), VariantID: p.Variant,
		VariantInventory: "shopify", VariantTitle: text(p.Option), Vendor: Vendor, TaxLines: []wireTax{}, Duties: []null{},
		DiscountAllocations: []wireShare{},
	}
	if o.discount > 0 {
		share := o.share(i)
		w.DiscountAllocations = append(w.DiscountAllocations, wireShare{Amount: amount(share, o.currency), AmountSet: newPrice(share, o.currency, o.presented)})
	}
	return w
}

func shippingLine(o *order) wireShipping {
	p, set := amount(o.shipping, o.currency), newPrice(o.shipping, o.currency, o.presented)
	return wireShipping{
		ID: o.lineID(30), Code: "Standard", CurrentDiscountedSet: set, DiscountedPrice: p, DiscountedPriceSet: set, Price: p, PriceSet: set,
		Source: "shopify", Title: "Standard", TaxLines: []null{}, DiscountAllocations: []null{},
	}
}
