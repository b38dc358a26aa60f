// Package demo makes a believable shop out of a seed: the people of a small
// coffee and tea brand, what they bought in a year and a half, and the
// deliveries that Shopify, HubSpot and the website's Segment source would have
// sent about it. Everybody in it
// is invented; mail addresses and phone numbers are of ranges reserved for
// fiction. It judges nothing and stores nothing.
package demo

import (
	"encoding/json"
	"fmt"
	"iter"
	"sync/atomic"
	"time"
	_ "time/tzdata" // the shop writes its times with Berlin's offset

	"holdfast/internal/customer"
)

// Options describe the shop to make. Equal options make equal shops, byte for
// byte.
type Options struct {
	Seed      uint64
	Customers int               // people with an account at the shop; 0: 2000
	Months    int               // how far back the shop's history goes; 0: 18
	End       time.Time         // nothing happens after it; must be set
	Shop      string            // "": demo-shop.myshopify.com
	Portal    int64             // HubSpot's number of the account; 0: 44237313
	Currency  customer.Currency // the shop's own; "": EUR
}

func (o Options) withDefaults() Options {
	if o.Customers == 0 {
		o.Customers = 2000
	}
	if o.Months == 0 {
		o.Months = 18
	}
	if o.Shop == "" {
		o.Shop = "demo-shop.myshopify.com"
	}
	if o.Portal == 0 {
		o.Portal = 44237313
	}
	if o.Currency == "" {
		o.Currency = "EUR"
	}
	o.End = o.End.UTC().Truncate(time.Second)
	return o
}

// The sources of deliveries.
const (
	Shopify = "shopify"
	HubSpot = "hubspot"
	Segment = "segment"
)

// A Delivery is one webhook as its source would POST it, not yet signed.
type Delivery struct {
	At     time.Time         // when it reaches us
	Source string            // Shopify, HubSpot or Segment
	Topic  string            // Shopify's topic; for HubSpot the type of the batch's first event; for Segment "batch"
	Header map[string]string // without the signature
	Body   []byte
}

// A Shop is a demo shop with its whole history. It is safe for concurrent use.
type Shop struct {
	options Options
	zone    *time.Location
	numbers phones
	people  []*person
	guests  []*order
	lost    []*cart // carts of people who never said who they are
	crm     *crm
	moments []moment
	yielded atomic.Int64 // latest Delivery.At yielded, unix nanoseconds; 0: none
}

// New returns the shop that o describes. It panics if o.End is zero: a demo
// that read the clock would differ from run to run.
func New(o Options) *Shop {
	if o.End.IsZero() {
		panic("demo: Options.End must be set")
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err)) // time/tzdata is linked in
	}
	s := &Shop{options: o.withDefaults(), zone: zone, numbers: phones{}}
	s.populate()
	s.crm = newCRM(s)
	s.moments = schedule(s)
	return s
}

func (s *Shop) start() time.Time { return s.options.End.AddDate(0, -s.options.Months, 0) }

// Len returns the number of deliveries.
func (s *Shop) Len() int { return len(s.moments) }

// Deliveries returns the deliveries by the time they reach us. Bodies are made
// as they are asked for, and belong to the caller.
func (s *Shop) Deliveries() iter.Seq[Delivery] {
	return func(yield func(Delivery) bool) {
		for i := range s.moments {
			d := s.moments[i].delivery(s)
			s.advance(d.At)
			if !yield(d) {
				return
			}
		}
	}
}

// advance moves the clock of the fake HubSpot forward, never back.
func (s *Shop) advance(at time.Time) {
	for {
		old := s.yielded.Load()
		if at.UnixNano() <= old || s.yielded.CompareAndSwap(old, at.UnixNano()) {
			return
		}
	}
}

// encode returns v as JSON. It panics if v cannot be encoded, which no value of
// this package is.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err))
	}
	return b
}
