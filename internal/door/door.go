// Package door says which sources may deliver webhooks, and how each is known.
package door

import (
	"context"

	"holdfast/internal/function/webhook"
	"holdfast/internal/keys"
	"holdfast/internal/source/hubspot"
	"holdfast/internal/source/segment"
	"holdfast/internal/source/shopify"
)

// Webhooks returns the sources that may deliver, each with the headers that
// its parser needs. publicURL is where the sources find us, without a slash at
// its end: HubSpot signs it. legacy accepts HubSpot's signatures before v3.
func Webhooks(secrets keys.Secrets, publicURL string, legacy bool) map[string]webhook.Source {
	return map[string]webhook.Source{
		"shopify": {
			Verifier: func(ctx context.Context) (webhook.Verifier, error) {
				all, err := keys.Accepted(ctx, secrets, keys.Shopify)
				return shopify.Verifier{Secrets: all}, err
			},
			Keep: []string{"x-shopify-topic", "x-shopify-shop-domain", "x-shopify-triggered-at", "x-shopify-webhook-id",
				"x-shopify-event-id", "x-shopify-api-version"},
			Group: "x-shopify-shop-domain",
		},
		"hubspot": {
			Verifier: func(ctx context.Context) (webhook.Verifier, error) {
				all, err := keys.Accepted(ctx, secrets, keys.Hubspot)
				return hubspot.Verifier{Secrets: all, PublicURL: publicURL + "/webhooks/hubspot", Legacy: legacy}, err
			},
		},
		"segment": {
			Verifier: func(ctx context.Context) (webhook.Verifier, error) {
				all, err := keys.Accepted(ctx, secrets, keys.Segment)
				return segment.Verifier{Secrets: all}, err
			},
		},
	}
}
