package demo

import (
	"encoding/json"
	"fmt"
)

type wireRefund struct {
	ID              int64             `json:"id"`
	OrderID         int64             `json:"order_id"`
	CreatedAt       string            `json:"created_at"`
	Note            *string           `json:"note"`
	UserID          int64             `json:"user_id"`
	ProcessedAt     string            `json:"processed_at"`
	Duties          []null            `json:"duties"`
	TotalDutiesSet  price             `json:"total_duties_set"`
	Return          null              `json:"return"`
	ShippingLines   []null            `json:"refund_shipping_lines"`
	Restock         bool              `json:"restock"`
	AdminGraphqlID  string            `json:"admin_graphql_api_id"`
	Adjustments     []wireAdjustment  `json:"order_adjustments"`
	RefundLineItems []wireRefundLine  `json:"refund_line_items"`
	Transactions    []wireTransaction `json:"transactions"`
}

type wireAdjustment struct {
	ID           int64  `json:"id"`
	OrderID      int64  `json:"order_id"`
	RefundID     int64  `json:"refund_id"`
	Amount       string `json:"amount"`
	TaxAmount    string `json:"tax_amount"`
	Kind         string `json:"kind"`
	Reason       string `json:"reason"`
	AmountSet    price  `json:"amount_set"`
	TaxAmountSet price  `json:"tax_amount_set"`
}

type wireRefundLine struct {
	ID          int64       `json:"id"`
	Quantity    int         `json:"quantity"`
	LineItemID  int64       `json:"line_item_id"`
	LocationID  null        `json:"location_id"`
	RestockType string      `json:"restock_type"`
	Subtotal    json.Number `json:"subtotal"`  // a number here, unlike everywhere else
	TotalTax    json.Number `json:"total_tax"` // likewise
	SubtotalSet price       `json:"subtotal_set"`
	TotalTaxSet price       `json:"total_tax_set"`
	LineItem    wireLine    `json:"line_item"`
}

type wireTransaction struct {
	ID             int64    `json:"id"`
	OrderID        int64    `json:"order_id"`
	Kind           string   `json:"kind"`
	Gateway        string   `json:"gateway"`
	Status         string   `json:"status"`
	Message        null     `json:"message"`
	CreatedAt      string   `json:"created_at"`
	Test           bool     `json:"test"`
	Authorization  null     `json:"authorization"`
	LocationID     null     `json:"location_id"`
	UserID         null     `json:"user_id"`
	ParentID       *int64   `json:"parent_id"`
	ProcessedAt    string   `json:"processed_at"`
	DeviceID       null     `json:"device_id"`
	ErrorCode      null     `json:"error_code"`
	SourceName     string   `json:"source_name"`
	Receipt        struct{} `json:"receipt"`
	Amount         string   `json:"amount"`
	Currency       string   `json:"currency"`
	PaymentID      string   `json:"payment_id"`
	Unsettled      unsettle `json:"total_unsettled_set"`
	ManualGateway  bool     `json:"manual_payment_gateway"`
	AmountRounding null     `json:"amount_rounding"`
	AdminGraphqlID string   `json:"admin_graphql_api_id"`
}

// unsettle writes its amounts with "currency" where others have "currency_code".
type unsettle struct {
	Presentment money `json:"presentment_money"`
	Shop        money `json:"shop_money"`
}

type money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

func (s *Shop) refund(o *order, r *refund) wireRefund {
	w := wireRefund{
		ID: r.id, OrderID: o.id, CreatedAt: s.local(r.at), Note: text(r.note), UserID: 90112233, ProcessedAt: s.local(r.at), Duties: []null{},
		TotalDutiesSet: newPrice(0, o.currency, o.presented), ShippingLines: []null{}, Restock: r.restock, AdminGraphqlID: gid("Refund", r.id),
		Adjustments: []wireAdjustment{}, RefundLineItems: []wireRefundLine{},
	}
	var goods int64
	for _, i := range r.lines {
		worth := o.lines[i].total() - o.share(i)
		goods += worth
		w.RefundLineItems = append(w.RefundLineItems, wireRefundLine{
			ID: r.id + int64(i) + 7, Quantity: o.lines[i].quantity, LineItemID: o.lineID(i), RestockType: "return",
			Subtotal: json.Number(amount(worth, o.currency)), TotalTax: json.Number(amount(vat(worth), o.currency)),
			SubtotalSet: newPrice(worth, o.currency, o.presented), TotalTaxSet: newPrice(vat(worth), o.currency, o.presented),
			LineItem: s.line(o, i, o.lines[i]),
		})
	}
	if rest := r.amount - goods; rest > 0 {
		kind, reason := "refund_discrepancy", "Refund discrepancy"
		if len(r.lines) > 0 {
			kind, reason = "shipping_refund", "Shipping refund"
		}
		w.Adjustments = append(w.Adjustments, wireAdjustment{
			ID: r.id + 3, OrderID: o.id, RefundID: r.id, Amount: amount(-rest, o.currency), TaxAmount: amount(0, o.currency), Kind: kind,
			Reason: reason, AmountSet: newPrice(-rest, o.currency, o.presented), TaxAmountSet: newPrice(0, o.currency, o.presented),
		})
	}
	t := s.transaction(o, r.id+1, "refund", r.amount)
	sale := o.saleID()
	t.CreatedAt, t.ProcessedAt, t.ParentID = s.local(r.at), s.local(r.at), &sale
	w.Transactions = []wireTransaction{t}
	return w
}

func (o *order) saleID() int64 { return 6801038000000 + int64(o.number)*32768 }

// transaction returns money moved for o, in the buyer's currency as Shopify
// reports it.
func (s *Shop) transaction(o *order, id int64, kind string, minor int64) wireTransaction {
	at := s.local(o.paid)
	if o.paid.IsZero() {
		at = s.local(o.placed)
	}
	none := money{"0.0", "XXX"}
	return wireTransaction{
		ID: id, OrderID: o.id, Kind: kind, Gateway: o.gateway, Status: "success", CreatedAt: at, Test: o.test, ProcessedAt: at,
		SourceName: o.channel, Amount: amount(convert(minor, o.currency, o.presented), o.presented), Currency: string(o.presented),
		PaymentID: fmt.Sprintf("#%d.1", 1000+o.number), Unsettled: unsettle{none, none}, ManualGateway: o.gateway == "Bank Deposit",
		AdminGraphqlID: gid("OrderTransaction", id),
	}
}
