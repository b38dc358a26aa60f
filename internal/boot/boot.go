// Package boot starts a function on AWS: settings, clients, log, runtime. What
// only functions with tables need is in package parts, so that webhook, which
// every delivery waits for, starts without it.
package boot

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"

	"holdfast/internal/awsenv"
	"holdfast/internal/config"
	"holdfast/internal/ssm"
)

// Env returns who reads the function's environment.
func Env() *config.Reader { return &config.Reader{Lookup: os.LookupEnv} }

// AWS returns the configuration for one service.
func AWS(service string) aws.Config {
	return awsenv.Endpoint(awsenv.Load(os.Getenv), service, os.Getenv)
}

// Secrets returns the secrets below prefix.
func Secrets(prefix string) *ssm.Secrets { return ssm.New(AWS("SSM"), prefix, time.Now) }

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
