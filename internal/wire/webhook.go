package wire

import (
	"context"
	"errors"

	"holdfast/internal/customer"
	"holdfast/internal/function/webhook"
	"holdfast/internal/source/hubspot"
	"holdfast/internal/source/segment"
	"holdfast/internal/source/shopify"
)

// Webhooks returns the sources that may deliver, each with the headers that
// its parser needs. publicURL is where the sources find us, without a slash at
// its end: HubSpot signs it. legacy accepts HubSpot's signatures before v3.
func Webhooks(secrets Secrets, publicURL string, legacy bool) map[string]webhook.Source {
	return map[string]webhook.Source{
		"shopify": {
			Verifier: func(ctx context.Context) (webhook.Verifier, error) {
				keys, err := accepted(ctx, secrets, ShopifySecrets)
				return shopify.Verifier{Secrets: keys}, err
			},
			Keep: []string{"x-shopify-topic", "x-shopify-shop-domain", "x-shopify-triggered-at", "x-shopify-webhook-id",
				"x-shopify-event-id", "x-shopify-api-version"},
			Group: "x-shopify-shop-domain",
		},
		"hubspot": {
			Verifier: func(ctx context.Context) (webhook.Verifier, error) {
				keys, err := accepted(ctx, secrets, HubspotSecrets)
				return hubspot.Verifier{Secrets: keys, PublicURL: publicURL + "/webhooks/hubspot", Legacy: legacy}, err
			},
		},
		"segment": {
			Verifier: func(ctx context.Context) (webhook.Verifier, error) {
				keys, err := accepted(ctx, secrets, SegmentSecrets)
				return segment.Verifier{Secrets: keys}, err
			},
		},
	}
}

// accepted returns the values of a source's secret. One that is not there means
// that the source is not connected: then no signature is valid.
func accepted(ctx context.Context, s Secrets, name string) ([][]byte, error) {
	keys, err := values(ctx, s, name)
	if errors.Is(err, customer.ErrNotFound) {
		return nil, nil
	}
	return keys, err
}
