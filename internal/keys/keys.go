// Package keys names the secrets and reads what they hold.
package keys

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"holdfast/internal/config"
	"holdfast/internal/customer"
)

// Secrets looks secrets up by name; one that is not there is
// [customer.ErrNotFound].
type Secrets interface {
	Get(ctx context.Context, name string) (config.Secret, error)
}

// The names of the secrets. Each may hold several values, one a line: the
// first is used to sign, all are accepted.
const (
	Shopify      = "shopify-secrets"
	Hubspot      = "hubspot-secrets"
	HubspotToken = "hubspot-token"
	Segment      = "segment-secrets"
	Token        = "token-key"   // signs the links in mails
	Erasure      = "erasure-key" // hashes the identities of the erased
)

// Values returns the values of a secret. One that is not there, or is empty,
// is an error.
func Values(ctx context.Context, s Secrets, name string) ([][]byte, error) {
	v, err := s.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for line := range strings.Lines(string(v)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, []byte(line))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("secret %s is empty", name)
	}
	return all, nil
}

// Accepted returns the values of a source's secret. One that is not there means
// that the source is not connected: then no signature is valid.
func Accepted(ctx context.Context, s Secrets, name string) ([][]byte, error) {
	all, err := Values(ctx, s, name)
	if errors.Is(err, customer.ErrNotFound) {
		return nil, nil
	}
	return all, err
}
