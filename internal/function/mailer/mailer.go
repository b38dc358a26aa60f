// Package mailer sends one mail for each message.
package mailer

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/function"
)

// A Handler sends mails.
type Handler struct {
	// Mailer returns the use case with the playbook and keys valid now.
	Mailer func(ctx context.Context) (campaign.Mailer, error)
	Now    func() time.Time
}

// Handle sends the mails of a batch. A message that names no send is logged
// and dropped; one whose outcome is unknown is done: it must not come again.
func (h Handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	m, err := h.Mailer(ctx)
	if err != nil {
		return events.SQSEventResponse{}, err
	}
	unrendered := 0
	response := function.EachMessage(ctx, batch, func(ctx context.Context, message events.SQSMessage) error {
		key, err := campaign.ParseMessage([]byte(message.Body))
		if err != nil {
			slog.ErrorContext(ctx, "message dropped", "message", message.MessageId, "error", err)
			return nil
		}
		sent, err := m.Handle(ctx, key, h.Now())
		if sent.Status == customer.Skipped && (sent.Reason == campaign.ReasonTemplate || strings.HasPrefix(sent.Reason, "missing:")) {
			unrendered++
		}
		slog.InfoContext(ctx, "mail handled", "customer", key.Customer, "send", key.String(), "status", sent.Status, "reason", sent.Reason)
		if errors.Is(err, campaign.ErrUnknownOutcome) {
			slog.ErrorContext(ctx, "outcome unknown", "customer", key.Customer, "send", key.String(), "error", err)
			return nil
		}
		return err
	})
	function.Count(ctx, "RenderFailures", unrendered, h.Now())
	return response, nil
}
