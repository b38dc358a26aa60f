// Package function holds what the handlers share. Each handler, in a package
// of its own below, decodes an AWS event, calls one use case and encodes the
// answer.
package function

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/emf"
)

// EachMessage calls do for every message of a batch and reports those that
// failed, so that SQS delivers only them again. A panic fails its message
// alone. Once ctx is done the rest is reported as failed.
func EachMessage(ctx context.Context, batch events.SQSEvent, do func(context.Context, events.SQSMessage) error) events.SQSEventResponse {
	failed := []events.SQSBatchItemFailure{}
	for _, m := range batch.Records {
		err := ctx.Err()
		if err == nil {
			err = Guard(func() error { return do(ctx, m) })
		}
		if err != nil {
			slog.ErrorContext(ctx, "message failed", "message", m.MessageId, "error", err)
			failed = append(failed, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
	}
	return events.SQSEventResponse{BatchItemFailures: failed}
}

// Guard turns a panic in do into an error. The panic's value stays out of it:
// it may hold anything.
func Guard(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic of type %T", r)
		}
	}()
	return do()
}

// Count writes a metric, unless it is zero. Outside of Lambda nobody reads
// metrics out of a log, and nothing is written.
func Count(ctx context.Context, name string, n int, now time.Time) {
	if n == 0 || os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		return
	}
	if err := emf.Write(os.Stdout, name, float64(n), now, os.Getenv("STAGE")); err != nil {
		slog.ErrorContext(ctx, "metric lost", "metric", name, "error", err)
	}
}
