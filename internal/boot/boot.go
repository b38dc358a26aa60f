// Package boot starts a function on AWS: settings, clients, log, runtime.
package boot

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"
	_ "time/tzdata" // the runtime may have no zones of its own

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/awsenv"
	"holdfast/internal/config"
	"holdfast/internal/dynamo"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/ssm"
	"holdfast/internal/wire"
	starter "holdfast/playbook"
)

// Env returns who reads the function's environment.
func Env() *config.Reader { return &config.Reader{Lookup: os.LookupEnv} }

// AWS returns the configuration for one service.
func AWS(service string) aws.Config {
	return awsenv.Endpoint(awsenv.Load(os.Getenv), service, os.Getenv)
}

// Store returns the tables. Throttled calls are tried again up to ten times:
// the SDK's own budget for retries is made for one caller, and a parallel scan
// empties it.
func Store(tables dynamo.Tables) *dynamo.Store {
	client := dynamodb.NewFromConfig(AWS("DYNAMODB"), func(o *dynamodb.Options) {
		o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
			r.MaxAttempts, r.RateLimiter = 10, ratelimit.None
		})
	})
	return dynamo.Open(client, tables)
}

// Secrets returns the secrets below prefix.
func Secrets(prefix string) *ssm.Secrets { return ssm.New(AWS("SSM"), prefix, time.Now) }

// Parts returns what the use cases are made of. The playbook is the one the
// function was built with, read when it is first needed.
func Parts(store wire.Store, secrets wire.Secrets) *wire.Parts {
	return &wire.Parts{
		Store: store, Secrets: secrets, Now: time.Now, FitFor: time.Minute,
		Playbook: sync.OnceValues(func() (*playbook.Playbook, error) { return playbook.Load(starter.FS) }),
	}
}

// Night returns who recalculates everybody, and counts what it consumes.
func Night(store *dynamo.Store) func(context.Context) (*night.Night, error) {
	parts := Parts(store, nil)
	return func(ctx context.Context) (*night.Night, error) {
		n, err := parts.Night(ctx)
		if err == nil {
			n.Units = func() (read, write float64) { u := store.Consumed(); return u.Read, u.Write }
		}
		return n, err
	}
}

// margin is how long before Lambda ends an invocation its context ends, so that
// a function which waits in vain still answers: 503, or which messages failed.
const margin = 300 * time.Millisecond

// Start logs as JSON with the request's id, and serves invocations with
// handle. It ends the process if a setting is missing, naming all that are.
func Start[In, Out any](env *config.Reader, handle func(context.Context, In) (Out, error)) {
	slog.SetDefault(slog.New(lambdacontext.NewLogHandler()))
	if err := env.Err(); err != nil {
		slog.Error("cannot start", "error", err)
		os.Exit(1)
	}
	lambda.StartHandlerFunc(func(ctx context.Context, in In) (Out, error) {
		if deadline, ok := ctx.Deadline(); ok {
			early, cancel := context.WithDeadline(ctx, deadline.Add(-margin))
			defer cancel()
			ctx = early
		}
		return handle(ctx, in)
	})
}
