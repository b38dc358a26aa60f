package orders

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A role is what a column is for.
type role int

const (
	roleCustomer role = iota
	roleOther1        // where the customer's first column is empty
	roleOther2
	roleDate
	roleAmount
	roleOrder
	roleProduct
	roleTitle // what people call the product, where the product is a code
	roleCategory
	roleCurrency
	roleQuantity
	rolePrice
	roleRefunded
	roleStatus
	roleCancelled
	roles
)

// known are the headers of each role, the best first, in lower case without
// anything but letters and digits.
var known = map[role][]string{
	roleCustomer: {"customerid", "customernumber", "customerno", "customerref", "clientid", "userid", "memberid", "buyerid", "shopperid", "customeruniqueid",
		"customeremail", "email", "emailaddress", "billingemail", "emailbilling", "buyeremail", "customer", "client", "buyer", "user", "member", "account", "accountid", "phone", "id"},
	roleDate: {"orderdate", "dateorder", "orderedat", "purchasedate", "invoicedate", "orderpurchasetimestamp", "transactiondate", "paidat", "createdat", "createdutc", "createddateutc", "created",
		"datecreated", "createddate", "date", "datetime", "timestamp", "day", "time"},
	roleAmount: {"ordertotalamount", "ordertotal", "totalamount", "grandtotal", "totalprice", "total", "netrevenue", "nrevenue", "revenue", "netsales", "amount", "orderamount", "ordervalue",
		"paymentvalue", "linetotal", "itemtotal", "salesamount", "sales", "spend", "monetary", "value", "turnover", "subtotal", "amt", "dollarvalue"},
	roleOrder: {"orderid", "ordernumber", "orderno", "order", "ordername", "invoiceno", "invoicenumber", "invoiceid", "invoice", "transactionid", "transactionno", "chargeid", "paymentid",
		"receiptid", "receiptno", "receipt", "basketid"},
	roleProduct:   {"lineitemname", "productname", "product", "itemname", "item", "products", "lineitemsku", "productsku", "sku", "stockcode", "productid", "itemid"},
	roleTitle:     {"description", "productdescription", "itemdescription", "producttitle", "itemtitle"},
	roleCategory:  {"productcategory", "category", "productcategoryname", "itemcategory", "categories", "department", "producttype", "vendor"},
	roleCurrency:  {"currency", "ordercurrency", "currencycode", "paymentcurrency"},
	roleQuantity:  {"quantity", "qty", "lineitemquantity", "itemquantity", "units"},
	rolePrice:     {"unitprice", "price", "itemprice", "lineitemprice", "itemcost"},
	roleRefunded:  {"refundedamount", "amountrefunded", "orderrefundamount", "refundamount", "totalrefunded", "refundedtotal", "refundtotal"},
	roleStatus:    {"financialstatus", "orderstatus", "status", "paymentstatus"},
	roleCancelled: {"cancelledat", "canceledat"},
}

// codes are headers of products that only a machine can read.
var codes = []string{"stockcode", "sku", "lineitemsku", "productsku", "productid", "itemid"}

// totals are amounts of a whole order, which an export of lines repeats.
var totals = []string{"ordertotalamount", "ordertotal", "totalamount", "grandtotal", "totalprice", "total", "ordervalue", "orderamount", "paymentvalue", "nrevenue", "netrevenue"}

// A shape is where the columns of a file are.
type shape struct {
	Export  string // "Shopify", "WooCommerce", "Stripe", or ""
	names   []string
	columns [roles]int // from 0; -1 for none
	headed  bool       // the first line is a header
	utc     bool       // the dates say that they are UTC
	lines   bool       // rows are the lines of orders: their amounts add up
	// repeated says that rows of an order follow its first one without an amount.
	product bool // amount is quantity × price
}

func plain(header string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 0x80:
			return r
		}
		return -1
	}, header)
}

// shapeOf finds the columns of a header.
func shapeOf(header []string, want Columns, file string) (*shape, error) {
	s := &shape{names: header, headed: true}
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = plain(h)
	}
	at := func(name string) int { return slices.Index(names, name) }
	for r := range roles {
		s.columns[r] = -1
		for _, name := range known[r] {
			if i := at(name); i >= 0 {
				s.columns[r] = i
				break
			}
		}
	}
	s.export(at)
	if err := s.override(want, names, file); err != nil {
		return nil, err
	}
	s.likely()
	c := &s.columns
	if want.Product != "" || c[roleProduct] < 0 || !slices.Contains(codes, names[c[roleProduct]]) {
		c[roleTitle] = -1
	}
	if c[roleAmount] < 0 && c[rolePrice] >= 0 {
		s.product = c[roleQuantity] >= 0
		if !s.product {
			c[roleAmount] = c[rolePrice]
		}
	}
	if want.Amount != "" || c[roleAmount] >= 0 {
		s.product = false
	}
	s.lines = s.product || c[roleProduct] >= 0 && c[roleAmount] >= 0 && !slices.Contains(totals, names[c[roleAmount]])
	s.utc = c[roleDate] >= 0 && strings.Contains(names[c[roleDate]], "utc")
	return s, s.missing(file)
}

// export recognises the exports of shops, and what is particular to them.
func (s *shape) export(at func(string) int) {
	c := &s.columns
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return at(n) < 0 })
	}
	c[roleOther1], c[roleOther2] = -1, -1
	switch {
	case has("name", "financialstatus", "lineitemname"):
		s.Export = "Shopify"
		c[roleCustomer], c[roleOther1], c[roleOrder] = at("email"), at("phone"), at("name")
		c[roleDate], c[roleAmount] = at("createdat"), at("total")
		// Each line has a vendor, which says what kind of thing it is.
		if c[roleCategory] < 0 {
			c[roleCategory] = at("vendor")
		}
	case has("customeremail", "amountrefunded") || has("customerid", "amountrefunded"):
		s.Export = "Stripe"
		c[roleCustomer], c[roleOther1], c[roleOrder] = at("customeremail"), at("customerid"), at("id")
		c[roleProduct] = -1
		if c[roleCustomer] < 0 {
			c[roleCustomer], c[roleOther1] = c[roleOther1], -1
		}
	case (has("orderstatus") || has("status", "ordertotal")) && (has("emailbilling") || has("billingemail")), has("order", "nrevenueformatted"):
		s.Export = "WooCommerce"
		// By address: the customer id of every guest is 0.
		for _, name := range []string{"emailbilling", "billingemail", "customeremail", "customer"} {
			if i := at(name); i >= 0 {
				c[roleCustomer] = i
				break
			}
		}
		if i := at("netrevenueformatted"); i >= 0 && c[roleAmount] < 0 {
			c[roleAmount] = i
		}
		if i := at("nrevenue"); i >= 0 {
			c[roleAmount] = i
		}
	default:
		s.named()
		s.fallbacks(at)
	}
}

// named puts a column whose header speaks of a customer before one that is just
// an id, which may be that of anything.
func (s *shape) named() {
	c := &s.columns[roleCustomer]
	if *c >= 0 && plain(s.names[*c]) != "id" {
		return
	}
	for _, word := range []string{"email", "customer", "client", "buyer"} {
		if i := slices.IndexFunc(s.names, func(h string) bool { return strings.Contains(plain(h), word) }); i >= 0 {
			*c = i
			return
		}
	}
}

// fallbacks names the columns that say who it was where the first is empty.
func (s *shape) fallbacks(at func(string) int) {
	others := []role{roleOther1, roleOther2}
	for _, name := range []string{"email", "emailaddress", "customeremail", "phone"} {
		if i := at(name); i >= 0 && i != s.columns[roleCustomer] && len(others) > 0 {
			s.columns[others[0]], others = i, others[1:]
		}
	}
}

// override takes the columns that were asked for.
func (s *shape) override(want Columns, names []string, file string) error {
	for _, w := range []struct {
		flag, name string
		role       role
	}{
		{"--customer", want.Customer, roleCustomer}, {"--date", want.Date, roleDate}, {"--amount", want.Amount, roleAmount},
		{"--order", want.Order, roleOrder}, {"--product", want.Product, roleProduct}, {"--category", want.Category, roleCategory},
		{"--currency-column", want.Currency, roleCurrency},
	} {
		if w.name == "" {
			continue
		}
		i := slices.IndexFunc(s.names, func(h string) bool { return strings.EqualFold(h, w.name) })
		if i < 0 {
			i = slices.Index(names, plain(w.name))
		}
		if n, err := strconv.Atoi(w.name); i < 0 && err == nil && n >= 1 && n <= len(names) {
			i = n - 1
		}
		if i < 0 {
			return fmt.Errorf("%s:1: %w: %s %q is not among the columns: %s", file, ErrColumns, w.flag, w.name, listed(s.names))
		}
		s.columns[w.role] = i
		if w.role == roleCustomer {
			s.columns[roleOther1], s.columns[roleOther2] = -1, -1
		}
	}
	return nil
}

// listed lists columns for a message, as many as can be read.
func listed(names []string) string {
	const most = 600
	all := strings.Join(names, ", ")
	if len(all) > most {
		all = strings.ToValidUTF8(all[:most], "") + " …"
	}
	return all
}

// Column returns the header of the column of a role, "" for none.
func (s *shape) column(r role) string {
	if i := s.columns[r]; i >= 0 {
		return s.names[i]
	}
	return ""
}
