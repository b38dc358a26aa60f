// Package ingest applies what the webhooks put on the queue.
package ingest

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/function"
	"holdfast/internal/ingest"
)

// A Handler applies batches of deliveries.
type Handler struct {
	// Ingester returns the use case with the playbook and fit valid now.
	Ingester func(ctx context.Context) (*ingest.Ingester, error)
	Now      func() time.Time
}

// Handle applies a batch and reports the messages to be delivered again. A
// message that is no delivery is logged and dropped: nobody signed it.
func (h Handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	in, err := h.Ingester(ctx)
	if err != nil {
		return events.SQSEventResponse{}, err
	}
	now := h.Now()
	var deliveries []ingest.Delivery
	var ids []string
	for _, m := range batch.Records {
		d, err := ingest.Decode([]byte(m.Body), now)
		if err != nil {
			slog.ErrorContext(ctx, "message dropped", "message", m.MessageId, "error", err)
			continue
		}
		deliveries, ids = append(deliveries, d), append(ids, m.MessageId)
	}
	r := in.Handle(ctx, deliveries, now)
	failed := []events.SQSBatchItemFailure{}
	for i, err := range r.Errors {
		if err != nil {
			slog.ErrorContext(ctx, "message failed", "message", ids[i], "error", err)
			failed = append(failed, events.SQSBatchItemFailure{ItemIdentifier: ids[i]})
		}
	}
	slog.InfoContext(ctx, "ingested", "messages", len(batch.Records), "events", r.Events, "failed", len(failed),
		"unwanted", r.Unwanted, "quarantined", r.Quarantined, "erased", r.Erased)
	function.Count(ctx, "Quarantined", r.Quarantined, now)
	return events.SQSEventResponse{BatchItemFailures: failed}, nil
}
