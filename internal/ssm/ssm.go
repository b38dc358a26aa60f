// Package ssm reads secrets from AWS Systems Manager's Parameter Store.
package ssm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"holdfast/internal/config"
	"holdfast/internal/customer"
)

// Fresh is how long a secret is used before it is read again, and so how long
// a rotation takes to reach every function.
const Fresh = 5 * time.Minute

// Secrets reads SecureString parameters below a prefix, each at most once in
// [Fresh]. It is safe for concurrent use.
type Secrets struct {
	client *ssm.Client
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
	return &Secrets{client: ssm.NewFromConfig(cfg), prefix: prefix, now: now, known: map[string]secret{}}
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
	out, err := s.client.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(s.prefix + "/" + name), WithDecryption: aws.Bool(true)})
	var missing *types.ParameterNotFound
	switch {
	case errors.As(err, &missing):
		return "", fmt.Errorf("read secret %s: %w", name, customer.ErrNotFound)
	case err != nil && ok:
		return have.value, nil
	case err != nil:
		return "", fmt.Errorf("read secret %s: %w", name, err)
	}
	s.known[name] = secret{config.Secret(aws.ToString(out.Parameter.Value)), s.now()}
	return s.known[name].value, nil
}
