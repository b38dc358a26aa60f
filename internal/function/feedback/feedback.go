// Package feedback takes what SES reports of our mails.
package feedback

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/function"
	"holdfast/internal/ses"
)

// A Handler takes SES's events off a queue.
type Handler struct {
	Feedback func(ctx context.Context) (campaign.Feedback, error)
	// Apply tells ingest what the events mean for the customer.
	Apply func(ctx context.Context, events []customer.Event, now time.Time) error
	Now   func() time.Time
}

// Handle applies a batch of events and reports those to be delivered again. An
// event that cannot be understood is logged and dropped: SES does not get
// better by repeating.
func (h Handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	f, err := h.Feedback(ctx)
	if err != nil {
		return events.SQSEventResponse{}, err
	}
	return function.EachMessage(ctx, batch, func(ctx context.Context, m events.SQSMessage) error {
		notice, err := ses.ParseNotice([]byte(m.Body))
		if err != nil {
			slog.ErrorContext(ctx, "message dropped", "message", m.MessageId, "error", err)
			return nil
		}
		found, err := f.Apply(ctx, notice, h.Now())
		if err != nil {
			return err
		}
		return h.Apply(ctx, found, h.Now())
	}), nil
}
