// Package parts gives functions on AWS their tables and use cases.
package parts

import (
	"context"
	"sync"
	"time"
	_ "time/tzdata" // the runtime may have no zones of its own

	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/boot"
	"holdfast/internal/dynamo"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/wire"
	starter "holdfast/playbook"
)

// Store returns the tables. Throttled calls are tried again up to ten times:
// the SDK's own budget for retries is made for one caller, and a parallel scan
// empties it.
func Store(tables dynamo.Tables) *dynamo.Store {
	client := dynamodb.NewFromConfig(boot.AWS("DYNAMODB"), func(o *dynamodb.Options) {
		o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
			r.MaxAttempts, r.RateLimiter = 10, ratelimit.None
		})
	})
	return dynamo.Open(client, tables)
}

// New returns what the use cases are made of. The playbook is the one the
// function was built with, read when it is first needed.
func New(store wire.Store, secrets wire.Secrets) *wire.Parts {
	return &wire.Parts{
		Store: store, Secrets: secrets, Now: time.Now, FitFor: time.Minute,
		Playbook: sync.OnceValues(func() (*playbook.Playbook, error) { return playbook.Load(starter.FS) }),
	}
}

// Night returns who recalculates everybody, and counts what it consumes.
func Night(store *dynamo.Store) func(context.Context) (*night.Night, error) {
	parts := New(store, nil)
	return func(ctx context.Context) (*night.Night, error) {
		n, err := parts.Night(ctx)
		if err == nil {
			n.Units = func() (read, write float64) { u := store.Consumed(); return u.Read, u.Write }
		}
		return n, err
	}
}
