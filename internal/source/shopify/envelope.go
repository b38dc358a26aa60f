package shopify

import (
	"encoding/json"
	"fmt"
	"strings"

	"holdfast/internal/customer"
)

// ParseEnvelope returns the events of one delivery through EventBridge; detail
// is the event's detail. AWS vouches for the sender: the signature inside was
// made over other bytes. Errors as with [Parse].
//
// The Events preview uses the same envelope but carries only what its query
// selects. A state made of that would lack what the webhook gave, so these are
// [ErrUnwanted].
func ParseEnvelope(detail []byte) ([]customer.Event, error) {
	var e struct {
		Payload  json.RawMessage            `json:"payload"`
		Metadata map[string]json.RawMessage `json:"metadata"`
	}
	if err := decode(detail, &e); err != nil {
		return nil, err
	}
	if len(e.Metadata) == 0 {
		return nil, invalid("metadata", "missing; an object with X-Shopify-Topic and X-Shopify-Shop-Domain is needed")
	}
	if len(e.Payload) == 0 {
		return nil, invalid("payload", "missing; the body of the webhook is needed")
	}
	header := lookup(e.Metadata)
	if header("X-Shopify-Action") != "" || header("X-Shopify-Handle") != "" {
		return nil, fmt.Errorf("%w: an Events preview", ErrUnwanted)
	}
	return Parse(header, e.Payload)
}

// lookup finds metadata whatever its case, with X- before it or without.
func lookup(metadata map[string]json.RawMessage) func(string) string {
	plain := func(name string) string { return strings.TrimPrefix(strings.ToLower(name), "x-") }
	values := make(map[string]string, len(metadata))
	for name, raw := range metadata {
		if s, ok := text(raw); ok && s != "" {
			if have := values[plain(name)]; have == "" || s < have { // the same whichever way the map runs
				values[plain(name)] = s
			}
		}
	}
	return func(name string) string { return values[plain(name)] }
}
