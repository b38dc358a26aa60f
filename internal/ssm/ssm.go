// Package ssm reads secrets from AWS Systems Manager's Parameter Store.
//
// It makes the one call it needs itself, signed by the SDK's signer: the SDK's
// client for the whole service costs every function a megabyte and a
// millisecond and a half before its first event.
package ssm

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"holdfast/internal/config"
	"holdfast/internal/customer"
)

// Fresh is how long a secret is used before it is read again, and so how long
// a rotation takes to reach every function.
const Fresh = 5 * time.Minute

// Secrets reads SecureString parameters below a prefix, each at most once in
// [Fresh]. It is safe for concurrent use.
type Secrets struct {
	cfg    aws.Config
	http   *http.Client
	signer *v4.Signer
	prefix string
	now    func() time.Time

	mu    sync.Mutex
	known map[string]secret
}

type secret struct {
	value config.Secret
	read  time.Time
}

// New returns the secrets below prefix, "/holdfast/prod".
func New(cfg aws.Config, prefix string, now func() time.Time) *Secrets {
	return &Secrets{
		cfg: cfg, prefix: prefix, now: now, known: map[string]secret{},
		http: &http.Client{Timeout: 5 * time.Second}, signer: v4.NewSigner(),
	}
}

// Get returns the secret called name, or [customer.ErrNotFound]. If the store
// does not answer, a secret that was read before goes on being used.
func (s *Secrets) Get(ctx context.Context, name string) (config.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	have, ok := s.known[name]
	if ok && s.now().Sub(have.read) < Fresh {
		return have.value, nil
	}
	value, found, err := s.parameter(ctx, s.prefix+"/"+name)
	switch {
	case err != nil && ok:
		return have.value, nil
	case err != nil:
		return "", fmt.Errorf("read secret %s: %w", name, err)
	case !found:
		return "", fmt.Errorf("read secret %s: %w", name, customer.ErrNotFound)
	}
	s.known[name] = secret{value, s.now()}
	return value, nil
}
