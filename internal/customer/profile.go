package customer

import "time"

// A Profile is one customer: what the facts say (Folded, owned by ingest) and
// what a night made of it (Derived).
type Profile struct {
	ID      ID    `json:"id"`
	Version int64 `json:"version"` // increments on every save; 0: not stored yet
	Folded
	Derived Derived `json:"derived,omitzero"`
}

// Folded is a pure function of a customer's facts: see [Fold]. Everything is
// raw, counters and instants and no "days since", so that it changes only when
// something happens.
type Folded struct {
	Records []Identity `json:"records,omitempty"` // the sources' own customer records, sorted
	Contact
	Tags []string `json:"tags,omitempty"` // sorted
	// Deleted: every source that knew the customer has put them away.
	Deleted bool `json:"deleted,omitempty"`
	// Blocked: why mail to the present address must not be sent, "" if it may.
	Blocked string      `json:"blocked,omitempty"`
	Mail    Permission  `json:"mail,omitzero"`
	SMS     Permission  `json:"sms,omitzero"`
	Books   []Book      `json:"books,omitempty"` // one a currency, the most used first
	Goods   []Good      `json:"goods,omitempty"` // what was bought, the latest first; at most [MaxGoods]
	Codes   []string    `json:"codes,omitempty"` // discount codes of those orders, the latest first; at most [MaxCodes]
	Carts   CartState   `json:"carts,omitzero"`
	Service TicketState `json:"service,omitzero"`
	Deals   DealState   `json:"deals,omitzero"`
	Surveys SurveyState `json:"surveys,omitzero"`
	// Reported is what sources say they count, to compare with Books.
	Reported Summary   `json:"reported,omitzero"`
	Activity []Series  `json:"activity,omitempty"` // sorted by name
	Seen     time.Time `json:"seen,omitzero"`      // latest activity or order of the customer's own doing
}

// A Permission is whether marketing may be sent on a channel, and since when.
// The zero value is unknown: nobody said anything.
type Permission struct {
	State ConsentState `json:"state,omitempty"`
	Since time.Time    `json:"since,omitzero"`
	Via   string       `json:"via,omitempty"`
}

// A Book holds a customer's purchases in one currency. Orders that are tests,
// voided, unpaid, cancelled, fully refunded, without value or gift cards only
// do not count. Amounts are in minor units, net of discounts and refunds, tax
// and shipping included.
type Book struct {
	Currency Currency `json:"currency"`
	Orders   int      `json:"orders"`
	Spend    int64    `json:"spend"`
	Refunded int64    `json:"refunded,omitempty"` // of all orders, counted or not
	Refunds  int      `json:"refunds,omitempty"`
	// Discounted orders came with a discount or a code; Saved is what those took
	// off.
	Discounted int       `json:"discounted,omitempty"`
	Saved      int64     `json:"saved,omitempty"`
	Offline    int       `json:"offline,omitempty"` // orders placed in a store or by phone
	First      time.Time `json:"first_order,omitzero"`
	Last       time.Time `json:"last_order,omitzero"`
	// Days are the purchases by day of the merchant's zone, oldest first; at
	// most [MaxDays], the latest ones.
	Days []Day `json:"days,omitempty"`
}

// A Day is the purchases of one customer on one day.
type Day struct {
	Day    int   `json:"d"` // days since 1970-01-01 in the merchant's zone
	Orders int   `json:"n"`
	Net    int64 `json:"v"` // minor units
}

// A Good is a product that a customer bought in orders that count, in whatever
// currency. Two variants with article numbers of their own are two goods.
type Good struct {
	SKU      string `json:"sku,omitempty"` // the shop's article number, else its id of the product
	Title    string `json:"title,omitempty"`
	Category string `json:"category,omitempty"` // as the source says, "" if it does not
	Units    int    `json:"n"`
	Days     int    `json:"on"`    // on how many days it was bought
	First    int    `json:"first"` // day of the first time, since 1970-01-01 in the merchant's zone
	Last     int    `json:"last"`
}

// CartState is what was put into carts and not bought.
type CartState struct {
	Open  int       `json:"open,omitempty"`
	Last  time.Time `json:"last,omitzero"` // latest change of the latest open one
	Total Money     `json:"total,omitzero"`
	URL   string    `json:"url,omitempty"`
}

// TicketState counts support cases.
type TicketState struct {
	Tickets int       `json:"tickets,omitempty"`
	Open    int       `json:"open,omitempty"`
	Last    time.Time `json:"last,omitzero"`
}

// DealState counts a CRM's deals. Value adds the won ones of one currency, the one most of
// them have.
type DealState struct {
	Deals int   `json:"deals,omitempty"`
	Won   int   `json:"won,omitempty"`
	Value Money `json:"value,omitzero"`
}

// SurveyState holds the latest answers; Asked is zero without one.
type SurveyState struct {
	NPS    float64   `json:"nps,omitempty"` // 0–10
	NPSAt  time.Time `json:"nps_at,omitzero"`
	CSAT   float64   `json:"csat,omitempty"` // 0–1
	CSATAt time.Time `json:"csat_at,omitzero"`
}

// A Series counts one activity by day, oldest first, no longer back than
// [ActivityWindow] days before its latest day.
type Series struct {
	Name   string  `json:"name"`
	Counts []Count `json:"counts"`
	// Details tell apart what happened by its properties, oldest first: of all
	// series together the latest [MaxDetails].
	Details []Detail `json:"details,omitempty"`
}

// A Count is how often something happened on one day of the merchant's zone,
// and how many seconds it took together.
type Count struct {
	Day     int `json:"d"`
	N       int `json:"n"`
	Seconds int `json:"s,omitempty"`
}

// A Detail is what happened on one day with the same properties.
type Detail struct {
	Count
	Of []Property `json:"of"` // sorted by name, never empty
}

// A Property is one thing that a source says of an activity.
type Property struct {
	Name  string `json:"k"`
	Value string `json:"v"`
}

// Property returns the value of the named property, "" if it is not known.
func (d Detail) Property(name string) string {
	for _, p := range d.Of {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Derived is what the latest night, and ingest since, made of the folded part.
type Derived struct {
	Night    time.Time    `json:"night,omitzero"` // scheduled instant of the night that scored it
	R        int          `json:"r,omitempty"`    // 1–5, 0: never ordered
	F        int          `json:"f,omitempty"`
	M        int          `json:"m,omitempty"`
	Group    Group        `json:"group,omitempty"` // "": never ordered
	Outlook  Outlook      `json:"outlook,omitzero"`
	Segments []Membership `json:"segments,omitempty"` // sorted by name
}

// A Group is one of Klaviyo's six groups by recency, frequency and money.
type Group string

// An Outlook is what is expected of a customer, rounded to steps of a fixed
// ladder, so that it changes when a forecast moves and not whenever a day
// passes. The zero value says that nothing can be expected: too few data, or
// never ordered.
type Outlook struct {
	// Horizon is how many days Orders and NoOrder look ahead; 0: no forecast.
	Horizon int   `json:"horizon,omitempty"`
	Alive   int   `json:"alive,omitempty"`    // percent: is still a customer
	NoOrder int   `json:"no_order,omitempty"` // percent: will not order, the churn risk
	Orders  int64 `json:"orders,omitempty"`   // hundredths of days with an order
	// CLV is the value of a year to come, in minor units of the merchant's
	// currency. It lies between CLV·100/Band and CLV·Band/100. Band 0: no
	// forecast of value.
	CLV  int64 `json:"clv,omitempty"`
	Band int   `json:"band,omitempty"`
	// NextFrom, Next and NextTo are the days from now until which an order has
	// come with 25, 50 and 75 %. Next 0: none is expected. NextTo 0: 75 % are
	// never reached.
	NextFrom int `json:"next_from,omitempty"`
	Next     int `json:"next,omitempty"`
	NextTo   int `json:"next_to,omitempty"`
}

// Low returns the lower end of the interval around CLV, rounded.
func (o Outlook) Low() int64 {
	if o.Band == 0 {
		return 0
	}
	return scale(o.CLV, 100, int64(o.Band))
}

// High returns the upper end of the interval around CLV, rounded.
func (o Outlook) High() int64 { return scale(o.CLV, int64(o.Band), 100) }

// A Membership is a customer's being in a segment since an instant.
type Membership struct {
	Segment string    `json:"segment"`
	Since   time.Time `json:"since"`
}

// Anonymous reports whether nobody knows who p is: no source has a record of
// the customer and no address is known. Such orders count, but not as a
// customer's, and nobody can be mailed.
func (p Folded) Anonymous() bool {
	return len(p.Records) == 0 && p.Email == "" && p.Phone == ""
}

// Empty reports whether nothing is left of p: the customer was merged into
// another, or never was more than an unknown visitor. Empty profiles are in no
// segment and no count.
func (p Folded) Empty() bool {
	return p.Anonymous() && len(p.Books) == 0
}
