package shopify

import (
	"crypto/sha256"
	"encoding/hex"

	"holdfast/internal/customer"
)

func parseTagsAdded(d delivery) ([]customer.Event, error)   { return d.tags(true) }
func parseTagsRemoved(d delivery) ([]customer.Event, error) { return d.tags(false) }

// tags reads a difference: tags put on or taken off, not all there are.
func (d delivery) tags(on bool) ([]customer.Event, error) {
	var b struct {
		Customer gid     `json:"customerId"`
		Tags     tagList `json:"tags"`
		Occurred instant `json:"occurredAt"`
	}
	if err := decode(d.body, &b); err != nil {
		return nil, err
	}
	who, err := b.Customer.need("customerId", "Customer")
	if err != nil {
		return nil, err
	}
	at, err := d.instant("occurredAt", b.Occurred)
	if err != nil {
		return nil, err
	}
	// A tag taken off and put on at one instant, in bodies that are the same but
	// for the topic, is on: something must decide, and not which came first.
	record, v := d.record(who), customer.NewVersion(at, "off")
	if on {
		v = customer.NewVersion(at, "on")
	}
	var events []customer.Event
	for _, tag := range b.Tags {
		events = append(events, customer.Event{Record: record,
			Fact: fact(record, tagKey(tag), v, at, customer.Body{Tag: &customer.Tag{Tag: tag, On: on}})})
	}
	return events, nil
}

// tagKey names a tag's fact. A tag of 255 characters can be too long for a
// store's key, so a long one is named by its hash.
func tagKey(tag string) string {
	if len(tag) <= 128 {
		return "tag/" + tag
	}
	hash := sha256.Sum256([]byte(tag))
	return "tag/" + hex.EncodeToString(hash[:])
}

func parseSummary(d delivery) ([]customer.Event, error) {
	var b struct {
		Customer gid     `json:"customerId"`
		Orders   amount  `json:"numberOfOrders"`
		Spent    *money  `json:"amountSpent"`
		Occurred instant `json:"occurredAt"`
	}
	if err := decode(d.body, &b); err != nil {
		return nil, err
	}
	who, err := b.Customer.need("customerId", "Customer")
	if err != nil {
		return nil, err
	}
	at, err := d.instant("occurredAt", b.Occurred)
	if err != nil {
		return nil, err
	}
	s, err := summary(b.Orders, b.Spent)
	if err != nil {
		return nil, err
	}
	record := d.record(who)
	return []customer.Event{{Record: record,
		Fact: fact(record, "summary", d.version(at), at, customer.Body{Summary: &s})}}, nil
}
