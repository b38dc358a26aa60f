package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"

	"holdfast/internal/campaign"
	"holdfast/internal/door"
	"holdfast/internal/function/dispatch"
	"holdfast/internal/function/feedback"
	"holdfast/internal/function/fit"
	"holdfast/internal/function/ingest"
	"holdfast/internal/function/mailer"
	"holdfast/internal/function/score"
	"holdfast/internal/function/subscriber"
	"holdfast/internal/function/summarize"
	"holdfast/internal/function/survey"
	"holdfast/internal/function/webhook"
	usecase "holdfast/internal/ingest"
	"holdfast/internal/wire"
)

// A function is a handler as Lambda calls it: JSON in, JSON out.
type function = lambda.Handler

// wire returns every function of the template by its name.
func (s *Stack) wire() map[string]function {
	p, o := s.Parts, s.options
	secrets := Secrets(o.Secrets)
	sources := wire.Sources(secrets, wire.Hubspot{URL: o.HubspotURL, Version: o.Hubspot})
	return map[string]function{
		"webhook": lambda.NewHandler(webhook.Handler{
			Sources: door.Webhooks(secrets, o.PublicURL, o.Legacy), Queue: s.Events, Now: s.Now,
		}.Handle),
		"ingest": lambda.NewHandler(ingest.Handler{
			Ingester: func(ctx context.Context) (*usecase.Ingester, error) { return p.Ingester(ctx, sources) }, Now: s.Now,
		}.Handle),
		"survey":    lambda.NewHandler(survey.Handler{Night: p.Night}.Handle),
		"fit":       lambda.NewHandler(fit.Handler{Night: p.Night}.Handle),
		"score":     lambda.NewHandler(score.Handler{Night: p.Night}.Handle),
		"summarize": lambda.NewHandler(summarize.Handler{Night: p.Night, Now: s.Now}.Handle),
		"dispatch": lambda.NewHandler(dispatch.Handler{
			Dispatcher: campaign.Dispatcher{Ledger: s.Store, Transport: s.Outbox, Queue: s.Mail},
			Sweeper:    campaign.Sweeper{Store: s.Store}, Now: s.Now,
		}.Handle),
		"mailer": lambda.NewHandler(mailer.Handler{
			Mailer: func(ctx context.Context) (campaign.Mailer, error) { return p.Mailer(ctx, s.Outbox, o.PublicURL) }, Now: s.Now,
		}.Handle),
		"feedback":   lambda.NewHandler(feedback.Handler{Feedback: p.Feedback, Apply: p.Apply, Now: s.Now}.Handle),
		"subscriber": lambda.NewHandler(subscriber.Handler{Desk: p.Subscriber, Now: s.Now}.Handle),
	}
}

// Invoke calls a function with a payload, as Lambda would.
func (s *Stack) Invoke(ctx context.Context, name string, payload []byte) ([]byte, error) {
	f, ok := s.functions[name]
	if !ok {
		return nil, fmt.Errorf("no function is called %s", name)
	}
	return f.Invoke(ctx, payload)
}

// call invokes a function with a value and reads its answer into another.
func (s *Stack) call(ctx context.Context, name string, in, out any) error {
	payload, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode call of %s: %w", name, err)
	}
	answer, err := s.Invoke(ctx, name, payload)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	return errors.Join(json.Unmarshal(answer, out))
}
