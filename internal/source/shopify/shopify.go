// Package shopify turns what Shopify sends, as HTTPS webhooks or through
// EventBridge, into events. It calls nobody: what a delivery does not say is
// not looked up.
package shopify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// ErrUnwanted: a valid delivery that says nothing we keep.
var ErrUnwanted = errors.New("shopify: nobody wants this topic")

// A delivery is one webhook, whichever way it came.
type delivery struct {
	topic     string
	shop      string // "{name}.myshopify.com", lower case
	triggered time.Time
	body      []byte
}

// Parse returns the events of one verified HTTPS delivery; header looks names
// up whatever their case. A delivery without consequence (a merge that failed,
// a refund still pending) has no events and no error.
//
// Errors: [ErrUnwanted] for a topic nobody wants, and [customer.ErrInvalid] for
// a delivery that can never be understood, be it because it is malformed, or
// an oversized one of which Shopify sent the id only.
//
// Of the headers only the body's signature vouches for the body, so a topic
// whose effect is grave is believed only if the body has the shape of it.
func Parse(header func(string) string, body []byte) ([]customer.Event, error) {
	d := delivery{topic: strings.ToLower(strings.TrimSpace(header("X-Shopify-Topic"))), body: body}
	if d.topic == "" {
		return nil, invalid("X-Shopify-Topic", "missing; a topic such as orders/create is needed")
	}
	parse, ok := topics[d.topic]
	if !ok {
		return nil, fmt.Errorf("%w%s", ErrUnwanted, printable(d.topic))
	}
	d.shop = strings.ToLower(strings.TrimSpace(header("X-Shopify-Shop-Domain")))
	if !isDomain(d.shop) {
		return nil, invalid("X-Shopify-Shop-Domain", "must be a host name such as example.myshopify.com")
	}
	d.triggered, _ = parseTime(header("X-Shopify-Triggered-At")) // unsigned, and only a fallback
	events, err := parse(d)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", d.topic, err)
	}
	return events, nil
}

func (d delivery) account() customer.Account { return customer.Account("shopify/" + d.shop) }

func (d delivery) record(id ...string) customer.Identity { return d.account().Record(id...) }

// version orders the states of an object by the shop's own modification time.
// That has a resolution of a second, so states of the same second are ordered
// by when Shopify noticed them, and then by their content.
func (d delivery) version(at time.Time) customer.Version {
	noticed := ""
	if !d.triggered.IsZero() {
		noticed = d.triggered.UTC().Format("2006-01-02T15:04:05.000000000Z")
	}
	return customer.NewVersion(at, noticed+"/"+hashOf(d.body))
}

// instant returns the first of candidates that is set, else when Shopify
// noticed the change.
func (d delivery) instant(field string, candidates ...instant) (time.Time, error) {
	for _, c := range candidates {
		if !c.IsZero() {
			return c.UTC(), nil
		}
	}
	if d.triggered.IsZero() {
		return time.Time{}, invalid(field, "null or missing, and X-Shopify-Triggered-At too; one of them is needed to order states")
	}
	return d.triggered.UTC(), nil
}

// checkShop compares a shop that the signed body names with the header, which
// is not signed.
func (d delivery) checkShop(field, inBody string) error {
	if inBody != "" && !strings.EqualFold(inBody, d.shop) {
		return invalid(field, "differs from X-Shopify-Shop-Domain; the delivery may be forged")
	}
	return nil
}

func fact(record customer.Identity, key string, v customer.Version, at time.Time, body customer.Body) *customer.Fact {
	return &customer.Fact{Record: record, Key: key, Version: v, At: at.UTC(), Body: body}
}

func invalid(field, need string) error {
	return fmt.Errorf("%w: %s: %s", customer.ErrInvalid, field, need)
}

func isDomain(s string) bool {
	return strings.Contains(s, ".") && len(s) <= 253 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-.") == "" &&
		!strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") && !strings.Contains(s, "..")
}

// printable returns ": topic" for what can be a topic's name, "" for what a
// stranger may have put into the header.
func printable(topic string) string {
	if len(topic) > 64 || strings.Trim(topic, "abcdefghijklmnopqrstuvwxyz0123456789_/.") != "" {
		return ""
	}
	return ": " + topic
}

// hashOf returns a short name of content, to settle ties by.
func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:4])
}
