package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"holdfast/internal/customer"
	"holdfast/internal/ingest"
	"holdfast/internal/source/hubspot"
	"holdfast/internal/source/segment"
	"holdfast/internal/source/shopify"
)

// A Hubspot is how HubSpot's API is reached.
type Hubspot struct {
	URL     string // "" for HubSpot's own
	Version string // "" for v3
}

// Sources returns who understands which source's deliveries.
func Sources(secrets Secrets, h Hubspot) map[string]ingest.Source {
	client := &hubspot.Client{Base: h.URL, Version: h.Version, Token: func(ctx context.Context, _ string) (string, error) {
		v, err := secrets.Get(ctx, HubspotToken)
		if errors.Is(err, customer.ErrNotFound) {
			return "", hubspot.ErrNoToken
		}
		return strings.TrimSpace(string(v)), err
	}}
	hub := hubspot.Source{Client: client}
	return map[string]ingest.Source{
		"shopify": func(_ context.Context, d ingest.Delivery) ([]customer.Event, error) {
			events, err := shopify.Parse(d.Get, d.Body)
			return events, unwanted(err, shopify.ErrUnwanted)
		},
		"hubspot": func(ctx context.Context, d ingest.Delivery) ([]customer.Event, error) {
			events, err := hub.Events(ctx, d.Body)
			return events, unwanted(err, hubspot.ErrUnwanted)
		},
		// The shop tells of its orders itself; what a website tracks of them
		// would count them twice.
		"segment": func(_ context.Context, d ingest.Delivery) ([]customer.Event, error) {
			events, err := segment.Source{Shop: true}.Parse(d.Body, d.Received)
			return events, unwanted(err, segment.ErrUnwanted)
		},
		"eventbridge": fromEventBridge,
	}
}

func unwanted(err, own error) error {
	if errors.Is(err, own) {
		return fmt.Errorf("%w: %w", ingest.ErrUnwanted, err)
	}
	return err
}

// fromEventBridge understands what partner event sources deliver.
func fromEventBridge(_ context.Context, d ingest.Delivery) ([]customer.Event, error) {
	var e struct {
		Source string          `json:"source"`
		Detail json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(d.Body, &e); err != nil {
		return nil, fmt.Errorf("%w: an EventBridge event is a JSON object with source and detail", customer.ErrInvalid)
	}
	if !strings.HasPrefix(e.Source, "aws.partner/shopify.com/") {
		return nil, fmt.Errorf("%w: an event of no source of ours", ingest.ErrUnwanted)
	}
	events, err := shopify.ParseEnvelope(e.Detail)
	return events, unwanted(err, shopify.ErrUnwanted)
}
